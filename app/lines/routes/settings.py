"""Strains with their aliases, repositories and production consortia."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.commands import Subject
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.lines import commands
from app.lines.forms import AliasForm, ConsortiumForm, RepositoryForm, StrainForm
from app.lines.queries.choices import (
    PlaceRow,
    StrainRow,
    get_alias,
    get_editable_consortium,
    get_editable_repository,
    get_strain,
    list_consortia,
    list_repositories,
    list_strains,
)
from app.lines.routes.blueprint import history_of, pages, tabs_of_lines
from app.members.routes import ask_institution
from app.web.access import may_open, requires, the_actor
from app.web.addresses import record_link, url
from app.web.forms import MusterForm, errors_to
from app.web.on_date import is_past
from app.web.requests import see
from app.web.table_files import tables_page

STRAINS: Sequence[Column[StrainRow]] = (
    Column(
        "name",
        "Strain",
        lambda row: row.name,
        Kind.NAME,
        link=record_link("lines.strain", "strain_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column(
        "aliases", "Also written as", lambda row: ", ".join(each for _, each in row.aliases) or None, narrow=Narrow.META
    ),
    Column("lines", "Lines", lambda row: row.lines, Kind.NUMBER, narrow=Narrow.AMOUNT),
)
ALIASES: Sequence[Column[tuple[int, str]]] = (
    Column("alias", "Also written as", lambda row: row[1], Kind.NAME, narrow=Narrow.NAME),
)
RENAMING = [("It is called so on all days.", "What it was called before goes on to mean it.")]
SPELT = [("Lines are found by it,", "and files that write it so are understood. It means no other strain.")]
PLACES = [("It is a label of those who produce together.", "It is no member; a line names its centre, too.")]


@pages.get("/lines/strains")
@requires(Permission.LINE_READ)
def strains() -> ResponseReturnValue:
    """All background strains."""
    rows = {"rows": Table("Strains", STRAINS, list_strains(the_actor()))}
    return tables_page("lines/strains.html", rows, tabs=tabs_of_lines("lines.strains"))


@pages.get("/lines/strains/<int:strain_id>")
@requires(Permission.LINE_READ)
def strain(strain_id: int) -> ResponseReturnValue:
    """A strain with its aliases."""
    found = get_strain(strain_id, the_actor())
    return tables_page(
        "lines/strain.html",
        {"aliases": Table("Aliases", ALIASES, found.aliases, row_id=lambda row: str(row[0]))},
        found=found,
        may_edit=the_actor().has_all(Permission.LINE_EDIT) and not is_past(),
        history=history_of(Subject("strain", strain_id)),
    )


@pages.route("/lines/strains/new", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def add_strain() -> ResponseReturnValue:
    """Put a strain on record."""
    form = StrainForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            added = commands.add_strain(str(form.name.value), actor=the_actor())
            return see("lines.strain", "The strain is added.", strain_id=added.id)
    return _form(form, "Add a strain", "Add strain", "strains", follows=SPELT)


@pages.route("/lines/strains/<int:strain_id>/rename", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def rename_strain(strain_id: int) -> ResponseReturnValue:
    """Call a strain otherwise."""
    found = get_strain(strain_id, the_actor())
    form = StrainForm(data={"name": found.name, "version": str(found.version)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            name, version = str(form.name.value), form.shown_version
            commands.rename_strain(strain_id, name, version=version, actor=the_actor())
            return see("lines.strain", f"It is called {name}.", strain_id=strain_id)
    return _form(form, f"Rename {found.name}", "Rename", "strains", follows=RENAMING)


@pages.route("/lines/strains/<int:strain_id>/aliases/new", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def add_alias(strain_id: int) -> ResponseReturnValue:
    """Let another spelling mean a strain."""
    found = get_strain(strain_id, the_actor())
    form = AliasForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            alias = str(form.alias.value)
            commands.add_strain_alias(strain_id, alias, actor=the_actor())
            return see("lines.strain", f"{alias} means it, too.", strain_id=strain_id)
    return _form(form, f"Another spelling of {found.name}", "Add alias", "strains", follows=SPELT)


@pages.post("/lines/strains/aliases/<int:alias_id>/remove")
@requires(Permission.LINE_EDIT)
def remove_alias(alias_id: int) -> ResponseReturnValue:
    """Let a spelling no longer mean its strain."""
    alias = get_alias(alias_id, the_actor())
    with transaction():
        found = commands.remove_strain_alias(alias.id, actor=the_actor())
        return see("lines.strain", f"{alias.alias} no longer means it.", strain_id=found.id)


@pages.get("/lines/repositories")
@requires(Permission.LINE_READ)
def repositories() -> ResponseReturnValue:
    """All repositories."""
    columns = _place_columns("Repository", "lines.edit_repository", "repository_id")
    institution: Column[PlaceRow] = Column(
        "institution",
        "Run by",
        lambda row: row.institution,
        link=record_link("members.institution", "institution_id", lambda row: row.institution_id),
        narrow=Narrow.META,
    )
    rows = {"rows": Table("Repositories", [*columns[:2], institution, *columns[2:]], list_repositories(the_actor()))}
    return tables_page("lines/repositories.html", rows, tabs=tabs_of_lines("lines.repositories"))


@pages.route("/lines/repositories/new", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def add_repository() -> ResponseReturnValue:
    """Put a repository on record."""
    form = RepositoryForm()
    ask_institution(form.institution)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.add_repository(_repository(form), actor=the_actor())
            return see("lines.repositories", "The repository is added.")
    return _form(form, "Add a repository", "Add repository", "repositories")


@pages.route("/lines/repositories/<int:repository_id>/edit", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def edit_repository(repository_id: int) -> ResponseReturnValue:
    """Change a repository."""
    saved = get_editable_repository(repository_id, the_actor())
    form = RepositoryForm(data={"code": saved.code, "name": saved.name, "version": str(saved.version)})
    ask_institution(form.institution, saved.institution_id)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            version = form.shown_version
            commands.edit_repository(repository_id, _repository(form), version=version, actor=the_actor())
            return see("lines.repositories", "The repository is changed.")
    return _form(form, f"Edit {saved.code}", "Save changes", "repositories")


@pages.get("/lines/consortia")
@requires(Permission.LINE_READ)
def consortia() -> ResponseReturnValue:
    """All production consortia."""
    columns = _place_columns("Production consortium", "lines.edit_consortium", "consortium_id")
    rows = {"rows": Table("Production consortia", columns, list_consortia(the_actor()))}
    return tables_page("lines/consortia.html", rows, tabs=tabs_of_lines("lines.consortia"))


@pages.route("/lines/consortia/new", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def add_consortium() -> ResponseReturnValue:
    """Put a production consortium on record."""
    form = ConsortiumForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.add_consortium(str(form.code.value), str(form.name.value), actor=the_actor())
            return see("lines.consortia", "The production consortium is added.")
    return _form(form, "Add a production consortium", "Add production consortium", "consortia", follows=PLACES)


@pages.route("/lines/consortia/<int:consortium_id>/edit", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def edit_consortium(consortium_id: int) -> ResponseReturnValue:
    """Change what a production consortium is called."""
    saved = get_editable_consortium(consortium_id, the_actor())
    form = ConsortiumForm(data={"code": saved.code, "name": saved.name, "version": str(saved.version)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            code, name, version = str(form.code.value), str(form.name.value), form.shown_version
            commands.edit_consortium(consortium_id, code, name, version=version, actor=the_actor())
            return see("lines.consortia", "The production consortium is changed.")
    return _form(form, f"Edit {saved.code}", "Save changes", "consortia", follows=PLACES)


def _place_columns(title: str, endpoint: str, key: str) -> list[Column[PlaceRow]]:
    """The columns of places; whoever may change one is led there by its code."""
    may_change = the_actor().has_all(Permission.LINE_EDIT) and may_open(endpoint) and not is_past()
    link = record_link(endpoint, key, lambda row: row.id) if may_change else None
    return [
        Column("code", title, lambda row: row.code, Kind.NAME, link=link, narrow=Narrow.NAME),
        Column("name", "Name", lambda row: row.name, narrow=Narrow.META),
        Column("lines", "Lines", lambda row: row.lines, Kind.NUMBER, narrow=Narrow.AMOUNT),
    ]


def _repository(form: RepositoryForm) -> commands.RepositoryValues:
    return commands.RepositoryValues(str(form.code.value), str(form.name.value), form.institution.chosen_id)


def _form(form: MusterForm, title: str, verb: str, above: str, **more: Any) -> str:
    back = (above.replace("consortia", "production consortia").capitalize(), url(f"lines.{above}"))
    shown = {"crumbs": [("Lines", url("lines.lines")), back], "cancel": back[1], **more}
    return render_template("layouts/form.html", form=form, title=title, verb=verb, **shown)
