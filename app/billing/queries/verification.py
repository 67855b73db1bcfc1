"""What `flask verify` proves of billing, each from the raw rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import SQLColumnExpression, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.billing.models import (
    AccountDay,
    Allocation,
    ClosedYear,
    FeeRun,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Payment,
    Posting,
)
from app.billing.rules import (
    InvoiceKind,
    InvoiceState,
)
from app.core.database import db
from app.core.numbering import place_in_series
from app.core.paging import AnySelect
from app.core.series import NumberSeries
from app.core.verification import verifies
from app.files.models import StoredFile

BLOCK = 500
_Series = tuple[InvoiceKind, int]


@verifies("Each entry of the ledger adds to zero")
def check_entries() -> Iterator[str]:
    """Sum the worth of each entry's postings, and their amounts where they are of one currency; none is wrong too."""
    amount, worth = func.sum(Posting.amount_minor), func.sum(Posting.home_minor)
    of_one = func.count(Posting.currency.distinct()) == 1
    summed = (
        select(LedgerEntry.id, LedgerEntry.text, amount, worth)
        .outerjoin(Posting, Posting.entry_id == LedgerEntry.id)
        .group_by(LedgerEntry.id, LedgerEntry.text)
        .having(or_(func.coalesce(worth, 1) != 0, and_(of_one, amount != 0)))
        .order_by(LedgerEntry.id)
    )
    for entry_id, text, amounts, worths in db.session.execute(summed):
        yield f"Entry {entry_id} ({text}) is off by {amounts}, worth {worths}."


@verifies("The kept sums of each account and day are those of its postings")
def check_days() -> Iterator[str]:
    """Add the postings of each day again, and compare; a day without postings is not kept."""
    amount = Posting.amount_minor
    booked = _days(
        select(
            Posting.currency, Posting.account_code, LedgerEntry.day,
            func.sum(case((amount > 0, amount), else_=0)), func.sum(case((amount < 0, -amount), else_=0)),
            func.sum(Posting.home_minor), func.count(),
        )
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .group_by(Posting.currency, Posting.account_code, LedgerEntry.day)
    )  # fmt: skip
    of = AccountDay
    sums = (of.debit_minor, of.credit_minor, of.home_minor, of.postings)
    kept = _days(select(of.currency, of.account_code, of.day, *sums))
    for currency, account, day in sorted(booked.keys() | kept.keys()):
        if booked.get((currency, account, day)) != kept.get((currency, account, day)):
            yield f"Account {account} on {day}: its kept sums in {currency} are not those of its postings."


def _days(added: AnySelect) -> dict[tuple[str, str, date], tuple[int, ...]]:
    """Debit, credit, worth and number of postings by currency, account and day."""
    rows = db.session.execute(added)
    return {(row[0], row[1], row[2]): tuple(int(each) for each in row[3:]) for row in rows}


@verifies("What is open on each invoice and credit note is its total less what was allocated")
def check_open() -> Iterator[str]:
    """Compare the kept figure with the allocations; a draft has none, and a void one is not open."""
    settled, used = _allocated(Allocation.invoice_id), _allocated(Allocation.credit_id)
    expected = case(
        (Invoice.kind == InvoiceKind.CREDIT_NOTE, Invoice.gross_minor + used),
        (Invoice.state == InvoiceState.ISSUED, Invoice.gross_minor - settled),
        else_=0,
    )
    wrong = select(Invoice.id, Invoice.number, Invoice.open_minor).where(Invoice.open_minor != expected)
    for invoice_id, number, minor in db.session.execute(wrong.order_by(Invoice.id)):
        yield f"{number or f'Draft {invoice_id}'} keeps {minor} as open, its allocations say otherwise."


def _allocated(named: InstrumentedAttribute[int | None]) -> SQLColumnExpression[int]:
    added = select(func.coalesce(func.sum(Allocation.amount_minor), 0)).where(named == Invoice.id)
    return added.correlate(Invoice).scalar_subquery()


@verifies("What is unallocated of each payment is its amount less its allocations")
def check_unallocated() -> Iterator[str]:
    """Compare the kept figure with the allocations."""
    used = func.coalesce(
        select(func.sum(Allocation.taken_minor)).where(Allocation.payment_id == Payment.id).scalar_subquery(), 0
    )
    wrong = select(Payment.id).where(Payment.unallocated_minor != Payment.amount_minor - used).order_by(Payment.id)
    for payment_id in db.session.scalars(wrong):
        yield f"Payment {payment_id} keeps another unallocated amount than its allocations leave."


@verifies("What undoes an allocation is its opposite, and each is undone once")
def check_undone() -> Iterator[str]:
    """Hold each undoing against what it names."""
    done = aliased(Allocation)
    same = and_(
        done.amount_minor == -Allocation.amount_minor,
        done.taken_minor == -Allocation.taken_minor,
        done.undoes_id.is_(None),
        done.day <= Allocation.day,
        func.coalesce(done.invoice_id, 0) == func.coalesce(Allocation.invoice_id, 0),
        func.coalesce(done.payment_id, 0) == func.coalesce(Allocation.payment_id, 0),
    )
    wrong = select(Allocation.id).join(done, done.id == Allocation.undoes_id).where(~same).order_by(Allocation.id)
    for allocation_id in db.session.scalars(wrong):
        yield f"Allocation {allocation_id} is not the opposite of what it undoes."


