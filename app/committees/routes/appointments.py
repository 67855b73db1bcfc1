"""The forms that appoint someone, end a term, change its office, correct or withdraw it."""

from __future__ import annotations

from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.committees.commands import appoint as appoint_to
from app.committees.commands import change_office as change_office_of
from app.committees.commands import correct_appointment, withdraw_appointment
from app.committees.commands import end_term as end_term_of
from app.committees.forms import (
    AppointmentForm,
    CorrectionForm,
    EndTermForm,
    EntryForm,
    OfficeForm,
    WithdrawalForm,
    entry_meanwhile,
    filled_from_appointment,
)
from app.committees.models import Appointment, Seat
from app.committees.queries import (
    bylaws_on,
    get_appointment,
    get_seat,
    people_for,
    propose_first_day,
    propose_term,
)
from app.committees.routes.blueprint import pages
from app.committees.routes.terms import hindrance_of_seat, statements_of
from app.committees.rules import USUAL_HOW, Ending
from app.core.clock import today, zone
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day


@pages.route("/committees/seats/<int:seat_id>/appoint", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def appoint(seat_id: int) -> ResponseReturnValue:
    """Put a person on a seat, from the day on which it falls vacant to the one the bylaws give."""
    seat = get_seat(seat_id, the_actor())
    first_day = propose_first_day(seat)
    form = _proposed(seat, first_day)
    if form.validate_on_submit() and not _proposed_anew(form, seat):
        with errors_to(form), transaction():
            appoint_to(seat_id, form.values(), actor=the_actor())
            return _seen(seat.committee_id, f"Seat {seat.position} is filled.")
    return render_template(
        "committees/appoint.html",
        form=_asked(form),
        seat=seat,
        bylaws=statements_of(seat, bylaws_on(seat.committee_id, form.first_day.data or first_day)),
        hindrance=hindrance_of_seat(seat),
    )


@pages.route("/committees/appointments/<int:appointment_id>/end", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def end_term(appointment_id: int) -> ResponseReturnValue:
    """End a term with a day."""
    appointment = _get(appointment_id)
    is_own = appointment.person.user_id == the_actor().user_id
    form = EndTermForm(data={"last_day": today(), "version": appointment.version})
    form.say_when(appointment.first_day, today(), zone().key)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, how = form.chosen_last_day(today()), str(form.reason.value), Ending(form.how.data)
            end_term_of(appointment_id, day, reason=reason, version=form.shown_version, how=how, actor=the_actor())
            return _seen_after(appointment.committee_id, day, is_own=is_own)
    return _page("committees/end_term.html", form, appointment_id)


@pages.route("/committees/appointments/<int:appointment_id>/office", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def change_office(appointment_id: int) -> ResponseReturnValue:
    """Give the holder of a seat another office within the same term."""
    appointment = _get(appointment_id)
    saved = {"office": appointment.office.value, "first_day": today(), "version": appointment.version}
    form = OfficeForm(data=saved)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            change_office_of(appointment_id, form.change(), version=form.shown_version, actor=the_actor())
            return _seen(appointment.committee_id, "The office changes with that day.")
    return _page("committees/change_office.html", form, appointment_id)


@pages.route("/committees/appointments/<int:appointment_id>/correct", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def correct(appointment_id: int) -> ResponseReturnValue:
    """Put right what was recorded wrongly."""
    appointment = _get(appointment_id)
    form = CorrectionForm(data=filled_from_appointment(appointment))
    form.person_id.offer(people_for(appointment.seat, on=appointment.first_day))
    form.offer_endings(appointment)
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


def _proposed(seat: Seat, first_day: date) -> AppointmentForm:
    """The form with what the bylaws give."""
    form = AppointmentForm(data={"first_day": first_day, "how": USUAL_HOW[seat.kind].value})
    form.person_id.offer(people_for(seat, on=today()))
    if bylaws_on(seat.committee_id, first_day).holds_over:
        form.last_day.description = "The term ends with it; its holder stays until somebody follows."
    if not form.is_submitted():
        form.propose(first_day, propose_term(seat, None, first_day).last_day)
    return form


def _asked(form: AppointmentForm) -> AppointmentForm:
    """The form as it is shown: why a limit does not hold is asked once somebody is one term over it."""
    if not (form.limit_waived.errors or form.limit_waived.data):
        del form.limit_waived
    return form


def _proposed_anew(form: AppointmentForm, seat: Seat) -> bool:
    """Whether the first day was changed under the last day that was proposed for another one."""
    return form.propose_anew(propose_term(seat, form.person_id.chosen_id, form.first_day.data).last_day)


def _seen_after(committee_id: int, last_day: date, *, is_own: bool) -> Response:
    """The committee, or for somebody who has just given up their own rights the page they may still open."""
    if last_day >= today():
        words = f"The term ends with {long_day(last_day)}; its rights last until midnight at the end of that day."
        return _seen(committee_id, words)
    words = f"The term has ended with {long_day(last_day)}, and so have its rights."
    if is_own:
        return see("home.today", words)
    return _seen(committee_id, words)


def _get(appointment_id: int) -> Appointment:
    return get_appointment(appointment_id, the_actor())


def _page(template: str, form: EntryForm, appointment_id: int) -> str:
    """The form with the entry as it stands, read again: a refusal may mean that somebody else changed it."""
    appointment = _get(appointment_id)
    return render_template(template, form=form, appointment=appointment, stale=entry_meanwhile(form, appointment))


def _seen(committee_id: int, notice: str) -> Response:
    return see("committees.committee", notice, committee_id=committee_id)
