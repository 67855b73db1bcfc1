"""Forms of memberships: admission, suspension, reinstatement, withdrawal, and a date put right."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import (
    AdmissionForm,
    EndForm,
    FromDayForm,
    LastDayForm,
    NextClassForm,
    ReasonForm,
    RenewalForm,
    RightClassForm,
    SuspensionForm,
    steps_meanwhile,
)
from app.members.queries import (
    MembershipPeriod,
    find_access_ended,
    get_editable_institution,
    get_membership,
    get_step,
    list_classes,
    list_offered_classes,
)
from app.members.routes.blueprint import institution_form, pages
from app.members.routes.classes import offer_classes
from app.members.routes.consequences import (
    of_class_change,
    of_corrected_class,
    of_corrected_end,
    of_corrected_step,
    of_correction,
    of_keeping,
    of_reinstatement,
    of_renewal,
    of_retracted_step,
    of_retraction,
    of_suspension,
    of_withdrawal,
)
from app.members.rules import MembershipState
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import MusterForm, errors_to
from app.web.requests import see
from app.web.wording import long_day

TURNS = {MembershipState.SUSPENDED: "suspension", MembershipState.ACTIVE: "reinstatement"}


@pages.route("/members/<int:institution_id>/admit", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def admit(institution_id: int) -> ResponseReturnValue:
    """Make an institution a member in a class."""
    saved = get_editable_institution(institution_id, Permission.MEMBERSHIP_EDIT, the_actor())
    form = AdmissionForm(data={"first_day": today()})
    offer_classes(form.class_id, list_offered_classes())
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
    form = SuspensionForm(data={"first_day": today(), "version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, version = form.first_day.data, form.shown_version
            commands.suspend_member(
                membership_id,
                first_day=day,
                last_day=form.last_day.data,
                reason=str(form.reason.value),
                version=version,
                actor=the_actor(),
            )
            return _seen(membership, f"Suspended from {long_day(day)}.")
    return _page(form, membership, "Suspend", follows=of_suspension(membership))


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
    return _page(form, membership, "Reinstate", follows=of_reinstatement(membership))


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
    return _page(form, membership, "Withdraw", follows=of_withdrawal(membership))


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
    instead = "It was entered by mistake", url("members.retract_membership", membership_id=membership_id)
    return _page(form, membership, "Correct the first day of", follows=of_correction(membership), instead=instead)


@pages.route("/members/memberships/<int:membership_id>/retract", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def retract_membership(membership_id: int) -> ResponseReturnValue:
    """Take back a membership put on record by mistake."""
    membership = get_membership(membership_id, the_actor())
    form = ReasonForm(data={"version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.retract_membership(membership_id, reason=reason, version=version, actor=the_actor())
            return _seen(membership, "The membership is taken back.")
    return _page(form, membership, "Take back the membership of", "Take back", follows=of_retraction(membership))


@pages.route("/members/memberships/<int:membership_id>/renew", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def renew(membership_id: int) -> ResponseReturnValue:
    """Let the next period of a membership follow."""
    membership = get_membership(membership_id, the_actor())
    form = RenewalForm(data={"last_day": membership.next_last_day, "version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.last_day.data, str(form.reason.value), form.shown_version
            commands.renew_member(membership_id, last_day=day, reason=reason, version=version, actor=the_actor())
            return _seen(membership, f"Renewed until {long_day(day)}.")
    return _page(form, membership, "Renew", follows=of_renewal(membership))


@pages.route("/members/memberships/<int:membership_id>/keep", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def keep(membership_id: int) -> ResponseReturnValue:
    """Call off a withdrawal that is still to come."""
    membership = get_membership(membership_id, the_actor())
    form = ReasonForm(data={"version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.keep_member(membership_id, reason=reason, version=version, actor=the_actor())
            return _seen(membership, "The withdrawal is called off.")
    return _page(form, membership, "Keep", follows=of_keeping(membership, find_access_ended(membership.institution_id)))


@pages.route("/members/memberships/<int:membership_id>/class", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def change_class(membership_id: int) -> ResponseReturnValue:
    """Let an institution be a member in another class from a day on."""
    membership = get_membership(membership_id, the_actor())
    form = NextClassForm(data={"first_day": today(), "version": membership.version})
    others = [row for row in list_offered_classes() if row.id != membership.membership_class.id]
    form.class_id.offer([(row.id, row.name) for row in others])
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.first_day.data, str(form.reason.value), form.shown_version
            wanted, actor = form.class_id.chosen_id or 0, the_actor()
            commands.change_class(membership_id, wanted, first_day=day, reason=reason, version=version, actor=actor)
            return _seen(membership, f"In another class from {long_day(day)}.")
    return _page(form, membership, "Change the class of", follows=of_class_change(membership, others))


@pages.route("/members/memberships/<int:membership_id>/right-class", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def correct_class(membership_id: int) -> ResponseReturnValue:
    """Put right in which class a membership has been all along."""
    membership = get_membership(membership_id, the_actor())
    form = RightClassForm(data={"version": membership.version})
    others = [row for row in list_classes() if row.id != membership.membership_class.id]
    form.class_id.offer([(row.id, row.name) for row in others])
    if form.validate_on_submit():
        with errors_to(form), transaction():
            wanted, reason, version = form.class_id.chosen_id or 0, str(form.reason.value), form.shown_version
            commands.correct_class(membership_id, wanted, reason=reason, version=version, actor=the_actor())
            return _seen(membership, "The class is corrected.")
    return _page(form, membership, "Correct the class of", follows=of_corrected_class(membership, others))


@pages.route("/members/memberships/<int:membership_id>/end", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def correct_end(membership_id: int) -> ResponseReturnValue:
    """Put right when a membership ended."""
    membership = get_membership(membership_id, the_actor())
    form = EndForm(data={"last_day": membership.last_day, "version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.last_day.data, str(form.reason.value), form.shown_version
            commands.correct_last_day(membership_id, last_day=day, reason=reason, version=version, actor=the_actor())
            return _seen(membership, "The last day is corrected.")
    return _page(form, membership, "Correct the last day of", follows=of_corrected_end(membership))


@pages.route("/members/steps/<int:step_id>/correct", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def correct_step(step_id: int) -> ResponseReturnValue:
    """Put right since when a suspension or a reinstatement holds."""
    membership, step = get_step(step_id, the_actor())
    form = FromDayForm(data={"first_day": step.period.first, "version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.first_day.data, str(form.reason.value), form.shown_version
            commands.correct_step(step_id, first_day=day, reason=reason, version=version, actor=the_actor())
            return _seen(membership, f"{step.state.value.capitalize()} since {long_day(day)}, corrected.")
    return _page(form, membership, f"Correct the {_turn(step.state)} of", follows=of_corrected_step())


@pages.route("/members/steps/<int:step_id>/retract", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def retract_step(step_id: int) -> ResponseReturnValue:
    """Take back a suspension or a reinstatement put on record by mistake."""
    membership, step = get_step(step_id, the_actor())
    form = ReasonForm(data={"version": membership.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.retract_step(step_id, reason=reason, version=version, actor=the_actor())
            return _seen(membership, f"The {_turn(step.state)} is taken back.")
    follows = of_retracted_step(step.state)
    return _page(form, membership, f"Take back the {_turn(step.state)} of", "Take back", follows=follows)


def _turn(state: MembershipState) -> str:
    return TURNS.get(state, f"step \u201c{state.value}\u201d")


def _seen(membership: MembershipPeriod, notice: str) -> ResponseReturnValue:
    return see("members.institution_memberships", notice, institution_id=membership.institution_id)


def _page(
    form: MusterForm, membership: MembershipPeriod, verb: str, button: str = "", **more: Any
) -> ResponseReturnValue:
    named = membership.membership_class.name.lower()
    since = f"{membership.membership_class.name} since {long_day(membership.period.first)}."
    return institution_form(
        form,
        (membership.institution_id, membership.name),
        f"{verb} {membership.name} as {named}",
        button or (verb.partition(" ")[0] if verb.endswith(" of") else verb),
        sub=since,
        stale=steps_meanwhile(form, get_membership(membership.membership_id, the_actor())),
        **more,
    )
