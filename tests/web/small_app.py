"""A small application without a database: layouts, components, the sheet of parts and a list of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from app.core.actor import Actor
from app.core.money import Money
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.web.access import init_access, public
from app.web.addresses import record_link
from app.web.components_page import SampleFilters, init_components_page
from app.web.listing import Action, Bulk, Empty, Listing, list_page
from app.web.on_date import init_on_date
from app.web.security import init_security
from app.web.templating import init_templating


@dataclass(frozen=True)
class Line:
    number: int
    name: str
    state: str
    since: date
    fee: Money | None


COLUMNS: tuple[Column[Line], ...] = (
    Column(
        "name",
        "Name",
        lambda line: line.name,
        Kind.NAME,
        sortable=True,
        link=record_link("line", "number", lambda line: line.number),
        aside=lambda line: f"L{line.number}",
        narrow=Narrow.NAME,
    ),
    Column("state", "State", lambda line: line.state, Kind.STATE, sortable=True, narrow=Narrow.STATE),
    Column("since", "Since", lambda line: line.since, Kind.DATE),
    Column("fee", "Fee", lambda line: line.fee, Kind.MONEY, narrow=Narrow.AMOUNT, currency="GBP"),
)
LISTING: Listing[Line] = Listing(
    title="Lines",
    noun=("line", "lines"),
    columns=COLUMNS,
    default_sort="name",
    empty=Empty("No lines yet", "Add the first one.", "Add line", "line_add"),
    filters_form=SampleFilters,
    action=Action("Add line", "line_add"),
    bulk=(Bulk("Write to", "line_add"),),
    row_id=lambda line: str(line.number),
)


def lines(number: int) -> list[Line]:
    return [
        Line(at, f"<Line {at}>", "Active" if at % 2 else "Suspended", date(2011, 9, 24), Money.of(at, "GBP"))
        for at in range(1, number + 1)
    ]


class Shelf:
    """The rows of the list, and what the last search was asked."""

    def __init__(self) -> None:
        self.rows: list[Line] = lines(120)
        self.asked: list[PageRequest] = []

    def search(self, filters: SampleFilters, wanted: PageRequest) -> Page[Line]:
        self.asked.append(wanted)
        state, since = filters.data["state"], filters.data["since"]
        rows = [
            row for row in self.rows if (not state or row.state.lower() == state) and (not since or row.since >= since)
        ]
        totals: dict[str, Any] = {"fee": Money.of(len(rows), "GBP")}
        if not wanted.size:
            return Page(rows=(row for row in rows), total=0, request=wanted)  # type: ignore[arg-type]
        return Page(rows[wanted.offset :][: wanted.size], len(rows), wanted, totals)


def small_app(shelf: Shelf, actor: Actor | None = None) -> Flask:
    app = Flask("app", template_folder="../templates")
    app.config.update(SECRET_KEY="k" * 40, TESTING=True)
    init_security(app)
    CSRFProtect(app)
    init_access(app, lambda: actor)
    init_on_date(app)
    init_templating(app)
    init_components_page(app)

    @public
    def listed() -> ResponseReturnValue:
        return list_page(LISTING, shelf.search)

    @public
    def shown(number: int = 0) -> ResponseReturnValue:
        return str(number)

    app.add_url_rule("/", "home.today", shown)
    app.add_url_rule("/lines", "lines", listed)
    app.add_url_rule("/lines/<int:number>", "line", shown)
    app.add_url_rule("/lines/add", "line_add", shown, methods=["GET", "POST"])
    app.add_url_rule("/members", "members.institutions", shown)
    return app
