"""What cases, imports and signatures of the register keep of a person, and how it goes when the person is erased."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, and_, delete, func, literal, or_, select, update
from sqlalchemy.orm import aliased

import app.members.models as register
from app.core.database import Base, db
from app.core.personal_data import DataSubject, Fate, Held, erases, held_rows, holds
from app.core.tables import Cell
from app.members.commands.imports.tables import forget_tables_of
from app.members.models import Applicant, Application, ImportEffect, ImportRow
from app.members.queries.kept_by_imports import lines_about
from app.members.rules import ERASED_NAME, PURPOSE_WORDS
from app.outbox.holdings import NOBODY

BLOCK = 1000


@holds("members.applications", place=16)
def held_of_applicant(subject: DataSubject) -> Held | None:
    """Applications that name the person, or that came from their address."""
    named = select(Application, Applicant.purpose).join(Applicant, Applicant.application_id == Application.id)
    rows: list[dict[str, Any]] = [
        {"Application": case.number, "Of": case.name, "As": PURPOSE_WORDS[purpose], "On": case.received_on}
        for case, purpose in db.session.execute(named.where(_applies(subject)).order_by(Application.id, Applicant.id))
    ]
    asked = select(Application).where(_asks(subject)).order_by(Application.id)
    rows += [
        {"Application": case.number, "Of": case.name, "As": "Contact", "On": case.received_on}
        for case in db.session.scalars(asked)
    ]
    return held_rows("Applications", "Who applied for an institution, and whom it named.", rows, Fate.REPLACED)


@erases("applications they wrote or were named in")
def erase_applicant(subject: DataSubject) -> int:
    """Take the name and address of a person out of every application, whatever became of it."""
    named = update(Applicant).where(_applies(subject))
    named = named.values(given_name=ERASED_NAME, family_name=str(subject.person_id or ""), email=NOBODY)
    contacts = update(Application).where(_asks(subject)).values(contact_name=subject.alias, contact_email=NOBODY)
    return _count(named.returning(Applicant.id)) + _count(contacts.returning(Application.id))


@erases("lines of imports that were about them, and the tables")
def erase_imported(subject: DataSubject) -> int:
    """Remove what imports have kept of a person and of their places: values, rows, samples and tables."""
    if subject.person_id is None:
        return 0
    touched = db.session.execute(lines_about(subject.person_id)).all()
    gone = forget_tables_of(sorted({row.import_id for row in touched}))
    for row in touched:
        for model in (ImportEffect, ImportRow):
            line = and_(model.import_id == row.import_id, model.line == row.line)
            gone += _count(delete(model).where(line).returning(model.line))
    db.session.flush()
    return gone


@holds("members.recorded", place=81)
def held_signatures(subject: DataSubject) -> Held | None:
    """Every record of the register that says they did something, with the name they had."""
    total = _count_signed(subject)
    if not total:
        return None
    rows = (row for table, name in signed_columns() for row in _signed(table, name, subject))
    return Held("Records made in the register", "Records say who made them.", rows, total, Fate.REPLACED)


@erases("what they signed in the register")
def erase_signed(subject: DataSubject) -> int:
    """Take their names out of every column of the register that says who did something."""
    return sum(
        _count(
            update(table)
            .where(table.c[name].in_(subject.signatures))
            .values({name: subject.alias})
            .returning(table.c[name])
        )
        for table, name in signed_columns()
    )


def signed_columns() -> list[tuple[Any, str]]:
    """Every column of the tables of members that holds the name of who did something."""
    models = [each for each in vars(register).values() if isinstance(each, type) and issubclass(each, Base)]
    return [
        (model.__table__, column.name)
        for model in models
        for column in model.__table__.columns
        if column.name.endswith("_by") and isinstance(column.type, String)
    ]


def _count_signed(subject: DataSubject) -> int:
    """How many records they signed: whoever imports the register signs very many, and few of them are shown."""
    if not subject.signatures:
        return 0
    counts = [
        select(func.count()).where(table.c[name].in_(subject.signatures)).scalar_subquery()
        for table, name in signed_columns()
    ]
    return sum(db.session.execute(select(*counts)).one())


def _signed(table: Any, name: str, subject: DataSubject) -> Iterator[dict[str, Cell]]:
    """What they signed in a column, with when that was where it is known."""
    did = name.removesuffix("_by")
    at = table.c.get(f"{did}_at", table.c.get("first_day"))
    asked = select(table.c[name], literal(None) if at is None else at).where(table.c[name].in_(subject.signatures))
    what = table.name.replace("_", " ").capitalize()
    asked = asked.order_by(*table.primary_key).execution_options(yield_per=BLOCK)
    for signature, when in db.session.execute(asked):
        yield {"What": what, "Did": did.capitalize(), "As": signature, "When": when}


def _applies(subject: DataSubject) -> Any:
    case = aliased(Application)
    written = subject.reached_at(Applicant.email, case.consented_at)
    reached = select(case.id).where(case.id == Applicant.application_id, written).correlate(Applicant)
    return or_(Applicant.person_id == (subject.person_id or 0), reached.exists())


def _asks(subject: DataSubject) -> Any:
    return subject.reached_at(Application.contact_email, Application.consented_at)


def _count(statement: Any) -> int:
    """Run a change of many rows; how many there were."""
    return len(db.session.execute(statement.execution_options(synchronize_session=False)).all())
