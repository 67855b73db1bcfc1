"""Likely twins: their list, two of them side by side, and those of a record about to be added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import (
    EditInstitutionForm,
    NewInstitutionForm,
    NewPersonForm,
    RenameForm,
    RightNameForm,
    TellApartForm,
    TwinFilterForm,
)
from app.members.models import Institution
from app.members.queries import (
    FactPair,
    TwinFilters,
    TwinRow,
    compare_records,
    find_distinct_pair,
    grounds_of,
    namesakes_of,
    search_twins,
    told_apart,
    twins_of_new_institution,
    twins_of_new_person,
)
from app.members.routes.blueprint import pages
from app.members.rules import GROUND_WORDS, Ground, TwinKind, pair_of
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.listing import Empty, Listing, list_page
from app.web.requests import see

KIND_NAMES = {TwinKind.INSTITUTION: "Institutions", TwinKind.PERSON: "People"}


def words_of_grounds(grounds: Sequence[Ground]) -> str:
    """Why two records are likely the same, as a line."""
    return "; ".join(GROUND_WORDS[ground] for ground in grounds)


COLUMNS: tuple[Column[TwinRow], ...] = (
    Column(
        "one",
        "One",
        lambda row: row.one,
        Kind.NAME,
        link=lambda row: url("members.twins", kind=row.kind, one_id=row.one_id, other_id=row.other_id),
        narrow=Narrow.NAME,
    ),
    Column("other", "The other", lambda row: row.other, narrow=Narrow.META),
    Column("kind", "Kind", lambda row: KIND_NAMES[row.kind]),
    Column("because", "Because", lambda row: words_of_grounds(row.grounds), narrow=Narrow.META),
    Column("weight", "Weight of 100", lambda row: row.weight, Kind.NUMBER, sortable=True, narrow=Narrow.AMOUNT),
    Column("found", "Found", lambda row: row.found_at, Kind.INSTANT),
)
TWINS = Listing(
    title="Duplicates",
    noun=("likely pair", "likely pairs"),
    columns=COLUMNS,
    default_sort="weight",
    descending=True,
    empty=Empty(
        "No likely duplicates on the list",
        "Look for them with the button above; the worker then looks again each day. Nothing is merged by itself.",
    ),
    filters_form=TwinFilterForm,
    template="members/duplicates.html",
)


@pages.get("/duplicates")
@requires(Permission.REGISTER_MERGE)
def duplicates() -> ResponseReturnValue:
    """Records that are likely the same, as last looked for."""
    return list_page(TWINS, _search)


@pages.post("/duplicates/look")
@requires(Permission.REGISTER_MERGE)
def look_for_twins() -> ResponseReturnValue:
    """Let the worker look for them now."""
    with transaction():
        commands.ask_for_twins(actor=the_actor())
        return see("members.duplicates", "The worker looks for duplicates; the list is new within a minute.")


@pages.route("/duplicates/<kind>/<int:one_id>/<int:other_id>", methods=["GET", "POST"])
@requires(Permission.REGISTER_MERGE)
def twins(kind: str, one_id: int, other_id: int) -> ResponseReturnValue:
    """Two records side by side, and the form that tells them apart."""
    compared, pair = _compared(kind), pair_of(one_id, other_id)
    facts = compare_records(compared, *pair, the_actor())
    form = TellApartForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.tell_apart(compared, *pair, reason=str(form.reason.value), actor=the_actor())
            return see("members.duplicates", "They are kept apart, and not suggested again.")
    known: dict[str, Any] = {
        "because": words_of_grounds(grounds_of(compared, *pair, the_actor())),
        "apart": find_distinct_pair(compared, *pair, the_actor()),
        "merges": _merge_links(kind, pair, facts),
        "facts": _side_by_side(facts, [_address(compared, identity) for identity in pair]),
    }
    title, back = " and ".join(told_apart(facts, pair)), url("members.duplicates")
    crumbs = [("Duplicates", back)]
    return render_template("members/twins.html", form=form, title=title, crumbs=crumbs, cancel=back, **known)


def _merge_links(kind: str, pair: tuple[int, int], facts: Sequence[FactPair]) -> list[tuple[str, str]]:
    """The two ways to merge: which one is kept, and the page that shows what it would do."""
    sides = zip(told_apart(facts, pair), (pair, pair[::-1]), strict=True)
    return [
        (f"Merge, keeping {name}", url("members.merge", kind=kind, survivor_id=kept, merged_id=merged))
        for name, (kept, merged) in sides
    ]


def _compared(kind: str) -> TwinKind:
    if kind not in set(TwinKind):
        abort(404)
    return TwinKind(kind)


def institution_twins(form: NewInstitutionForm) -> Sequence[tuple[int, str]]:
    """Institutions likely the same as the one in a form just sent; none once it was said that it is another one."""
    if not form.is_submitted() or form.anyway.data or not form.validate():
        return ()
    name, country = str(form.name.value), str(form.country.value)
    return twins_of_new_institution(name, country, form.vat_number.value, the_actor())


def namesakes(form: EditInstitutionForm | RenameForm | RightNameForm, saved: Institution) -> Sequence[tuple[int, str]]:
    """Others that are called as the form just sent calls this one; none once it was said that it is another one."""
    if not form.is_submitted() or form.anyway.data or not form.validate():
        return ()
    return namesakes_of(saved, str(form.name.value), str(form.short_name.value), the_actor())


def person_twins(form: NewPersonForm) -> Sequence[tuple[int, str]]:
    """People likely the same as the one in a form just sent; none once it was said that it is someone else."""
    if not form.is_submitted() or form.anyway.data or not form.validate():
        return ()
    return twins_of_new_person(str(form.given_name.value), str(form.family_name.value), form.email.value, the_actor())


def _search(form: Any, request: PageRequest) -> Page[TwinRow]:
    filters = TwinFilters(
        kind=TwinKind(form.kind.data) if form.kind.data else None,
        ground=Ground(form.ground.data) if form.ground.data else None,
        text=form.q.data or "",
    )
    return search_twins(filters, request, the_actor())


def _address(kind: TwinKind, identity: int) -> str:
    if kind is TwinKind.INSTITUTION:
        return url("members.institution", institution_id=identity)
    return url("members.person", person_id=identity)


def _side_by_side(facts: Sequence[FactPair], addresses: Sequence[str]) -> Table[FactPair]:
    """What is on record of either of the two."""
    first, second = addresses
    columns: list[Column[FactPair]] = [
        Column("fact", "Fact", lambda row: row.label, Kind.NAME, narrow=Narrow.NAME),
        Column(
            "one", "One", lambda row: _said(row, row.one), link=lambda row: _name_link(row, first), narrow=Narrow.META
        ),
        Column(
            "other",
            "The other",
            lambda row: _said(row, row.other),
            link=lambda row: _name_link(row, second),
            narrow=Narrow.META,
        ),
        Column("mark", "Differs", lambda row: row.mark, narrow=Narrow.AMOUNT),
    ]
    return Table("Side by side", columns, [row for row in facts if row.one or row.other])


def _said(row: FactPair, value: str | None) -> str | None:
    """A fact of one of the two; where only the other has it, a word in its place, so that a phone tells whose it is."""
    return value or ("none" if row.mark else None)


def _name_link(row: FactPair, address: str) -> str | None:
    return address if row.label == "Name" else None
