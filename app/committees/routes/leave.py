"""The forms of leave: that somebody is on it, is back, and what was recorded wrongly."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.committees.commands import begin_leave as begin_leave_of
from app.committees.commands import correct_leave as correct_leave_to
from app.committees.commands import end_leave as end_leave_with
from app.committees.commands import withdraw_leave as withdraw_leave_of
from app.committees.forms import (
    EndLeaveForm,
    LeaveCorrectionForm,
    LeaveForm,
    WithdrawalForm,
    entry_meanwhile,
    filled_from_leave,
)
from app.committees.models import Appointment, AppointmentLeave
from app.committees.queries import get_appointment, get_leave
from app.committees.routes.blueprint import pages
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see


@pages.route("/committees/appointments/<int:appointment_id>/leave", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def begin_leave(appointment_id: int) -> ResponseReturnValue:
    """Put on record that the holder of a seat is on leave."""
    found = get_appointment(appointment_id, the_actor())
    form = LeaveForm(data={"first_day": max(today(), found.first_day), "version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            begin_leave_of(appointment_id, form.values(), version=form.shown_version, actor=the_actor())
            return _seen(appointment_id, "The leave is on record.")
    return _page("committees/begin_leave.html", form, appointment_id)


@pages.route("/committees/leave/<int:leave_id>/end", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def end_leave(leave_id: int) -> ResponseReturnValue:
    """Let somebody be back from leave."""
    leave, found = _get(leave_id)
    form = EndLeaveForm(data={"last_day": today(), "version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            end_leave_with(leave_id, form.last_day.data, version=form.shown_version, actor=the_actor())
            return _seen(found.id, "The leave ends with that day.")
    return _page("committees/end_leave.html", form, found.id, leave)


@pages.route("/committees/leave/<int:leave_id>/correct", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def correct_leave(leave_id: int) -> ResponseReturnValue:
    """Put right what was recorded wrongly of a leave."""
    leave, found = _get(leave_id)
    form = LeaveCorrectionForm(data=filled_from_leave(leave, found.version))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values, reason, version = form.values(), str(form.reason.value), form.shown_version
            correct_leave_to(leave_id, values, reason=reason, version=version, actor=the_actor())
            return _seen(found.id, "The leave is corrected.")
    return _page("committees/correct_leave.html", form, found.id, leave)


@pages.route("/committees/leave/<int:leave_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def withdraw_leave(leave_id: int) -> ResponseReturnValue:
    """Take back a leave that was recorded by mistake."""
    leave, found = _get(leave_id)
    form = WithdrawalForm(data={"version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason = str(form.reason.value)
            withdraw_leave_of(leave_id, reason=reason, version=form.shown_version, actor=the_actor())
            return _seen(found.id, "The leave is withdrawn.")
    return _page("committees/withdraw_leave.html", form, found.id, leave)


LeaveForms = LeaveForm | EndLeaveForm | WithdrawalForm


def _get(leave_id: int) -> tuple[AppointmentLeave, Appointment]:
    leave = get_leave(leave_id, the_actor())
    return leave, get_appointment(leave.appointment_id, the_actor())


def _page(template: str, form: LeaveForms, appointment_id: int, leave: AppointmentLeave | None = None) -> str:
    """The form with the term as it stands, read again: a refusal may mean that somebody else changed it."""
    found = get_appointment(appointment_id, the_actor())
    return render_template(template, form=form, appointment=found, leave=leave, stale=entry_meanwhile(form, found))


def _seen(appointment_id: int, notice: str) -> Response:
    return see("committees.appointment", notice, appointment_id=appointment_id)
