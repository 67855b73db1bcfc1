"""Forms of memberships: admission, suspension, reinstatement, withdrawal, and a date put right."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import AdmissionForm, FromDayForm, LastDayForm, steps_meanwhile
from app.members.queries import MembershipPeriod, get_editable_institution, get_membership, list_classes
from app.members.routes.blueprint import institution_form, pages
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day


@pages.route("/members/<int:institution_id>/admit", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def admit(institution_id: int) -> ResponseReturnValue:
    """Make an institution a member in a class."""
    saved = get_editable_institution(institution_id, Permission.MEMBERSHIP_EDIT, the_actor())
    form = AdmissionForm(data={"first_day": today()})
    form.class_id.offer([(row.id, row.name) for row in list_classes()])
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.admit_member(institution_id, form.admission(), actor=the_actor())
            return see("members.institution", f"{saved.name} is admitted.", institution_id=institution_id)
    return institution_form(form, (institution_id, saved.name), f"Admit {saved.name}", "Admit as member")


@pages.route("/members/memberships/<int:membership_id>/suspend", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def suspend(membership_id: int) -> ResponseReturnValue:
    """Suspend a membership from a day on."""
    membership = get_membership(membership_id, the_actor())
    form = FromDayForm(data={"first_day": today(), "version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.first_day.data, form.reason.data, form.shown_version
            commands.suspend_member(membership_id, first_day=day, reason=reason, version=version, actor=the_actor())
            return _seen(membership, f"Suspended from {long_day(day)}.")
    return _page(form, membership, "Suspend")


@pages.route("/members/memberships/<int:membership_id>/reinstate", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def reinstate(membership_id: int) -> ResponseReturnValue:
    """Make a suspended membership active again."""
    membership = get_membership(membership_id, the_actor())
    form = FromDayForm(data={"first_day": today(), "version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.first_day.data, form.reason.data, form.shown_version
            commands.reinstate_member(membership_id, first_day=day, reason=reason, version=version, actor=the_actor())
            return _seen(membership, f"Active again from {long_day(day)}.")
    return _page(form, membership, "Reinstate")


@pages.route("/members/memberships/<int:membership_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def withdraw(membership_id: int) -> ResponseReturnValue:
    """End a membership by withdrawal."""
    membership = get_membership(membership_id, the_actor())
    form = LastDayForm(data={"version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.last_day.data, form.reason.data, form.shown_version
            commands.withdraw_member(membership_id, last_day=day, reason=reason, version=version, actor=the_actor())
            return _seen(membership, f"Withdrawn: the last day is {long_day(day)}.")
    return _page(form, membership, "Withdraw")


@pages.route("/members/memberships/<int:membership_id>/correct", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def correct(membership_id: int) -> ResponseReturnValue:
    """Put right when a membership began."""
    membership = get_membership(membership_id, the_actor())
    form = FromDayForm(data={"first_day": membership.period.first, "version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.first_day.data, form.reason.data, form.shown_version
            commands.correct_first_day(membership_id, first_day=day, reason=reason, version=version, actor=the_actor())
            return _seen(membership, f"Member since {long_day(day)}, corrected.")
    return _page(form, membership, "Correct the first day of")


def _seen(membership: MembershipPeriod, notice: str) -> ResponseReturnValue:
    return see("members.institution", notice, institution_id=membership.institution_id)


def _page(form: FromDayForm | LastDayForm, membership: MembershipPeriod, verb: str) -> ResponseReturnValue:
    named = membership.membership_class.name.lower()
    since = f"{membership.membership_class.name} since {long_day(membership.period.first)}."
    return institution_form(
        form,
        (membership.institution_id, membership.name),
        f"{verb} {membership.name} as {named}",
        verb.removesuffix(" the first day of"),
        sub=since,
        stale=steps_meanwhile(form, get_membership(membership.membership_id, the_actor())),
    )
