"""Merging two records with a preview, undoing it, and the way from a merged record to its survivor."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.core.clock import local
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.commands import Merging
from app.members.forms import OtherForm, UndoForm, merger_form
from app.members.forms.mergers import fact_words
from app.members.models import Merger
from app.members.queries import (
    Preview,
    compare_records,
    find_merger,
    get_merger,
    get_other,
    list_mergers_into,
    name_of_record,
    names_of_merger,
    preview_merger,
    told_apart,
)
from app.members.queries.mergers import Count, Differing
from app.members.routes.blueprint import pages
from app.members.routes.sections import Section, register_person_section, register_section
from app.members.routes.tables import MERGED_COLUMNS
from app.members.rules import TwinKind
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.on_date import is_past, known_at
from app.web.requests import see
from app.web.wording import long_day

ENDPOINTS = {
    TwinKind.INSTITUTION: ("members.institution", "institution_id"),
    TwinKind.PERSON: ("members.person", "person_id"),
}
UNDOING = {
    TwinKind.INSTITUTION: "What the one took over goes back to the record it came from.",
    TwinKind.PERSON: (
        "What the one took over goes back to the record it came from; sessions that were ended stay ended. "
        "Where an address to sign in with goes back, who took it is signed out, and a password set since opens nothing."
    ),
}
COUNTS: tuple[Column[Count], ...] = (
    Column("what", "What", lambda row: row.words, Kind.NAME, narrow=Narrow.NAME),
    Column("number", "How many", lambda row: row.number, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("why", "Why", lambda row: row.why, narrow=Narrow.META),
)
FILLED: tuple[Column[Differing], ...] = (
    Column("fact", "Fact", lambda row: fact_words(row.name), Kind.NAME, narrow=Narrow.NAME),
    Column("value", "Filled with", lambda row: row.merged, narrow=Narrow.META),
)
MERGERS: tuple[Column[tuple[Merger, str]], ...] = (
    *MERGED_COLUMNS,
    Column("by", "By", lambda row: row[0].merged_by),
    Column("why", "Why", lambda row: row[0].reason, narrow=Narrow.META),
    Column(
        "undo",
        "",
        lambda _row: "Undo",
        link=lambda row: url("members.undo_merger", merger_id=row[0].id),
        narrow=Narrow.ACT,
    ),
)


@pages.route("/merge/<kind>/<int:survivor_id>", methods=["GET", "POST"])
@requires(Permission.REGISTER_MERGE)
def choose_merged(kind: str, survivor_id: int) -> ResponseReturnValue:
    """Say which record goes up in this one; then see what that would do."""
    if kind not in set(TwinKind):
        abort(404)
    name = name_of_record(TwinKind(kind), survivor_id, the_actor())
    form = OtherForm()
    if form.validate_on_submit():
        with errors_to(form):
            merged_id = get_other(TwinKind(kind), survivor_id, str(form.other.value), the_actor())
            return see("members.merge", None, kind=kind, survivor_id=survivor_id, merged_id=merged_id)
    endpoint, argument = ENDPOINTS[TwinKind(kind)]
    back = url(endpoint, **{argument: survivor_id})
    title, verb = f"Merge another record into {name}", "Show what it would do"
    crumbs = [(name, back)]
    return render_template("layouts/form.html", form=form, title=title, verb=verb, crumbs=crumbs, cancel=back)


@pages.route("/merge/<kind>/<int:survivor_id>/<int:merged_id>", methods=["GET", "POST"])
@requires(Permission.REGISTER_MERGE)
def merge(kind: str, survivor_id: int, merged_id: int) -> ResponseReturnValue:
    """What a merger would do, and the form that does it."""
    if kind not in set(TwinKind):
        abort(404)
    preview = preview_merger(TwinKind(kind), survivor_id, merged_id, the_actor())
    form = merger_form(preview.differing)(
        data={"version": preview.survivor.version, "merged_version": preview.merged.version}
    )
    if form.validate_on_submit():
        reason, taken = str(form.reason.value), form.taken
        merging = Merging(preview.kind, survivor_id, merged_id, reason, taken, form.versions)
        with errors_to(form), transaction():
            commands.merge_records(merging, actor=the_actor())
            endpoint, name = ENDPOINTS[preview.kind]
            return see(endpoint, f"{preview.merged.name} is merged into this record.", **{name: survivor_id})
    return render_template("members/merge.html", form=form, preview=preview, **_tables(preview))


@pages.route("/mergers/<int:merger_id>/undo", methods=["GET", "POST"])
@requires(Permission.REGISTER_MERGE)
def undo_merger(merger_id: int) -> ResponseReturnValue:
    """Undo a merger while nothing new hangs on it."""
    merger = get_merger(merger_id, the_actor())
    endpoint, name = ENDPOINTS[merger.kind]
    form = UndoForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.undo_merger(merger_id, actor=the_actor())
            return see(endpoint, "The merger is undone; this record stands by itself.", **{name: merger.merged_id})
    back, names = url(endpoint, **{name: merger.survivor_id}), names_of_merger(merger)
    refusal = commands.undoing_refused(merger)
    return render_template(
        "members/undo_merger.html",
        form=form,
        title=f"Undo the merger of {long_day(local(merger.merged_at).date())}",
        sub="" if refusal else f"{' and '.join(names)} are two again. {UNDOING[merger.kind]}",
        crumbs=[(names[0], back)],
        cancel=back,
        refusal=refusal,
    )


def to_survivor(kind: TwinKind, record_id: int) -> ResponseReturnValue | None:
    """The way to the survivor of a record that was merged, with a sentence; None for one that stands by itself."""
    merger = find_merger(kind, record_id, known_at())
    if merger is None:
        return None
    day = long_day(local(merger.merged_at).date())
    flash(f"The {kind} you asked for was merged into this one on {day}.")
    endpoint, name = ENDPOINTS[kind]
    return redirect(url(endpoint, **{name: merger.survivor_id}))


@register_section
def mergers_of_institution(institution_id: int) -> Section | None:
    """What was merged into an institution."""
    return _section(TwinKind.INSTITUTION, institution_id)


@register_person_section
def mergers_of_person(person_id: int) -> Section | None:
    """Who was merged into a person."""
    return _section(TwinKind.PERSON, person_id)


def _section(kind: TwinKind, record_id: int) -> Section | None:
    if not the_actor().has_all(Permission.REGISTER_MERGE):
        return None
    rows = list_mergers_into(kind, record_id, known_at())
    columns = MERGERS[:-1] if is_past() else MERGERS
    return Section("Merged", Table("Merged", columns, rows)) if rows else None


def _tables(preview: Preview) -> dict[str, object]:
    filled = [each for each in preview.differing if not each.survivors]
    pair = preview.survivor.id, preview.merged.id
    return {
        "called": told_apart(compare_records(preview.kind, *pair, the_actor()), pair),
        "moved": Table("What follows", COUNTS[:2], preview.moved),
        "staying": Table("What stays", COUNTS, preview.staying),
        "filled": Table("What is filled", FILLED, filled),
    }
