"""The bylaws a committee adopted, and the quorum they ask for on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.billing.queries.good_standing import standings_on
from app.committees.models import Bylaws
from app.committees.queries.roster import RosterRow, roster
from app.committees.queries.terms import bylaws_on
from app.committees.rules import BylawFacts, QuorumBase, Voters, quorum_of
from app.core.database import db


@dataclass(frozen=True)
class Quorum:
    """How many must be there on a day: of `base` in all, `needed`. `away` are held, but on leave or suspended.

    They are seats, or institutions where each of these votes once; `of_all` says that vacant ones count, too.
    """

    needed: int
    base: int
    vacant: int
    away: int
    of_institutions: bool
    of_all: bool


def list_bylaws(committee_id: int) -> Sequence[Bylaws]:
    """All bylaws a committee adopted, the newest first."""
    asked = select(Bylaws).where(Bylaws.committee_id == committee_id)
    return db.session.scalars(asked.order_by(Bylaws.first_day.desc(), Bylaws.number.desc())).all()


def find_bylaws(committee_id: int, day: date) -> Bylaws | None:
    """The bylaws in force on a day; None where none were adopted by then."""
    asked = select(Bylaws).where(Bylaws.committee_id == committee_id, Bylaws.first_day <= day)
    return db.session.scalar(asked.order_by(Bylaws.first_day.desc(), Bylaws.number.desc()).limit(1))


def newest_bylaws(committee_id: int) -> int:
    """The number of the bylaws adopted last, whenever they hold; 0 where there are none."""
    return db.session.scalar(select(func.max(Bylaws.number)).where(Bylaws.committee_id == committee_id)) or 0


def quorum_on(committee_id: int, day: date, known: datetime | None = None) -> Quorum:
    """The quorum of a committee on a day by its bylaws (RULES, ten things, 7): the base is said with it."""
    facts = bylaws_on(committee_id, day)
    seats = [row for row in roster(committee_id, on=day, known=known) if row.votes]
    held = [row for row in seats if row.holder is not None]
    late = standings_on(day)
    there = [
        row
        for row in held
        if not row.on_leave and all(each not in late or late[each].may_vote for each in _institutions(row))
    ]
    numbers = [_voters(facts, rows) for rows in (seats, held, there)]
    is_of_all = facts.quorum_base is QuorumBase.ALL
    return Quorum(
        needed=quorum_of(facts, numbers[0], numbers[2]),
        base=numbers[0] if is_of_all else numbers[2],
        vacant=numbers[0] - numbers[1],
        away=numbers[1] - numbers[2],
        of_institutions=facts.voters is Voters.INSTITUTIONS,
        of_all=is_of_all,
    )


def _institutions(row: RosterRow) -> set[int]:
    return {each for each in (row.institution_id, row.seat_institution_id) if each is not None}


def _voters(facts: BylawFacts, rows: Sequence[RosterRow]) -> int:
    """How many votes some seats have: one each, or one for each institution."""
    if facts.voters is Voters.VOTING_SEATS:
        return len(rows)
    named = {row.seat_institution_id or row.institution_id for row in rows}
    return len(named - {None}) + sum(1 for row in rows if (row.seat_institution_id or row.institution_id) is None)
