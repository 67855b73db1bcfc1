"""Two who act on one exchange, or on what it sends, at the same moment: nothing leaves twice."""

from __future__ import annotations

from sqlalchemy import func, select

from app.agreements.models import Agreement
from app.agreements.rules import AgreementState
from app.audit.commands import Subject, record
from app.core.database import db
from app.core.history import lock
from app.exchange.commands.holdings import Ending, end_holding
from app.exchange.commands.requesting import approve_exchange
from app.exchange.commands.shipping import Shipment, ship
from app.exchange.models import Exchange, Holding
from app.exchange.rules.exchanges import EndedHow, ExchangeState
from app.web.requests import House
from tests.at_once import at_once
from tests.committees.sitting import OFFICE
from tests.exchange.world import TODAY, World, later


def test_of_two_who_send_or_approve_at_once_one_does_and_numbers_have_no_hole(app: House):
    with app.app_context():
        world = World()
        world.consent()
        sent = world.approved()
        asked = [world.requested(), world.requested()]
        sent_id, version = sent.id, sent.version
        ids = [(each.id, each.version) for each in asked]
        db.session.remove()
    sending = [lambda: ship(sent_id, Shipment(TODAY), version=version, actor=world.giving)] * 2
    stale = "Someone else changed this record meanwhile. Nothing was overwritten."
    assert at_once(app, *sending) == ["done", stale]
    approving = [lambda each=each: approve_exchange(each[0], version=each[1], actor=world.giving) for each in ids]
    assert at_once(app, *approving) == ["done", "done"]
    with app.app_context():
        numbers = db.session.scalars(select(Exchange.number).order_by(Exchange.number)).all()
        assert numbers == ["EX-2016-0001", "EX-2016-0002", "EX-2016-0003"]
        db.session.remove()


def test_what_is_used_up_or_ended_at_the_moment_of_sending_leaves_before_or_not_at_all(app: House):
    with app.app_context():
        world = World()
        world.consent()
        exchange = world.approved()
        holding = db.session.scalars(select(Holding)).one()
        agreement_id = world.sent.id
        db.session.remove()
    ending = Ending(later(-1), EndedHow.EXHAUSTED, "Used up")

    def end_agreement() -> None:
        found = lock(Agreement, agreement_id)
        found.state, found.ended_on, found.end_reason = AgreementState.TERMINATED, later(-1), "test"
        record("agreements.test", Subject("agreement", agreement_id), summary="Ended", actor=OFFICE)

    at_once(
        app,
        lambda: ship(exchange.id, Shipment(TODAY), version=exchange.version, actor=world.giving),
        lambda: end_holding(holding.id, ending, version=holding.version, actor=world.giving),
        end_agreement,
    )
    with app.app_context():
        found = db.session.get_one(Exchange, exchange.id)
        assert found.state in {ExchangeState.SHIPPED, ExchangeState.APPROVED}
        assert (found.agreement_id is not None) == (found.state is ExchangeState.SHIPPED)
        assert db.session.scalar(select(func.count(Holding.id)).where(Holding.last_day.is_not(None))) == 1
        db.session.remove()
