"""A walk at random through imports and their undoing: taken back at once, each leaves the register as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.core.database import db
from app.core.errors import DomainError
from app.members.commands import (
    AffiliationFacts,
    Merging,
    PersonFacts,
    add_alias,
    add_person,
    affiliate_person,
    edit_person,
    merge_records,
    remove_alias,
    undo_merger,
)
from app.members.commands.imports import apply_import, discard_import
from app.members.models import Institution, Person
from app.members.queries.imports import count_erased, get_import
from app.members.queries.register import export_register
from app.members.rules import TwinKind
from app.members.rules.imports import ImportKind
from app.outbox.work import run_due_jobs
from tests.members.importing import case_of, told, tried, undo
from tests.members.world import LAUNCH, OFFICE, do, institution, member, on, person, problems, voice

pytestmark = pytest.mark.usefixtures("context")
NUMBERS = {"number", "account_number"}  # Of what was taken back they are not given again.
WHOLES = ("A", "B", "C")
PEOPLE = (("Ann", "Lee"), ("Bea", "Moor"))
DAYS = [LAUNCH + timedelta(days=each) for each in (0, 800, 1700)]
Row = dict[str, Any]


def an_institution(chance: Random) -> Row:
    short = chance.choice(WHOLES)
    row: Row = {"Short name": short, "Name": f"Institute {short}", "Kind": chance.choice(["Funder", "Observer"])}
    row |= {"Country": "FR", "Part of": chance.choice(["", "", *WHOLES])}
    return row | {"Also known as": chance.choice(["", "Alias"]), "Units": chance.choice(["", f"X|{LAUNCH}|"])}


def a_person(chance: Random) -> Row:
    given, family = chance.choice(PEOPLE)
    row: Row = {
        "Given name": given,
        "Family name": family,
        "E-mail": f"{given}{chance.choice(['', '2'])}@x.example".lower(),
    }
    row |= {"Institution": chance.choice(WHOLES), "There since": chance.choice(DAYS)}
    return row | {"There until": chance.choice(["", *DAYS]), "Languages": chance.choice(["", "German"])}


def a_membership(chance: Random) -> Row:
    row: Row = {"Institution": chance.choice(WHOLES), "Class": chance.choice(["Partner", "Funder"])}
    last = chance.choice(["", *DAYS])
    ended = {"Last day": last, "State": chance.choice(["withdrawn", "lapsed"]), "Why": "Letter"} if last else {}
    return row | {"Member from": chance.choice(DAYS)} | ended


def a_representative(chance: Random) -> Row:
    name = " ".join(chance.choice(PEOPLE))
    row: Row = {"Institution": chance.choice(WHOLES), "Name": name, "As": chance.choice(["voting", "billing"])}
    return row | {"From": chance.choice(DAYS), "Last day": chance.choice(["", *DAYS])}


def a_route(chance: Random) -> Row:
    row: Row = {"Name": " ".join(chance.choice(PEOPLE)), "Kind": "Telephone", "For": "billing", "Route": "+33 1 11 11"}
    return row | {"From": chance.choice(DAYS), "Last day": chance.choice(["", *DAYS])}


ROWS = {
    ImportKind.INSTITUTIONS: an_institution,
    ImportKind.PEOPLE: a_person,
    ImportKind.MEMBERSHIPS: a_membership,
    ImportKind.REPRESENTATIVES: a_representative,
    ImportKind.CONTACT_ROUTES: a_route,
}


def register() -> dict[str, list[str]]:
    """All that the register says today, and who may sign in by which address."""
    db.session.expire_all()
    found = {
        kind.value: [
            repr({key: value for key, value in row.items() if key not in NUMBERS})
            for row in export_register(kind, on=None, known=None, actor=OFFICE).rows
        ]
        for kind in ImportKind
    }
    found["users"] = [f"{user.name} {user.email}" for user in db.session.scalars(select(User))]
    db.session.rollback()
    return {kind: sorted(rows) for kind, rows in found.items()}


def brought(chance: Random) -> int | None:
    """The number of an import of some rows, written without those that are refused; None where nothing is left."""
    kind = chance.choice(list(ROWS))
    rows = [ROWS[kind](chance) for _ in range(chance.randint(1, 3))]
    import_id = tried(kind, rows)
    refused = {line for line, outcome, _ in told(import_id) if outcome == "refused"}
    left = [row for line, row in enumerate(rows, start=2) if line not in refused]
    if refused:
        do(discard_import, import_id)
        import_id = tried(kind, left) if left else import_id
    case = case_of(import_id)
    if not left or case.refused or not case.added + case.changed:
        return None
    do(apply_import, import_id, version=case.version)
    run_due_jobs()
    assert case_of(import_id).state == "applied", case_of(import_id).notice
    assert count_erased(get_import(import_id, OFFICE)) == 0
    return import_id


def a_merger(chance: Random) -> None:
    """Two records merged, and parted again."""
    kind = chance.choice(list(TwinKind))
    key = Institution.id if kind is TwinKind.INSTITUTION else Person.id
    one, other = chance.sample(db.session.scalars(select(key).order_by(key)).all(), 2)
    db.session.rollback()
    do(undo_merger, do(merge_records, Merging(kind, one, other, "The same")).id)


def an_alias(chance: Random) -> None:
    """Another spelling of an institution, and that it is none."""
    institution_id = chance.choice(db.session.scalars(select(Institution.id).order_by(Institution.id)).all())
    db.session.rollback()
    do(remove_alias, do(add_alias, institution_id, "Once called so").id)


def a_correction(chance: Random) -> None:
    """Something else of a person, which stays."""
    person = chance.choice(db.session.scalars(select(Person).order_by(Person.id)).all())
    facts = PersonFacts(person.given_name, person.family_name, email=person.email, phone=chance.choice(["+33 1", None]))
    db.session.rollback()
    do(edit_person, person.id, facts, version=person.version)


def a_place(chance: Random) -> None:
    """A place somebody has had, and has no more since then."""
    person = chance.choice(db.session.scalars(select(Person.id).order_by(Person.id)).all())
    at = chance.choice(db.session.scalars(select(Institution.id).order_by(Institution.id)).all())
    db.session.rollback()
    do(affiliate_person, person, AffiliationFacts(at, chance.choice(DAYS), DAYS[-1] + timedelta(days=90)))


PASSING, LASTING = (a_merger, an_alias), (a_correction, a_place)


def by_hand(chance: Random, acts: Sequence[Callable[[Random], None]]) -> bool:
    """Whether somebody has done one of these; what the register refuses is not done."""
    try:
        chance.choice(acts)(chance)
    except DomainError:
        return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_an_import_taken_back_leaves_the_register_as_it_was(seed: int):
    chance, day = Random(seed), date(2016, 6, 15)  # noqa: S311 - the walk is to be the same again
    member(institution("Institute A", "A"))
    voice(person(institution("Institute B", "B"), "Ann", "Lee"), institution("Institute E", "E"))
    do(add_person, PersonFacts("Cleo", "Hart"))
    undone = 0
    for _ in range(14):
        with on(day):
            before = register()
            import_id = brought(chance)
        day += timedelta(days=chance.choice([0, 0, 1]))
        with on(day):
            if chance.random() < 0.5:
                by_hand(chance, PASSING)
            has_lasting = chance.random() < 0.2 and by_hand(chance, LASTING)
            if import_id and chance.random() < 0.5:
                standing = register()
                is_undone = undo(import_id).startswith("undone")
                undone += is_undone
                assert has_lasting or register() == (before if is_undone else standing)
            assert problems() == []
    assert undone
