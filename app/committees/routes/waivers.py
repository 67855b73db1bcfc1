"""Requests to let a limit of terms not hold: asking, the record of one, and what the secretariat says to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.audit.commands import Subject
from app.audit.queries import list_history, may_read_history
from app.audit.subjects import register_subject
from app.committees.commands import waivers as commands
from app.committees.forms.plans import NeededDecisionForm, ReasonForm
from app.committees.forms.waivers import WaiverForm
from app.committees.models import Committee, ElectionSeat
from app.committees.queries import get_editable_committee, get_seat, propose_term
from app.committees.queries.appointing import find_limit
from app.committees.queries.elections import get_own_election, list_seats_of
from app.committees.queries.plans import SuccessionRow, list_succession
from app.committees.queries.waivers import get_waiver, people_who_served
from app.committees.routes.blueprint import pages
from app.committees.routes.framing import committee_form, crumbs_of
from app.committees.routes.waiver_tables import facts_of_waiver
from app.committees.rules.plans import capital, seat_words
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, url
from app.web.forms import MusterForm, errors_to
from app.web.requests import see

register_subject("limit_waiver", "Request to waive a limit", "committees.waiver", "waiver_id")
HISTORY_LINES = 10
ASKING = [
    ("The secretariat decides.", "It stands on its first page. It grants the request by a decision, or says why not."),
    (
        "Granted, the limit does not hold",
        "for this person, this seat and one term within these days: plan, nominate or appoint them.",
    ),
    ("Nobody is appointed by it.", "The appointment carries the decision and the reason as why the limit was waived."),
]
GRANTING = [
    (
        "The limit does not hold then",
        "for this person, this seat and one term within these days; the chair is told by mail.",
    ),
    ("The appointment carries it.", "With the decision and the reason, as why the limit was waived."),
]
DECLINING = [("The chair is told why.", "The reason goes to the chair of the committee by mail.")]
TAKING_BACK = [("Nothing waits for the secretariat then.", "The request stays on record with the reason.")]
REVOKING = [
    ("The limit holds again", "for this person, this seat and these days; the chair is told why by mail."),
    ("A term that began by it stays.", "It is withdrawn or ended on its own page."),
    ("Plans go by it no more.", "One that does is not appointed before it is waived again."),
]


@pages.route("/committees/<int:committee_id>/waivers/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def ask_waiver(committee_id: int) -> ResponseReturnValue:
    """Ask that the limit of terms should not hold for somebody."""
    committee = get_editable_committee(committee_id, the_actor())
    form = _asking(committee)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            made = commands.ask_waiver(form.seat_id.chosen_id or 0, form.values(), actor=the_actor())
            return _seen(made.id, "The secretariat is asked.")
    place, back = (committee.id, committee.name), url("committees.succession", committee_id=committee_id)
    return committee_form(form, place, "Ask to waive a limit of terms", "Ask", follows=ASKING, cancel=back)


@pages.get("/committees/waivers/<int:waiver_id>")
@requires(Permission.COMMITTEE_EDIT)
def waiver(waiver_id: int) -> ResponseReturnValue:
    """A request: for whom, which seat and days, why, and what was decided."""
    found = get_waiver(waiver_id, the_actor())
    return render_template(
        "committees/waiver.html",
        waiver=found,
        seat=seat_words(found.seat.position, found.seat.label),
        facts=facts_of_waiver(found),
        limit=find_limit(found.seat, found.person_id, found.first_day),
        is_over=found.last_day is not None and found.last_day < clock.today(),
        crumbs=_crumbs(found.committee),
        decides=the_actor().has_all(Permission.COMMITTEE_FOUND),
        history=_history(waiver_id),
    )


@pages.route("/committees/waivers/<int:waiver_id>/grant", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def grant_waiver(waiver_id: int) -> ResponseReturnValue:
    """Let the limit not hold."""
    form = NeededDecisionForm(data={"version": get_waiver(waiver_id, the_actor()).version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            decision, version = str(form.decision.value), form.shown_version
            commands.grant_waiver(waiver_id, decision=decision, version=version, actor=the_actor())
            return _seen(waiver_id, "The limit does not hold for them; the chair is told.")
    return _form("Waive the limit for {}", "Waive the limit", form, waiver_id, GRANTING)


@pages.route("/committees/waivers/<int:waiver_id>/decline", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def decline_waiver(waiver_id: int) -> ResponseReturnValue:
    """Let the limit hold."""
    form = ReasonForm(data={"version": get_waiver(waiver_id, the_actor()).version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.decline_waiver(waiver_id, reason=reason, version=version, actor=the_actor())
            return _seen(waiver_id, "The limit holds; the chair is told why.")
    return _form("Let the limit hold for {}", "Decline", form, waiver_id, DECLINING)


@pages.route("/committees/waivers/<int:waiver_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def withdraw_waiver(waiver_id: int) -> ResponseReturnValue:
    """Take a request back."""
    form = ReasonForm(data={"version": get_waiver(waiver_id, the_actor()).version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.withdraw_waiver(waiver_id, reason=reason, version=version, actor=the_actor())
            return _seen(waiver_id, "The request is taken back.")
    return _form("Take back what is asked for {}", "Take back", form, waiver_id, TAKING_BACK)


@pages.route("/committees/waivers/<int:waiver_id>/revoke", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def revoke_waiver(waiver_id: int) -> ResponseReturnValue:
    """Let a limit hold again that was waived."""
    form = ReasonForm(data={"version": get_waiver(waiver_id, the_actor()).version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.revoke_waiver(waiver_id, reason=reason, version=version, actor=the_actor())
            return _seen(waiver_id, "The limit holds again; the chair is told why.")
    return _form("Revoke the waiver for {}", "Revoke", form, waiver_id, REVOKING)


def _asking(committee: Committee) -> WaiverForm:
    """The form with the seats of the committee, or of an election, and the days of the next term."""
    rows = {row.seat.seat_id: row for row in list_succession(committee.id, the_actor())}
    entries = _entries()
    seats = [each.seat_id for each in entries if each.seat_id in rows] or list(rows)
    wanted = [each for each in (*ids_in_address("seat"), *seats[:1]) if each in seats][:1]
    shown: dict[str, Any] = {"person_id": "".join(map(str, ids_in_address("person")[:1]))}
    for seat_id in wanted:
        shown |= {"seat_id": str(seat_id)} | _next_term(seat_id, rows[seat_id].next_day)
    for each in entries[:1]:
        shown |= {"first_day": each.first_day, "last_day": each.last_day}
    form = WaiverForm(data=shown)
    form.seat_id.offer(_named(rows[each]) for each in seats)
    form.person_id.offer(people_who_served(committee.id))
    return form


def _entries() -> Sequence[ElectionSeat]:
    """The seats of the election that the address names, where it names one."""
    asked = ids_in_address("election")
    return list_seats_of(get_own_election(asked[0], the_actor()).id) if asked else []


def _named(row: SuccessionRow) -> tuple[int, str]:
    return row.seat.seat_id, f"{row.seat.seat}: {row.seat.holder or 'vacant'}"


def _next_term(seat_id: int, first_day: date) -> dict[str, Any]:
    proposed = propose_term(get_seat(seat_id, the_actor()), None, first_day)
    return {"first_day": first_day, "last_day": proposed.last_day}


def _form(title: str, verb: str, form: MusterForm, waiver_id: int, follows: list[tuple[str, str]]) -> str:
    """A form of one step, of the request as it is now: a refusal may mean that somebody else decided it."""
    found = get_waiver(waiver_id, the_actor())
    back = url("committees.waiver", waiver_id=waiver_id)
    return render_template(
        "layouts/form.html",
        title=title.format(found.person.name),
        sub=capital(seat_words(found.seat.position, found.seat.label)),
        verb=verb,
        form=form,
        crumbs=_crumbs(found.committee),
        cancel=back,
        follows=follows,
    )


def _crumbs(committee: Committee) -> list[tuple[str, str]]:
    succession = url("committees.succession", committee_id=committee.id)
    return [*crumbs_of(committee.id, committee.name), ("Succession", succession)]


def _history(waiver_id: int) -> list[Any]:
    if not may_read_history(the_actor()):
        return []
    return list(list_history(Subject("limit_waiver", waiver_id), PageRequest(size=HISTORY_LINES)).rows)


def _seen(waiver_id: int, notice: str) -> Response:
    return see("committees.waiver", notice, waiver_id=waiver_id)
