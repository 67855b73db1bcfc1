"""Statements of the bank: their list, each with its lines and how it and the ledger come together, and one line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.billing.forms.bank import LineFilterForm
from app.billing.queries.bank import (
    Balance,
    BankAccountRow,
    LineFilters,
    LineRow,
    LineView,
    StatementRow,
    get_line,
    get_statement,
    list_desks,
    list_waiting_files,
    reconcile,
    search_lines,
    search_statements,
)
from app.billing.queries.bank.lines import Became
from app.billing.routes.blueprint import latest_of, pages
from app.billing.rules.bank.matching import STATE_WORDS, EntryState
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import Cell, Column, Kind, Narrow, Page, PageRequest, Table
from app.files.queries import open_file
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.downloads import send_bytes
from app.web.listing import Action, Empty, Listing, list_page
from app.web.wording import count, in_groups, long_day, money, plural

register_subject("bank_statement", "Statement of a bank", "billing.bank_statement", "statement_id")
register_subject("bank_entry", "Line of a bank", "billing.bank_line", "line_id")
register_subject("bank_file", "Table of a bank")

DeskRow = tuple[BankAccountRow, Balance | None, int]
DESK_COLUMNS: tuple[Column[DeskRow], ...] = (
    Column("account", "Account", lambda row: row[0].name, Kind.NAME, narrow=Narrow.NAME,
           link=record_link("billing.bank_desk", "account_id", lambda row: row[0].id),
           aside=lambda row: row[0].account_code),
    Column("until", "Statements up to", lambda row: row[1].day if row[1] else None, Kind.DATE, narrow=Narrow.META),
    Column("closing", "Bank", lambda row: row[1].closing if row[1] else None, Kind.MONEY, narrow=Narrow.AMOUNT),
    Column("ledger", "Ledger that day", lambda row: row[1].ledger if row[1] else None, Kind.MONEY),
    Column("difference", "Difference", lambda row: row[1].difference if row[1] else None, Kind.MONEY),
    Column("waiting", "Lines waiting", lambda row: row[2] or None, Kind.NUMBER, narrow=Narrow.SAID),
)  # fmt: skip
STATEMENT_COLUMNS: tuple[Column[StatementRow], ...] = (
    Column("last", "Statement of", lambda row: row.called, Kind.NAME, sortable=True, narrow=Narrow.NAME,
           link=record_link("billing.bank_statement", "statement_id", lambda row: row.id)),
    Column("account", "Account", lambda row: row.account, sortable=True, narrow=Narrow.META),
    Column("first", "From", lambda row: row.first_day, Kind.DATE),
    Column("opening", "Opening balance", lambda row: row.opening, Kind.MONEY),
    Column("closing", "Closing balance", lambda row: row.closing, Kind.MONEY, narrow=Narrow.AMOUNT),
    Column("lines", "Lines", lambda row: row.lines, Kind.NUMBER),
    Column("added", "New", lambda row: row.added, Kind.NUMBER),
    Column("open", "Waiting", lambda row: row.open or None, Kind.NUMBER, narrow=Narrow.SAID),
    Column("by", "Imported by", lambda row: row.imported_by),
    Column("imported", "When", lambda row: row.imported_at, Kind.INSTANT, sortable=True),
)  # fmt: skip
STATEMENTS = Listing(
    title="Bank",
    noun=("statement", "statements"),
    columns=STATEMENT_COLUMNS,
    default_sort="last",
    descending=True,
    empty=Empty(
        "No statement yet",
        "Bring what the bank sends: what names an invoice and pays it is booked at once, the rest you decide.",
        "Import statements",
        "billing.import_statements",
    ),
    action=Action("Import statements", "billing.import_statements"),
    template="billing/bank.html",
)
LINE_COLUMNS: tuple[Column[LineRow], ...] = (
    Column("party", "Other party", lambda row: row.party or "No name", Kind.NAME, sortable=True, narrow=Narrow.NAME,
           link=record_link("billing.bank_line", "line_id", lambda row: row.id)),
    Column("text", "Text", lambda row: row.text or None, narrow=Narrow.META),
    Column("day", "Booked", lambda row: row.day, Kind.DATE, sortable=True, narrow=Narrow.META),
    Column("state", "State", lambda row: STATE_WORDS[row.state], Kind.STATE, narrow=Narrow.STATE),
    Column("became", "What it became", lambda row: row.outcome or None),
    Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, sortable=True, narrow=Narrow.AMOUNT),
)  # fmt: skip
LINES: Listing[LineRow] = Listing(
    title="Statement",
    noun=("line", "lines"),
    columns=LINE_COLUMNS,
    default_sort="day",
    filters_form=LineFilterForm,
    empty=Empty("It brought no line", "All lines of this statement were on record before, or it has none."),
    template="billing/bank_statement.html",
)
BECAME_COLUMNS: tuple[Column[Became], ...] = (
    Column("became", "What it became", lambda row: row.words, Kind.NAME, narrow=Narrow.NAME,
           link=record_link("billing.payment", "payment_id", lambda row: row.payment_id)),
    Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, narrow=Narrow.AMOUNT),
)  # fmt: skip
STEP_COLUMNS: tuple[Column[tuple[str, str, Any]], ...] = (
    Column("step", "From the bank to the ledger", lambda row: row[0], narrow=Narrow.NAME),
    Column("lines", "Lines", lambda row: row[1] or None, narrow=Narrow.SAID),
    Column("amount", "Amount", lambda row: row[2], Kind.MONEY, narrow=Narrow.AMOUNT),
)


@pages.get("/bank")
@requires(Permission.PAYMENT_READ)
def bank() -> ResponseReturnValue:
    """The accounts with how they stand, and all statements."""
    desks = list_desks(the_actor())
    extra = {"desks": Table("Accounts", DESK_COLUMNS, desks), "waiting": list_waiting_files(the_actor())}
    return list_page(STATEMENTS, lambda _form, wanted: search_statements(wanted, the_actor()), extra)


@pages.get("/bank/statements/<int:statement_id>")
@requires(Permission.PAYMENT_READ)
def bank_statement(statement_id: int) -> ResponseReturnValue:
    """A statement: its balances, how the ledger comes to them, and what became of each line."""
    row = get_statement(statement_id, the_actor())
    balance = reconcile(row, the_actor())
    listing = replace(
        LINES,
        title=f"Statement of {row.called}",
        crumbs=[("Bank", url("billing.bank")), (row.account, url("billing.bank_desk", account_id=row.account_id))],
        sub=lambda _page: _sub(row),
    )
    steps = _reconciliation(balance) if balance else None
    extra = {"row": row, "figures": _figures(row, balance), "balance": balance, "steps": steps}

    def search(form: Any, wanted: PageRequest) -> Page[LineRow]:
        state = EntryState(form.state.data) if form.state.data else None
        return search_lines(LineFilters(statement_id, state, form.q.data or ""), wanted, the_actor())

    return list_page(listing, search, extra)


@pages.get("/bank/statements/<int:statement_id>/file")
@requires(Permission.PAYMENT_READ)
def bank_statement_file(statement_id: int) -> Response:
    """The file as it was brought."""
    kept = open_file(get_statement(statement_id, the_actor()).file_id)
    return send_bytes(kept.content, kept.media_type, kept.name)


@pages.get("/bank/lines/<int:line_id>")
@requires(Permission.PAYMENT_READ)
def bank_line(line_id: int) -> ResponseReturnValue:
    """One line: all that the bank says of it, what became of it, and its history."""
    line = get_line(line_id, the_actor())
    return render_template(
        "billing/bank_line.html",
        line=line,
        title=f"Line of {money(line.row.amount)}",
        state=STATE_WORDS[line.row.state],
        facts=_facts(line),
        became=Table("What it became", BECAME_COLUMNS, line.row.became),
        crumbs=[
            ("Bank", url("billing.bank")),
            (line.account, url("billing.bank_desk", account_id=line.row.account_id)),
        ],
        history=latest_of("bank_entry", line_id),
    )


def _sub(row: StatementRow) -> str:
    before = row.lines - row.added
    told = f"{row.account}, number {row.number or 'not given'}, from {long_day(row.first_day)}."
    known = f" {plural(before, 'of them was', 'of them were')} on record before." if before else ""
    return f"{told} {plural(row.lines, 'line', 'lines')}, {count(row.open)} waiting.{known}"


def _figures(row: StatementRow, balance: Balance | None) -> list[tuple[str, str, str]]:
    figures = [
        ("Opening balance", money(row.opening) if row.opening else "not given", ""),
        ("Closing balance", money(row.closing) if row.closing else "not given", ""),
    ]
    if balance:
        figures.append((f"Ledger, account {balance.account.account_code}", money(balance.ledger), "that day"))
        figures.append(("Difference", money(balance.difference), "explained below" if balance.difference else ""))
    return figures


def _reconciliation(balance: Balance) -> Table[tuple[str, str, Any]]:
    """From the closing balance of the bank to that of the ledger, each step that is not nothing."""
    steps = [
        ("What the bank had more before the first statement", "", -balance.before),
        ("Missing: a statement in between was not imported", "", -balance.missing),
        ("Waiting to be decided", count(balance.open_lines), -balance.open),
        ("Left out of the books", count(balance.ignored_lines), -balance.ignored),
        ("In the ledger, on no line of the bank", "", balance.by_hand),
    ]
    rows = [("Balance of the bank", "", balance.closing), *(step for step in steps if step[2])]
    note = f"The total is what the ledger has on account {balance.account.account_code} at the end of that day."
    totals: dict[str, Cell] = {"amount": balance.ledger}
    return Table("Reconciliation", STEP_COLUMNS, rows, totals, [note])


def _facts(line: LineView) -> list[tuple[Any, ...]]:
    row = line.row
    decided = long_day(clock.local(line.decided_at).date()) if line.decided_at else None
    return [
        ("Booked on", long_day(row.day), None, f"value day {long_day(line.value_day)}"),
        ("Other party", row.party),
        ("Its account", in_groups(line.party_number)),
        ("Text", row.text),
        ("Creditor reference", line.creditor_reference),
        ("End-to-end reference", line.end_to_end),
        ("Reference of the bank", line.bank_reference),
        *([("Charges the bank kept", money(line.charges))] if line.charges else []),
        *([("Paid in", money(line.foreign))] if line.foreign else []),
        ("Statement", long_day(line.statement_day), url("billing.bank_statement", statement_id=line.statement_id)),
        *([("Decided", decided, None, f"by {line.decided_by}")] if decided else []),
    ]
