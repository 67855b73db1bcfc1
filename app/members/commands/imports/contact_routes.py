"""Writing imported contact routes, their end, and taking both back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.audit.commands import Entry, Subject, record_many
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import in_chunks, insert_with_ids
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, supersede
from app.members.commands.contacts import said_of_route, words_of_route
from app.members.commands.imports.effects import Changed, Writing, as_day
from app.members.commands.imports.retracted import take_back_facts
from app.members.models import ContactRoute
from app.members.rules import check_route_free, day_words
from app.members.rules.imports import Change, RowPlan

SUBJECT = "contact_route"
BLOCK = 5_000
Changes = Sequence[tuple[RowPlan, Change]]


def write_contact_routes(plans: Sequence[RowPlan], writing: Writing) -> None:
    """Write the rows of a table of contact routes: what ends first, so that another one can follow."""
    for changes in in_chunks(((plan, change) for plan in plans if (change := plan.changes())), BLOCK):
        _end(changes, writing)
    for changes in in_chunks(((plan, change) for plan in plans if (change := plan.adds())), BLOCK):
        _add(changes, writing)


def _add(changes: Changes, writing: Writing) -> None:
    rows = [{**change.values, "recorded_at": clock.now(), "superseded_at": None, "version": 1} for _, change in changes]
    entries: list[Entry] = []
    for (plan, _), row, identity in zip(changes, rows, insert_with_ids(ContactRoute, rows), strict=True):
        writing.added(plan.line, SUBJECT, identity)
        route = ContactRoute(id=identity, **row)
        words = f"from {day_words(route.first_day)}, by import {writing.import_id}"
        entries.append(_entry("members.add_route", route, words))
    record_many(entries, writing.actor)


def _end(changes: Changes, writing: Writing) -> None:
    found = _found(change.record_id for _, change in changes)
    entries: list[Entry] = []
    for plan, change in changes:
        route = found[change.record_id]
        before = said_of_route(route)
        supersede(route, **change.values)
        writing.changed(plan.line, SUBJECT, route.id, change.before or {}, change.values)
        words = f"ends on {day_words(change.values['last_day'])}, by import {writing.import_id}"
        entries.append(_entry("members.end_route", route, words, before))
    db.session.flush()
    record_many(entries, writing.actor)


def routes_leant_on(added: set[int], changed: Mapping[int, Changed]) -> Iterator[str]:
    """In words, which ends cannot be taken back because another route has their days by now, not of this import."""
    own = added | changed.keys()
    for chunk in in_chunks(sorted(changed), BLOCK):
        found = _found(chunk)
        others = _others({each.person_id for each in found.values()})
        for each in found.values():
            wanted = replace(each.facts, last_day=as_day(changed[each.id].before["last_day"]))
            rest = (other.facts for other in others.get(each.person_id, ()) if other.id not in own)
            try:
                check_route_free(wanted, rest)
            except DomainError as error:
                yield f"{_words(each)} cannot go on: {error.message}"


def take_back_contact_routes(added: set[int], changed: Mapping[int, Changed], *, import_id: int, actor: Actor) -> None:
    """What an import put on record is taken back; what it ended goes on as before."""
    undone = f"import {import_id} undone"
    for chunk in in_chunks(sorted(added), BLOCK):
        found = _found(chunk)
        record_many([_entry("members.undo_import", each, f"taken back, {undone}") for each in found.values()], actor)
        take_back_facts(ContactRoute, found.values())
    for chunk in in_chunks(sorted(changed), BLOCK):
        found = _found(chunk)
        for each in found.values():
            supersede(each, last_day=as_day(changed[each.id].before["last_day"]))
        db.session.flush()
        record_many([_entry("members.undo_import", each, f"as before, {undone}") for each in found.values()], actor)


def words_of_contact_route(route_id: int) -> str:
    """Which one is meant, without what it says."""
    found = db.session.get(ContactRoute, route_id)
    return "A contact route" if found is None else _words(found)


def _words(route: ContactRoute) -> str:
    return f"{words_of_route(route)} of person {route.person_id} from {day_words(route.first_day)}"


def _entry(action: str, route: ContactRoute, words: str, before: dict[str, Any] | None = None) -> Entry:
    subject, summary = Subject("person", route.person_id), f"{words_of_route(route)} {words}"
    return Entry(action, subject, summary, before=before, after=said_of_route(route))


def _found(ids: Iterable[int]) -> dict[int, ContactRoute]:
    asked = select(ContactRoute).where(ContactRoute.id.in_(list(ids))).order_by(ContactRoute.id)
    return {each.id: each for each in db.session.scalars(asked)}


def _others(person_ids: set[int]) -> dict[int, list[ContactRoute]]:
    """The routes of these people on record."""
    asked = select(ContactRoute).where(ContactRoute.person_id.in_(person_ids), as_known(ContactRoute))
    found: dict[int, list[ContactRoute]] = {}
    for each in db.session.scalars(asked.order_by(ContactRoute.id)):
        found.setdefault(each.person_id, []).append(each)
    return found
