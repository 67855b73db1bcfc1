"""Writing imported representatives with the rights that follow from them, their end, and taking both back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.commands import Following, RoleFor, end_grants_of, grant_roles, restore_grants
from app.accounts.rules import GrantSource
from app.audit.commands import Entry, Personal, Subject, record_many
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import in_chunks, insert_with_ids
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Role
from app.members.commands.imports.effects import Changed, Writing, as_day
from app.members.commands.imports.retracted import take_back_facts
from app.members.models import Institution, Person, Representation
from app.members.rules import PURPOSE_WORDS, PURPOSES_WITH_ACCESS, Representing, check_free, day_words
from app.members.rules.imports import Change, RowPlan

BLOCK = 5_000
SOURCE = GrantSource.REPRESENTATION
Changes = Sequence[tuple[RowPlan, Change]]


def write_representatives(plans: Sequence[RowPlan], writing: Writing) -> None:
    """Write the rows of a table of representatives: what ends first, so that a successor can follow."""
    for changes in in_chunks(((plan, change) for plan in plans if (change := plan.changes())), BLOCK):
        _end(changes, writing)
    for changes in in_chunks(((plan, change) for plan in plans if (change := plan.adds())), BLOCK):
        _name(changes, writing)


def _name(changes: Changes, writing: Writing) -> None:
    rows = [{**change.values, "recorded_at": clock.now(), "superseded_at": None, "version": 1} for _, change in changes]
    named: list[Representation] = []
    for (plan, _), row, identity in zip(changes, rows, insert_with_ids(Representation, rows), strict=True):
        writing.added(plan.line, "representation", identity)
        named.append(Representation(id=identity, **row))
    grant_roles(SOURCE, _rights(named), actor=writing.actor)
    noted = [(each, f"from {day_words(each.first_day)}{_until(each.last_day)}") for each in named]
    _note("members.name_representative", noted, f"by import {writing.import_id}", writing.actor)


def _rights(named: Sequence[Representation]) -> list[Following]:
    """The rights of those who act for the institution in the program, for the same days."""
    acting = [each for each in named if each.purpose in PURPOSES_WITH_ACCESS]
    asked = select(Person.id, Person.user_id).where(Person.id.in_({each.person_id for each in acting}))
    users = {row.id: row.user_id for row in db.session.execute(asked.order_by(Person.id))}
    return [
        Following(
            users[each.person_id],
            RoleFor(Role.REPRESENTATIVE, institution_id=each.institution_id),
            each.period,
            each.id,
        )
        for each in acting
    ]


def _end(changes: Changes, writing: Writing) -> None:
    found = _found(change.record_id for _, change in changes)
    last_days: dict[int, date] = {}
    for plan, change in changes:
        last_days[change.record_id] = change.values["last_day"]
        supersede(found[change.record_id], last_day=change.values["last_day"])
        writing.changed(plan.line, "representation", change.record_id, change.before or {}, change.values)
    db.session.flush()
    end_grants_of(SOURCE, last_days, writing.actor)
    noted = [(found[each], f"until {day_words(day)}") for each, day in last_days.items()]
    _note("members.end_representation", noted, f"by import {writing.import_id}", writing.actor)


def leant_on(added: set[int], changed: Mapping[int, Changed]) -> Iterator[str]:
    """In words, which ends cannot be taken back because somebody else has followed by now, not of this import."""
    own = added | changed.keys()
    for chunk in in_chunks(sorted(changed), BLOCK):
        found = _found(chunk)
        others = _others({each.institution_id for each in found.values()})
        for each in found.values():
            period = Period(each.first_day, as_day(changed[each.id].before["last_day"]))
            wanted = Representing(each.person_id, each.purpose, each.rank, period)
            rest = (_representing(other) for other in others.get(each.institution_id, ()) if other.id not in own)
            try:
                check_free(wanted, rest)
            except DomainError as error:
                yield f"{words_of_representation(each.id)} cannot go on: {error.message}"


def take_back_representations(added: set[int], changed: Mapping[int, Changed], *, import_id: int, actor: Actor) -> None:
    """What an import named is taken back, with the rights that followed; what it ended goes on as before."""
    undone = f"import {import_id} undone"
    for chunk in in_chunks(sorted(added), BLOCK):
        found = _found(chunk)
        end_grants_of(SOURCE, {each.id: each.first_day - ONE_DAY for each in found.values()}, actor)
        _note("members.undo_import", [(each, "taken back") for each in found.values()], undone, actor)
        take_back_facts(Representation, found.values())
    for chunk in in_chunks(sorted(changed), BLOCK):
        found = _found(chunk)
        last_days = {each: as_day(changed[each].before["last_day"]) for each in found}
        for each in found.values():
            supersede(each, last_day=last_days[each.id])
        db.session.flush()
        restore_grants(SOURCE, last_days, actor)
        _note("members.undo_import", [(each, "as before") for each in found.values()], undone, actor)


def words_of_representation(representation_id: int) -> str:
    """Which one is meant, without naming the person."""
    asked = select(Representation.purpose, Representation.first_day, Institution.name)
    asked = asked.join(Institution, Institution.id == Representation.institution_id)
    found = db.session.execute(asked.where(Representation.id == representation_id)).one_or_none()
    if found is None:
        return "A representative"
    return f"The {PURPOSE_WORDS[found.purpose].lower()} of {found.name} from {day_words(found.first_day)}"


def _note(action: str, said: Sequence[tuple[Representation, str]], by: str, actor: Actor) -> None:
    """Put on record what happened to each, and by which import."""
    rows = [each for each, _ in said]
    names = _names({each.institution_id for each in rows})
    asked = select(Person.id, Person.given_name, Person.family_name)
    asked = asked.where(Person.id.in_({each.person_id for each in rows})).order_by(Person.id)
    people = {row.id: f"{row.given_name} {row.family_name}" for row in db.session.execute(asked)}
    record_many(
        [
            Entry(
                action,
                Subject("institution", each.institution_id),
                f"{names[each.institution_id]}: {PURPOSE_WORDS[each.purpose]} {words}, {by}",
                after=_facts(each, people[each.person_id]),
            )
            for each, words in said
        ],
        actor,
    )


def _facts(each: Representation, name: str) -> dict[str, Any]:
    return {
        "representation": each.id,
        "purpose": each.purpose,
        "person": Personal(name, each.person_id),
        "rank": each.rank,
        "first_day": each.first_day,
        "last_day": each.last_day,
    }


def _names(institution_ids: set[int]) -> dict[int, str]:
    asked = select(Institution.id, Institution.name).where(Institution.id.in_(institution_ids))
    return {row.id: row.name for row in db.session.execute(asked.order_by(Institution.id))}


def _found(ids: Iterable[int]) -> dict[int, Representation]:
    asked = select(Representation).where(Representation.id.in_(list(ids))).order_by(Representation.id)
    return {each.id: each for each in db.session.scalars(asked)}


def _others(institution_ids: set[int]) -> dict[int, list[Representation]]:
    """Who represents these institutions on record."""
    asked = select(Representation).where(Representation.institution_id.in_(institution_ids), as_known(Representation))
    found: dict[int, list[Representation]] = {}
    for each in db.session.scalars(asked.order_by(Representation.id)):
        found.setdefault(each.institution_id, []).append(each)
    return found


def _representing(each: Representation) -> Representing:
    return Representing(each.person_id, each.purpose, each.rank, each.period)


def _until(last_day: date | None) -> str:
    return f" until {day_words(last_day)}" if last_day else ""
