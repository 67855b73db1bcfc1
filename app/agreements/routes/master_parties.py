"""Forms by which institutions join and leave a master agreement, and the papers that prove it."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.agreements.commands import masters as commands
from app.agreements.forms.signatories import PartyCorrectionForm, PartyForm
from app.agreements.forms.template_rules import LastDayForm
from app.agreements.forms.templates import WhyForm
from app.agreements.models import AgreementTemplate
from app.agreements.queries.master_parties import PartyRow, get_party, open_party_evidence
from app.agreements.queries.templates import get_editable_template
from app.agreements.routes.blueprint import pages
from app.agreements.routes.templates import crumbs_of
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_bytes
from app.web.forms import MusterForm, errors_to
from app.web.requests import see
from app.web.wording import long_day

JOINING = [("It may write implementing letters from this day on.", "Each transfer needs one, between two parties.")]
LEAVING = [("It writes no new letters after this day.", "Transfers under letters that are in force go on.")]
CORRECTING = [("It is taken to have been so all along.", "What was known until now stays on record, too.")]


@pages.get("/agreements/templates/parties/<int:party_id>/evidence")
@requires(Permission.TEMPLATE_READ)
def party_evidence(party_id: int) -> Response:
    """The paper by which an institution joined."""
    found = open_party_evidence(party_id, the_actor())
    return send_bytes(found.content, found.media_type, found.name)


@pages.route("/agreements/templates/<int:template_id>/parties/new", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def join_master(template_id: int) -> ResponseReturnValue:
    """Record that an institution has joined a master agreement."""
    saved = get_editable_template(template_id, the_actor())
    form = PartyForm(data={"first_day": today()})
    ask_institution(form.institution_id)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            of, period = form.institution_id.chosen_id or 0, form.period()
            commands.join_master(template_id, of, period, form.sent(), actor=the_actor())
            return see("agreements.template", "The party is recorded.", template_id=template_id)
    return _page(form, saved, f"Record a party of {saved.code}", "Record party", follows=JOINING)


@pages.route("/agreements/templates/parties/<int:party_id>/leave", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def leave_master(party_id: int) -> ResponseReturnValue:
    """Record that an institution leaves a master agreement."""
    saved = get_party(party_id, the_actor())
    form = LastDayForm(data={"last_day": today(), "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.last_day.data, str(form.reason.value), form.shown_version
            commands.leave_master(party_id, day, reason=reason, version=version, actor=the_actor())
            notice = f"It is a party until {long_day(day)}."
            return see("agreements.template", notice, template_id=saved.template_id)
    return _page(form, _master(saved), f"Let {saved.short_name} leave", "Leave", follows=LEAVING)


@pages.route("/agreements/templates/parties/<int:party_id>/correct", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def correct_party(party_id: int) -> ResponseReturnValue:
    """Put right when an institution was a party."""
    saved = get_party(party_id, the_actor())
    said = {"first_day": saved.first_day, "last_day": saved.last_day, "version": saved.version}
    form = PartyCorrectionForm(data=said)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            correction, reason = commands.PartyCorrection(form.period(), form.sent()), str(form.reason.value)
            version, actor = form.shown_version, the_actor()
            commands.correct_party(party_id, correction, reason=reason, version=version, actor=actor)
            return see("agreements.template", "The party is put right.", template_id=saved.template_id)
    instead = "It was recorded by mistake", url("agreements.retract_party", party_id=party_id)
    title = f"Correct {saved.short_name} as a party"
    return _page(form, _master(saved), title, "Save changes", follows=CORRECTING, instead=instead)


@pages.route("/agreements/templates/parties/<int:party_id>/retract", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def retract_party(party_id: int) -> ResponseReturnValue:
    """Take back a party that was recorded by mistake."""
    saved = get_party(party_id, the_actor())
    form = WhyForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.retract_party(party_id, reason=reason, version=version, actor=the_actor())
            return see("agreements.template", "The party is taken back.", template_id=saved.template_id)
    sub = f"Party from {long_day(saved.first_day)}. One that has left is not taken back: it leaves."
    return _page(form, _master(saved), f"Take back {saved.short_name} as a party", "Take back", sub=sub)


def _master(party: PartyRow) -> AgreementTemplate:
    return get_editable_template(party.template_id, the_actor())


def _page(form: MusterForm, saved: AgreementTemplate, title: str, verb: str, **more: Any) -> str:
    crumbs = crumbs_of(saved)
    shown = {"crumbs": crumbs, "cancel": crumbs[-1][1], **more}
    return render_template("layouts/form.html", form=form, title=title, verb=verb, **shown)
