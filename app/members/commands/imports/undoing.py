"""Taking an import back: what it added goes, what it changed is as it was, unless something hangs on it by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit.commands import Entry, Personal, Subject, forget_people, record_many
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import in_chunks, update_rows
from app.core.database import db
from app.core.errors import DomainError
from app.core.garbage import collecting_young
from app.core.history import lock, supersede
from app.core.transaction import transaction
from app.members.commands.imports.aliases import take_back_aliases
from app.members.commands.imports.cases import UNDO_IMPORT, forget_rows, noted
from app.members.commands.imports.checking import lock_register
from app.members.commands.imports.contact_routes import take_back_contact_routes
from app.members.commands.imports.effects import Changed, touching
from app.members.commands.imports.given_back import what_cannot_be_given_back
from app.members.commands.imports.hanging import CHUNK, Undoing, what_hangs, words_of
from app.members.commands.imports.institutions import (
    correct_names,
    follow_particulars,
    take_back_particulars,
)
from app.members.commands.imports.memberships import take_back_memberships
from app.members.commands.imports.overlaps import shared_days
from app.members.commands.imports.people import CALLED, follow_people, restore_addresses
from app.members.commands.imports.representatives import take_back_representations
from app.members.commands.imports.retracted import (
    day_of,
    known_on_no_day,
    particulars_that_go,
    remove,
    remove_facts,
    take_back_facts,
)
from app.members.commands.imports.units import take_back_units
from app.members.commands.indexing import index_institutions
from app.members.commands.twins import forget_pairs
from app.members.models import (
    Affiliation,
    ImportEffect,
    Institution,
    InstitutionName,
    InstitutionParticulars,
    InstitutionUnit,
    Leaver,
    Person,
    RegisterImport,
)
from app.members.rules import TwinKind
from app.members.rules.imports import ImportState
from app.outbox.commands import Payload, handles

MOST_TOLD = 20
STILL_NAMED = "Something on record still names what it added, or has what would be given back."


@handles(UNDO_IMPORT)
@collecting_young()
def take_back_import(payload: Payload) -> None:
    """Undo an import that waits for it, all of it or nothing; run twice, it is undone once.

    What the database refuses (an address or a ROR that somebody else has by now) is said, and the import stands.
    """
    try:
        _undo(payload)
    except (DomainError, IntegrityError) as error:
        message = error.message if isinstance(error, DomainError) else STILL_NAMED
        with transaction():
            _refuse(lock(RegisterImport, int(payload["import_id"])), message)


def _undo(payload: Payload) -> None:
    with transaction():
        case = lock(RegisterImport, int(payload["import_id"]))
        if case.state is not ImportState.UNDOING:
            return
        lock_register(case.kind)
        undoing = _read(case, payload.get("user_id"))
        hanging = [*what_hangs(undoing), *shared_days(undoing), *what_cannot_be_given_back(undoing)]
        if hanging:
            more = [f"and {len(hanging) - MOST_TOLD} more"] if len(hanging) > MOST_TOLD else []
            _refuse(case, *(words_of(each, undoing) for each in hanging[:MOST_TOLD]), *more)
            return
        _take_back(undoing)
        case.state, case.undone_at, case.notice = ImportState.UNDONE, clock.now(), None
        noted(case, "undo", "undone", undoing.actor)
        forget_rows(case)
        _forget_values(case)


def _forget_values(case: RegisterImport) -> None:
    """Keep which records were changed, which later undoing counts, and no value of them: people may have gone."""
    theirs = update(ImportEffect).where(ImportEffect.import_id == case.id)
    db.session.execute(theirs.values(before={}, after={}).execution_options(synchronize_session=False))


def _read(case: RegisterImport, user_id: int | None) -> Undoing:
    undoing = Undoing(case, Actor(name=case.undone_by or "Import", user_id=user_id))
    asked = select(ImportEffect).where(ImportEffect.import_id == case.id)
    for effect in db.session.scalars(asked.order_by(ImportEffect.line, ImportEffect.subject)):
        undoing.lines[effect.subject, effect.record_id] = effect.line
        if effect.is_new:
            undoing.added[effect.subject].add(effect.record_id)
            for subject, record_id in effect.after.items():
                undoing.added[subject].add(record_id)
                undoing.lines[subject, record_id] = effect.line
        else:
            changed = undoing.changed[effect.subject].get(effect.record_id, Changed(effect.line, {}, {}))
            together = changed.then(effect.line, effect.before, effect.after)
            undoing.changed[effect.subject][effect.record_id] = together
    for chunk in in_chunks(sorted(undoing.added["person"]), CHUNK):
        people = select(Person.id, Person.user_id).where(Person.id.in_(chunk)).order_by(Person.id)
        undoing.users |= {row.id: row.user_id for row in db.session.execute(people)}
    undoing.retracted = {kind: known_on_no_day(kind, undoing.added[kind]) for kind in ("institution", "person")}
    return undoing


def _refuse(case: RegisterImport, *reasons: str) -> None:
    case.state, case.undone_by = ImportState.APPLIED, None
    case.notice = "\n".join(reasons)


def _take_back(undoing: Undoing) -> None:
    added, ended = undoing.added["representation"], undoing.changed["representation"]
    take_back_representations(added, ended, import_id=undoing.case.id, actor=undoing.actor)
    added, ended = undoing.added["contact_route"], undoing.changed["contact_route"]
    take_back_contact_routes(added, ended, import_id=undoing.case.id, actor=undoing.actor)
    take_back_aliases(undoing.changed["aliases"], import_id=undoing.case.id, actor=undoing.actor)
    take_back_units(undoing.changed["units"], import_id=undoing.case.id, actor=undoing.actor)
    added, ended = undoing.added["membership"], undoing.changed["membership"]
    take_back_memberships(added, ended, import_id=undoing.case.id, actor=undoing.actor)
    _restore_places(undoing)
    _restore_people(undoing)
    _restore_institutions(undoing)
    _note_removed(undoing)
    _remove_people(undoing)
    _remove_institutions(undoing)


def _remove_people(undoing: Undoing) -> None:
    """People that were added go with their places; of others a place that was added is taken back."""
    for chunk in in_chunks(sorted(undoing.added["affiliation"]), CHUNK):
        asked = select(Affiliation).where(Affiliation.id.in_(chunk)).order_by(Affiliation.id)
        staying = [each for each in db.session.scalars(asked) if each.person_id not in undoing.added["person"]]
        for place in staying:
            _noted(undoing, Subject("person", place.person_id), "Place at an institution taken back")
        take_back_facts(Affiliation, staying)
    for model in (Affiliation, Leaver):
        remove(model, undoing.added["person"], "person_id")
    remove_facts("person", undoing.retracted["person"])
    forget_pairs(TwinKind.PERSON, undoing.added["person"])
    forget_people(undoing.added["person"])
    remove(Person, undoing.added["person"])
    remove(User, undoing.users.values())


def _remove_institutions(undoing: Undoing) -> None:
    remove(InstitutionParticulars, particulars_that_go(undoing.added["institution"]))
    for model in (InstitutionName, InstitutionParticulars, InstitutionUnit):
        remove(model, undoing.added["institution"], "institution_id")
    remove_facts("institution", undoing.retracted["institution"])
    _part(undoing.added["institution"])
    forget_pairs(TwinKind.INSTITUTION, undoing.added["institution"])
    remove(Institution, undoing.added["institution"])


def _part(ids: set[int]) -> None:
    """Nothing that goes is a part of what goes with it any more."""
    update_rows(Institution, [{"id": each, "parent_id": None} for each in sorted(ids)])


def _note_removed(undoing: Undoing) -> None:
    reason = f"Import {undoing.case.id} undone"
    entries = [
        Entry(f"members.remove_{subject}", Subject(subject, each), f"{subject.capitalize()} removed", reason=reason)
        for subject in ("institution", "person")
        for each in sorted(undoing.added[subject])
    ]
    record_many(entries, undoing.actor)


def _restore_places(undoing: Undoing) -> None:
    changed = undoing.changed["affiliation"]
    for chunk in in_chunks(sorted(changed), CHUNK):
        for place in db.session.scalars(select(Affiliation).where(Affiliation.id.in_(chunk)).order_by(Affiliation.id)):
            supersede(place, **changed[place.id].was)
            _noted(undoing, Subject("person", place.person_id), "Place at an institution as before")
        db.session.flush()


def _restore_people(undoing: Undoing) -> None:
    changed = undoing.changed["person"]
    rows = [{"id": each, **effect.before} for each, effect in changed.items()]
    update_rows(Person, rows)
    follow_people(touching(rows, CALLED))
    restore_addresses(touching(rows, ("email",)), undoing.changed["user"])
    for each, effect in changed.items():
        after = {key: Personal(value, each) for key, value in effect.before.items()}
        _noted(undoing, Subject("person", each), "Person as before", after=after)


def _restore_institutions(undoing: Undoing) -> None:
    changed = undoing.changed["institution"]
    rows = [{"id": each, **effect.was} for each, effect in changed.items()]
    update_rows(Institution, rows)
    correct_names(touching(rows, ("name", "short_name")))
    touched = {*changed, *undoing.changed["aliases"], *undoing.changed["units"]}
    index_institutions(sorted(touched - undoing.added["institution"]))
    if undoing.case.applied_at is not None:
        take_back_particulars(changed, day_of(undoing.case.applied_at))
    follow_particulars(list(changed))
    for each, effect in changed.items():
        _noted(undoing, Subject("institution", each), "Institution as before", after=effect.before)


def _noted(undoing: Undoing, subject: Subject, words: str, after: Mapping[str, Any] | None = None) -> None:
    reason = f"Import {undoing.case.id} undone"
    record_many([Entry("members.undo_import", subject, words, after=after, reason=reason)], undoing.actor)
