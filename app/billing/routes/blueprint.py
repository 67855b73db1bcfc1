"""What all pages of billing share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from app.audit.queries import HistoryRow, list_history, may_read_history
from app.audit.rules import Subject
from app.audit.subjects import register_subject
from app.billing.queries.invoices import PostingRow, count_overdue
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.web.access import the_actor
from app.web.navigation import register_badge
from app.web.on_date import answer_as_known_now

pages = Blueprint("billing", __name__)
register_subject("fee_schedule", "Fee")
register_subject("fee_run", "Fee run", "billing.run", "run_id")
register_subject("invoice", "Invoice", "billing.invoice", "invoice_id")
register_subject("exchange_rate", "Rate of exchange")
register_subject("closed_year", "Closed year")
register_subject("country_group", "Income group")
register_subject("payment", "Payment", "billing.payment", "payment_id")
LATEST = PageRequest(size=20)
DATED = {"billing.fees", "billing.concessions", "billing.payers", "billing.tiers"}

POSTING_COLUMNS: tuple[Column[PostingRow], ...] = (
    Column("text", "Entry", lambda row: row.text, narrow=Narrow.NAME),
    Column("account", "Account", lambda row: f"{row.account_code} {row.account}", narrow=Narrow.META),
    Column("day", "Day", lambda row: row.day, Kind.DATE, narrow=Narrow.META),
    Column("debit", "Debit", lambda row: row.debit, Kind.MONEY, narrow=Narrow.AMOUNT),
    Column("credit", "Credit", lambda row: row.credit, Kind.MONEY, narrow=Narrow.AMOUNT),
)


@pages.before_request
def say_what_is_known() -> None:
    """Of all that is billed, fees and who pays them keep when they were learnt; money is shown as known now."""
    if request.endpoint not in DATED:
        answer_as_known_now()


def latest_of(kind: str, identity: int) -> Page[HistoryRow] | None:
    """The latest entries about a record, None for those who may not read the trail."""
    return list_history(Subject(kind, identity), LATEST) if may_read_history(the_actor()) else None


def offering(form: type[Any], **choices: Any) -> type[Any]:
    """A form of filters that offers these choices, wherever the list makes one; None leaves the filter out."""

    class Offering(form):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            for name, offered in choices.items():
                if offered is None:
                    del self[name]
                else:
                    self[name].offer(offered, empty="Any")

    return Offering


def _overdue() -> str:
    late = count_overdue(the_actor())
    return f"{late:,} late" if late else ""


pages.record_once(lambda state: register_badge(state.app, "billing.invoices", _overdue))  # type: ignore[arg-type]
