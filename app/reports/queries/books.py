"""What the ledger says: the account of one payer, and the balance of every account."""

from __future__ import annotations

from typing import Any

from app.billing.documents.accounts import AccountRow
from app.billing.queries.accounts import accounts_of
from app.billing.queries.ledger import TrialRow, trial_balance
from app.core.actor import Actor
from app.core.money import total
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Cell, Column, Kind, Narrow, Table
from app.reports.queries.amounts import amount_columns
from app.reports.queries.catalogue import reach_institutions, report
from app.reports.rules import Asked, Parameter
from app.web import wording

MOVED = (
    ("charged", "Charged", Narrow.HIDE),
    ("settled", "Paid, credited", Narrow.HIDE),
    ("balance", "Balance", Narrow.AMOUNT),
)
BALANCED = (
    ("debit", "Debit", Narrow.HIDE),
    ("credit", "Credit", Narrow.HIDE),
    ("balance", "Balance", Narrow.META),
)


@report(
    "statement",
    title="Statement of account",
    question="What was charged to a payer and settled up to a day, and what did it owe then?",
    audience=Permission.REPORT_MONEY,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
    looks_back=False,
)
def statement(asked: Asked, actor: Actor) -> Table[AccountRow]:
    """The account of the payer that is asked for, or of the only one within reach; each currency for itself."""
    reach = reach_institutions(Permission.REPORT_MONEY, asked, actor)
    title = f"Statement of account on {wording.long_day(asked.on)}"
    if reach is None or len(reach) != 1:
        return Table(title, _moves([]), [], empty="Name the institution whose account is asked for.")
    [payer_id] = reach
    accounts = accounts_of(payer_id, asked.on, actor=actor)
    rows = [row for account in accounts for row in account.rows]
    owed = [f"{wording.money(each.balance)} is owed" for each in accounts]
    return Table(title, _moves(rows), rows, notes=[f"On the day {wording.join_words(owed)}."] if owed else [])


def _moves(rows: list[AccountRow]) -> list[Column[Any]]:
    return [
        Column("document", "Document", lambda row: row.document, Kind.DOCUMENT, narrow=Narrow.NAME),
        Column("day", "Date", lambda row: row.day, Kind.DATE, narrow=Narrow.META),
        Column("text", "Text", lambda row: row.said, narrow=Narrow.META),
        *amount_columns(MOVED, rows),
    ]


@report(
    "trial-balance",
    title="Trial balance",
    question="What was booked on every account of the ledger up to a day, and does it add to zero?",
    audience=Permission.PAYMENT_READ,
    asks=(Parameter.DAY,),
    looks_back=False,
)
def balances(asked: Asked, actor: Actor) -> Table[TrialRow]:
    """Every account with its sums in each currency, and its worth in the currency of the books."""
    rows, home = trial_balance(asked.on, actor=actor), this_site().home_currency
    columns: list[Column[Any]] = [
        Column("code", "Account", lambda row: row.code, Kind.CODE, narrow=Narrow.META),
        Column("name", "Name", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
        *amount_columns(BALANCED, rows),
        Column("home", "In the books", lambda row: row.home, Kind.MONEY, currency=home, narrow=Narrow.AMOUNT),
    ]
    totals: dict[str, Cell] = {"home": total([row.home for row in rows], home)} if rows else {}
    return Table(f"Trial balance on {wording.long_day(asked.on)}", columns, rows, totals)
