"""What `flask verify` proves of what seats and committees are: on record as they stand, without a gap, in a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from sqlalchemy import and_, select

from app.committees.models import Committee, CommitteeFacts, Seat, SeatFacts
from app.committees.rules import ids_under, in_words
from app.core.database import db
from app.core.history import Recorded, as_known
from app.core.periods import ONE_DAY, Period
from app.core.verification import verifies


@verifies("What is on record of a seat holds on each of its days, and what holds today is what it is called")
def check_seat_facts() -> Iterator[str]:
    """Walk through the facts of each seat, and compare the last of them with its own name."""
    facts = and_(SeatFacts.seat_id == Seat.id, as_known(SeatFacts))
    asked = select(Seat, SeatFacts).outerjoin(SeatFacts, facts)
    ordered = asked.order_by(Seat.id, SeatFacts.first_day, SeatFacts.id)
    for seat_id, rows in groupby(db.session.execute(ordered), key=lambda row: row.Seat.id):
        found = [(row.Seat, row.SeatFacts) for row in rows]
        seat, said = found[-1]
        if said is None or not _without_gap(seat.period, [each for _, each in found]):
            yield f"Seat {seat_id} is not on record for each of its days, once."
        elif said.label != seat.label:  # No change is recorded for a day to come.
            yield f"Seat {seat_id} is on record today by another name than it has."


@verifies("What is on record of a committee holds on each of its days, and what holds today is what it is")
def check_committee_facts() -> Iterator[str]:
    """Walk through the facts of each committee, and compare those of today with its own values."""
    by_committee = _on_record()
    for committee in db.session.scalars(select(Committee).order_by(Committee.id)):
        facts = by_committee.get(committee.id, [])
        if not _without_gap(committee.period, facts):
            yield f"Committee {committee.id} is not on record for each of its days, once."
            continue
        held = facts[-1]  # No change is recorded for a day to come.
        if (held.kind, held.parent_id, held.remit) != (committee.kind, committee.parent_id, committee.remit):
            yield f"Committee {committee.id} is on record today as something else than it is."


@verifies("No committee is part of itself on any day, or of one that is not founded yet")
def check_trees() -> Iterator[str]:
    """Look at the tree of each day on which it is another."""
    yield from _parts_too_early()
    asked = select(CommitteeFacts).where(as_known(CommitteeFacts), CommitteeFacts.parent_id.is_not(None))
    facts = db.session.scalars(asked.order_by(CommitteeFacts.id)).all()
    for day in sorted({each.first_day for each in facts}):
        parents = {each.committee_id: each.parent_id for each in facts if each.period.contains(day)}
        inside = (one for one, parent in parents.items() if parent in ids_under(one, parents))
        yield from (f"Committee {one} is part of itself on {in_words(day)}." for one in inside)


def _parts_too_early() -> Iterator[str]:
    asked = (
        select(CommitteeFacts.committee_id, CommitteeFacts.parent_id, CommitteeFacts.first_day)
        .join(Committee, Committee.id == CommitteeFacts.parent_id)
        .where(as_known(CommitteeFacts), CommitteeFacts.first_day < Committee.founded_on)
    )
    for one, parent, day in db.session.execute(asked.order_by(CommitteeFacts.id)):
        yield f"Committee {one} is part of {parent} from {in_words(day)}, before that is founded."


def _on_record() -> dict[int, list[CommitteeFacts]]:
    asked = select(CommitteeFacts).where(as_known(CommitteeFacts))
    found: dict[int, list[CommitteeFacts]] = {}
    for each in db.session.scalars(asked.order_by(CommitteeFacts.first_day, CommitteeFacts.id)):
        found.setdefault(each.committee_id, []).append(each)
    return found


def _without_gap(whole: Period, facts: Sequence[Recorded]) -> bool:
    if not facts or (facts[0].first_day, facts[-1].last_day) != (whole.first, whole.last):
        return False
    return all(one.last_day == other.first_day - ONE_DAY for one, other in pairwise(facts))
