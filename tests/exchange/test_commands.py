"""Asking, approving, sending and receiving: nothing leaves without a permission, and what was received is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError, StaleError
from app.exchange.commands.holdings import (
    Ending,
    HoldingValues,
    end_holding,
    end_origin,
    record_holding,
    set_health_limit,
)
from app.exchange.commands.papers import PaperValues, SentFile, add_paper, name_contacts, withdraw_paper
from app.exchange.commands.requesting import approve_exchange, decline_exchange, request_material, withdraw_exchange
from app.exchange.commands.shipping import Receipt, Shipment, receive, report_lost, ship
from app.exchange.models import Exchange, Holding
from app.exchange.queries.verification import check_custody, check_quantities, check_receipts
from app.exchange.rules.exchanges import STEPS, EndedHow, ExchangeState, PaperKind, Verb, after, may_take
from app.lines.rules import MaterialForm
from app.outbox.models import Mail
from tests.committees.sitting import OFFICE
from tests.exchange.world import TODAY, World, done, items, later, line, representative
from tests.trailed import beside_the_trail


@pytest.fixture
def world(context: AppContext) -> World:
    assert context is not None
    return World()


def mails() -> list[str]:
    return list(db.session.scalars(select(Mail.subject).order_by(Mail.id)))


def test_every_step_leads_where_the_table_says_and_each_side_takes_its_own():
    for verb in Verb:
        for state in ExchangeState:
            if state in STEPS[verb]:
                assert after(state, verb) is STEPS[verb][state]
                assert may_take(verb, state, gives=True, takes=True)
                continue
            assert not may_take(verb, state, gives=True, takes=True)
            with pytest.raises(DomainError, match="cannot be done"):
                after(state, verb)
    assert may_take(Verb.SHIP, ExchangeState.APPROVED, gives=True, takes=False)
    assert not may_take(Verb.SHIP, ExchangeState.APPROVED, gives=False, takes=True)
    assert not may_take(Verb.RECEIVE, ExchangeState.SHIPPED, gives=True, takes=False)


def test_a_shipment_is_refused_without_the_consent_and_leaves_with_it_and_what_arrives_is_held(world: World):
    exchange = world.approved()
    assert exchange.number == "EX-2016-0001"
    with pytest.raises(DomainError, match="the consent of Harwell, its provider, to onward transfer of EPD0025"):
        world.ship(exchange)
    db.session.rollback()
    consent = world.consent(last_day=later(30))
    assert world.answer().said.startswith(f"Allowed under {world.sent.number}, item 1, with the consent")
    exchange = world.ship(db.session.get_one(Exchange, exchange.id))
    (item,) = items(exchange)
    assert (item.answer["consents"], item.answer["until"]) == ([consent.number], later(30).isoformat())
    assert (exchange.agreement_id, exchange.state) == (world.sent.id, ExchangeState.SHIPPED)
    exchange = world.receive(exchange, 7)
    held = db.session.scalars(select(Holding).where(Holding.institution_id == world.toronto.id)).one()
    assert (held.agreement_id, held.first_day, held.exchange_item_id) == (world.sent.id, TODAY, item.id)
    assert (items(exchange)[0].received_quantity, exchange.outlived_on) == (7, None)
    assert mails() == ["Exchange EX-2016-0001 is approved", "Exchange EX-2016-0001 is on its way"]


def test_what_is_on_the_way_when_its_agreement_ends_arrives_and_is_flagged_and_nothing_leaves_after(world: World):
    world.consent()
    first, second = world.approved(), world.approved()
    world.ship(first)
    with beside_the_trail():
        world.sent.last_day = later(2)
    with clock_at(datetime(2016, 5, 27, 11, tzinfo=UTC)):
        received = world.receive(first, 10, day=later(3))
        assert received.outlived_on == later(2)
        with pytest.raises(DomainError, match="expired on 26 May 2016"):
            world.ship(second, later(3))
        db.session.rollback()
        # What left on the last day is put on record the day after.
        world.ship(second, later(2))


def test_live_animals_leave_with_a_young_report_and_import_papers_in_date(world: World):
    world.consent()
    exchange = world.approved(MaterialForm.LIVE)

    def add(kind: PaperKind, first_day: date, last_day: date | None = None) -> int:
        values = PaperValues(kind, first_day, last_day, "FELASA", SentFile(b"seen", "text/plain", "report.txt"))
        return add_paper(exchange.id, values, version=exchange.version, actor=world.giving).id

    assert not world.answer(MaterialForm.LIVE).allowed
    report = done(lambda: add(PaperKind.HEALTH_REPORT, later(-40)))
    done(lambda: add(PaperKind.IMPORT_PERMIT, TODAY, later(5)))
    done(lambda: set_health_limit(world.toronto.id, 30, first_day=TODAY, actor=world.taking))
    with pytest.raises(DomainError, match="is 40 days old: Toronto accepts live animals with one younger than 30"):
        world.ship(exchange)
    db.session.rollback()
    done(lambda: withdraw_paper(report, actor=world.giving))
    done(lambda: add(PaperKind.HEALTH_REPORT, later(-29)))
    world.ship(exchange)
    with pytest.raises(DomainError, match="stay as they are"):
        done(lambda: add(PaperKind.OTHER, TODAY))


def test_who_owns_or_made_a_line_has_it_until_that_is_said_otherwise(world: World):
    ending = Ending(later(-1), EndedHow.DESTROYED, "The colony was closed")
    harwell = representative(world.harwell, 903)
    asked: dict[str, Any] = {
        "giver_id": world.harwell.id,
        "taker_id": world.jackson.id,
        "person_id": world.who[world.jackson.id],
    }
    done(lambda: request_material(world.values(**asked), actor=world.giving))
    done(lambda: end_origin(world.line.id, world.harwell.id, ending, actor=harwell))
    with pytest.raises(DomainError, match="Harwell does not hold EPD0025 on 24 May 2016: ask somebody who does"):
        request_material(world.values(**asked), actor=world.giving)
    db.session.rollback()
    anew = HoldingValues(world.line.id, world.harwell.id, TODAY, MaterialForm.EMBRYOS)
    done(lambda: record_holding(anew, actor=harwell))
    with pytest.raises(DomainError, match="on record already, since 24 May 2016"):
        record_holding(anew, actor=harwell)
    db.session.rollback()
    done(lambda: request_material(world.values(**asked), actor=world.giving))


def test_a_holding_ends_with_day_reason_and_evidence_and_what_was_known_stays(world: World):
    holding = db.session.scalars(select(Holding)).one()
    evidence = SentFile(b"seen", "text/plain", "note.txt")
    ending = Ending(TODAY, EndedHow.EXHAUSTED, "The last straw was thawed", evidence)
    with pytest.raises(NotFoundError):
        end_holding(holding.id, ending, version=holding.version, actor=world.taking)
    db.session.rollback()
    with clock_at(datetime(2016, 5, 24, 15, tzinfo=UTC)):
        done(lambda: end_holding(holding.id, ending, version=holding.version, actor=world.giving))
    told = select(Holding.last_day, Holding.superseded_at.is_(None)).order_by(Holding.id)
    assert [tuple(row) for row in db.session.execute(told)] == [(TODAY, True), (None, False)]
    assert world.answer(day=TODAY).reasons[0].obstacle != "no_custody"
    assert world.answer(day=later(1)).reasons[0].obstacle == "no_custody"


REFUSED: list[tuple[type[Exception], Callable[[World, Exchange], object]]] = [
    (AccessDeniedError, lambda it, of: approve_exchange(of.id, version=of.version, actor=it.taking)),
    (AccessDeniedError, lambda it, of: decline_exchange(of.id, reason="No", version=of.version, actor=it.taking)),
    (AccessDeniedError, lambda it, of: withdraw_exchange(of.id, reason="No", version=of.version, actor=it.giving)),
    (
        NotFoundError,
        lambda it, of: approve_exchange(of.id, version=of.version, actor=representative(it.company, 904)),
    ),
    (StaleError, lambda it, of: approve_exchange(of.id, version=of.version + 1, actor=it.giving)),
    (DomainError, lambda _it, of: ship(of.id, Shipment(TODAY), version=of.version, actor=OFFICE)),
    (DomainError, lambda _it, of: receive(of.id, Receipt(TODAY, {}), version=of.version, actor=OFFICE)),
    (AccessDeniedError, lambda it, _of: request_material(it.values(), actor=it.giving)),
    (DomainError, lambda it, _of: request_material(it.values(person_id=it.who[it.jackson.id]), actor=it.taking)),
    (DomainError, lambda it, _of: request_material(it.values(items=[]), actor=it.taking)),
    (
        AccessDeniedError,
        lambda it, of: name_contacts(
            of.id,
            giver_contact_id=it.who[it.jackson.id],
            taker_contact_id=None,
            version=of.version,
            actor=it.taking,
        ),
    ),
    (AccessDeniedError, lambda it, _of: set_health_limit(it.jackson.id, 10, first_day=TODAY, actor=it.taking)),
    (
        AccessDeniedError,
        lambda it, _of: record_holding(HoldingValues(it.line.id, it.toronto.id, TODAY), actor=it.taking),
    ),
]


@pytest.mark.parametrize(("error", "act"), REFUSED)
def test_what_is_not_ones_own_step_or_comes_too_late_is_refused(
    world: World, error: type[Exception], act: Callable[[World, Exchange], object]
):
    exchange = world.requested()
    with pytest.raises(error) as refused:
        act(world, exchange)
    assert type(refused.value) is error
    db.session.rollback()
    db.session.refresh(exchange)
    assert exchange.state is ExchangeState.REQUESTED


def test_a_lost_shipment_is_held_by_nobody_and_a_receipt_counts_no_more_than_was_sent(world: World):
    world.consent()
    exchange = world.shipped()
    for counted in (11, 0):
        with pytest.raises(DomainError, match=r"can have arrived|Nothing arrived"):
            world.receive(exchange, counted)
        db.session.rollback()
        db.session.refresh(exchange)
    done(lambda: report_lost(exchange.id, reason="Lost in Paris", version=exchange.version, actor=world.giving))
    assert db.session.scalars(select(Holding.institution_id)).all() == [world.jackson.id]
    assert mails()[-1] == "Exchange EX-2016-0001 was lost"


def test_a_cross_is_bound_by_what_its_parents_were_given_under(world: World):
    with beside_the_trail():
        cross = line("Cross", world.jackson, world.line, line("Own", world.jackson))
    with pytest.raises(DomainError, match="there is no agreement by which Jackson gives Cross to Toronto"):
        world.line = cross
        world.ship(world.approved())
    db.session.rollback()
    assert [reason.obstacle.value for reason in world.answer().reasons] == ["no_agreement", "consent_missing"]


def test_verify_names_what_was_changed_behind_custody_and_receipts(world: World):
    world.consent()
    exchange = world.receive(world.shipped(), 7)
    assert [*check_receipts(), *check_custody(), *check_quantities()] == []
    held = db.session.scalars(select(Holding).where(Holding.institution_id == world.toronto.id)).one()
    before = db.session.scalars(select(Holding).where(Holding.institution_id == world.jackson.id)).one()
    with beside_the_trail():
        held.first_day, before.first_day = later(-1), later(0)
        exchange.shipped_on = later(-1)
        items(exchange)[0].received_quantity = None
    assert [line.partition(":")[0] for line in check_receipts()] == ["EX-2016-0001, item 1"]
    assert list(check_custody()) == [
        "EX-2016-0001: its giver did not have EPD0025 that day, or nothing was answered of it."
    ]
    assert len(list(check_quantities())) == 1
