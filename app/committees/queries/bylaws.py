"""The bylaws a committee adopted, and the quorum they ask for on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.committees.models import Bylaws
from app.committees.queries.bars import bars_of, member_of
from app.committees.queries.roster import RosterRow, roster
from app.committees.queries.terms import adopted_by, bylaws_on
from app.committees.rules import BylawFacts, QuorumBase, Voters, quorum_of
from app.core.database import db


@dataclass(frozen=True)
class Quorum:
    """How many must be there on a day: of `base` in all, `needed`. They are seats, or institutions that vote once each.

    `on_leave` are held by who is on leave, `barred` by others of a member that may not vote; `of_all` says that the
    base counts these and the vacant ones, too.
    """

    needed: int
    base: int
    vacant: int
    on_leave: int
    barred: int
    of_institutions: bool
    of_all: bool

    @property
    def away(self) -> int:
        """How many are held and excused, for either reason."""
        return self.on_leave + self.barred


def list_bylaws(committee_id: int, known: datetime | None = None) -> Sequence[Bylaws]:
    """All bylaws a committee had adopted by an instant (default: now), the newest first."""
    asked = select(Bylaws).where(Bylaws.committee_id == committee_id, adopted_by(known))
    return db.session.scalars(asked.order_by(Bylaws.first_day.desc(), Bylaws.number.desc())).all()


def find_bylaws(committee_id: int, day: date, known: datetime | None = None) -> Bylaws | None:
    """The bylaws in force on a day, as known at an instant; None where none were adopted by then."""
    asked = select(Bylaws).where(Bylaws.committee_id == committee_id, Bylaws.first_day <= day, adopted_by(known))
    return db.session.scalar(asked.order_by(Bylaws.first_day.desc(), Bylaws.number.desc()).limit(1))


def newest_bylaws(committee_id: int) -> int:
    """The number of the bylaws adopted last, whenever they hold; 0 where there are none."""
    return db.session.scalar(select(func.max(Bylaws.number)).where(Bylaws.committee_id == committee_id)) or 0


def quorum_on(committee_id: int, day: date, known: datetime | None = None) -> Quorum:
    """The quorum of a committee on a day by its bylaws (RULES, ten things, 7): the base is said with it.

    Seats that are vacant, on leave or of a member that may not vote, by the very rule that bars it from an electorate,
    are outside the base unless the bylaws say all seats. On leave is a seat also where an alternate stands in on it:
    the alternate votes, but the base is one of holders, so that a quorum does not hang on who stands in.
    """
    facts = bylaws_on(committee_id, day, known)
    seats = [row for row in roster(committee_id, on=day, known=known) if row.votes]
    held = [row for row in seats if row.holder is not None]
    present = [row for row in held if not row.on_leave]
    bars = bars_of({member for row in present if (member := member_of(row)) is not None}, day, known)
    counted = [row for row in present if member_of(row) not in bars]
    of_seats, of_held, of_present, base = (_voters(facts, rows) for rows in (seats, held, present, counted))
    is_of_all = facts.quorum_base is QuorumBase.ALL
    return Quorum(
        needed=quorum_of(facts, of_seats, base),
        base=of_seats if is_of_all else base,
        vacant=of_seats - of_held,
        on_leave=of_held - of_present,
        barred=of_present - base,
        of_institutions=facts.voters is Voters.INSTITUTIONS,
        of_all=is_of_all,
    )


def _voters(facts: BylawFacts, rows: Sequence[RosterRow]) -> int:
    """How many votes some seats have: one each, or one for each institution."""
    if facts.voters is Voters.VOTING_SEATS:
        return len(rows)
    return len({member_of(row) or -row.seat_id for row in rows})
