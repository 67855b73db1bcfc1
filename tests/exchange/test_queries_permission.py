"""The permission through the database: walks of signing, sending and ending at random, worked out again by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from random import Random

import pytest
from flask.ctx import AppContext
from sqlalchemy import event, select

from app.agreements.models import Agreement
from app.agreements.rules import AgreementState, Freedom, TemplateKind
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import DomainError
from app.exchange.commands.holdings import Ending, end_holding
from app.exchange.commands.requesting import ItemValues, RequestValues, approve_exchange, request_material
from app.exchange.commands.shipping import Receipt, Shipment, receive, ship
from app.exchange.models import Exchange, Holding
from app.exchange.queries.answers import answers_of
from app.exchange.queries.verification import check_custody, check_quantities, check_receipts
from app.exchange.rules.answers import Answer
from app.exchange.rules.exchanges import EndedHow, Payer
from app.exchange.rules.facts import Transfer
from app.lines.rules import MaterialForm
from tests.committees.sitting import OFFICE
from tests.exchange.plainly import DAY, START, Desk, Given, Paper, Question
from tests.exchange.world import agreement, done, institution, items, line, scientist
from tests.trailed import beside_the_trail

STEPS = 60
FREEDOMS = ("free", "free", "with_consent", "forbidden")


class Walk:
    """A consortium in which things happen at random, told to the program by commands, and written on a desk."""

    def __init__(self, seed: int) -> None:
        self.random, self.today = Random(seed), START  # noqa: S311 - a walk, and the same one each time
        with beside_the_trail():
            countries = {"Harwell": "GB", "Jackson": "US", "Toronto": "CA"}
            made = [institution(name, country) for name, country in countries.items()]
            made.append(institution("Genoway", "US", "corporation"))
            self.who = [each.id for each in made]
            self.people = {each.id: scientist(each) for each in made}
            owners = [made[0], made[1], made[self.random.randrange(4)], made[self.random.randrange(4)]]
            lines = [line(f"P{number}", owners[number], made_on=START) for number in range(2)]
            lines.append(line("Cross", owners[2], *lines, made_on=START))
            lines.append(line("Grandchild", owners[3], lines[2], made_on=START))
        self.lines = [each.id for each in lines]
        owned = dict(zip(self.lines, (each.id for each in owners), strict=True))
        self.desk = Desk(
            owners=owned,
            makers=owned,
            parents={self.lines[2]: self.lines[:2], self.lines[3]: [self.lines[2]]},
            made=dict.fromkeys(self.lines, START),
            countries={each.id: each.country for each in made},
            corporations={made[3].id},
        )
        self.on_the_way: list[Exchange] = []
        self.allowed = self.refused = 0

    def step(self) -> None:
        acts = [self.sign, self.sign, self.consent, self.send, self.send, self.send, self.send, self.arrive]
        self.random.choice([*acts, self.amend, self.end_agreement, self.lose, self.tomorrow])()

    def tomorrow(self) -> None:
        self.today += self.random.randint(1, 3) * DAY

    def sign(self) -> None:
        holders = [(each.line, each.who) for each in self.desk.given] + list(self.desk.owners.items())
        line_id, giver = self.random.choice(holders)
        taker = self.random.choice([each for each in self.who if each != giver])
        lines = list({line_id, self.random.choice(self.lines)})
        self._put(Paper(0, "simple", giver, taker, lines, executed_on=self.today), self.random.choice([None, 4, 9]))

    def consent(self) -> None:
        if not self.desk.given:
            return
        given = self.random.choice(self.desk.given)
        of = self.random.choice([given.line, *self.desk.parents.get(given.line, [])])
        owner = self.desk.owners[of]
        thirds = [each for each in self.who if each not in (owner, given.who)]
        if owner == given.who:
            return
        lines = [self.random.choice([of, given.line])]
        paper = Paper(0, "consent", owner, given.who, lines, self.random.choice(thirds), executed_on=self.today)
        self._put(paper, self.random.choice([None, 4]))

    def amend(self) -> None:
        follows = {each.amends for each in self.desk.papers}
        live, _ = self.desk.in_force_on(self.today)
        free = [each for each in self.desk.papers if each.id in live - follows and each.executed_on != self.today]
        if not free:
            return
        old = self.random.choice(free)
        with beside_the_trail():
            row = db.session.get_one(Agreement, old.id)
            row.state, row.ended_on = AgreementState.AMENDED, self.today - DAY
        old.ended_on = self.today - DAY
        new = Paper(0, old.kind, old.provider, old.recipient, list(old.lines), old.third, executed_on=self.today)
        new.amends = old.id
        self._put(new, None)

    def end_agreement(self) -> None:
        live, _ = self.desk.in_force_on(self.today)
        if not live:
            return
        paper = self.desk.paper(self.random.choice(sorted(live)))
        with beside_the_trail():
            row = db.session.get_one(Agreement, paper.id)
            row.state, row.ended_on, row.end_reason = AgreementState.TERMINATED, self.today, "test"
        paper.ended_on = self.today

    def send(self) -> None:
        """Ask for something and send it at once: refused exactly where the desk says so."""
        simple = [each for each in self.desk.papers if each.kind == "simple"]
        if not simple:
            return
        paper = self.random.choice(simple)
        line_id = self.random.choice(paper.lines)
        expected = Question(self.desk, line_id, paper.provider, paper.recipient, self.today).forbidding("sperm")
        try:
            self.on_the_way.append(self._sent(line_id, paper))
        except DomainError:
            db.session.rollback()
            assert expected
            self.refused += 1
            return
        assert not expected
        self.allowed += 1

    def arrive(self) -> None:
        if not self.on_the_way:
            return
        exchange = self.on_the_way.pop()
        (item,) = items(exchange)
        receipt = Receipt(self.today, {item.id: 1})
        done(lambda: receive(exchange.id, receipt, version=exchange.version, actor=OFFICE))
        self.desk.given.append(Given(item.line_id, exchange.taker_id, self.today, None, item.agreement_id))

    def lose(self) -> None:
        """Something is used up: the program is told so by a command."""
        there = [each for each in self.desk.given if each.last is None]
        if not there or self.random.random() < 0.5:
            return
        given = self.random.choice(there)
        asked = select(Holding).where(
            Holding.line_id == given.line,
            Holding.institution_id == given.who,
            Holding.agreement_id == given.paper,
            Holding.first_day == given.first,
            Holding.last_day.is_(None),
            Holding.superseded_at.is_(None),
        )
        holding = db.session.scalars(asked.order_by(Holding.id).limit(1)).one()
        ending = Ending(self.today, EndedHow.EXHAUSTED, "Used up")
        done(lambda: end_holding(holding.id, ending, version=holding.version, actor=OFFICE))
        given.last = self.today

    def moves(self) -> Iterator[tuple[int, int, int]]:
        for line_id in self.lines:
            for giver in self.who:
                yield from ((line_id, giver, taker) for taker in self.who if taker != giver)

    def _put(self, paper: Paper, days: int | None) -> None:
        """Sign a paper with terms at random."""
        paper.onward, paper.commercial = self.random.choice(FREEDOMS), self.random.choice(FREEDOMS)
        paper.embargo_until = self.today + 3 * DAY if self.random.random() < 0.2 else None
        paper.last_day = self.today + days * DAY if days else None
        with beside_the_trail():
            row = agreement(
                paper.provider,
                paper.recipient,
                paper.lines,
                TemplateKind(paper.kind),
                onward=Freedom(paper.onward),
                commercial=Freedom(paper.commercial),
                embargo_until=paper.embargo_until,
                executed_on=paper.executed_on,
                first_day=paper.executed_on,
                last_day=paper.last_day,
                third_id=paper.third,
                parent_id=paper.amends,
            )
        paper.id = row.id
        self.desk.papers.append(paper)

    def _sent(self, line_id: int, paper: Paper) -> Exchange:
        wanted = [ItemValues(line_id, MaterialForm.SPERM, 1)]
        person = self.people[paper.recipient]
        values = RequestValues(paper.provider, paper.recipient, person, "Research", Payer.TAKER, wanted)
        made = done(lambda: request_material(values, actor=OFFICE))
        done(lambda: approve_exchange(made.id, version=made.version, actor=OFFICE))
        return done(lambda: ship(made.id, Shipment(self.today), version=made.version, actor=OFFICE))


def said(answer: Answer) -> set[tuple[str, int]]:
    return {(reason.obstacle.value, reason.line_id) for reason in answer.reasons}


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_the_permission_equals_one_worked_out_by_hand_over_a_random_walk_of_commands(context: AppContext, seed: int):
    with clock_at(_noon(START)):
        walk = Walk(seed)
    for _ in range(STEPS):
        with clock_at(_noon(walk.today)):
            walk.step()
    for day in (walk.today, walk.today - 4 * DAY):
        moves = list(walk.moves())
        answers = answers_of([Transfer(*move, MaterialForm.SPERM, day) for move in moves])
        for move, answer in zip(moves, answers, strict=True):
            assert said(answer) == Question(walk.desk, *move, day).forbidding("sperm")
    assert walk.allowed
    assert walk.refused
    assert [*check_receipts(), *check_custody(), *check_quantities()] == []


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def test_the_answer_takes_as_many_statements_for_many_lines_as_for_one(context: AppContext):
    with clock_at(_noon(START)):
        walk = Walk(4)
        for _ in range(20):
            walk.sign()
    moves = [Transfer(*move, MaterialForm.SPERM, START) for move in walk.moves()]
    assert _statements(moves) == _statements(moves[:1])


def _statements(moves: list[Transfer]) -> int:
    """How many statements the answers to some questions take."""
    told: list[object] = []
    answers_of(moves[:1])

    def note(*statement: object) -> None:
        told.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    answers_of(moves)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(told)
