"""The list of exchanges."""

from __future__ import annotations

from collections.abc import Sequence

from flask.typing import ResponseReturnValue

from app.core.clock import local
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.exchange.forms.steps import ExchangeFilterForm
from app.exchange.queries.exchanges import ExchangeFilters, ExchangeRow, search_exchanges
from app.exchange.routes.blueprint import pages
from app.exchange.routes.ways import tabs_of_exchanges
from app.exchange.rules.exchanges import STATE_WORDS, ExchangeState
from app.lines.rules import MaterialForm
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, record_link
from app.web.listing import Action, Empty, Listing, list_page


def _lines(row: ExchangeRow) -> str:
    more = f" and {row.items - 1} more" if row.items > 1 else ""
    return f"{row.first_line}{more}"


COLUMNS: Sequence[Column[ExchangeRow]] = (
    Column(
        "number",
        "Number",
        lambda row: row.number or f"Request {row.id}",
        Kind.NAME,
        sortable=True,
        link=record_link("exchange.exchange", "exchange_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("state", "State", lambda row: STATE_WORDS[row.state], Kind.STATE, sortable=True, narrow=Narrow.STATE),
    Column("giver", "From", lambda row: row.giver, sortable=True, narrow=Narrow.META),
    Column("taker", "To", lambda row: row.taker, sortable=True, narrow=Narrow.META),
    Column("lines", "Lines", _lines, narrow=Narrow.META),
    Column("quantity", "Quantity", lambda row: row.quantity, Kind.NUMBER),
    Column("asked", "Asked", lambda row: local(row.requested_at).date(), Kind.DATE, sortable=True),
    Column("shipped", "Sent", lambda row: row.shipped_on, Kind.DATE, sortable=True, narrow=Narrow.AMOUNT),
    Column("received", "Received", lambda row: row.received_on, Kind.DATE, sortable=True),
    Column(
        "outlived",
        "Agreement",
        lambda row: f"ended {wording.day(row.outlived_on)}, on the way" if row.outlived_on else None,
    ),
)

LISTING: Listing[ExchangeRow] = Listing(
    title="Exchanges",
    noun=("exchange", "exchanges"),
    columns=COLUMNS,
    default_sort="asked",
    descending=True,
    empty=Empty(
        "No exchange yet",
        "Ask who has a line for material of it: before it is asked for, you see whether the agreements allow it.",
        "Ask for material",
        "exchange.new",
    ),
    filters_form=ExchangeFilterForm,
    action=Action("Ask for material", "exchange.new"),
)


@pages.get("/exchanges")
@requires(Permission.EXCHANGE_READ)
def exchanges() -> ResponseReturnValue:
    """The exchanges the reader may see."""
    return list_page(LISTING, _search, {"tabs": tabs_of_exchanges("exchange.exchanges")})


def _search(form: ExchangeFilterForm, wanted: PageRequest) -> Page[ExchangeRow]:
    filters = ExchangeFilters(
        words=form.q.data or "",
        state=ExchangeState(form.state.data) if form.state.data else None,
        party_id=next(iter(ids_in_address("party")), None),
        line_id=next(iter(ids_in_address("line")), None),
        form=MaterialForm(form.form.data) if form.form.data else None,
        since=form.since.data,
        until=form.until.data,
        is_open=form.flag.data == "open",
        is_outlived=form.flag.data == "outlived",
    )
    return search_exchanges(filters, wanted, the_actor())
