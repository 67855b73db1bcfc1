"""Signing in the program, and recording a copy that was signed elsewhere."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.commands import Machine, Refused
from app.accounts.routes.browser import this_machine
from app.agreements import commands
from app.agreements.forms.signing import SignedCopyForm, SignForm
from app.agreements.models import Agreement
from app.agreements.queries.agreements import get_agreement
from app.agreements.queries.record import signatory_choices, signing_sides, standing_of
from app.agreements.queries.versions import list_versions
from app.agreements.routes.blueprint import pages
from app.agreements.routes.steps import agreement_form
from app.agreements.routes.tables import terms_shown
from app.agreements.rules.states import PARTIES, SIDE_WORDS, Side
from app.core.errors import DomainError, NotFoundError
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, signed_in, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see

COPY_FOLLOWS = [
    ("The file is kept as it is.", "Beside who signed it, in which office, and on which day."),
    ("Only who could sign that day.", "Each signature is held against the signatories of its day."),
    ("A copy with our seal is checked.", "It must be the same paper, with nothing changed after the seal."),
]


@pages.route("/agreements/<int:agreement_id>/sign", methods=["GET", "POST"])
@signed_in
def sign(agreement_id: int) -> ResponseReturnValue:
    """Sign the present version for the side the reader is entitled to sign for."""
    found, side = _to_sign(agreement_id)
    form = SignForm(data={"version": found.version})
    if form.validate_on_submit():
        outcome: Any = None
        with errors_to(form), transaction():
            outcome = _sign(agreement_id, form, side)
            if not isinstance(outcome, Refused):
                return see("agreements.agreement", "You have signed.", agreement_id=agreement_id)
        if isinstance(outcome, Refused):
            form.refuse(DomainError(outcome.words, "password"))
    return _sign_page(form, agreement_id, side)


def _to_sign(agreement_id: int) -> tuple[Agreement, Side]:
    """What is to be signed, and for which side; to who may not sign it there is no such page."""
    found = get_agreement(agreement_id, the_actor())
    sides = signing_sides(found, the_actor())
    if not sides:
        raise NotFoundError("There is nothing here for you to sign.")
    return found, sides[0]


def _sign(agreement_id: int, form: SignForm, side: Side) -> Agreement | Refused:
    machine: Machine = this_machine()
    version = form.shown_version
    return commands.sign_agreement(
        agreement_id, form.consent(), side=side, version=version, machine=machine, actor=the_actor()
    )


def _sign_page(form: SignForm, agreement_id: int, side: Side) -> str:
    found = get_agreement(agreement_id, the_actor())
    return render_template(
        "agreements/sign.html",
        form=form,
        agreement=found,
        side=SIDE_WORDS[side],
        institution=found.provider.name if side is Side.PROVIDER else found.recipient.name,
        version=next(iter(list_versions(agreement_id)), None),
        terms=terms_shown(found),
        crumbs=[(found.number or found.title, url("agreements.agreement", agreement_id=agreement_id))],
    )


@pages.route("/agreements/<int:agreement_id>/signed-copy", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
def signed_copy(agreement_id: int) -> ResponseReturnValue:
    """Record a copy that was signed on paper or in another program."""
    found = get_agreement(agreement_id, the_actor())
    form = _copy_form(found)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            scan, signed, version = form.scan(), form.signatures(), form.shown_version
            commands.record_signed_copy(agreement_id, scan, signed, version=version, actor=the_actor())
            return see("agreements.agreement", "The signed copy is kept.", agreement_id=agreement_id)
    return agreement_form(form, agreement_id, "Signed copy of {}", "Keep the copy", COPY_FOLLOWS)


def _copy_form(found: Agreement) -> SignedCopyForm:
    """The form with a signatory and a day for each side that has not signed yet."""
    form = SignedCopyForm(data={"version": found.version})
    institutions = {Side.PROVIDER: found.provider_id, Side.RECIPIENT: found.recipient_id}
    unsigned = standing_of(found).unsigned
    for side in PARTIES:
        if side in unsigned:
            form[f"{side.value}_signatory"].offer(signatory_choices(institutions[side]), empty="Not on this copy")
        else:
            del form[f"{side.value}_signatory"], form[f"{side.value}_day"]
    return form