@verifies("No line is credited above its amount")
def check_credits() -> Iterator[str]:
    """Add what credit notes take back of each line, of the invoice they name."""
    line, credit = aliased(InvoiceLine), aliased(Invoice)
    credited = (
        select(line.id, func.sum(-InvoiceLine.net_minor))
        .join(line, line.id == InvoiceLine.credits_line_id)
        .join(credit, credit.id == InvoiceLine.invoice_id)
        .group_by(line.id, line.net_minor)
        .having(or_(
            func.sum(-InvoiceLine.net_minor) > line.net_minor,
            func.sum(case((credit.credits_id != line.invoice_id, 1), else_=0)) > 0,
        ))
        .order_by(line.id)
    )  # fmt: skip
    for line_id, amount in db.session.execute(credited):
        yield f"Line {line_id} is credited by {amount}, more than it charged or by a note to another invoice."


@verifies("No entry was recorded in a year after it was closed")
def check_closed() -> Iterator[str]:
    """Hold the days of entries against the years that were closed before they were recorded."""
    wrong = (
        select(LedgerEntry.id, LedgerEntry.day)
        .join(ClosedYear, ClosedYear.last_day >= LedgerEntry.day)
        .where(LedgerEntry.recorded_at > ClosedYear.closed_at)
        .order_by(LedgerEntry.id)
    )
    for entry_id, day in db.session.execute(wrong):
        yield f"Entry {entry_id} of {day} was recorded after its year was closed."


@verifies("Numbers of invoices and credit notes have no holes, no doubles and dates in order")
def check_numbers() -> Iterator[str]:
    """Compare the numbers of each series with its counter, and the days with the numbers, whatever their patterns."""
    series = db.session.scalars(
        select(NumberSeries).where(NumberSeries.kind.in_([*InvoiceKind])).order_by(NumberSeries.kind, NumberSeries.year)
    ).all()
    taken: dict[_Series, dict[int, tuple[str, date | None]]] = {
        (InvoiceKind(each.kind), each.year): dict.fromkeys(range(1, each.last_number + 1), ("", None))
        for each in series
    }
    rows = select(Invoice.kind, Invoice.number, Invoice.issue_day).where(Invoice.number.is_not(None))
    for kind, number, day in db.session.execute(rows.order_by(Invoice.id)):
        year, place = _place_of(number)
        numbers = taken.get((kind, year), {})
        if numbers.get(place, (number, None))[0]:
            yield f"{number} was never given out, or given out twice."
        numbers[place] = (str(number), day)
    for (kind, year), numbers in taken.items():
        yield from _out_of_order(f"{kind.value.replace('_', ' ')}s of {year}", numbers)


def _place_of(number: str | None) -> tuple[int, int]:
    return (number and place_in_series(number)) or (0, 0)


def _out_of_order(what: str, numbers: Mapping[int, tuple[str, date | None]]) -> Iterator[str]:
    """What of a series is missing, and what of it is dated before the one before it."""
    before = date.min
    for place, (number, day) in sorted(numbers.items()):
        if day is None:
            yield f"Number {place} of the {what} is missing."
        elif day < before:
            yield f"{number} of {day} is dated before the number before it."
        before = day or before


@verifies("The lines of each invoice add to its total")
def check_lines() -> Iterator[str]:
    """Add the lines of every invoice and draft."""
    summed = (
        select(Invoice.id, Invoice.number)
        .outerjoin(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .group_by(Invoice.id, Invoice.number, Invoice.net_minor)
        .having(func.coalesce(func.sum(InvoiceLine.net_minor), Invoice.net_minor - 1) != Invoice.net_minor)
        .order_by(Invoice.id)
    )
    for invoice_id, number in db.session.execute(summed):
        yield f"{number or f'Draft {invoice_id}'}: its lines do not add to its total."


@verifies("The PDF of each invoice is the one that was kept when it was printed")
def check_pdfs() -> Iterator[str]:
    """Hold the hash kept with the invoice against the stored file's."""
    wrong = (
        select(Invoice.number)
        .outerjoin(StoredFile, StoredFile.id == Invoice.pdf_id)
        .where(or_(
            and_(Invoice.pdf_id.is_not(None), or_(StoredFile.sha256 != Invoice.pdf_sha256, StoredFile.id.is_(None))),
            and_(Invoice.pdf_id.is_(None), Invoice.pdf_sha256.is_not(None)),
            and_(Invoice.pdf_id.is_not(None), Invoice.pdf_sha256.is_(None)),
        ))
        .order_by(Invoice.id)
    )  # fmt: skip
    for number in db.session.scalars(wrong):
        yield f"{number}: its PDF is not the one that was kept."


@verifies("Each fee run counts its invoices rightly")
def check_runs() -> Iterator[str]:
    """Hold the progress of every run against its invoices."""
    issued = func.coalesce(func.sum(case((Invoice.state != InvoiceState.DRAFT, 1), else_=0)), 0)
    wrong = (
        select(FeeRun.id, FeeRun.year)
        .outerjoin(Invoice, Invoice.run_id == FeeRun.id)
        .group_by(FeeRun.id, FeeRun.year, FeeRun.done, FeeRun.planned)
        .having(or_(issued != FeeRun.done, func.count(Invoice.id) != FeeRun.planned))
        .order_by(FeeRun.id)
    )
    for run_id, year in db.session.execute(wrong):
        yield f"Fee run {run_id} of {year} counts other invoices than it has."
