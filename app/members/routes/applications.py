"""The desk of applications: the list with whose each is, and one case with all that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.rules import Subject
from app.audit.subjects import register_subject
from app.core.clock import local, today
from app.core.periods import how_long
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.commands import CaseStep, hindrance_to_joining, joining_steps
from app.members.forms.applications import CaseFilterForm
from app.members.models import Application, ApplicationDocument, ApplicationNote
from app.members.queries import (
    CaseFilters,
    CaseRecord,
    CaseRow,
    get_case,
    list_classes,
    open_case_document,
    owner_choices,
    search_applications,
)
from app.members.routes.apply import application_form
from app.members.routes.blueprint import pages
from app.members.routes.records import latest_of
from app.members.routes.steps import Hinders, step_lines
from app.members.rules import (
    CHECK_WORDS,
    KIND_WORDS,
    PURPOSE_WORDS,
    Assessed,
    CaseState,
    country_name,
)
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import is_past
from app.web.requests import see
from app.web.wording import NOTHING, day, instant, long_day

register_subject("application", "Application", "members.application", "application_id")
register_subject("criterion", "Criterion")

COLUMNS: tuple[Column[CaseRow], ...] = (
    Column(
        "name",
        "Institution",
        lambda row: row.name,
        Kind.NAME,
        sortable=True,
        link=record_link("members.application", "application_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("state", "State", lambda row: row.state.value, Kind.STATE, sortable=True, narrow=Narrow.STATE),
    Column("class", "Class wished", lambda row: row.class_name, narrow=Narrow.META),
    Column("waits", "Waits for", lambda row: row.waits_for or NOTHING, narrow=Narrow.META),
    Column("since", "Since", lambda row: row.state_since, Kind.DATE, sortable=True),
    Column("age", "For", lambda row: how_long(row.state_since, today()), narrow=Narrow.AMOUNT),
    Column("owner", "Owner", lambda row: row.owner or "nobody", sortable=True),
    Column("number", "Number", lambda row: row.number, Kind.CODE, sortable=True),
)
APPLICATIONS = Listing(
    title="Applications",
    noun=("application", "applications"),
    columns=COLUMNS,
    default_sort="number",
    descending=True,
    filters_form=CaseFilterForm,
    empty=Empty(
        "No applications yet",
        "They come in by the form at /apply, where the policy of the register opens it, or are entered here.",
        "Enter application",
        "members.enter_application",
    ),
    action=Action("Enter application", "members.enter_application"),
)
DOCUMENT_COLUMNS: tuple[Column[ApplicationDocument], ...] = (
    Column(
        "name",
        "Document",
        lambda row: row.file.name,
        Kind.NAME,
        link=lambda row: url("members.application_document", application_id=row.application_id, document_id=row.id),
        narrow=Narrow.NAME,
    ),
    Column("by", "Added by", lambda row: row.added_by, narrow=Narrow.META),
    Column("at", "When", lambda row: row.added_at, Kind.INSTANT),
)
# A case goes through these; what ends it before the last is said by its state.
PATH = (
    ("Received", (CaseState.RECEIVED,)),
    ("Confirmed", (CaseState.CONFIRMED,)),
    ("Review", (CaseState.UNDER_REVIEW, CaseState.MORE_ASKED)),
    ("Decision", (CaseState.ADMITTED, CaseState.DECLINED)),
    ("Joining", (CaseState.JOINING,)),
    ("Done", (CaseState.DONE,)),
)


@pages.get("/applications")
@requires(Permission.APPLICATION_READ)
def applications() -> ResponseReturnValue:
    """Applications that were confirmed, with state, owner, age, and whom each waits for."""

    def search(form: Any, request: PageRequest) -> Page[CaseRow]:
        actor = the_actor()
        if actor.may(Permission.APPLICATION_EDIT):
            form.owner.offer(owner_choices(actor), empty="Any")
        form.member_as.offer([(row.id, row.name) for row in list_classes()], empty="Any")
        state = CaseState(form.state.data) if form.state.data else None
        filters = CaseFilters(form.q.data or "", state, _number(form.owner.data), _number(form.member_as.data))
        return search_applications(filters, request, actor)

    return list_page(APPLICATIONS, search)


@pages.get("/applications/<int:application_id>")
@requires(Permission.APPLICATION_READ)
def application(application_id: int) -> ResponseReturnValue:
    """One application: where it stands, what it says, what is asked of it, and what is to be done."""
    case = get_case(application_id, the_actor())
    return render_template(
        "members/application.html",
        case=case.application,
        steps=_path(case),
        facts=_facts(case),
        people=[(PURPOSE_WORDS[each.purpose], each.name, _person_address(each), each.email) for each in case.people],
        criteria=Table("Criteria", _criterion_columns(case), case.criteria),
        documents=Table("Documents", DOCUMENT_COLUMNS, case.documents),
        notes=[_told(note) for note in reversed(case.notes)],
        tasks=step_lines(case.tasks, joining_steps(), _hinders(case), _way(case.application)),
        history=latest_of(Subject("application", application_id)),
        sentence=_sentence(case),
    )


@pages.get("/applications/<int:application_id>/documents/<int:document_id>")
@requires(Permission.APPLICATION_READ)
def application_document(application_id: int, document_id: int) -> ResponseReturnValue:
    """A document of a case."""
    found = open_case_document(application_id, document_id, the_actor())
    return send_bytes(found.content, found.media_type, found.name)


@pages.route("/applications/new", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EDIT)
def enter_application() -> ResponseReturnValue:
    """Enter an application that came by letter."""
    form = application_form()
    form.consents.label.text = "The applicant has agreed that we keep and use this to decide"
    form.contact_name.label.text, form.contact_email.label.text = "Name", "E-mail"
    form.contact_email.description = "Questions and the decision are written to this address."
    if form.validate_on_submit():
        with errors_to(form), transaction():
            entered = commands.enter_application(form.application(), actor=the_actor())
            return see("members.application", f"It is entered as {entered.number}.", application_id=entered.id)
    back = url("members.applications")
    return render_template("members/enter_application.html", form=form, crumbs=[("Applications", back)], cancel=back)


def _hinders(case: CaseRecord) -> Hinders:
    return lambda kind: hindrance_to_joining(case.application, case.tasks, kind)


def _way(found: Application) -> Callable[[CaseStep], str] | None:
    """The way to the steps of joining, for those who may take them."""
    if is_past() or not the_actor().may(Permission.APPLICATION_EDIT):
        return None
    return lambda step: url(step.endpoint, application_id=found.id)


def _told(note: ApplicationNote) -> tuple[str, str, str]:
    """A note as the feed draws it: the day without its year in the narrow column, the whole moment beside who."""
    short = day(local(note.written_at).date()).rpartition(" ")[0]
    return short, note.text, f"{note.written_by}, {instant(note.written_at)}"


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 19 else None


def _sentence(case: CaseRecord) -> str:
    found = case.application
    owner = found.owner.name if found.owner else "nobody"
    since = f"for {how_long(found.state_since, today())}"
    return f"Wishes to join as {found.membership_class.name.lower()}. {_stands(case)} {since}; owner: {owner}."


def _stands(case: CaseRecord) -> str:
    words = case.application.state.value.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def _path(case: CaseRecord) -> tuple[list[tuple[str, str]], int]:
    """The states of a case, each with when it came to it and by whom; and which it stands in."""
    steps: list[tuple[str, str]] = []
    for label, states in PATH:
        reached = [step for step in case.steps if step.state in states]
        last = reached[-1] if reached else None
        steps.append((label, f"{day(local(last.taken_at).date())}, {last.taken_by}" if last else ""))
    state = case.application.state
    if state is CaseState.DONE:
        return steps, len(steps)
    at = next((place for place, (_, states) in enumerate(PATH) if state in states), None)
    furthest = max((place for place, (_, note) in enumerate(steps) if note), default=0)
    return steps, furthest if at is None else at


def _facts(case: CaseRecord) -> list[tuple[str, str | None, str | None, str | None]]:
    found = case.application
    to = url("members.institution", institution_id=found.institution_id) if found.institution_id else None
    entered = f"entered by {found.entered_by}" if found.entered_by else "by the public form, confirmed by e-mail"
    facts: list[tuple[str, str | None, str | None, str | None]] = [
        ("Institution", found.name, to, found.short_name),
        ("Kind", KIND_WORDS[found.kind], None, None),
        ("Class wished", found.membership_class.name, None, None),
        ("Country", country_name(found.country) if found.country else None, None, None),
        ("ROR", found.ror, f"https://ror.org/{found.ror}" if found.ror else None, None),
        ("Website", found.website, found.website, None),
        ("Address", found.postal_address, None, None),
        ("VAT number", found.vat_number, None, None),
        ("Applies", found.contact_name, None, found.contact_email),
        ("Received", long_day(found.received_on), None, entered),
    ]
    if found.decision:
        facts.append(("Decision", found.decision, None, found.decision_reason))
    return facts


def _person_address(applicant: Any) -> str | None:
    return url("members.person", person_id=applicant.person_id) if applicant.person_id else None


def _criterion_columns(case: CaseRecord) -> list[Column[Assessed]]:
    columns: list[Column[Assessed]] = [
        Column("text", "Criterion", lambda row: row.criterion.text, Kind.NAME, narrow=Narrow.NAME),
        Column("verdict", "Is it met?", lambda row: row.verdict.value, Kind.STATE, narrow=Narrow.STATE),
        Column("why", "Why", lambda row: row.why, narrow=Narrow.META),
        Column("who", "Checked", _who_checks),
    ]
    may = the_actor().may(Permission.APPLICATION_EDIT) and not is_past()
    if not may or case.application.state is not CaseState.UNDER_REVIEW:
        return columns

    def address(row: Assessed) -> str | None:
        return url("members.judge", application_id=case.application.id, criterion_id=row.criterion.id)

    return [*columns, Column[Assessed]("judge", "", lambda _row: "Judge", link=address, narrow=Narrow.AMOUNT)]


def _who_checks(row: Assessed) -> str:
    return f"program: {CHECK_WORDS[row.criterion.check][0]}" if row.criterion.check else row.criterion.kind.value
