"""Merging institutions: choosing the other one, seeing what it would do, doing it, and undoing it."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.commands.pointers import list_conflicts, list_pointers
from app.members.forms import MergeForm, OtherForm, ReasonForm, merge_form
from app.members.models import Institution
from app.members.queries import (
    MergedRow,
    PointerCount,
    count_rows,
    fates,
    get_editable_institution,
    get_merge,
    institution_choices,
    list_differences,
)
from app.members.routes.blueprint import institution_form, pages
from app.members.routes.sections import Section
from app.members.routes.tables import MERGED_COLUMNS
from app.members.routes.tabs import Verb
from app.web.access import may_open, requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day

FATE_COLUMNS: tuple[Column[PointerCount], ...] = (
    Column("what", "What names it", lambda row: row.words.capitalize(), Kind.NAME, narrow=Narrow.NAME),
    Column("number", "How many", lambda row: row.number, Kind.NUMBER, narrow=Narrow.STATE),
    Column("fate", "What becomes of them", lambda row: row.fate, narrow=Narrow.META),
)


@pages.route("/members/<int:institution_id>/merge", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def choose_merged(institution_id: int) -> ResponseReturnValue:
    """Choose which institution goes up in this one."""
    survivor = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = OtherForm()
    form.merged_id.offer([choice for choice in institution_choices(the_actor()) if choice[0] != institution_id])
    if form.validate_on_submit():
        return see("members.merge", None, institution_id=institution_id, merged_id=form.merged_id.chosen_id)
    title = f"Merge another institution into {survivor.name}"
    return institution_form(form, (institution_id, survivor.name), title, "Show what it would do")


@pages.route("/members/<int:institution_id>/merge/<int:merged_id>", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def merge(institution_id: int, merged_id: int) -> ResponseReturnValue:
    """Show what a merge would do, and do it."""
    survivor = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    merged = get_editable_institution(merged_id, Permission.INSTITUTION_EDIT, the_actor())
    form = merge_form(list_differences(survivor, merged))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.merge_institutions(
                institution_id, merged_id, taken=form.taken, reason=str(form.reason.value), actor=the_actor()
            )
            notice = f"{merged.name} is merged into {survivor.name}."
            return see("members.institution", notice, institution_id=institution_id)
    return _preview(form, survivor, merged)


@pages.route("/members/merges/<int:merge_id>/undo", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def undo_merge(merge_id: int) -> ResponseReturnValue:
    """Set everything back as it was before a merge."""
    found = get_merge(merge_id, the_actor())
    form = ReasonForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.undo_merge(merge_id, reason=str(form.reason.value), actor=the_actor())
            return see("members.institution", "The merge is undone.", institution_id=found.merged_id)
    title = f"Undo the merge of {found.name}"
    sub = f"What named it names it again; {found.survivor} keeps what is its own."
    return institution_form(form, (found.survivor_id, found.survivor), title, "Undo the merge", sub=sub)


def merged_page(found: MergedRow) -> ResponseReturnValue:
    """The page of an institution that was merged: where it went, and the way back."""
    undo = [Verb("Undo the merge", url("members.undo_merge", merge_id=found.merge_id))]
    lead = Verb(f"To {found.survivor}", url("members.institution", institution_id=found.survivor_id))
    return render_template(
        "layouts/tab.html",
        title=found.name,
        sub=f"Merged into {found.survivor} on {long_day(found.merged_at.date())}. {found.reason}",
        crumbs=[("Institutions", url("members.institutions"))],
        here_is=found.account_number,
        sections=[Section("Merge", Table("Merge", MERGED_COLUMNS, [found]))],
        buttons=[*(undo if may_open("members.undo_merge") else []), lead],
    )


def _preview(form: MergeForm, survivor: Institution, merged: Institution) -> ResponseReturnValue:
    counts = [
        (pointer.words, count_rows(pointer.model, pointer.column, merged.id), pointer.stays)
        for pointer in list_pointers()
    ]
    back = url("members.institution", institution_id=survivor.id)
    values: dict[str, Any] = {
        "survivor": survivor,
        "merged": merged,
        "conflicts": list_conflicts(survivor.id, merged.id),
        "fates": Table("What names it", FATE_COLUMNS, fates(counts)),
    }
    crumbs = [("Institutions", url("members.institutions")), (survivor.name, back)]
    return render_template("members/merge.html", form=form, crumbs=crumbs, cancel=back, **values)
