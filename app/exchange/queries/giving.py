"""Who could give lines: whoever has all of them on a day, with what the papers say of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.history import valid
from app.exchange.models import Holding
from app.exchange.queries.facts import facts_of, lines_with_ancestors, parties_of
from app.exchange.rules.answers import Answer
from app.exchange.rules.facts import Transfer
from app.exchange.rules.permission import permission
from app.lines.rules import MaterialForm


@dataclass(frozen=True)
class Wanted:
    """What is asked for of a line."""

    line_id: int
    form: MaterialForm
    quantity: int


@dataclass(frozen=True)
class Offer:
    """An institution that has all that is asked for, and the answer for each item."""

    giver_id: int
    giver: str
    answers: tuple[Answer, ...]

    @property
    def obstacles(self) -> int:
        """How many things stand against it."""
        return len({reason for answer in self.answers for reason in answer.reasons})


def offers_of(wanted: Sequence[Wanted], taker_id: int) -> list[Offer]:
    """Who could give all of it today, those against whom least stands first: six statements, whoever they are."""
    today = clock.today()
    givers = _givers([each.line_id for each in wanted], today) - {taker_id}
    transfers = [Transfer(each.line_id, giver, taker_id, each.form, today) for giver in givers for each in wanted]
    facts = facts_of(transfers)
    names = parties_of(givers, today)
    offers = [
        Offer(
            giver,
            names[giver].name,
            tuple(permission(each, facts) for each in transfers if each.giver_id == giver),
        )
        for giver in givers
    ]
    return sorted(offers, key=lambda each: (each.obstacles, each.giver.casefold(), each.giver_id))


def _givers(line_ids: Sequence[int], on: date) -> set[int]:
    """The institutions that have every one of some lines on a day."""
    lines = lines_with_ancestors(line_ids)
    having: dict[int, set[int]] = defaultdict(set)
    asked = select(Holding.line_id, Holding.institution_id).where(Holding.line_id.in_(line_ids), valid(Holding, on))
    for row in db.session.execute(asked.order_by(Holding.id)):
        having[row.line_id].add(row.institution_id)
    said = select(Holding.line_id, Holding.institution_id).where(
        Holding.line_id.in_(line_ids), Holding.agreement_id.is_(None), Holding.superseded_at.is_(None)
    )
    recorded = {(row.line_id, row.institution_id) for row in db.session.execute(said.order_by(Holding.id))}
    for line_id in line_ids:
        line = lines.get(line_id)
        if line is not None and line.made_on is not None and line.made_on <= on:
            having[line_id] |= {each for each in line.origin_ids if (line_id, each) not in recorded}
    return set.intersection(*(having[each] for each in line_ids)) if line_ids else set()
