"""The desk of whoever keeps a committee: its roster in short, and all that waits for a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.queries.good_standing import standing_words, standings_on, step_words
from app.billing.rules import SOON, MemberStanding
from app.committees.queries import RosterRow, get_editable_committee
from app.committees.queries.constituency_members import list_outsiders
from app.committees.queries.desk import list_freed_soon
from app.committees.queries.elections import ElectionRow, list_running
from app.committees.queries.plans import SuccessionRow, list_succession
from app.committees.queries.terms import bylaws_on, may_appoint
from app.committees.queries.waivers import list_waiting_waivers
from app.committees.routes.blueprint import pages
from app.committees.routes.plan_tables import PLAN_COLUMNS
from app.committees.rules import OFFICE_WORDS, Office, ends_soon
from app.committees.rules.elections import ELECTION_WORDS, ElectionState
from app.committees.rules.waivers import WaiverState
from app.core.clock import today
from app.core.periods import how_long, how_soon
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import url


@dataclass(frozen=True)
class Line:
    """Something to act on: what and why, whose it is, how long, and the step."""

    title: str
    text: str
    who: str
    age: str
    tone: str
    action: tuple[str, str]


def _term(row: SuccessionRow) -> str:
    if row.seat.appointment_id:
        return url("committees.end_term", appointment_id=row.seat.appointment_id)
    return url("committees.appoint", seat_id=row.seat.seat_id)


def _aside(row: SuccessionRow) -> str | None:
    """What stands beside a holder: the office, and that they are on leave or hold over today."""
    office = row.seat.office
    told = [OFFICE_WORDS[office]] if office not in {None, Office.MEMBER} else []
    told += ["on leave"] * row.seat.on_leave + ["holds over"] * row.holds_over
    return ", ".join(told) or None


ROSTER_COLUMNS: tuple[Column[SuccessionRow], ...] = (
    Column(
        "holder",
        "Holder",
        lambda row: row.seat.holder or "Vacant",
        Kind.NAME,
        link=lambda row: url("members.person", person_id=row.seat.person_id) if row.seat.person_id else None,
        aside=_aside,
        narrow=Narrow.NAME,
    ),
    Column("seat", "Seat", lambda row: f"Seat {row.seat.seat}", narrow=Narrow.META),
    Column("ends", "Term ends", lambda row: row.term_ends or ("open" if row.seat.holder else None), Kind.DATE,
           narrow=Narrow.AMOUNT),
    Column("term", "Change", lambda row: "End" if row.seat.appointment_id else "Appoint", link=_term,
           narrow=Narrow.STATE),
    Column("plan", "Succession", lambda _row: "Plan", narrow=Narrow.ACT,
           link=lambda row: url("committees.plan_seat", seat_id=row.seat.seat_id)),
)  # fmt: skip


@pages.get("/committees/<int:committee_id>/desk")
@requires(Permission.COMMITTEE_EDIT)
def desk(committee_id: int) -> ResponseReturnValue:
    """A committee on one page for who keeps it: every step is one press away."""
    committee = get_editable_committee(committee_id, the_actor())
    rows = list_succession(committee_id, the_actor())
    warning = bylaws_on(committee_id, today()).warning_days
    elections = list_running(the_actor(), committee_id)
    plans = [plan for row in rows for plan in row.plans]
    return render_template(
        "committees/desk.html",
        committee=committee,
        figures=_figures(rows, warning, len(elections)),
        lines=[*_of_seats(rows, warning, committee_id), *_decide(elections, committee_id)],
        roster=Table("Roster", ROSTER_COLUMNS, rows),
        plans=Table("Plans", PLAN_COLUMNS[:3], plans),
        elections=[(each.title, *_election(each)) for each in elections],
        late=_late([row.seat for row in rows]),
        appoints=may_appoint(committee_id, the_actor(), today()),
    )


def _figures(rows: list[SuccessionRow], warning: int, elections: int) -> list[tuple[str, str, str]]:
    filled = sum(row.seat.holder is not None for row in rows)
    ending = sum(_ends_within(row, warning) for row in rows)
    plans = sum(len(row.plans) for row in rows)
    return [
        ("Seats", f"{filled} of {len(rows)}", "filled"),
        ("Vacant", wording.count(len(rows) - filled), ""),
        ("Terms ending", wording.count(ending), f"within {warning} days"),
        ("Plans", wording.count(plans), "under way"),
        ("Elections", wording.count(elections), "running"),
    ]


def _ends_within(row: SuccessionRow, warning: int) -> bool:
    return row.follower is None and row.term_ends is not None and ends_soon(row.term_ends, today(), warning)


def _of_seats(rows: list[SuccessionRow], warning: int, committee_id: int) -> Iterator[Line]:
    yield from _vacant(rows)
    yield from _ending(rows, warning)
    yield from _freed(committee_id)
    yield from _outside(committee_id)


def _vacant(rows: list[SuccessionRow]) -> Iterator[Line]:
    for row in rows:
        since = row.seat.vacant_since
        if since is not None and row.follower is None:
            planned = f"{row.plans[0].name} is planned" if row.plans else "nobody is planned"
            text = f"Vacant since {wording.long_day(since)}; {planned}"
            step = _step(row)
            yield Line(f"Seat {row.seat.seat} is vacant", text, "", how_long(since, today()), "", step)


def _ending(rows: list[SuccessionRow], warning: int) -> Iterator[Line]:
    for row in rows:
        if row.follower is None and (row.holds_over or _ends_within(row, warning)):
            yield _end(row, row.term_ends or today())


def _end(row: SuccessionRow, ends: date) -> Line:
    """A term that ends soon or has ended, and who is planned to follow."""
    planned = f"{row.plans[0].name} is planned" if row.plans else "nobody is planned"
    limit = "" if row.may_go_on else ", and the limit of terms is reached"
    verbs = ("ended", "holds over") if row.holds_over else ("ends", "ends a term")
    said = f"Term {verbs[0]} on {wording.long_day(ends)}{limit}; {planned}"
    age = f"{how_long(ends, today())} ago" if row.holds_over else how_soon(ends, today())
    return Line(f"{row.seat.holder} {verbs[1]}", said, f"Seat {row.seat.number}", age, "warn", _step(row))


def _step(row: SuccessionRow) -> tuple[str, str]:
    if row.plans:
        return "Open the plan", url("committees.plan", plan_id=row.plans[0].id)
    return "Plan", url("committees.plan_seat", seat_id=row.seat.seat_id)


def _freed(committee_id: int) -> Iterator[Line]:
    for each in list_freed_soon(the_actor(), committee_id):
        step = ("Open the roster", url("committees.committee", committee_id=committee_id))
        title, age = f"Seat {each.number} will be free", how_soon(each.last_day, today())
        yield Line(title, each.said(today()), each.holder or "", age, "warn", step)


def _outside(committee_id: int) -> Iterator[Line]:
    """Who sits for a constituency and is of it no more: they stay until somebody ends the term."""
    for each in list_outsiders(committee_id, on=today()):
        step = ("Open the term", url("committees.appointment", appointment_id=each.appointment_id))
        text = "The term goes on until it is ended"
        yield Line(f"{each.holder} {each.said}", text, f"Seat {each.number}", "", "warn", step)


def _decide(elections: list[ElectionRow], committee_id: int) -> Iterator[Line]:
    for each in elections:
        if each.state is ElectionState.BALLOT:
            text = f"Nominations have ended; {wording.plural(each.candidates, 'candidate', 'candidates')}"
            step = ("Close it out", url("committees.election", election_id=each.id))
            yield Line(each.title, text, "", "", "warn", step)
    yield from _limits(committee_id)


def _limits(committee_id: int) -> Iterator[Line]:
    """Limits that are asked to be waived, for who decides; or that are, for who may plan or appoint now."""
    for each in list_waiting_waivers(the_actor()):
        if each.committee_id == committee_id:
            is_asked = each.state is WaiverState.ASKED
            said = "is asked to be waived" if is_asked else "does not hold"
            text = f"From {wording.long_day(each.first_day)}; {each.decision or each.reason}"
            step = ("Open the request", url("committees.waiver", waiver_id=each.id))
            yield Line(f"The limit {said} for {each.person.name}", text, f"Seat {each.seat.position}", "", "warn", step)


def _election(row: ElectionRow) -> tuple[str, str, str]:
    """How an election stands, until when, and where it is."""
    said = (
        f"{wording.plural(row.candidates, 'candidate', 'candidates')} for {wording.plural(row.seats, 'seat', 'seats')}"
    )
    verb = "ended" if row.state is ElectionState.BALLOT else "end"
    stands = f"{ELECTION_WORDS[row.state]}; nominations {verb} {wording.instant(row.deadline_at)}"
    return stands, said, url("committees.election", election_id=row.id)


def _late(rows: list[RosterRow]) -> list[tuple[str, str, str]]:
    """Members on the roster that have lost votes or seats for their fees, or will within thirty days."""
    standings = standings_on(today())
    seated = {row.seat_institution_id or row.institution_id or 0: row for row in rows}
    late = [(row.seat_institution or row.institution or "", standings.get(member)) for member, row in seated.items()]
    return [_late_words(name, each) for name, each in late if each and each.is_suspended_by(today() + SOON)]


def _late_words(name: str, standing: MemberStanding) -> tuple[str, str, str]:
    said = (standing_words(standing), step_words(standing, today()))
    return ("warn" if standing.keeps_seats else "bad", name, "; ".join(words for words in said if words))
