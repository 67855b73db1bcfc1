"""Writing imported people: their users, their facts and their places, in a statement for each kind of row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from app.accounts.commands import row_of_user
from app.accounts.models import AccessLink, User
from app.accounts.rules import words_of_user
from app.audit.commands import Entry, Personal, Subject, record_many
from app.core import clock
from app.core.bulk import derive_rows, in_chunks, insert_with_ids, update_rows
from app.core.database import db
from app.core.folding import folded
from app.core.history import supersede
from app.core.paging import AnySelect
from app.members.commands.imports.effects import Changed, Writing, touching
from app.members.models import Affiliation, Person
from app.members.queries.mergers import merged_words_of
from app.members.rules import TwinKind
from app.members.rules.imports import COLUMNS, Change, ImportKind, RowPlan

BLOCK = 5_000
CALLED = ("given_name", "family_name")
TOLD = ("title", "given_name", "family_name", "email", "phone", "orcid", "languages", "position")
BY_KEY = {column.key: column for column in COLUMNS[ImportKind.PEOPLE]}


def write_people(plans: Sequence[RowPlan], writing: Writing) -> None:
    """Write the rows of a table of people, and the places of each."""
    ids: dict[int, int] = {}
    by_person: dict[int, list[tuple[RowPlan, Change]]] = defaultdict(list)
    for plan in plans:
        if change := plan.changes():
            by_person[change.record_id].append((plan, change))
    for several in in_chunks(by_person.values(), BLOCK):
        _change([each for changes in several for each in changes], writing)
    for changes in in_chunks(((plan, change) for plan in plans if (change := plan.adds())), BLOCK):
        _add(changes, ids, writing)
    _write_places(plans, ids, writing)


def _write_places(plans: Sequence[RowPlan], ids: dict[int, int], writing: Writing) -> None:
    told = [(plan, plan.place) for plan in plans if plan.place]
    for changes in in_chunks((pair for pair in told if pair[1].is_new), BLOCK):
        _add_places(changes, ids, writing)
    for changes in in_chunks((pair for pair in told if not pair[1].is_new), BLOCK):
        _change_places(changes, writing)


Changes = Sequence[tuple[RowPlan, Change]]


def _add(changes: Changes, ids: dict[int, int], writing: Writing) -> None:
    users = [row_of_user(_name(change.values), change.values["email"]) for _, change in changes]
    user_ids = insert_with_ids(User, users)
    rows = [_row(change.values, user_id) for (_, change), user_id in zip(changes, user_ids, strict=True)]
    entries: list[Entry] = []
    for (plan, change), person_id in zip(changes, insert_with_ids(Person, rows), strict=True):
        ids[-plan.line] = person_id
        writing.added(plan.line, "person", person_id)
        place = plan.place.values if plan.place else {}
        after = {"facts": Personal(_in_words({**change.values, **place}), person_id), **_where(place)}
        summary = f"Person taken up by import {writing.import_id}"
        entries.append(Entry("members.add_person", Subject("person", person_id), summary, after=after))
    record_many(entries, writing.actor)


def _where(place: dict[str, Any]) -> dict[str, Any]:
    """The institution and the days of a place; its position is told with the person."""
    if not place:
        return {}
    return {"institution": place["institution_id"], "first_day": place["first_day"], "last_day": place["last_day"]}


def _row(values: dict[str, Any], user_id: int) -> dict[str, Any]:
    return {**values, **_found_by(values), "user_id": user_id, "created_at": clock.now(), "version": 1}


def _name(values: dict[str, Any]) -> str:
    return f"{values['given_name']} {values['family_name']}"


def _found_by(values: dict[str, Any], merged: Sequence[str] = ()) -> dict[str, str]:
    given, family = values["given_name"], values["family_name"]
    return {"sort_name": folded(family, given)[:200], "search_text": folded(given, family, *merged)}


def _in_words(values: dict[str, Any]) -> str:
    return "; ".join(
        f"{BY_KEY[key].title.lower()} {BY_KEY[key].said(values[key])}" for key in TOLD if values.get(key) is not None
    )


def _change(changes: Changes, writing: Writing) -> None:
    rows: dict[int, dict[str, Any]] = {}
    for _, change in changes:  # Several rows may be about one person: they make one version.
        rows.setdefault(change.record_id, {"id": change.record_id}).update(change.values)
    update_rows(Person, rows.values())
    follow_people(touching(rows.values(), CALLED))
    moved = _follow_addresses(touching(rows.values(), ("email",)))
    entries: list[Entry] = []
    for plan, change in changes:
        before = change.before or {}
        writing.changed(plan.line, "person", change.record_id, before, change.values)
        if "email" in change.values and change.record_id in moved:
            user_id, was, email = moved.pop(change.record_id)
            writing.changed(plan.line, "user", user_id, {"email": was}, {"email": email})
        fields = ", ".join(key.replace("_", " ") for key in change.values)
        entries.append(
            Entry(
                "members.edit_person",
                Subject("person", change.record_id),
                f"Person changed by import {writing.import_id}: {fields}",
                before=_personal(before, change.record_id),
                after=_personal(change.values, change.record_id),
            )
        )
    record_many(entries, writing.actor)


def follow_people(ids: Sequence[int]) -> None:
    """Let how people are found, and what their users are called, follow their names."""
    columns = (Person.id, Person.user_id, Person.given_name, Person.family_name)
    for chunk in in_chunks(ids, BLOCK):
        found = db.session.execute(select(*columns).where(Person.id.in_(chunk)).order_by(Person.id)).all()
        names = ({"given_name": row.given_name, "family_name": row.family_name} for row in found)
        merged = merged_words_of(TwinKind.PERSON, chunk)
        derive_rows(
            Person,
            [{"id": row.id, **_found_by(name, merged.get(row.id, ()))} for row, name in zip(found, names, strict=True)],
        )
        update_rows(User, [{"id": row.user_id, "name": f"{row.given_name} {row.family_name}"} for row in found])
        _follow_users([row.user_id for row in found])


def _follow_addresses(ids: Sequence[int]) -> dict[int, tuple[int, str | None, str]]:
    """Let users sign in as the new addresses of people say; by person: the user, and as what until now and by now."""
    moved: dict[int, tuple[int, str | None, str]] = {}
    for chunk in in_chunks(ids, BLOCK):
        for row in db.session.execute(_addresses(chunk)):
            if row.email and row.email != row.was:
                moved[row.id] = (row.user_id, row.was, row.email)
    _sign_in_as({user_id: email for user_id, _, email in moved.values()})
    return moved


def restore_addresses(ids: Sequence[int], changed: Mapping[int, Changed]) -> None:
    """Let users sign in as before an import, unless as something else again by now; `changed` has whom it changed.

    Somebody whose sign-in it left alone, because it was that address already, is left alone now as well.
    """
    wanted: dict[int, str | None] = {}
    for chunk in in_chunks(ids, BLOCK):
        for row in db.session.execute(_addresses(chunk)):
            kept = changed.get(row.user_id)
            if kept is not None and kept.after["email"] == row.was:
                wanted[row.user_id] = kept.before["email"]
    _sign_in_as(wanted)


def _addresses(ids: Sequence[int]) -> AnySelect:
    columns = (Person.id, Person.user_id, Person.email, User.email.label("was"))
    return select(*columns).join(User, User.id == Person.user_id).where(Person.id.in_(ids)).order_by(Person.id)


def _sign_in_as(emails: Mapping[int, str | None]) -> None:
    """Let users sign in with other addresses; links to those of before end."""
    update_rows(User, [{"id": user_id, "email": email} for user_id, email in emails.items()])
    for chunk in in_chunks(sorted(emails), BLOCK):
        spent = update(AccessLink).where(AccessLink.user_id.in_(chunk), AccessLink.used_at.is_(None))
        db.session.execute(spent.values(used_at=clock.now()).execution_options(synchronize_session=False))
        _follow_users(chunk)


def _follow_users(ids: Sequence[int]) -> None:
    """Let how users are found follow their names and addresses."""
    found = db.session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids)).order_by(User.id)).all()
    derive_rows(User, [{"id": row.id, "search_text": words_of_user(row.name, row.email)} for row in found])


def _add_places(changes: Changes, ids: dict[int, int], writing: Writing) -> None:
    rows = [
        {
            **change.values,
            "person_id": ids.get(change.values["person_id"], change.values["person_id"]),
            "recorded_at": clock.now(),
            "superseded_at": None,
            "version": 1,
        }
        for _, change in changes
    ]
    entries: list[Entry] = []
    for (plan, _), row, place_id in zip(changes, rows, insert_with_ids(Affiliation, rows), strict=True):
        if plan.adds():
            writing.bring_along(plan.line, "affiliation", place_id)
            continue
        writing.added(plan.line, "affiliation", place_id)
        after = {"position": Personal(row["position"], row["person_id"]), **_where(row)}
        summary = f"Place at an institution by import {writing.import_id}"
        entries.append(Entry("members.affiliate_person", Subject("person", row["person_id"]), summary, after=after))
    record_many(entries, writing.actor)


def _change_places(changes: Changes, writing: Writing) -> None:
    asked = select(Affiliation).where(Affiliation.id.in_([change.record_id for _, change in changes]))
    places = {place.id: place for place in db.session.scalars(asked.order_by(Affiliation.id))}
    entries: list[Entry] = []
    for plan, change in changes:
        place, before = places[change.record_id], change.before or {}
        supersede(place, **change.values)
        writing.changed(plan.line, "affiliation", change.record_id, before, change.values)
        entries.append(
            Entry(
                "members.edit_affiliation",
                Subject("person", place.person_id),
                f"Place at an institution changed by import {writing.import_id}",
                before=_personal(before, place.person_id),
                after=_personal(change.values, place.person_id),
            )
        )
    db.session.flush()
    record_many(entries, writing.actor)


def _personal(values: dict[str, Any], person_id: int) -> dict[str, Personal]:
    return {key: Personal(value, person_id) for key, value in values.items()}
