"""Applications for membership: their states, which may follow which, and whether the criteria are met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.core.errors import DomainError
from app.members.rules.representations import Purpose

CONFIRMATION_LIFE = timedelta(days=7)
ANSWER_LIFE = timedelta(days=30)
APPLICANT = "The applicant"


class CaseState(StrEnum):
    """Where an application stands."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    UNDER_REVIEW = "under_review"
    MORE_ASKED = "more_asked"
    ADMITTED = "admitted"
    JOINING = "joining"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


CASE_STEPS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.RECEIVED: frozenset({CaseState.CONFIRMED, CaseState.WITHDRAWN, CaseState.EXPIRED}),
    CaseState.CONFIRMED: frozenset({CaseState.UNDER_REVIEW, CaseState.WITHDRAWN}),
    CaseState.UNDER_REVIEW: frozenset(
        {CaseState.MORE_ASKED, CaseState.ADMITTED, CaseState.DECLINED, CaseState.WITHDRAWN}
    ),
    CaseState.MORE_ASKED: frozenset({CaseState.UNDER_REVIEW, CaseState.WITHDRAWN}),
    CaseState.ADMITTED: frozenset({CaseState.JOINING, CaseState.WITHDRAWN}),
    CaseState.JOINING: frozenset({CaseState.DONE, CaseState.WITHDRAWN}),
    CaseState.DONE: frozenset(),
    CaseState.DECLINED: frozenset(),
    CaseState.WITHDRAWN: frozenset(),
    CaseState.EXPIRED: frozenset(),
}
IN_REVIEW = (CaseState.CONFIRMED, CaseState.UNDER_REVIEW, CaseState.MORE_ASKED)
AFTER_DECISION = (CaseState.ADMITTED, CaseState.JOINING)
OPEN_CASES = (*IN_REVIEW, *AFTER_DECISION)
LED_NOWHERE = (CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.EXPIRED)
WAITS_FOR = {CaseState.RECEIVED: "the applicant", CaseState.MORE_ASKED: "the applicant"}
APPLICANT_PURPOSES = (Purpose.VOTING, Purpose.ALTERNATE, Purpose.BILLING)


class CriterionKind(StrEnum):
    """Who says whether a criterion is met: the applicant, the program, or whoever reviews."""

    SAID = "said"
    COMPUTED = "computed"
    JUDGED = "judged"


CRITERION_KIND_WORDS = {
    CriterionKind.SAID: "Said by the applicant",
    CriterionKind.COMPUTED: "Checked by the program",
    CriterionKind.JUDGED: "Judged by a reviewer",
}


class Check(StrEnum):
    """What the program can check of an application by itself."""

    ROR = "ror"
    COUNTRY = "country"
    WEBSITE = "website"
    ADDRESS = "address"
    VOTING = "voting"
    BILLING = "billing"
    DOCUMENT = "document"


CHECK_WORDS = {
    Check.ROR: ("Has a ROR", "No ROR was given."),
    Check.COUNTRY: ("Gives its country", "No country was given."),
    Check.WEBSITE: ("Gives its website", "No website was given."),
    Check.ADDRESS: ("Gives its address", "No address was given."),
    Check.VOTING: ("Names a voting representative", "Nobody was named to vote."),
    Check.BILLING: ("Names a billing contact", "Nobody was named for invoices."),
    Check.DOCUMENT: ("Sends a document", "No document was sent."),
}


class Verdict(StrEnum):
    """How a criterion stands."""

    MET = "met"
    NOT_MET = "not met"
    TO_JUDGE = "to be judged"


@dataclass(frozen=True)
class CriterionFact:
    """A criterion that applies to an application: what it asks, and who says whether it is met."""

    id: int
    text: str
    kind: CriterionKind
    check: Check | None = None


@dataclass(frozen=True)
class Finding:
    """What was said or judged of a criterion, why and by whom."""

    is_met: bool
    reason: str
    found_by: str


@dataclass(frozen=True)
class Assessed:
    """A criterion with its verdict and why."""

    criterion: CriterionFact
    verdict: Verdict
    why: str


def assess(criteria: Sequence[CriterionFact], given: frozenset[Check], findings: dict[int, Finding]) -> list[Assessed]:
    """Every criterion with its verdict: a finding of a reviewer counts for each kind, else each kind's own answer."""
    return [_assessed(criterion, given, findings.get(criterion.id)) for criterion in criteria]


def _assessed(criterion: CriterionFact, given: frozenset[Check], finding: Finding | None) -> Assessed:
    if finding is not None:
        why = f"{finding.found_by}: {finding.reason}" if finding.reason else f"{finding.found_by} says so."
        return Assessed(criterion, Verdict.MET if finding.is_met else Verdict.NOT_MET, why)
    if criterion.check is not None:
        is_given = criterion.check in given
        why = "It is in the application." if is_given else CHECK_WORDS[criterion.check][1]
        return Assessed(criterion, Verdict.MET if is_given else Verdict.NOT_MET, why)
    if criterion.kind is CriterionKind.SAID:
        return Assessed(criterion, Verdict.NOT_MET, "The applicant did not say so.")
    return Assessed(criterion, Verdict.TO_JUDGE, "Nobody has judged it yet.")


def check_criterion(kind: CriterionKind, check: Check | None) -> None:
    """Refuse a criterion that the program is to check without saying what, and a check where people judge."""
    if kind is CriterionKind.COMPUTED and check is None:
        raise DomainError("Choose what the program checks.", "check")
    if kind is not CriterionKind.COMPUTED and check is not None:
        raise DomainError("The program checks nothing where people say whether it is met: leave this empty.", "check")


def check_case_step(now: CaseState, following: CaseState) -> None:
    """Refuse a step the state machine of applications does not have."""
    if following not in CASE_STEPS[now]:
        words = now.value.replace("_", " "), following.value.replace("_", " ")
        raise DomainError(f"An application that is {words[0]} cannot become {words[1]}. Somebody may have moved it on.")
