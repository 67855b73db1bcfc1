"""Templates on the day looked at: the list, one with its versions, what each says, and the forms that change them."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.accounts.queries import find_profile
from app.agreements.commands import templates as commands
from app.agreements.documents import agreement_html, agreement_paper
from app.agreements.documents.samples import sample_content
from app.agreements.forms.templates import (
    RetiringForm,
    TemplateFilterForm,
    TemplateForm,
    TitleForm,
    VersionForm,
    WhyForm,
    filled_from_version,
)
from app.agreements.models import AgreementTemplate, TemplateVersion
from app.agreements.queries.master_parties import list_parties
from app.agreements.queries.templates import (
    TemplateFilters,
    TemplateRow,
    find_newest_version,
    find_version_in_force,
    get_editable_template,
    get_template,
    get_template_version,
    list_template_versions,
    list_templates,
    masters_to_choose,
    search_templates,
    text_of,
)
from app.agreements.routes.blueprint import history_of, pages
from app.agreements.routes.template_tables import (
    PARTY_COLUMNS,
    PARTY_VERBS,
    TEMPLATE_COLUMNS,
    VERSION_COLUMNS,
    clauses_of,
)
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.texts import PLACES, blocks_of
from app.agreements.rules.wording import SHORT_KIND_WORDS, restrictions_from, told_restrictions
from app.audit.commands import Subject
from app.audit.subjects import register_subject
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import AnyTable, Page, PageRequest, Table
from app.core.transaction import transaction
from app.web import wording
from app.web.access import may_open, requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_bytes
from app.web.forms import MusterForm, errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on, is_past, known_at
from app.web.pdf import print_pdf
from app.web.requests import see
from app.web.table_files import tables_page

register_subject("agreement_template", "Template of agreements", "agreements.template", "template_id")

ADOPTING = [
    ("A text is never rewritten.", "Another text is another version, in force from its own day on."),
    ("Agreements made before stay what they are.", "What is drafted from then on begins with this text."),
]
RETIRING = [("Nothing is drafted from it any more.", "Agreements made from it stay, and it can be used again later.")]
LISTING: Listing[TemplateRow] = Listing(
    title="Templates",
    noun=("template", "templates"),
    columns=TEMPLATE_COLUMNS,
    default_sort="code",
    of_a_day=True,
    empty=Empty(
        "No templates yet",
        "A template is a text that agreements are drafted from: its places are filled with the parties and the lines.",
        "Add template",
        "agreements.add_template",
    ),
    filters_form=TemplateFilterForm,
    action=Action("Add template", "agreements.add_template"),
)


@pages.get("/agreements/templates")
@requires(Permission.TEMPLATE_READ)
def templates() -> ResponseReturnValue:
    """All templates as they stand on the day looked at."""
    return list_page(LISTING, _search, {"tabs": template_tabs("agreements.templates")})


@pages.get("/agreements/templates/<int:template_id>")
@requires(Permission.TEMPLATE_READ)
def template(template_id: int) -> ResponseReturnValue:
    """A template on the day looked at: what is in force, all versions, and the parties of a master agreement."""
    found = get_template(template_id, the_actor())
    row = next((each for each in list_templates(the_actor(), on=current_on()) if each.id == template_id), None)
    in_force = find_version_in_force(template_id, on=current_on(), known=known_at())
    return tables_page(
        "agreements/template.html",
        _tables(found),
        found=found,
        state=row.state_on(current_on()) if row else None,
        sub=f"{SHORT_KIND_WORDS[found.kind]}{_under(row)}.",
        in_force=in_force,
        clauses=clauses_of(blocks_of(in_force.body)) if in_force else [],
        begins_with=_begins_with(in_force) if in_force else [],
        is_master=found.kind is TemplateKind.MASTER,
        may_edit=the_actor().may(Permission.TEMPLATE_EDIT) and not is_past(),
        history=history_of(Subject("agreement_template", template_id)),
    )


@pages.get("/agreements/templates/versions/<int:version_id>")
@requires(Permission.TEMPLATE_READ)
def template_version(version_id: int) -> ResponseReturnValue:
    """What a version says, filled with sample parties."""
    version = get_template_version(version_id, the_actor())
    found = get_template(version.template_id, the_actor())
    content = sample_content(found.kind, found.title, text_of(version))
    paper = agreement_paper(content, consortium="", made_at=version.adopted_at)
    return render_template(
        "agreements/template_version.html",
        found=found,
        version=version,
        clauses=clauses_of(paper.blocks),
        restrictions=paper.restrictions,
        parties=[(party.role, party.name) for party in paper.parties],
    )


@pages.get("/agreements/templates/versions/<int:version_id>/sample.pdf")
@requires(Permission.TEMPLATE_READ)
def template_sample(version_id: int) -> Response:
    """A version as a paper, filled with sample parties."""
    version = get_template_version(version_id, the_actor())
    found = get_template(version.template_id, the_actor())
    content = sample_content(found.kind, found.title, text_of(version))
    profile = find_profile(current_on())
    paper = agreement_paper(content, consortium=profile.name if profile else "", made_at=version.adopted_at)
    name = f"{found.code}, version {version.number}, sample.pdf"
    return send_bytes(print_pdf(agreement_html(paper)), "application/pdf", name)


@pages.route("/agreements/templates/new", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def add_template() -> ResponseReturnValue:
    """Put a template on record with its first version."""
    form = TemplateForm(data={"first_day": today(), **filled_from_version(None)})
    form.master_id.offer(masters_to_choose(), empty="None")
    if form.validate_on_submit():
        with errors_to(form), transaction():
            added = commands.add_template(form.facts(), form.values(), actor=the_actor())
            return see("agreements.template", f"The template {added.code} is added.", template_id=added.id)
    said = {"title": "Add a template", "verb": "Add template", "crumbs": crumbs_of(None)}
    shown = {"cancel": url("agreements.templates"), "does": ADOPTING[:1], "places": list(_places())}
    return render_template("agreements/add_template.html", form=form, **said, **shown)


@pages.route("/agreements/templates/<int:template_id>/adopt", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def adopt_version(template_id: int) -> ResponseReturnValue:
    """Adopt the next version of a template."""
    saved = get_editable_template(template_id, the_actor())
    said = filled_from_version(find_newest_version(template_id))
    form = VersionForm(data={**said, "first_day": today(), "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values, version = form.values(), form.shown_version
            adopted = commands.adopt_version(template_id, values, version=version, actor=the_actor())
            notice = f"Version {adopted.number} is adopted from {wording.long_day(adopted.first_day)}."
            return see("agreements.template", notice, template_id=template_id)
    shown = {"title": f"Adopt a version of {saved.code}", "verb": "Adopt version", "does": ADOPTING}
    return _page(form, saved, template="agreements/adopt_version.html", places=list(_places()), **shown)


@pages.route("/agreements/templates/<int:template_id>/rename", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def rename_template(template_id: int) -> ResponseReturnValue:
    """Give a template another title."""
    saved = get_editable_template(template_id, the_actor())
    form = TitleForm(data={"title": saved.title, "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            title, version = str(form.title.value), form.shown_version
            commands.rename_template(template_id, title, version=version, actor=the_actor())
            return see("agreements.template", f"It is called {title}.", template_id=template_id)
    return _page(form, saved, title=f"Rename {saved.code}", verb="Rename")


@pages.route("/agreements/templates/<int:template_id>/retire", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def retire_template(template_id: int) -> ResponseReturnValue:
    """Let nothing be drafted from a template from a day on."""
    saved = get_editable_template(template_id, the_actor())
    form = RetiringForm(data={"retired_on": today(), "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.retired_on.data, str(form.reason.value), form.shown_version
            commands.retire_template(template_id, day, reason=reason, version=version, actor=the_actor())
            notice = f"Nothing is drafted from it from {wording.long_day(day)} on."
            return see("agreements.template", notice, template_id=template_id)
    return _page(form, saved, title=f"Retire {saved.code}", verb="Retire", follows=RETIRING)


@pages.route("/agreements/templates/<int:template_id>/reinstate", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def reinstate_template(template_id: int) -> ResponseReturnValue:
    """Use a retired template again."""
    saved = get_editable_template(template_id, the_actor())
    form = WhyForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.reinstate_template(template_id, reason=reason, version=version, actor=the_actor())
            return see("agreements.template", "It is in use again.", template_id=template_id)
    return _page(form, saved, title=f"Use {saved.code} again", verb="Use again")


def template_tabs(current: str) -> list[tuple[str, str, None, bool]]:
    """The tabs over templates and the rules that propose one."""
    tabs = (("Templates", "agreements.templates"), ("Rule table", "agreements.rule_table"))
    return [(label, url(endpoint), None, endpoint == current) for label, endpoint in tabs if may_open(endpoint)]


def crumbs_of(found: AgreementTemplate | None) -> list[tuple[str, str]]:
    """The way to a page about a template."""
    crumbs = [("Templates", url("agreements.templates"))]
    return [*crumbs, (found.code, url("agreements.template", template_id=found.id))] if found else crumbs


def _search(form: TemplateFilterForm, wanted: PageRequest) -> Page[TemplateRow]:
    kind = TemplateKind(form.kind.data) if form.kind.data else None
    return search_templates(
        TemplateFilters(form.q.data or "", kind), wanted, the_actor(), on=current_on(), known=known_at()
    )


def _tables(found: AgreementTemplate) -> dict[str, AnyTable]:
    versions = list_template_versions(found.id, known=known_at())
    tables: dict[str, AnyTable] = {"versions": Table(f"Versions of {found.code}", VERSION_COLUMNS, versions)}
    if found.kind is TemplateKind.MASTER:
        verbs = PARTY_VERBS if the_actor().may(Permission.TEMPLATE_EDIT) and not is_past() else ()
        rows = list_parties(template_id=found.id, known=known_at())
        tables["parties"] = Table(f"Parties of {found.code}", [*PARTY_COLUMNS, *verbs], rows)
    return tables


def _begins_with(version: TemplateVersion) -> list[tuple[str, str]]:
    """What an agreement drafted from a version says at first, beside its text."""
    held = told_restrictions(restrictions_from(version.terms))
    return [*held, ("Fees", version.fees or "none"), ("Law", version.law or "none")]


def _places() -> list[tuple[str, str]]:
    return [(f"{{{name}}}", words) for name, words in PLACES.items()]


def _under(row: TemplateRow | None) -> str:
    return f" under {row.master}" if row and row.master else ""


def _page(form: MusterForm, saved: AgreementTemplate, *, template: str = "layouts/form.html", **more: Any) -> str:
    crumbs = crumbs_of(saved)
    return render_template(template, form=form, crumbs=crumbs, cancel=crumbs[-1][1], **more)
