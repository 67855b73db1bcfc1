"""Succession: a committee's seats with who could follow, one plan, and the steps it takes."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.audit.commands import Subject
from app.audit.queries import list_history, may_read_history
from app.audit.subjects import register_subject
from app.committees.commands import plans as commands
from app.committees.forms.plans import DecisionForm, PlanForm, ReasonForm, filled_from_plan, plan_meanwhile
from app.committees.models import Seat
from app.committees.queries import get_editable_committee, get_seat, people_for, propose_term
from app.committees.queries.appointing import find_limit
from app.committees.queries.elections import list_substitutes
from app.committees.queries.plans import SuccessionRow, get_plan, list_plans, list_succession
from app.committees.queries.terms import may_appoint
from app.committees.queries.waivers import find_standing_waiver, list_waivers
from app.committees.routes.blueprint import pages
from app.committees.routes.constituency_tables import constituency_said
from app.committees.routes.plan_tables import (
    PLAN_COLUMNS,
    SUBSTITUTE_COLUMNS,
    SUCCESSION_COLUMNS,
    facts_of_plan,
    path_of_plan,
)
from app.committees.routes.waiver_tables import WAIVER_COLUMNS
from app.committees.rules.plans import capital, next_first_day, seat_words
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import AnyTable, PageRequest, Table
from app.core.transaction import transaction
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, url
from app.web.forms import MusterForm, errors_to
from app.web.requests import see
from app.web.table_files import tables_page
from app.web.wording import long_day

register_subject("succession_plan", "Plan of succession", "committees.plan", "plan_id")
HISTORY_LINES = 10


@pages.get("/committees/<int:committee_id>/succession")
@requires(Permission.COMMITTEE_EDIT)
def succession(committee_id: int) -> ResponseReturnValue:
    """Every seat with the end of its term, who could go on, who is planned; and all plans there were."""
    committee = get_editable_committee(committee_id, the_actor())
    rows = list_succession(committee_id, the_actor())
    tables: dict[str, AnyTable] = {
        "seats": Table("Succession", SUCCESSION_COLUMNS, rows),
        "plans": Table("Plans", PLAN_COLUMNS, list_plans(committee_id, the_actor())),
        "waivers": Table("Limits asked to be waived", WAIVER_COLUMNS, list_waivers(committee_id, the_actor())),
        "substitutes": Table("Substitutes", SUBSTITUTE_COLUMNS, list_substitutes(committee_id)),
    }
    appoints = may_appoint(committee_id, the_actor(), today())
    return tables_page("committees/succession.html", tables, committee=committee, appoints=appoints)


@pages.route("/committees/seats/<int:seat_id>/plan", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def plan_seat(seat_id: int) -> ResponseReturnValue:
    """Plan who follows on a seat."""
    seat = get_seat(seat_id, the_actor())
    form = _plan_form(seat, _proposed(seat))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            made = commands.plan_successor(seat_id, form.values(), actor=the_actor())
            return see("committees.plan", "The successor is planned.", plan_id=made.id)
    seat = get_seat(seat_id, the_actor())
    return render_template("committees/plan_seat.html", form=form, seat=seat, said=_said_of(seat))


@pages.get("/committees/plans/<int:plan_id>")
@requires(Permission.COMMITTEE_EDIT)
def plan(plan_id: int) -> ResponseReturnValue:
    """A plan: who, where, for which days, how far it has come and what can be done next."""
    found = get_plan(plan_id, the_actor())
    return render_template(
        "committees/plan.html",
        plan=found,
        facts=facts_of_plan(found),
        steps=path_of_plan(found),
        appoints=may_appoint(found.committee_id, the_actor(), today()),
        seat=seat_words(found.seat.position, found.seat.label),
        limit=find_limit(found.seat, found.person_id, found.first_day) if found.person_id else None,
        waiver=find_standing_waiver(found.seat_id, found.person_id, found.period) if found.person_id else None,
        history=_history(plan_id),
    )


@pages.route("/committees/plans/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def edit_plan(plan_id: int) -> ResponseReturnValue:
    """Change a plan before anybody is asked."""
    found = get_plan(plan_id, the_actor())
    form = _plan_form(found.seat, filled_from_plan(found), found.institution_id)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.change_plan(plan_id, form.values(), version=form.shown_version, actor=the_actor())
            return _seen(plan_id, "The plan is changed.")
    found = get_plan(plan_id, the_actor())
    return render_template("committees/edit_plan.html", form=form, plan=found, stale=plan_meanwhile(form, found))


@pages.post("/committees/plans/<int:plan_id>/invite")
@requires(Permission.COMMITTEE_EDIT)
def invite_planned(plan_id: int) -> ResponseReturnValue:
    """Ask whom a plan names by mail."""
    with transaction():
        commands.invite_successor(plan_id, version=MusterForm().shown_version, actor=the_actor())
        return _seen(plan_id, "They are asked by mail; their answer stands here.")


@pages.post("/committees/plans/<int:plan_id>/take-up")
@requires(Permission.PERSON_EDIT)
def take_up_planned(plan_id: int) -> ResponseReturnValue:
    """Put whom a plan names on record."""
    with transaction():
        commands.take_up_successor(plan_id, version=MusterForm().shown_version, actor=the_actor())
        return _seen(plan_id, "They are on record now and can be appointed.")


@pages.route("/committees/plans/<int:plan_id>/appoint", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def appoint_planned(plan_id: int) -> ResponseReturnValue:
    """Appoint whom a plan names."""
    found = get_plan(plan_id, the_actor())
    form = DecisionForm(data={"version": found.version, "decision": found.decision})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            decision, version = form.decision.value, form.shown_version
            commands.appoint_successor(plan_id, decision=decision, version=version, actor=the_actor())
            return _seen(plan_id, "They are appointed; rights begin with the first day.")
    follows = [("Rights follow the dates.", "They begin with the first day of the term, and end with its last.")]
    return _form("Appoint {}", "Appoint", form, plan_id, follows=follows)


@pages.route("/committees/plans/<int:plan_id>/request", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def request_planned(plan_id: int) -> ResponseReturnValue:
    """Ask the secretariat to appoint whom a plan names."""
    found = get_plan(plan_id, the_actor())
    form = DecisionForm(data={"version": found.version, "decision": found.decision})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            decision, version = form.decision.value, form.shown_version
            commands.request_appointment(plan_id, decision=decision, version=version, actor=the_actor())
            return _seen(plan_id, "The secretariat is asked; it appoints, or says why not.")
    follows = [("The secretariat appoints here.", "The bylaws of this committee leave it to the secretariat.")]
    return _form("Ask for the appointment of {}", "Ask the secretariat", form, plan_id, follows=follows)


@pages.route("/committees/plans/<int:plan_id>/refuse", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def refuse_planned(plan_id: int) -> ResponseReturnValue:
    """Refuse to appoint whom a committee has asked for."""
    found = get_plan(plan_id, the_actor())
    form = ReasonForm(data={"version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.refuse_request(plan_id, reason=reason, version=version, actor=the_actor())
            return _seen(plan_id, "The request is refused.")
    follows = [("The chair is told why.", "The reason goes to the chair of the committee by mail.")]
    return _form("Do not appoint {}", "Refuse", form, plan_id, follows=follows)


@pages.route("/committees/plans/<int:plan_id>/drop", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def drop_planned(plan_id: int) -> ResponseReturnValue:
    """Give a plan up."""
    found = get_plan(plan_id, the_actor())
    form = ReasonForm(data={"version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.drop_plan(plan_id, reason=reason, version=version, actor=the_actor())
            return _seen(plan_id, "The plan is given up.")
    follows = [("A link that was mailed works no longer.", "The plan stays on record with the reason.")]
    return _form("Give the plan with {} up", "Give up", form, plan_id, follows=follows)


def _plan_form(seat: Seat, shown: dict[str, Any], institution_id: int | None = None) -> PlanForm:
    form = PlanForm(data=shown)
    form.person_id.offer(people_for(seat, on=today()), empty="Somebody new, named below")
    ask_institution(form.institution_id, institution_id)
    if not the_actor().has_all(Permission.COMMITTEE_FOUND):
        del form.limit_waived
    return form


def _proposed(seat: Seat) -> dict[str, Any]:
    """Who may be meant by the address, the day after the present term, and the last day that the bylaws give."""
    row = _row_of(seat)
    asked = ids_in_address("person")
    shown: dict[str, Any] = {"person_id": str(asked[0])} if asked else {}
    if row is not None and row.seat.office is not None:
        shown["office"] = row.seat.office.value
    if row is None or row.seat.person_id is None or row.term_ends is not None:
        shown["first_day"] = row.next_day if row else next_first_day(None, today())
        shown["last_day"] = propose_term(seat, None, shown["first_day"]).last_day
    return shown


def _row_of(seat: Seat) -> SuccessionRow | None:
    rows = list_succession(seat.committee_id, the_actor())
    return next((row for row in rows if row.seat.seat_id == seat.id), None)


def _said_of(seat: Seat) -> list[tuple[str, str]]:
    """What whoever plans should know: who sits there until when, whom the seat is for, and what a plan is."""
    row = _row_of(seat)
    holder = row.seat.holder if row else None
    until = f"until {long_day(row.term_ends)}" if row and row.term_ends else "without a last day"
    free = "." if row and row.term_ends else ": end that term before somebody follows."
    return [
        ("Nothing is appointed by it.", "A plan gives no right and holds no seat. Whom it names can be asked by mail."),
        *([(f"{holder} sits here.", f"The term is {until}{free}")] if holder else []),
        ("Somebody new can be asked, too.", "The secretariat takes them up before they are appointed."),
        *([("Only some fit.", f"The seat is filled by {seat.institution.name}.")] if seat.institution else []),
        *constituency_said(seat.constituency_id),
    ]


def _form(title: str, verb: str, form: MusterForm, plan_id: int, **more: Any) -> str:
    """A form of one step of a plan, which is read again: a refusal may mean that somebody else moved it."""
    found = get_plan(plan_id, the_actor())
    back = url("committees.plan", plan_id=found.id)
    crumbs = [
        ("Committees", url("committees.committees")),
        (found.committee.name, url("committees.committee", committee_id=found.committee_id)),
        ("Succession", url("committees.succession", committee_id=found.committee_id)),
    ]
    sub = capital(seat_words(found.seat.position, found.seat.label))
    return render_template(
        "layouts/form.html",
        title=title.format(found.name),
        sub=sub,
        verb=verb,
        form=form,
        crumbs=crumbs,
        cancel=back,
        **more,
    )


def _history(plan_id: int) -> list[Any]:
    if not may_read_history(the_actor()):
        return []
    return list(list_history(Subject("succession_plan", plan_id), PageRequest(size=HISTORY_LINES)).rows)


def _seen(plan_id: int, notice: str) -> Response:
    return see("committees.plan", notice, plan_id=plan_id)
