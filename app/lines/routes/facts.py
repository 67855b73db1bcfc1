"""Stages, forms and deposits of a line: adding one, putting it right, and taking it back."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.lines import commands
from app.lines.forms import (
    CorrectDepositForm,
    CorrectPeriodForm,
    CorrectStageForm,
    DepositForm,
    OfferForm,
    ReasonForm,
    StageForm,
    filled_from_fact,
)
from app.lines.models import LineDeposit, LineForm, LineStage, MouseLine
from app.lines.queries.choices import repository_choices
from app.lines.queries.view import get_editable_deposit, get_editable_form, get_editable_line, get_editable_stage
from app.lines.routes.blueprint import line_form, pages, seen
from app.lines.rules import FORM_WORDS, STAGE_WORDS
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to

REACHING = [
    ("Each stage is reached once, in their order.", "An earlier one can be entered late, on its own day."),
    ("Reports count it from that day on.", "What they said as known before stays as it was."),
]
CORRECTING = [("What was known until now stays on record.", "A look back with the day of knowledge shows it.")]
NEVER = "It was never so"


@pages.route("/lines/<int:line_id>/stages/new", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def record_stage(line_id: int) -> ResponseReturnValue:
    """Put on record that a line has reached a stage."""
    saved = get_editable_line(line_id, the_actor())
    form = StageForm(data={"day": today(), "version": str(saved.version)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.record_stage(line_id, form.reached(), version=form.shown_version, actor=the_actor())
            return seen(line_id, "The stage is on record.")
    return line_form(form, saved, f"Record a stage of {saved.colony}", "Record stage", follows=REACHING)


@pages.route("/lines/stages/<int:stage_id>/correct", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def correct_stage(stage_id: int) -> ResponseReturnValue:
    """Put a stage or its day right."""
    fact, saved = get_editable_stage(stage_id, the_actor())
    form = CorrectStageForm(data=_shown(fact, saved))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.correct_stage(stage_id, form.reached(), reason=reason, version=version, actor=the_actor())
            return seen(saved.id, "The stage is corrected.")
    title, back = f"Correct {STAGE_WORDS[fact.stage].lower()}", url("lines.take_stage_back", stage_id=stage_id)
    return line_form(form, saved, title, "Save", follows=CORRECTING, instead=(NEVER, back))


@pages.route("/lines/stages/<int:stage_id>/take-back", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def take_stage_back(stage_id: int) -> ResponseReturnValue:
    """Take a stage back that the line has not reached."""
    fact, saved = get_editable_stage(stage_id, the_actor())
    form = ReasonForm(data={"version": str(saved.version)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.take_stage_back(stage_id, reason=reason, version=version, actor=the_actor())
            return seen(saved.id, "The stage is taken back.")
    told = f"{STAGE_WORDS[fact.stage]} on {wording.long_day(fact.day)}"
    return line_form(form, saved, f"Take back: {told}", "Take back", follows=CORRECTING)


@pages.route("/lines/<int:line_id>/forms/new", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def offer_form(line_id: int) -> ResponseReturnValue:
    """Say in which form material of a line is there."""
    saved = get_editable_line(line_id, the_actor())
    form = OfferForm(data={"first_day": today(), "version": str(saved.version)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            material, version = form.material(), form.shown_version
            commands.offer_form(line_id, material, form.period(), version=version, actor=the_actor())
            return seen(line_id, f"{FORM_WORDS[material]} are on record.")
    return line_form(form, saved, f"Say what there is of {saved.colony}", "Save")


@pages.route("/lines/forms/<int:form_id>/correct", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def correct_form(form_id: int) -> ResponseReturnValue:
    """Put right from when to when a form is there, or end it."""
    fact, saved = get_editable_form(form_id, the_actor())
    form = CorrectPeriodForm(data=_shown(fact, saved))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = form.reason.value, form.shown_version
            commands.correct_form(form_id, form.period(), reason=reason, version=version, actor=the_actor())
            return seen(saved.id, "The days are changed.")
    title, back = f"{FORM_WORDS[fact.form]} of {saved.colony}", url("lines.take_form_back", form_id=form_id)
    return line_form(form, saved, title, "Save", follows=CORRECTING, instead=(NEVER, back))


@pages.route("/lines/forms/<int:form_id>/take-back", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def take_form_back(form_id: int) -> ResponseReturnValue:
    """Take back that a form is there."""
    fact, saved = get_editable_form(form_id, the_actor())
    form = ReasonForm(data={"version": str(saved.version)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.take_form_back(form_id, reason=reason, version=version, actor=the_actor())
            return seen(saved.id, "It is taken back.")
    title = f"Take back: {FORM_WORDS[fact.form].lower()} from {wording.long_day(fact.first_day)}"
    return line_form(form, saved, title, "Take back", follows=CORRECTING)


@pages.route("/lines/<int:line_id>/deposits/new", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def deposit(line_id: int) -> ResponseReturnValue:
    """Say that a repository keeps a line."""
    saved = get_editable_line(line_id, the_actor())
    form = DepositForm(data={"first_day": today(), "version": str(saved.version)})
    form.repository_id.offer(repository_choices())
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.deposit_line(line_id, form.deposit(), version=form.shown_version, actor=the_actor())
            return seen(line_id, "The deposit is on record.")
    return line_form(form, saved, f"Deposit {saved.colony}", "Save")


@pages.route("/lines/deposits/<int:deposit_id>/correct", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def correct_deposit(deposit_id: int) -> ResponseReturnValue:
    """Put a deposit right, or end it."""
    fact, saved = get_editable_deposit(deposit_id, the_actor())
    form = CorrectDepositForm(data=_shown(fact, saved))
    form.repository_id.offer(repository_choices())
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = form.reason.value, form.shown_version
            commands.correct_deposit(deposit_id, form.deposit(), reason=reason, version=version, actor=the_actor())
            return seen(saved.id, "The deposit is changed.")
    back = url("lines.take_deposit_back", deposit_id=deposit_id)
    title = f"{saved.colony} at {fact.repository.code}"
    return line_form(form, saved, title, "Save", follows=CORRECTING, instead=(NEVER, back))


@pages.route("/lines/deposits/<int:deposit_id>/take-back", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def take_deposit_back(deposit_id: int) -> ResponseReturnValue:
    """Take a deposit back."""
    fact, saved = get_editable_deposit(deposit_id, the_actor())
    form = ReasonForm(data={"version": str(saved.version)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.take_deposit_back(deposit_id, reason=reason, version=version, actor=the_actor())
            return seen(saved.id, "It is taken back.")
    title = f"Take back: kept by {fact.repository.code} from {wording.long_day(fact.first_day)}"
    return line_form(form, saved, title, "Take back", follows=CORRECTING)


def _shown(fact: LineForm | LineDeposit | LineStage, saved: MouseLine) -> dict[str, Any]:
    return filled_from_fact(fact) | {"version": str(saved.version)}
