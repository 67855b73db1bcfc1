"""Signatories: who can sign for which institution on the day looked at, one record, and the forms that change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.agreements.commands import signatories as commands
from app.agreements.forms.signatories import (
    SignatoryCorrectionForm,
    SignatoryFilterForm,
    SignatoryForm,
    WhoseForm,
)
from app.agreements.forms.template_rules import LastDayForm
from app.agreements.forms.templates import WhyForm
from app.agreements.queries.signatories import (
    SignatoryFilters,
    SignatoryRow,
    get_editable_signatory,
    get_signatory,
    list_signatories,
    open_evidence,
    search_signatories,
)
from app.agreements.routes.blueprint import history_of, pages
from app.audit.commands import Subject
from app.audit.subjects import register_subject
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest, Table
from app.core.transaction import transaction
from app.members.queries import get_institution, person_choices
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.downloads import send_bytes
from app.web.forms import MusterForm, errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on, is_past, known_at
from app.web.requests import see
from app.web.table_files import tables_page
from app.web.wording import long_day, plural

register_subject("signatory", "Signatory", "agreements.signatory", "signatory_id")

NAMING = [
    ("They may sign agreements for it from this day on.", "In the program, or on paper that is scanned and uploaded."),
    ("Who could sign is told for any day.", "What was known on an earlier day is kept, too."),
]
WITHDRAWING = [("They sign nothing after this day.", "What they signed until then stays signed.")]
CORRECTING = [("It is taken to have been so all along.", "What was known until now stays on record, too.")]
COLUMNS: Sequence[Column[SignatoryRow]] = (
    Column(
        "person",
        "Signatory",
        lambda row: row.person,
        Kind.NAME,
        sortable=True,
        link=record_link("agreements.signatory", "signatory_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column(
        "institution",
        "Institution",
        lambda row: row.institution,
        sortable=True,
        link=record_link("members.institution", "institution_id", lambda row: row.institution_id),
        aside=lambda row: row.short_name if row.short_name != row.institution else None,
        narrow=Narrow.META,
    ),
    Column("office", "Office", lambda row: row.office, sortable=True, narrow=Narrow.META),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, sortable=True),
    Column("last_day", "Last day", lambda row: row.last_day or "open", Kind.DATE, sortable=True),
    Column(
        "evidence",
        "Evidence",
        lambda row: row.evidence,
        link=record_link("agreements.evidence", "signatory_id", lambda row: row.id if row.evidence else None),
    ),
    Column("state", "State", lambda row: row.state_on(current_on()), Kind.STATE, narrow=Narrow.STATE),
)
LISTING: Listing[SignatoryRow] = Listing(
    title="Signatories",
    noun=("signatory", "signatories"),
    columns=COLUMNS,
    default_sort="institution",
    of_a_day=True,
    empty=Empty(
        "No signatories yet",
        "A signatory may sign agreements for an institution, from a day on until they are withdrawn.",
        "Name a signatory",
        "agreements.name_signatory_of",
    ),
    filters_form=SignatoryFilterForm,
    action=Action("Name a signatory", "agreements.name_signatory_of"),
    sub=lambda page: f"{plural(page.total, 'signatory', 'signatories')} on {long_day(current_on())}",
)


@dataclass(frozen=True)
class Hindrance:
    """Why nobody can be named here."""

    lead: str
    text: str
    after: bool = False


@pages.get("/signatories")
@requires(Permission.SIGNATORY_READ)
def signatories() -> ResponseReturnValue:
    """Who can sign for which institution on the day looked at, as it was known then."""
    return list_page(LISTING, _search)


@pages.get("/signatories/<int:signatory_id>")
@requires(Permission.SIGNATORY_READ)
def signatory(signatory_id: int) -> ResponseReturnValue:
    """One signatory, and who else can and could sign for the institution."""
    found = get_signatory(signatory_id, the_actor(), on=current_on())
    others = list_signatories(the_actor(), institution_id=found.institution_id, on=current_on(), known=known_at())
    rest = [each for each in others if each.id != signatory_id]
    return tables_page(
        "agreements/signatory.html",
        {"others": Table(f"Others who sign for {found.short_name}", COLUMNS, rest)},
        found=found,
        state=found.state_on(current_on()),
        facts=_facts(found),
        may_edit=the_actor().may(Permission.SIGNATORY_EDIT) and not is_past(),
        history=history_of(Subject("signatory", signatory_id)),
    )


@pages.get("/signatories/<int:signatory_id>/evidence")
@requires(Permission.SIGNATORY_READ)
def evidence(signatory_id: int) -> Response:
    """The paper by which an institution named a signatory."""
    found = open_evidence(signatory_id, the_actor())
    return send_bytes(found.content, found.media_type, found.name)


@pages.get("/signatories/new")
@requires(Permission.SIGNATORY_EDIT)
def name_signatory_of() -> ResponseReturnValue:
    """Say for which institution somebody may sign."""
    form = WhoseForm(formdata=request.args)
    ask_institution(form.institution)
    if request.args.get("institution") and form.validate():
        return redirect(url("agreements.name_signatory", institution_id=form.institution.chosen_id))
    return render_template("agreements/name_signatory_of.html", form=form)


@pages.route("/signatories/new/<int:institution_id>", methods=["GET", "POST"])
@requires(Permission.SIGNATORY_EDIT)
def name_signatory(institution_id: int) -> ResponseReturnValue:
    """Name who may sign for an institution."""
    of = get_institution(institution_id, the_actor(), on=today())
    form = SignatoryForm(data={"first_day": today()})
    people = person_choices(the_actor(), institution_id=institution_id)
    form.person_id.offer(people)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            who, values = form.person_id.chosen_id or 0, form.values()
            named = commands.name_signatory(institution_id, who, values, actor=the_actor())
            return see("agreements.signatory", "The signatory is named.", signatory_id=named.id)
    nobody = None if people else _nobody(of.name)
    cancel, back = url("agreements.name_signatory_of"), "Another institution"
    said: dict[str, Any] = {"hindrance": nobody, "cancel": cancel, "back": back, "follows": NAMING}
    return _page(form, f"Name a signatory of {of.name}", "Name signatory", **said)


@pages.route("/signatories/<int:signatory_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.SIGNATORY_EDIT)
def withdraw_signatory(signatory_id: int) -> ResponseReturnValue:
    """Let somebody sign no more after a day."""
    saved = get_editable_signatory(signatory_id, the_actor(), on=today())
    form = LastDayForm(data={"last_day": today(), "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.last_day.data, str(form.reason.value), form.shown_version
            commands.withdraw_signatory(signatory_id, day, reason=reason, version=version, actor=the_actor())
            return see("agreements.signatory", f"They may sign until {long_day(day)}.", signatory_id=signatory_id)
    instead = "It was recorded by mistake", url("agreements.retract_signatory", signatory_id=signatory_id)
    said = {"follows": WITHDRAWING, "instead": instead}
    return _page(form, f"Withdraw {saved.person}", "Withdraw", saved, **said)


@pages.route("/signatories/<int:signatory_id>/correct", methods=["GET", "POST"])
@requires(Permission.SIGNATORY_EDIT)
def correct_signatory(signatory_id: int) -> ResponseReturnValue:
    """Put right the office, the days or the paper of a signatory."""
    saved = get_editable_signatory(signatory_id, the_actor(), on=today())
    names = ("office", "first_day", "last_day", "version")
    form = SignatoryCorrectionForm(data={name: getattr(saved, name) for name in names})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values, reason, version = form.values(), str(form.reason.value), form.shown_version
            commands.correct_signatory(signatory_id, values, reason=reason, version=version, actor=the_actor())
            return see("agreements.signatory", "The signatory is put right.", signatory_id=signatory_id)
    instead = "It was recorded by mistake", url("agreements.retract_signatory", signatory_id=signatory_id)
    said = {"follows": CORRECTING, "instead": instead}
    return _page(form, f"Correct {saved.person} as signatory", "Save changes", saved, **said)


@pages.route("/signatories/<int:signatory_id>/retract", methods=["GET", "POST"])
@requires(Permission.SIGNATORY_EDIT)
def retract_signatory(signatory_id: int) -> ResponseReturnValue:
    """Take back a signatory who was recorded by mistake."""
    saved = get_editable_signatory(signatory_id, the_actor(), on=today())
    form = WhyForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.retract_signatory(signatory_id, reason=reason, version=version, actor=the_actor())
            return see("agreements.signatories", f"{saved.person} is taken back as signatory.")
    sub = f"From {long_day(saved.first_day)}. Who could sign and may no more is withdrawn."
    return _page(form, f"Take back {saved.person} as signatory", "Take back", saved, sub=sub)


def _search(form: SignatoryFilterForm, wanted: PageRequest) -> Page[SignatoryRow]:
    filters = SignatoryFilters(form.q.data or "", form.institution.chosen_id, bool(form.everyone.data))
    return search_signatories(filters, wanted, the_actor(), on=current_on(), known=known_at())


def _facts(found: SignatoryRow) -> list[tuple[str | None, ...]]:
    paper = url("agreements.evidence", signatory_id=found.id) if found.evidence else None
    return [
        ("Signs for", found.institution, url("members.institution", institution_id=found.institution_id)),
        ("Person", found.person, url("members.person", person_id=found.person_id)),
        ("Office", found.office),
        ("From", long_day(found.first_day)),
        ("Last day", long_day(found.last_day) if found.last_day else "open", None, found.withdrawn_because),
        ("Evidence", found.evidence, paper),
    ]


def _nobody(name: str) -> Hindrance:
    return Hindrance(f"Nobody is on record at {name}.", "Add the person to the register first, with this affiliation.")


def _page(form: MusterForm, title: str, verb: str, saved: SignatoryRow | None = None, **more: Any) -> str:
    crumbs = [("Signatories", url("agreements.signatories"))]
    crumbs += [(saved.person, url("agreements.signatory", signatory_id=saved.id))] if saved else []
    shown = {"crumbs": crumbs, "cancel": crumbs[-1][1], **more}
    return render_template("layouts/form.html", form=form, title=title, verb=verb, **shown)
