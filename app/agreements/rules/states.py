"""The life of an agreement: its states, the steps between them, and whose turn it is (RULES, Agreements and lines)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.agreements.rules.kinds import TemplateKind
from app.core.errors import DomainError


class AgreementState(StrEnum):
    """Where an agreement stands; `signed` is signed by one side."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    SIGNED = "signed"
    EXECUTED = "executed"
    AMENDED = "amended"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Side(StrEnum):
    """For whom somebody acts: one of the parties, or the consortium between them."""

    PROVIDER = "provider"
    RECIPIENT = "recipient"
    CONSORTIUM = "consortium"


class Relation(StrEnum):
    """What an agreement is to the one it hangs on."""

    AMENDMENT = "amendment"
    LETTER = "letter"
    CONSENT = "consent"
    RENEWAL = "renewal"


class Verb(StrEnum):
    """One step in the life of an agreement."""

    SEND = "send"
    ASK_CHANGES = "ask_changes"
    ANSWER = "answer"
    APPROVE = "approve"
    REOPEN = "reopen"
    SIGN = "sign"
    EXECUTE = "execute"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    AMEND = "amend"
    EXPIRE = "expire"
    TERMINATE = "terminate"
    SUPERSEDE = "supersede"


STATE_WORDS = {
    AgreementState.DRAFT: "Draft",
    AgreementState.IN_REVIEW: "In review",
    AgreementState.CHANGES_REQUESTED: "Changes asked",
    AgreementState.APPROVED: "Approved",
    AgreementState.SIGNED: "Signing",
    AgreementState.EXECUTED: "In force",
    AgreementState.AMENDED: "Amended",
    AgreementState.EXPIRED: "Expired",
    AgreementState.TERMINATED: "Terminated",
    AgreementState.SUPERSEDED: "Superseded",
    AgreementState.REJECTED: "Rejected",
    AgreementState.WITHDRAWN: "Withdrawn",
}
SIDE_WORDS = {Side.PROVIDER: "Provider", Side.RECIPIENT: "Recipient", Side.CONSORTIUM: "Consortium"}
RELATION_WORDS = {
    Relation.AMENDMENT: "Amendment of",
    Relation.LETTER: "Letter under",
    Relation.CONSENT: "Consent beside",
    Relation.RENEWAL: "Renewal of",
}
PARTIES = (Side.PROVIDER, Side.RECIPIENT)

_S = AgreementState
TRANSITIONS: dict[Verb, dict[AgreementState, AgreementState]] = {
    Verb.SEND: {_S.DRAFT: _S.IN_REVIEW},
    Verb.ASK_CHANGES: {_S.IN_REVIEW: _S.CHANGES_REQUESTED},
    Verb.ANSWER: {_S.CHANGES_REQUESTED: _S.IN_REVIEW},
    Verb.APPROVE: {_S.IN_REVIEW: _S.APPROVED},
    Verb.REOPEN: {_S.APPROVED: _S.CHANGES_REQUESTED, _S.SIGNED: _S.CHANGES_REQUESTED},
    Verb.SIGN: {_S.APPROVED: _S.SIGNED},
    Verb.EXECUTE: {_S.APPROVED: _S.EXECUTED, _S.SIGNED: _S.EXECUTED},
    Verb.REJECT: {_S.IN_REVIEW: _S.REJECTED, _S.APPROVED: _S.REJECTED, _S.SIGNED: _S.REJECTED},
    Verb.WITHDRAW: {
        _S.DRAFT: _S.WITHDRAWN,
        _S.IN_REVIEW: _S.WITHDRAWN,
        _S.CHANGES_REQUESTED: _S.WITHDRAWN,
        _S.APPROVED: _S.WITHDRAWN,
        _S.SIGNED: _S.WITHDRAWN,
    },
    Verb.AMEND: {_S.EXECUTED: _S.AMENDED},
    Verb.EXPIRE: {_S.EXECUTED: _S.EXPIRED},
    Verb.TERMINATE: {_S.EXECUTED: _S.TERMINATED},
    Verb.SUPERSEDE: {_S.EXECUTED: _S.SUPERSEDED},
}
UNDECIDED = (_S.DRAFT, _S.IN_REVIEW, _S.CHANGES_REQUESTED)
EDITABLE = (_S.DRAFT, _S.CHANGES_REQUESTED)
SIGNABLE = (_S.APPROVED, _S.SIGNED)
ENDED = (_S.AMENDED, _S.EXPIRED, _S.TERMINATED, _S.SUPERSEDED)
EVER_EXECUTED = (_S.EXECUTED, *ENDED)
OPEN_STATES = (*UNDECIDED, *SIGNABLE)
FROZEN_STATES = (*SIGNABLE, *EVER_EXECUTED)
HANGS_ON = {
    Relation.AMENDMENT: (_S.EXECUTED,),
    Relation.RENEWAL: (_S.EXECUTED, _S.EXPIRED, _S.TERMINATED),
    Relation.CONSENT: EVER_EXECUTED,
    Relation.LETTER: (_S.EXECUTED,),
}
BY_ANYONE = frozenset({Verb.SEND, Verb.ANSWER, Verb.WITHDRAW, Verb.REOPEN, Verb.TERMINATE})
BY_THE_OTHER = frozenset({Verb.ASK_CHANGES, Verb.APPROVE, Verb.REJECT})


def after(state: AgreementState, verb: Verb) -> AgreementState:
    """The state a step leads to; refused where it is none of the steps from there."""
    found = TRANSITIONS[verb].get(state)
    if found is None:
        raise DomainError(f"This cannot be done with an agreement that is “{STATE_WORDS[state].lower()}”.")
    return found


@dataclass(frozen=True)
class Standing:
    """What decides who may do what: the state, who proposed the text last, and who has signed it."""

    state: AgreementState
    kind: TemplateKind
    proposed_by: Side
    signed: frozenset[Side] = frozenset()

    @property
    def must_sign(self) -> frozenset[Side]:
        """Who signs: both parties; a consent to onward transfer is given by the provider alone."""
        return frozenset({Side.PROVIDER}) if self.kind is TemplateKind.CONSENT else frozenset(PARTIES)

    @property
    def unsigned(self) -> frozenset[Side]:
        """Whose signature is missing."""
        return self.must_sign - self.signed


def may_take(standing: Standing, verb: Verb, sides: Collection[Side]) -> bool:
    """Whether somebody who acts for these sides may take a step now; the consortium may take any.

    What one side proposed, the other reviews: nobody approves, rejects or sends back their own text.
    """
    if standing.state not in TRANSITIONS[verb]:
        return False
    if Side.CONSORTIUM in sides:
        return True
    if verb in BY_ANYONE:
        return bool(sides)
    if verb in BY_THE_OTHER:
        return bool(frozenset(sides) - {standing.proposed_by})
    return False


def waits_on(standing: Standing) -> frozenset[Side]:
    """Whose turn it is: who reviews, who is to sign, who drafts; nobody's once it is executed or over."""
    if standing.state in SIGNABLE:
        return standing.unsigned
    if standing.state is AgreementState.IN_REVIEW:
        return frozenset(PARTIES) - {standing.proposed_by}
    if standing.state in EDITABLE:
        return frozenset({standing.proposed_by})
    return frozenset()
