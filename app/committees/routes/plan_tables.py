"""Columns, facts and the path of plans of succession."""

from __future__ import annotations

from collections.abc import Sequence

from app.committees.models import Nomination, SuccessionPlan
from app.committees.queries.plans import SuccessionRow
from app.committees.rules import OFFICE_WORDS
from app.committees.rules.plans import PlanState, capital, seat_words
from app.core.clock import local
from app.core.tables import Column, Kind, Narrow
from app.web import wording
from app.web.addresses import url


def _seat(row: SuccessionRow) -> str:
    return f"Seat {row.seat.seat}"


def _holder(row: SuccessionRow) -> str:
    return row.seat.holder or "Vacant"


def _aside(row: SuccessionRow) -> str | None:
    if row.seat.vacant_since:
        return f"since {wording.day(row.seat.vacant_since)}"
    return "holds over" if row.holds_over else None


def _terms(row: SuccessionRow) -> str | None:
    if row.seat.person_id is None or row.limit is None:
        return None
    return f"{row.counted} of {row.limit}"


def _goes_on(row: SuccessionRow) -> str | None:
    if row.may_go_on is None:
        return None
    return "Can go on" if row.may_go_on else "Limit reached"


def _go_on_link(row: SuccessionRow) -> str | None:
    if row.may_go_on is None or row.plans or row.follower:
        return None
    if not row.may_go_on:
        place = {"seat": row.seat.seat_id, "person": row.seat.person_id}
        return url("committees.ask_waiver", committee_id=row.seat.committee_id, **place)
    return url("committees.plan_seat", seat_id=row.seat.seat_id, person=row.seat.person_id)


def _follower(row: SuccessionRow) -> str | None:
    if row.plans:
        return row.plans[0].name
    return row.follower


def _follower_link(row: SuccessionRow) -> str | None:
    return url("committees.plan", plan_id=row.plans[0].id) if row.plans else None


def _more(row: SuccessionRow) -> str | None:
    if row.follower and not row.plans:
        return f"from {wording.day(row.follows_on)}"
    return f"and {len(row.plans) - 1} more" if len(row.plans) > 1 else None


def _state(row: SuccessionRow) -> str | None:
    if row.plans:
        return row.plans[0].state.value
    return PlanState.APPOINTED.value if row.follower else None


SUCCESSION_COLUMNS: Sequence[Column[SuccessionRow]] = (
    Column("seat", "Seat", _seat, Kind.NAME, narrow=Narrow.NAME),
    Column("holder", "Holder", _holder, aside=_aside, narrow=Narrow.META),
    Column("ends", "Term ends", lambda row: row.term_ends, Kind.DATE, narrow=Narrow.AMOUNT),
    Column("terms", "Terms served", _terms, narrow=Narrow.SAID),
    Column("goes_on", "Another term", _goes_on, link=_go_on_link, narrow=Narrow.META),
    Column("follower", "To follow", _follower, link=_follower_link, aside=_more, narrow=Narrow.META),
    Column("state", "State", _state, Kind.STATE, narrow=Narrow.STATE),
    Column(
        "plan",
        "Change",
        lambda _row: "Plan",
        link=lambda row: url("committees.plan_seat", seat_id=row.seat.seat_id),
        narrow=Narrow.ACT,
    ),
)
PLAN_COLUMNS: Sequence[Column[SuccessionPlan]] = (
    Column(
        "who",
        "Who",
        lambda row: row.name,
        Kind.NAME,
        link=lambda row: url("committees.plan", plan_id=row.id),
        narrow=Narrow.NAME,
    ),
    Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
    Column("seat", "Seat", lambda row: capital(seat_words(row.seat.position, row.seat.label)), narrow=Narrow.META),
    Column("office", "Office", lambda row: OFFICE_WORDS[row.office]),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.AMOUNT),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE),
    Column("since", "Since", lambda row: row.state_since, Kind.INSTANT),
    Column("by", "Planned by", lambda row: row.planned_by),
    Column("reason", "Why", lambda row: row.reason or row.answer, narrow=Narrow.META),
)

SUBSTITUTE_COLUMNS: Sequence[Column[Nomination]] = (
    Column("who", "Who", lambda row: row.person.name, Kind.NAME, narrow=Narrow.NAME),
    Column("rank", "Number", lambda row: row.rank, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("votes", "Votes", lambda row: row.votes, Kind.NUMBER),
    Column(
        "election",
        "Election",
        lambda row: row.election.title,
        link=lambda row: url("committees.election", election_id=row.election_id),
        narrow=Narrow.META,
    ),
)


def facts_of_plan(plan: SuccessionPlan) -> list[tuple[str | None, ...]]:
    """What stands beside a plan."""
    person = url("members.person", person_id=plan.person_id) if plan.person_id else None
    named = "on record" if plan.person_id else "not on record yet"
    return [
        ("Who", plan.name, person, named),
        ("Office", OFFICE_WORDS[plan.office]),
        ("First day", wording.long_day(plan.first_day)),
        ("Last day", wording.long_day(plan.last_day) if plan.last_day else "open"),
        ("Planned by", plan.planned_by, None, wording.day(local(plan.planned_at).date())),
        *((term, value) for term, value in _told(plan) if value),
    ]


def _told(plan: SuccessionPlan) -> list[tuple[str, str | None]]:
    """What of a plan is only worth a line where there is something to tell."""
    return [
        ("E-mail", plan.email),
        ("Institution", plan.institution.name if plan.institution else None),
        ("Note", plan.note),
        ("Why the limit does not hold", plan.limit_waived),
        ("Asked for by", plan.requested_by),
        ("Decision", plan.decision),
    ]


STEPS = ("Planned", "Asked", "Answered", "Appointed")
REACHED = {
    PlanState.PLANNED: 0,
    PlanState.INVITED: 1,
    PlanState.ACCEPTED: 2,
    PlanState.DECLINED: 2,
    PlanState.REQUESTED: 3,
    PlanState.REFUSED: 3,
    PlanState.APPOINTED: 4,
    PlanState.DROPPED: 0,
}


def path_of_plan(plan: SuccessionPlan) -> tuple[list[tuple[str, str]], int]:
    """The steps of a plan, and at which it stands."""
    answered = wording.day(local(plan.answered_at).date()) if plan.answered_at else ""
    said = f"{plan.state.value} {answered}" if plan.state in {PlanState.ACCEPTED, PlanState.DECLINED} else answered
    since = wording.day(local(plan.state_since).date())
    notes = {
        "Planned": wording.day(local(plan.planned_at).date()),
        "Asked": since if plan.state is PlanState.INVITED else "",
        "Answered": said,
        "Appointed": f"{plan.state.value} {since}"
        if REACHED[plan.state] > 2
        else f"from {wording.day(plan.first_day)}",
    }
    return [(step, notes[step]) for step in STEPS], REACHED[plan.state]
