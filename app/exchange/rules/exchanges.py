"""The life of an exchange: requested, approved, shipped, received or lost; and how a holding comes to its end."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.core.errors import DomainError
from app.core.numbering import NumberFormat


class ExchangeState(StrEnum):
    """Where an exchange stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SHIPPED = "shipped"
    RECEIVED = "received"
    LOST = "lost"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """One step in the life of an exchange."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    SHIP = "ship"
    RECEIVE = "receive"
    LOSE = "lose"


class Payer(StrEnum):
    """Who pays for the shipment."""

    TAKER = "taker"
    GIVER = "giver"
    CONSORTIUM = "consortium"


class PaperKind(StrEnum):
    """What a paper put to an exchange is."""

    HEALTH_REPORT = "health_report"
    IMPORT_PERMIT = "import_permit"
    OTHER = "other"


class EndedHow(StrEnum):
    """How an institution came to have a line no more."""

    DESTROYED = "destroyed"
    RETURNED = "returned"
    EXHAUSTED = "exhausted"


_S = ExchangeState
STATE_WORDS: Mapping[ExchangeState, str] = {
    _S.REQUESTED: "Requested",
    _S.APPROVED: "Approved",
    _S.SHIPPED: "On the way",
    _S.RECEIVED: "Received",
    _S.LOST: "Lost",
    _S.DECLINED: "Declined",
    _S.WITHDRAWN: "Withdrawn",
}
PAYER_WORDS = {Payer.TAKER: "The taker", Payer.GIVER: "The giver", Payer.CONSORTIUM: "The consortium"}
PAPER_WORDS = {
    PaperKind.HEALTH_REPORT: "Health report",
    PaperKind.IMPORT_PERMIT: "Import permit",
    PaperKind.OTHER: "Other paper",
}
ENDED_WORDS = {
    EndedHow.DESTROYED: "Destroyed",
    EndedHow.RETURNED: "Returned",
    EndedHow.EXHAUSTED: "Used up",
}
STEPS: Mapping[Verb, Mapping[ExchangeState, ExchangeState]] = {
    Verb.APPROVE: {_S.REQUESTED: _S.APPROVED},
    Verb.DECLINE: {_S.REQUESTED: _S.DECLINED, _S.APPROVED: _S.DECLINED},
    Verb.WITHDRAW: {_S.REQUESTED: _S.WITHDRAWN, _S.APPROVED: _S.WITHDRAWN},
    Verb.SHIP: {_S.APPROVED: _S.SHIPPED},
    Verb.RECEIVE: {_S.SHIPPED: _S.RECEIVED},
    Verb.LOSE: {_S.SHIPPED: _S.LOST},
}
# The giver's side decides and sends; the taker's asks, takes back and receives.
BY_GIVER = frozenset({Verb.APPROVE, Verb.DECLINE, Verb.SHIP})
BEFORE_SHIPMENT = (_S.REQUESTED, _S.APPROVED)
NUMBERS = NumberFormat("EX-{year}-{number}", 4)
OPEN_STATES = (*BEFORE_SHIPMENT, _S.SHIPPED)
SENT = (_S.SHIPPED, _S.RECEIVED, _S.LOST)


def after(state: ExchangeState, verb: Verb) -> ExchangeState:
    """The state a step leads to; refused where it is none of the steps from there."""
    found = STEPS[verb].get(state)
    if found is None:
        raise DomainError(f"This cannot be done with an exchange that is “{STATE_WORDS[state].lower()}”.")
    return found


def may_take(verb: Verb, state: ExchangeState, *, gives: bool, takes: bool) -> bool:
    """Whether somebody of one of the sides may take a step now."""
    if state not in STEPS[verb]:
        return False
    if verb is Verb.LOSE:
        return gives or takes
    return gives if verb in BY_GIVER else takes
