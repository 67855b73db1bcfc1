"""Who may put people on the seats of a committee on a day, and when the limit of its bylaws stands against somebody."""

from __future__ import annotations

from datetime import date

from app.committees.models import Seat
from app.committees.queries.terms import TermProposal, bylaws_on, propose_term
from app.committees.rules import LIMIT_WORDS, BylawFacts
from app.committees.rules.plans import appoints
from app.core.actor import Actor
from app.core.permissions import Permission
from app.web.wording import plural


def may_appoint(committee_id: int, actor: Actor, day: date) -> bool:
    """Whether the actor puts people on the committee's seats themselves by the bylaws of that day."""
    return appoints(
        bylaws_on(committee_id, day).appointer,
        is_secretariat=actor.has_all(Permission.COMMITTEE_EDIT),
        is_chair=actor.may(Permission.COMMITTEE_EDIT, committee_id=committee_id),
    )


def find_limit(seat: Seat, person_id: int, first_day: date) -> str | None:
    """Why the bylaws give somebody no further term from a day on, in a sentence; None where they do."""
    proposal = propose_term(seat, person_id, first_day)
    return limit_words(bylaws_on(seat.committee_id, first_day), proposal) if proposal.is_over else None


def limit_words(facts: BylawFacts, proposal: TermProposal) -> str:
    """How far the terms of somebody have come towards the limit: 3 of 3 terms in a row."""
    kind = LIMIT_WORDS[facts.limit_kind].removeprefix("Terms ")
    counted = plural(proposal.counted, "term", "terms")
    return f"The bylaws allow {proposal.limit} {kind}, and they have served {counted} before this one."
