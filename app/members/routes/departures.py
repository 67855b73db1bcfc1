"""The desk of departures: the list, one case with its steps, its notice, and calling it off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.rules import Subject
from app.audit.subjects import register_subject
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.commands import CaseStep, hindrance_to_leaving, leaving_steps
from app.members.commands.leaving import TERM
from app.members.forms.applications import ReasonForm, StepOwnerForm
from app.members.forms.departures import NoticeForm
from app.members.models import CaseTask, Departure
from app.members.queries import (
    CaseLine,
    DepartureRecord,
    DepartureRow,
    get_departure,
    get_editable_institution,
    list_cases_of,
    most_grace_days,
    open_task_paper,
    owner_choices,
    search_departures,
)
from app.members.routes.blueprint import institution_form, pages
from app.members.routes.records import latest_of
from app.members.routes.sections import Section, register_section
from app.members.routes.steps import Hinders, step_lines, undone_steps
from app.members.rules import LeavingState, freed_on
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.listing import Empty, Listing, list_page
from app.web.on_date import is_past
from app.web.requests import see
from app.web.wording import day, long_day

register_subject("departure", "Departure", "members.departure", "departure_id")
COLUMNS: tuple[Column[DepartureRow], ...] = (
    Column(
        "name",
        "Institution",
        lambda row: row.name,
        Kind.NAME,
        sortable=True,
        link=record_link("members.departure", "departure_id", lambda row: row.id),
        aside=lambda row: row.number,
        narrow=Narrow.NAME,
    ),
    Column("state", "State", lambda row: row.state.value, Kind.STATE, sortable=True, narrow=Narrow.STATE),
    Column("last_day", "Last day", lambda row: row.last_day, Kind.DATE, sortable=True, narrow=Narrow.META),
    Column("left", "Steps to take", lambda row: row.left if row.state is LeavingState.NOTICE_GIVEN else 0, Kind.NUMBER),
    Column("owner", "Owner", lambda row: row.owner or "nobody"),
    Column("number", "Number", lambda row: row.number, Kind.CODE, sortable=True),
)


def _case_address(row: CaseLine) -> str:
    if row.is_departure:
        return url("members.departure", departure_id=row.id)
    return url("members.application", application_id=row.id)


DEPARTURES = Listing(
    title="Departures",
    noun=("departure", "departures"),
    columns=COLUMNS,
    default_sort="number",
    descending=True,
    empty=Empty(
        "Nobody leaves",
        "A departure begins on the page of the institution: More, Notice of leaving.",
        "See institutions",
        "members.institutions",
    ),
)


CASE_COLUMNS: tuple[Column[CaseLine], ...] = (
    Column("number", "Case", lambda row: row.number, Kind.NAME, link=_case_address, narrow=Narrow.NAME),
    Column("what", "About", lambda row: "leaving" if row.is_departure else "joining", narrow=Narrow.META),
    Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
    Column("since", "Since", lambda row: row.since, Kind.DATE, narrow=Narrow.AMOUNT),
)


@register_section
def cases_of_institution(institution_id: int) -> Section | None:
    """The cases by which an institution joined and left; nothing for those who may not see them."""
    rows = list_cases_of(institution_id, the_actor())
    return Section("Cases", Table("Cases", CASE_COLUMNS, rows), aside=str(len(rows))) if rows else None


@pages.get("/departures")
@requires(Permission.APPLICATION_READ)
def departures() -> ResponseReturnValue:
    """Institutions that leave or have left, as cases."""
    return list_page(DEPARTURES, lambda _form, request: search_departures(request, the_actor()))


@pages.get("/departures/<int:departure_id>")
@requires(Permission.APPLICATION_READ)
def departure(departure_id: int) -> ResponseReturnValue:
    """One departure: where it stands, and what is to be done."""
    case = get_departure(departure_id, the_actor())
    return render_template(
        "members/departure.html",
        case=case.departure,
        title=f"{case.departure.institution.name} leaves",
        steps=_path(case),
        facts=_facts(case.departure),
        tasks=step_lines(_shown(case), leaving_steps(), _hinders(case), _way(case.departure)),
        papers=[_paper(task) for task in case.tasks if task.file_id],
        may_call_off=case.may_be_called_off(today()),
        history=latest_of(Subject("departure", departure_id)),
    )


@pages.get("/departures/<int:departure_id>/papers/<int:task_id>")
@requires(Permission.APPLICATION_READ)
def departure_paper(departure_id: int, task_id: int) -> ResponseReturnValue:
    """The paper a step made."""
    found = open_task_paper(departure_id, task_id, the_actor())
    return send_bytes(found.content, found.media_type, found.name)


@pages.route("/members/<int:institution_id>/leave", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def give_notice(institution_id: int) -> ResponseReturnValue:
    """Begin the case of an institution that leaves."""
    saved = get_editable_institution(institution_id, Permission.MEMBERSHIP_EDIT, the_actor())
    form = NoticeForm(data={"grace_days": most_grace_days(institution_id, today(), the_actor())})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            begun = commands.give_notice(institution_id, form.notice(), actor=the_actor())
            return see("members.departure", "The notice is recorded; now the steps of leaving.", departure_id=begun.id)
    sub = "It opens a case with every step of leaving; nothing ends before its step is taken."
    place = (institution_id, saved.name)
    return institution_form(form, place, f"Notice of {saved.name}", "Record the notice", sub=sub)


@pages.route("/departures/<int:departure_id>/call-off", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def call_off_departure(departure_id: int) -> ResponseReturnValue:
    """Call a departure off before it takes effect."""
    found, form = get_departure(departure_id, the_actor()).departure, ReasonForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.call_off_departure(departure_id, reason=str(form.reason.value), actor=the_actor())
            return see("members.departure", "It is called off; its steps say what goes on.", departure_id=departure_id)
    title = f"Call off the leaving of {found.institution.name}"
    sub = "Its memberships and representatives go on as they would have; what was recorded stays on record."
    return render_template(
        "layouts/form.html", form=form, title=title, verb="Call it off", sub=sub, **departure_place(found)
    )


@pages.route("/departures/<int:departure_id>/steps", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def assign_leaving_step(departure_id: int) -> ResponseReturnValue:
    """Give a step of leaving to somebody else."""
    case, form = get_departure(departure_id, the_actor()), StepOwnerForm()
    form.task_id.offer(undone_steps(case.tasks, leaving_steps()))
    form.owner_id.offer(owner_choices(the_actor()))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.assign_step(form.task_id.chosen_id or 0, form.owner_id.chosen_id or 0, actor=the_actor())
            return see("members.departure", "The step has another owner.", departure_id=departure_id)
    title = "Give a step to somebody"
    return render_template(
        "layouts/form.html", form=form, title=title, verb="Give it", **departure_place(case.departure)
    )


def _hinders(case: DepartureRecord) -> Hinders:
    return lambda kind: hindrance_to_leaving(case.departure, case.tasks, kind)


def departure_place(found: Departure) -> dict[str, Any]:
    """Where a form about a departure stands, and where it leads back to."""
    back = url("members.departure", departure_id=found.id)
    return {"crumbs": [("Departures", url("members.departures")), (found.number, back)], "cancel": back}


def _shown(case: DepartureRecord) -> list[CaseTask]:
    """The steps of a departure: all while it is under way, those that were taken once it is closed."""
    is_open = case.departure.state is LeavingState.NOTICE_GIVEN
    return [task for task in case.tasks if is_open or task.done_at is not None]


def _way(found: Departure) -> Callable[[CaseStep], str] | None:
    """The way to the steps of a departure, for those who may take them while it is under way."""
    may = the_actor().may(Permission.MEMBERSHIP_EDIT) and not is_past()
    if found.state is not LeavingState.NOTICE_GIVEN or not may:
        return None
    return lambda step: url(step.endpoint, departure_id=found.id)


def _paper(task: CaseTask) -> tuple[str, str]:
    title = next((step.title for step in leaving_steps() if step.kind == task.kind), task.kind)
    return title, url("members.departure_paper", departure_id=task.departure_id, task_id=task.id)


def _path(case: DepartureRecord) -> tuple[list[tuple[str, str]], int]:
    found = case.departure
    freed = freed_on(found.last_day, found.grace_days)
    steps = [("Notice", day(found.noticed_on)), ("Last day", day(found.last_day)), ("Seats and access end", day(freed))]
    steps.append(("Done", day(found.state_since) if found.state is LeavingState.DONE else ""))
    if found.state is not LeavingState.NOTICE_GIVEN:
        return steps, len(steps) if found.state is LeavingState.DONE else 0
    undone = {task.kind for task in case.tasks if task.done_at is None}
    has_left = today() > found.last_day and TERM not in undone
    following = {step.kind for step in leaving_steps() if step.needs == (TERM,)}
    return steps, 1 + has_left + (has_left and today() > freed and not undone & following)


def _facts(found: Departure) -> list[tuple[str, str | None, str | None, str | None]]:
    home = url("members.institution", institution_id=found.institution_id)
    return [
        ("Institution", found.institution.name, home, found.institution.account_number),
        ("Notice", long_day(found.noticed_on), None, None),
        ("Last day", long_day(found.last_day), None, f"{found.grace_days} days of grace"),
        ("Why", found.reason, None, None),
        ("Owner", found.owner.name if found.owner else "nobody", None, None),
    ]
