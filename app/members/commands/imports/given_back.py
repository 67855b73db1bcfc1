"""Whether what an undo would give back may be so today: wholes, names, and who still stands for themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import func, select

from app.core.bulk import in_chunks
from app.core.database import db
from app.core.folding import folded
from app.core.history import as_known
from app.members.commands.imports.hanging import CHUNK, About, Undoing
from app.members.models import ImportEffect, Institution, InstitutionAlias, InstitutionName, RegisterImport
from app.members.queries.mergers import survivors
from app.members.rules import TwinKind, is_part_of_itself
from app.members.rules.imports import ImportState

NAMES = ("name", "short_name")


def what_cannot_be_given_back(undoing: Undoing) -> Iterator[About]:
    """What the register would not take today if somebody entered it."""
    yield from _merged(undoing)
    yield from _wholes(undoing)
    yield from _wholes_of_later_imports(undoing)
    given = {
        each: {key: change.before[key] for key in NAMES if key in change.before}
        for each, change in undoing.changed["institution"].items()
    }
    named = {each: names for each, names in given.items() if names}
    for chunk in in_chunks(sorted(named), CHUNK):
        yield from _aliases_by_now({each: named[each] for each in chunk})
        yield from (About("institution", each, " was renamed since") for each in _renamed(chunk, undoing.case))


def _merged(undoing: Undoing) -> Iterator[About]:
    """A merged record is left as it was merged, or the merger could never be undone."""
    for kind in TwinKind:
        touched = {*undoing.added[kind], *undoing.changed[kind]}
        if kind is TwinKind.INSTITUTION:
            touched |= {*undoing.changed["aliases"], *undoing.changed["units"]}
        for record_id in sorted(touched & survivors(kind).keys()):
            yield About(kind, record_id, " was merged into another record")


def _wholes(undoing: Undoing) -> Iterator[About]:
    changed = undoing.changed["institution"]
    given = {each: change.before["parent_id"] for each, change in changed.items() if "parent_id" in change.before}
    if not given:
        return
    asked = select(Institution.id, Institution.parent_id).order_by(Institution.id)
    parents = {row.id: row.parent_id for row in db.session.execute(asked)} | given
    there = set(parents) - undoing.added["institution"]
    merged = survivors(TwinKind.INSTITUTION)
    for each, parent_id in given.items():
        if parent_id is None:
            continue
        if parent_id not in there:
            yield About("institution", each, ": what it was a part of is on record no more")
        elif parent_id in merged:
            yield About("institution", each, ": what it was a part of was merged into another record")
        elif is_part_of_itself(each, parents):
            yield About("institution", each, " would be a part of itself")


def _wholes_of_later_imports(undoing: Undoing) -> Iterator[About]:
    """An import that parted an institution from one that was added gives it back when it is undone."""
    whole = ImportEffect.before["parent_id"].as_integer()
    for chunk in in_chunks(sorted(undoing.added["institution"]), CHUNK):
        asked = (
            select(ImportEffect.import_id, whole.label("whole"))
            .join(RegisterImport, RegisterImport.id == ImportEffect.import_id)
            .where(
                ImportEffect.subject == "institution",
                ImportEffect.is_new.is_(False),
                ImportEffect.import_id != undoing.case.id,
                RegisterImport.state == ImportState.APPLIED,
                whole.in_(chunk),
            )
            .order_by(ImportEffect.import_id, ImportEffect.line)
        )
        for import_id, whole_id in db.session.execute(asked):
            yield About("institution", whole_id, f" had a part until import {import_id}: undo that one first")


def _aliases_by_now(named: Mapping[int, Mapping[str, str]]) -> Iterator[About]:
    """A name that is an alias of another institution would be understood as that one."""
    wanted = {folded(name): each for each, given in named.items() for name in given.values()}
    asked = select(InstitutionAlias.folded, InstitutionAlias.institution_id, Institution.name)
    asked = asked.join(Institution, Institution.id == InstitutionAlias.institution_id)
    asked = asked.where(InstitutionAlias.folded.in_(sorted(wanted))).order_by(InstitutionAlias.id)
    for words, institution_id, name in db.session.execute(asked):
        if institution_id != wanted[words]:
            yield About("institution", wanted[words], f": its name before is an alias of {name} by now")


def _renamed(ids: list[int], case: RegisterImport) -> list[int]:
    """The institutions of which another name began since: the one that was corrected is a former one."""
    last = func.max(InstitutionName.first_day).label("first_day")
    asked = select(InstitutionName.institution_id, last).where(InstitutionName.institution_id.in_(ids))
    asked = asked.group_by(InstitutionName.institution_id).order_by(InstitutionName.institution_id)
    then, now = (
        {row.institution_id: row.first_day for row in db.session.execute(asked.where(as_known(InstitutionName, known)))}
        for known in (case.applied_at, None)
    )
    return [each for each in now if then.get(each) != now[each]]
