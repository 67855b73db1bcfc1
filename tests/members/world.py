"""A small consortium for tests of members, made by the commands that everyone else uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event

from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import (
    Admission,
    AffiliationFacts,
    InstitutionFacts,
    PersonFacts,
    RepresentationFacts,
    add_institution,
    add_person,
    admit_member,
    name_representative,
)
from app.members.models import Institution, Membership, Person, Representation
from app.members.queries import get_institution, list_classes
from app.members.queries.institution_records import FullFacts
from app.members.rules import InstitutionKind, Purpose

OFFICE = program("test")
LAUNCH = date(2011, 9, 24)


def do(command: Callable[..., Any], *args: Any, actor: Actor = OFFICE, **values: Any) -> Any:
    """Run one command in its transaction."""
    with transaction():
        return command(*args, **values, actor=actor)


@contextmanager
def on(day: date) -> Iterator[None]:
    """Let the clock stand at ten on a day."""
    with clock.clock_at(datetime(day.year, day.month, day.day, 10, tzinfo=UTC)):
        yield


def class_id(code: str) -> int:
    """The id of a class."""
    return next(row.id for row in list_classes() if row.code == code)


def institution(name: str = "Institut Clinique de la Souris", short_name: str = "ICS", **more: Any) -> Institution:
    """An institution taken up at launch."""
    facts = {"kind": InstitutionKind.RESEARCH_CENTRE, "country": "FR"} | more
    with on(LAUNCH):
        added: Institution = do(add_institution, InstitutionFacts(name, short_name, **facts))
    return added


def member(of: Institution, code: str = "partner", since: date = LAUNCH, until: date | None = None) -> Membership:
    """Its membership in a class."""
    admission = Admission(class_id(code), since, until, "Founding member")
    with on(min(since, clock.today())):
        admitted: Membership = do(admit_member, of.id, admission)
    return admitted


def person(at: Institution, given_name: str = "Thibault", family_name: str = "Ferronays", **more: Any) -> Person:
    """Someone who works at an institution since launch."""
    facts = {"email": f"{given_name}.{family_name}@ics.example".lower(), "phone": "+33 3 00 00 00 00"} | more
    place = AffiliationFacts(at.id, LAUNCH, None, "Group leader")
    with on(LAUNCH):
        added: Person = do(add_person, PersonFacts(given_name, family_name, **facts), affiliation=place)
    return added


def voice(
    who: Person, of: Institution, purpose: Purpose = Purpose.VOTING, since: date = LAUNCH, until: date | None = None
) -> Representation:
    """A representative."""
    with on(since):
        named: Representation = do(name_representative, of.id, who.id, RepresentationFacts(purpose, since, until))
    return named


def full_facts(institution_id: int, day: date, known: datetime | None = None) -> FullFacts:
    """What those see of an institution who may read it fully."""
    found = get_institution(institution_id, OFFICE, on=day, known=known).full
    assert found is not None
    return found


def problems() -> list[str]:
    """What verification finds."""
    found = [problem for finding in run_checks() for problem in finding.problems]
    db.session.rollback()
    return found


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
