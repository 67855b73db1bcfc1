"""A term's record, and the forms that appoint someone, end a term, correct or withdraw it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.committees.commands import appoint as appoint_to
from app.committees.commands import correct_appointment, withdraw_appointment
from app.committees.commands import end_term as end_term_of
from app.committees.forms import (
    AppointmentForm,
    CorrectionForm,
    EndTermForm,
    WithdrawalForm,
    entry_meanwhile,
    filled_from_appointment,
)
from app.committees.models import Appointment
from app.committees.queries import get_appointment, get_seat, people_for
from app.committees.routes.blueprint import pages
from app.committees.rules import OFFICE_WORDS
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see


@pages.route("/committees/seats/<int:seat_id>/appoint", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def appoint(seat_id: int) -> ResponseReturnValue:
    """Put a person on a seat."""
    seat = get_seat(seat_id, the_actor())
    form = AppointmentForm(data={"first_day": today()})
    form.person_id.offer(people_for(seat, on=today()))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            appoint_to(seat_id, form.values(), actor=the_actor())
            return _seen(seat.committee_id, f"Seat {seat.position} is filled.")
    return render_template("committees/appoint.html", form=form, seat=seat)


@pages.get("/committees/appointments/<int:appointment_id>")
@requires(Permission.COMMITTEE_EDIT)
def appointment(appointment_id: int) -> ResponseReturnValue:
    """A term: who, where, from when to when, and what can be done about it."""
    found = _get(appointment_id)
    return render_template(
        "committees/appointment.html", appointment=found, office=OFFICE_WORDS[found.office], today=today()
    )


@pages.route("/committees/appointments/<int:appointment_id>/end", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def end_term(appointment_id: int) -> ResponseReturnValue:
    """End a term with a day."""
    appointment = _get(appointment_id)
    form = EndTermForm(data={"last_day": today(), "version": appointment.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason = form.last_day.data, str(form.reason.value)
            end_term_of(appointment_id, day, reason=reason, version=form.shown_version, actor=the_actor())
            return _seen(appointment.committee_id, "The term has its last day.")
    return _page("committees/end_term.html", form, appointment_id)


@pages.route("/committees/appointments/<int:appointment_id>/correct", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def correct(appointment_id: int) -> ResponseReturnValue:
    """Put right what was recorded wrongly."""
    appointment = _get(appointment_id)
    form = CorrectionForm(data=filled_from_appointment(appointment))
    form.person_id.offer(people_for(appointment.seat, on=appointment.first_day))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values, reason, version = form.values(), str(form.reason.value), form.shown_version
            correct_appointment(appointment_id, values, reason=reason, version=version, actor=the_actor())
            return _seen(appointment.committee_id, "The entry is corrected.")
    return _page("committees/correct.html", form, appointment_id)


@pages.route("/committees/appointments/<int:appointment_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def withdraw(appointment_id: int) -> ResponseReturnValue:
    """Take back an appointment that was recorded by mistake."""
    appointment = _get(appointment_id)
    form = WithdrawalForm(data={"version": appointment.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason = str(form.reason.value)
            withdraw_appointment(appointment_id, reason=reason, version=form.shown_version, actor=the_actor())
            return _seen(appointment.committee_id, "The appointment is withdrawn.")
    return _page("committees/withdraw.html", form, appointment_id)


def _get(appointment_id: int) -> Appointment:
    return get_appointment(appointment_id, the_actor())


def _page(template: str, form: CorrectionForm | EndTermForm | WithdrawalForm, appointment_id: int) -> str:
    """The form with the entry as it stands, read again: a refusal may mean that somebody else changed it."""
    appointment = _get(appointment_id)
    return render_template(template, form=form, appointment=appointment, stale=entry_meanwhile(form, appointment))


def _seen(committee_id: int, notice: str) -> Response:
    return see("committees.committee", notice, committee_id=committee_id)
