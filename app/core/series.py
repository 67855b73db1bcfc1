"""Number series without holes: the number is taken by one update inside the transaction that issues (RULES, 1)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, db, insert_or_ignore
from app.core.errors import DomainError


class NumberSeries(Base):
    """The last number given out in a series, such as ("invoice", 2016), and the day it was given for."""

    __tablename__ = "number_series"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)
    last_day: Mapped[date | None]


def take_numbers(kind: str, *, year: int, count: int, day: date) -> range:
    """Take `count` following numbers of a series for a day, which is never before the day of the last ones."""
    db.session.execute(insert_or_ignore(NumberSeries).values(kind=kind, year=year, last_number=0))
    last, last_day = db.session.execute(
        update(NumberSeries)
        .where(NumberSeries.kind == kind, NumberSeries.year == year)
        .values(last_number=NumberSeries.last_number + count)
        .returning(NumberSeries.last_number, NumberSeries.last_day)
    ).one()
    if last_day is not None and day < last_day:
        given = f"{last_day.day} {last_day:%B %Y}"
        message = f"Dates never run backwards in a series: the last number was given on {given}."
        raise DomainError(message, field="issue_day")
    db.session.execute(
        update(NumberSeries).where(NumberSeries.kind == kind, NumberSeries.year == year).values(last_day=day)
    )
    return range(last - count + 1, last + 1)


def last_number(kind: str, year: int) -> int:
    """The last number given out, 0 where the series has not begun; for previews, never for issuing."""
    asked = select(NumberSeries.last_number).where(NumberSeries.kind == kind, NumberSeries.year == year)
    return db.session.scalar(asked) or 0


def reach_number(kind: str, *, year: int, number: int) -> None:
    """Let a series go on after a number that was given out elsewhere, such as on another site."""
    db.session.execute(insert_or_ignore(NumberSeries).values(kind=kind, year=year, last_number=0))
    behind = (NumberSeries.kind == kind, NumberSeries.year == year, NumberSeries.last_number < number)
    db.session.execute(update(NumberSeries).where(*behind).values(last_number=number))
