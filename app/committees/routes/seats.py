"""A seat's record on the day looked at, and the forms that add seats, change one and end it."""

from __future__ import annotations

from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.commands import Subject
from app.audit.subjects import register_subject
from app.committees import commands
from app.committees.forms import (
    ChangeSeatForm,
    EndSeatForm,
    SeatForm,
    end_meanwhile,
    filled_from_seat,
    for_kind,
    seat_meanwhile,
)
from app.committees.queries import (
    SeatView,
    bylaws_on,
    committees_to_choose,
    cycles_of,
    get_editable_committee,
    get_editable_seat,
    get_seat_view,
)
from app.committees.queries.constituencies import constituencies_to_choose
from app.committees.routes.blueprint import history_of, pages
from app.committees.routes.facts import days_listed, facts_of_seat
from app.committees.routes.framing import committee_form, crumbs_of
from app.committees.routes.tables import ALTERNATE_COLUMNS, HOLDER_COLUMNS, alternate_columns
from app.committees.rules import OFFICE_WORDS, ends_of_cycle
from app.core.clock import today
from app.core.periods import how_long
from app.core.permissions import Permission
from app.core.tables import AnyTable, Table
from app.core.transaction import transaction
from app.members.routes import ask_institution
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.on_date import current_on, is_past, known_at
from app.web.requests import see

ENDING = [
    ("Whoever holds it has it until that day.", "Their rights end with it, and so do its alternates."),
    ("Nobody can be appointed to it after.", "Its past stays on record; another seat gets another number."),
    (
        "Plans for later days are given up,",
        "and elections go on without it; one to it alone is cancelled.",
    ),
]

NAMED = (
    "What it was called keeps its days.",
    "Pages and books of a day before show its name as it was. Give its first day, and it is put right altogether.",
)

register_subject("seat", "Seat", "committees.seat", "seat_id")


@pages.get("/committees/seats/<int:seat_id>")
@requires(Permission.COMMITTEE_READ)
def seat(seat_id: int) -> ResponseReturnValue:
    """A seat on the day looked at: what it is, who held it, holds it and will, and who stands in."""
    view = get_seat_view(seat_id, the_actor(), on=current_on(), known=known_at())
    may_edit = the_actor().may(Permission.COMMITTEE_EDIT, committee_id=view.seat.committee_id) and not is_past()
    return render_template(
        "committees/seat.html",
        view=view,
        crumbs=crumbs_of(view.seat.committee_id, view.committee),
        sub=_sentence(view),
        facts=facts_of_seat(view),
        may_edit=may_edit,
        holders=Table("Terms", HOLDER_COLUMNS, view.holders),
        **_alternates(view, may_edit=may_edit),
        history=history_of(Subject("seat", seat_id)),
    )


@pages.route("/committees/<int:committee_id>/seats/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def add_seat(committee_id: int) -> ResponseReturnValue:
    """Add a seat to a committee, or several alike."""
    committee = get_editable_committee(committee_id, the_actor())
    form = SeatForm(data={"first_day": max(today(), committee.founded_on), "votes": True, "number": 1})
    ask_institution(form.institution_id)
    form.follows_committee_id.offer(committees_to_choose(on=today(), besides=committee_id), empty="None")
    form.constituency_id.offer(constituencies_to_choose(), empty="None")
    if form.validate_on_submit():
        with errors_to(form), transaction():
            number = form.number.data
            added = commands.add_seats(committee_id, form.values(), number, actor=the_actor())
            told = f"Seat {added[0].position} is added." if number == 1 else f"{number} seats are added."
            return see("committees.committee", told, committee_id=committee_id)
    return render_template(
        "committees/add_seat.html", form=form, committee=committee, cycles=_cycles(committee_id, form.cycle_end.data)
    )


@pages.route("/committees/seats/<int:seat_id>/change", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def change_seat(seat_id: int) -> ResponseReturnValue:
    """Change what a seat is called, its cycle or the office it follows."""
    saved = get_editable_seat(seat_id, the_actor())
    form = ChangeSeatForm(data=filled_from_seat(saved))
    form.follows_committee_id.offer(committees_to_choose(on=today(), besides=saved.committee_id), empty="None")
    for_kind(form, saved.kind)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            since, version = form.first_day(), form.shown_version
            commands.change_seat(seat_id, form.change(), since=since, version=version, actor=the_actor())
            return see("committees.seat", "The seat is changed.", seat_id=seat_id)
    return render_template(
        "committees/change_seat.html",
        form=form,
        seat=saved,
        crumbs=crumbs_of(saved.committee_id, saved.committee.name),
        follows=[NAMED, *_cycles(saved.committee_id, form.cycle_end.data)],
        stale=seat_meanwhile(form, get_editable_seat(seat_id, the_actor())),
    )


@pages.route("/committees/seats/<int:seat_id>/end", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def end_seat(seat_id: int) -> ResponseReturnValue:
    """End a seat with a day."""
    saved = get_editable_seat(seat_id, the_actor())
    form = EndSeatForm(data={"last_day": max(today(), saved.first_day), "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason = form.last_day.data, str(form.reason.value)
            commands.end_seat(seat_id, day, reason=reason, version=form.shown_version, actor=the_actor())
            return see("committees.seat", f"The seat ends with {wording.long_day(day)}.", seat_id=seat_id)
    place, title = (saved.committee_id, saved.committee.name), f"End seat {saved.position}, {saved.label}"
    stale = end_meanwhile(form, get_editable_seat(seat_id, the_actor()))
    back = url("committees.seat", seat_id=seat_id)
    return committee_form(form, place, title, "End seat", follows=ENDING, stale=stale, cancel=back)


def _alternates(view: SeatView, *, may_edit: bool) -> dict[str, AnyTable]:
    """Who stands in on the day looked at or will, and who did before."""
    over = [row for row in view.alternates if row.last_day is not None and row.last_day < current_on()]
    return {
        "alternates": Table(
            "Alternates",
            alternate_columns() if may_edit else ALTERNATE_COLUMNS,
            [row for row in view.alternates if row not in over],
            row_id=lambda row: str(row.id) if may_edit and row.rank > 1 else None,
        ),
        "former": Table("Former alternates", ALTERNATE_COLUMNS, over),
    }


def _cycles(committee_id: int, typed: date | None) -> list[tuple[str, str]]:
    """What a cycle of terms means on this committee: in which years the terms of its seats end."""
    months = bylaws_on(committee_id, today()).term_months
    if months is None:
        return [("A cycle needs a term.", "The bylaws set none: then a day on which terms end changes nothing.")]
    found = dict(cycles_of(committee_id, on=today()))
    if typed is not None:
        found.setdefault(typed, 0)
    told = [
        (_cycle_lead(number), f"end on {days_listed(ends_of_cycle(day, months, today()))}, and so on.")
        for day, number in sorted(found.items())
    ]
    every = f"Terms of {wording.plural(months, 'month', 'months')}"
    return [(f"{every} begin anew on the day after the one given.", "So seats end in turn."), *told]


def _cycle_lead(number: int) -> str:
    return f"Terms of {wording.plural(number, 'seat', 'seats')}" if number else "With the day above, terms"


def _sentence(view: SeatView) -> str:
    if view.row is None:
        return f"It is not on the roster on {wording.long_day(current_on())}."
    if view.row.holder:
        office = OFFICE_WORDS[view.row.office] if view.row.office else ""
        return f"{view.row.holder}, {office.lower()}, holds it on {wording.long_day(current_on())}."
    since = view.row.vacant_since or view.first_day
    age = how_long(since, current_on())
    return f"Vacant since {wording.long_day(since)}, for {age}."
