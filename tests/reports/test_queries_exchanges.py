"""Reports of exchanges: what went where, and who holds what on two days."""

from __future__ import annotations

import pytest
from flask.ctx import AppContext

from app.core.errors import NotFoundError
from app.exchange.rules.exchanges import ExchangeState
from app.reports.queries import get_report
from app.reports.queries.exchanges import exchange_flow, exchange_matrix, exchanges, holdings
from app.reports.rules import Asked
from tests.committees.sitting import OFFICE
from tests.exchange.world import TODAY, World, later


def asked(days: int = 0, institution_id: int | None = None) -> Asked:
    return Asked(on=later(days), known=None, year=TODAY.year, institution_id=institution_id)


@pytest.fixture
def world(context: AppContext) -> World:
    """One shipment that arrived, one on the way, and one asked for."""
    made = World()
    made.consent()
    made.receive(made.shipped(), 9)
    made.shipped()
    made.requested()
    return made


def test_what_was_sent_in_a_year_is_told_one_by_one_by_pair_and_by_month(world: World):
    assert [row.state for row in exchanges(asked(), OFFICE).rows] == [ExchangeState.RECEIVED, ExchangeState.SHIPPED]
    matrix = exchange_matrix(asked(), OFFICE)
    (pair,) = matrix.rows
    assert (pair.giver, pair.taker, pair.shipments, matrix.totals["items"]) == ("Jackson", "Toronto", 2, 2)
    drawn = get_report("exchange-matrix", OFFICE).chart_of(matrix)
    assert drawn is not None
    assert drawn.in_words == "Shipments from whom to whom: Jackson to Toronto 2"
    flow = exchange_flow(asked(), OFFICE)
    assert [row.sent for row in flow.rows] == [0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]
    assert get_report("exchange-flow", OFFICE).chart_of(flow) is not None


def test_holdings_are_told_for_any_day_and_of_ones_own_institution_only(world: World):
    held = list(holdings(asked(0, world.toronto.id), OFFICE).rows)
    assert [(row.colony, row.agreement_number) for row in held] == [("EPD0025", world.sent.number)]
    assert list(holdings(asked(-1, world.toronto.id), OFFICE).rows) == []
    own = list(holdings(asked(0, world.harwell.id), OFFICE).rows)
    assert [(row.colony, row.agreement_number) for row in own] == [("EPD0025", None)]
    counted = list(holdings(asked(), OFFICE).rows)
    assert [(row.institution, row.lines) for row in counted] == [("Jackson", 1), ("Toronto", 1)]
    assert [row.colony for row in holdings(asked(), world.taking).rows] == ["EPD0025"]
    with pytest.raises(NotFoundError):
        holdings(asked(0, world.jackson.id), world.taking)
