"""The chain of custody of a line: who has had it, as a list and on one axis of years."""

from __future__ import annotations

from collections.abc import Sequence

from flask.typing import ResponseReturnValue

from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.exchange.queries.custody import CustodyLine, CustodyRow, custody_of, get_custody_line
from app.exchange.routes.blueprint import pages
from app.exchange.rules.exchanges import ENDED_WORDS
from app.lines.rules import FORM_WORDS
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.drawings import Lane, Span
from app.web.navigation import has_page
from app.web.on_date import current_on, known_at
from app.web.table_files import tables_page

MOST_LANES = 40


def _came(row: CustodyRow) -> str:
    if row.giver:
        return f"from {row.giver}"
    return "owns or made it" if row.is_origin else "put on record"


def _ended(row: CustodyRow) -> str | None:
    return f"{ENDED_WORDS[row.ended_how]}: {row.end_reason}" if row.ended_how else None


COLUMNS: Sequence[Column[CustodyRow]] = (
    Column(
        "institution",
        "Holder",
        lambda row: row.institution,
        Kind.NAME,
        link=record_link("exchange.holdings", "institution", lambda row: row.institution_id),
        aside=_came,
        narrow=Narrow.NAME,
    ),
    Column("form", "Form", lambda row: FORM_WORDS[row.form] if row.form else "Any", narrow=Narrow.META),
    Column("first_day", "Since", lambda row: row.first_day, Kind.DATE, narrow=Narrow.AMOUNT),
    Column("last_day", "Until", lambda row: row.last_day, Kind.DATE),
    Column("quantity", "Received", lambda row: row.quantity, Kind.NUMBER),
    Column(
        "exchange",
        "Exchange",
        lambda row: row.exchange_number,
        link=record_link("exchange.exchange", "exchange_id", lambda row: row.exchange_id),
        narrow=Narrow.META,
    ),
    Column(
        "agreement",
        "Under",
        lambda row: row.agreement_number,
        link=record_link("agreements.agreement", "agreement_id", lambda row: row.agreement_id),
        narrow=Narrow.SAID,
    ),
    Column("ended", "Ended", _ended, narrow=Narrow.META),
)


@pages.get("/lines/<int:line_id>/custody")
@requires(Permission.EXCHANGE_READ)
def custody(line_id: int) -> ResponseReturnValue:
    """Who has had a line, by the day looked at."""
    line = get_custody_line(line_id)
    rows = [row for row in custody_of(line.facts, the_actor(), known=known_at()) if row.first_day <= current_on()]
    chain = Table("Chain of custody", COLUMNS, rows)
    return tables_page(
        "exchange/custody.html",
        {"chain": chain},
        line=line,
        lanes=_lanes(rows),
        crumbs=_crumbs(line),
        parents=[(name, url("exchange.custody", line_id=each)) for each, name in line.parents],
    )


def _lanes(rows: Sequence[CustodyRow]) -> list[Lane]:
    """A lane for each holder, in the order in which they came to have it."""
    lanes: dict[str, list[Span]] = {}
    for row in rows:
        came = f"from {row.giver}" if row.giver else ""
        form = FORM_WORDS[row.form].lower() if row.form else ""
        span = Span(row.first_day, row.last_day, " ".join(part for part in (form, came) if part), _tone(row))
        lanes.setdefault(row.institution, []).append(span)
    return [Lane(name, spans) for name, spans in list(lanes.items())[:MOST_LANES]]


def _tone(row: CustodyRow) -> str:
    if row.is_origin:
        return "accent"
    return "quiet" if row.last_day else "info"


def _crumbs(line: CustodyLine) -> list[tuple[str, str]]:
    if has_page("lines.line"):
        return [("Lines", url("lines.lines")), (line.colony, url("lines.line", line_id=line.id))]
    return [("Exchanges", url("exchange.exchanges"))]
