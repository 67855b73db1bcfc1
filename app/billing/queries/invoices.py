"""Invoices as their list and their pages show them, on any day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select

from app.audit.remembering import remembered
from app.billing.documents import InvoicePaper, why_no_einvoice
from app.billing.models import (
    FeeRun,
    Invoice,
    InvoiceLine,
    InvoiceRecord,
    LedgerAccount,
    LedgerEntry,
    Posting,
)
from app.billing.queries.ages import chased
from app.billing.queries.contents import Contact, Frozen, contacts_on, read_contents
from app.billing.queries.credits import Corrections, corrections_of
from app.billing.queries.fee_years import days_numbered, number_year
from app.billing.queries.settled import SettledRow, list_settling
from app.billing.queries.standing import Added, Totals, existing_on, fetch_amounts, in_standing, open_on, visible_to
from app.billing.rules import InvoiceFacts, InvoiceKind, InvoiceState, Standing, standing_on
from app.core import clock
from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.paging import AnySelect, matches
from app.core.tables import Page, PageRequest
from app.files.models import StoredFile
from app.members.models import Institution


@dataclass(frozen=True)
class InvoiceFilters:
    """Which invoices are wanted: words of the number or the payer, how they stand, year of issue, payer, run.

    `age` is a column of AGES: something is open for so long; `disputed` are those in dispute.
    """

    words: str = ""
    standing: Standing | None = None
    year: int | None = None
    payer_id: int | None = None
    run_id: int | None = None
    age: int | None = None
    disputed: bool = False


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice as a line of a list, on a day."""

    id: int
    number: str | None
    payer_id: int
    payer: str
    short_name: str
    issue_day: date | None
    due_day: date | None
    gross: Money
    outstanding: Money
    standing: Standing
    run_id: int | None
    kind: InvoiceKind = InvoiceKind.INVOICE

    @property
    def owed(self) -> Money | None:
        """What is open, None where nothing is owed yet: a draft is no claim."""
        return None if self.standing is Standing.DRAFT else self.outstanding

    @property
    def called(self) -> str:
        """Its number, or until it has one which draft it is."""
        return self.number or f"Draft {self.id}"


@dataclass(frozen=True)
class LineRow:
    """One charge of an invoice."""

    position: int
    description: str
    why: str
    first_day: date
    last_day: date
    net: Money


@dataclass(frozen=True)
class PostingRow:
    """One posting of an entry about an invoice or a payment."""

    day: date
    text: str
    account_code: str
    account: str
    amount: Money

    @property
    def debit(self) -> Money | None:
        """What stands on the left."""
        return self.amount if self.amount.minor > 0 else None

    @property
    def credit(self) -> Money | None:
        """What stands on the right."""
        return -self.amount if self.amount.minor < 0 else None


@dataclass(frozen=True)
class InvoiceView:
    """An invoice with all that its page shows, on a day."""

    row: InvoiceRow
    version: int
    net: Money
    tax: Money
    paper: InvoicePaper
    why_no_einvoice: str | None
    lines: Sequence[LineRow]
    settled: Sequence[SettledRow]
    postings: Sequence[PostingRow]
    run_year: int | None
    created_at: datetime
    issued_at: datetime | None
    pdf_id: int | None
    content_sha256: str | None
    pdf_sha256: str | None
    present_name: str
    corrections: Corrections

    @property
    def is_draft(self) -> bool:
        """Whether it has no number yet, whatever the day."""
        return self.row.number is None

    @property
    def has_einvoice(self) -> bool:
        """Whether there is an electronic invoice of it: it is issued, and the standard has such invoices."""
        return not self.is_draft and self.why_no_einvoice is None

    @property
    def paid(self) -> Money:
        """What is settled of it."""
        return self.row.gross - self.row.outstanding


def search_invoices(
    filters: InvoiceFilters, request: PageRequest, *, on: date | None = None, actor: Actor
) -> Page[InvoiceRow]:
    """The invoices of a filter as they stand on a day (default: today), with totals per currency."""
    day = on or clock.today()
    actor_sees = visible_to(actor, day)
    is_open = open_on(day)
    wanted = _conditions(filters, day)
    totals: Callable[[], Sequence[Added]] = partial(_added, filters, day, clock.today())
    if actor_sees is not None:
        wanted = [*wanted, actor_sees]
        totals = _totals(wanted, day).add_up
    return fetch_amounts(
        _rows(is_open).where(*wanted),
        request,
        sorts={
            "number": Invoice.id,
            "payer": Institution.sort_name,
            "issued": Invoice.issue_day,
            "due": Invoice.due_day,
            "gross": Invoice.gross_minor,
            "open": is_open,
        },
        build=lambda row: _row(row, day),
        totals=totals,
    )


def _totals(wanted: Sequence[ColumnElement[bool]], on: date) -> Totals:
    amounts = {"gross": Invoice.gross_minor, "open": open_on(on)}
    return Totals(rows=select(Invoice.id).where(*wanted), currency=Invoice.currency, amounts=amounts)


@remembered
def _added(filters: InvoiceFilters, on: date, _today: date) -> Sequence[Added]:
    return _totals(_conditions(filters, on), on).add_up()


def get_invoice(invoice_id: int, *, on: date | None = None, actor: Actor) -> InvoiceView:
    """An invoice as its page shows it; NotFoundError where there is none or the actor may not see it."""
    day = on or clock.today()
    statement = _rows(open_on(day)).add_columns(
        Invoice.version,
        Invoice.net_minor,
        Invoice.tax_minor,
        Invoice.created_at,
        Invoice.issued_at,
        Invoice.pdf_id,
        Invoice.content_sha256,
        Invoice.pdf_sha256,
        InvoiceRecord.content,
        FeeRun.year.label("run_year"),
    )
    statement = (
        statement.outerjoin(InvoiceRecord, InvoiceRecord.invoice_id == Invoice.id)
        .outerjoin(FeeRun, FeeRun.id == Invoice.run_id)
        .where(Invoice.id == invoice_id)
    )
    row = db.session.execute(_seen_by(statement, actor, day)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such invoice.")
    frozen = Frozen(row.content, row.content_sha256) if row.content else _draft(invoice_id, day)
    return InvoiceView(
        row=_row(row, day),
        version=row.version,
        net=Money(row.net_minor, row.currency),
        tax=Money(row.tax_minor, row.currency),
        paper=frozen.paper,
        why_no_einvoice=why_no_einvoice(row.content) if row.content else None,
        lines=_lines_of(invoice_id, row.currency),
        settled=list_settling(invoice_id, day, row.currency),
        postings=postings_about(LedgerEntry.invoice_id == invoice_id, day),
        run_year=row.run_year,
        created_at=row.created_at,
        issued_at=row.issued_at,
        pdf_id=row.pdf_id,
        content_sha256=row.content_sha256,
        pdf_sha256=row.pdf_sha256,
        present_name=row.name,
        corrections=corrections_of(invoice_id, day),
    )


@dataclass(frozen=True)
class InvoiceFile:
    """What is sent for an invoice: its kept file, or for now only what is to be printed."""

    name: str
    file_id: int | None
    frozen: Frozen


def get_invoice_pdf(invoice_id: int, actor: Actor) -> InvoiceFile:
    """The PDF of an invoice, kept since it was printed; of a draft or a fresh one, what to print now."""
    row = _record(invoice_id, actor)
    frozen = Frozen(row.content, row.content_sha256) if row.content else _draft(invoice_id, clock.today())
    return InvoiceFile(f"{row.number or f'Draft {invoice_id}'}.pdf", row.file_id, frozen)


def get_einvoice(invoice_id: int, actor: Actor) -> InvoiceFile:
    """The content of an issued invoice that the standard knows; NotFoundError of drafts and of all others."""
    row = _record(invoice_id, actor)
    if row.content is None or why_no_einvoice(row.content):
        raise NotFoundError("There is no electronic invoice of this.")
    return InvoiceFile(f"{row.number}.xml", None, Frozen(row.content, row.content_sha256))


def _record(invoice_id: int, actor: Actor) -> Any:
    statement = (
        select(Invoice.number, Invoice.content_sha256, InvoiceRecord.content, StoredFile.id.label("file_id"))
        .outerjoin(InvoiceRecord, InvoiceRecord.invoice_id == Invoice.id)
        .outerjoin(StoredFile, StoredFile.id == Invoice.pdf_id)
        .where(Invoice.id == invoice_id)
    )
    row = db.session.execute(_seen_by(statement, actor)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such invoice.")
    return row


def count_overdue(actor: Actor) -> int:
    """How many invoices the actor may see are overdue today."""
    today = clock.today()
    if visible_to(actor) is None:
        return _count_overdue(today)
    return db.session.scalar(_seen_by(_overdue(today), actor)) or 0


@remembered
def _count_overdue(today: date) -> int:
    return db.session.scalar(_overdue(today)) or 0


@prepared
def _overdue(today: date) -> AnySelect:
    late = (Invoice.open_minor > 0, Invoice.due_day < today, Invoice.state == InvoiceState.ISSUED)
    return select(func.count()).select_from(Invoice).where(*late)


def list_issue_years(actor: Actor) -> Sequence[int]:
    """The fee years in which invoices were issued, the newest first."""
    # Each by itself is the end of an index; together they would be a walk through all of it.
    ends = [_seen_by(select(end(Invoice.issue_day)), actor).scalar_subquery() for end in (func.min, func.max)]
    found = db.session.execute(select(*ends)).one()
    return list(range(number_year(found[1]), number_year(found[0]) - 1, -1)) if found[0] else []


def list_invoice_payers(ids: Sequence[int], actor: Actor) -> Sequence[tuple[int, str]]:
    """Id and name of those among some institutions of whom the actor may see an invoice."""
    billed = _seen_by(select(Invoice.id).where(Invoice.payer_id == Institution.id), actor)
    named = select(Institution.id, Institution.name).where(Institution.id.in_(ids), billed.exists())
    rows = db.session.execute(named.order_by(Institution.sort_name, Institution.id))
    return [(row.id, row.name) for row in rows]


def billing_contact(institution_id: int, on: date) -> Contact | None:
    """Who gets an institution's invoices on a day."""
    return contacts_on([institution_id], on).get(institution_id)


def _seen_by(statement: AnySelect, actor: Actor, on: date | None = None) -> AnySelect:
    actor_sees = visible_to(actor, on)
    return statement if actor_sees is None else statement.where(actor_sees)


def _rows(is_open: SQLColumnExpression[int]) -> AnySelect:
    return select(
        Invoice.id, Invoice.kind, Invoice.number, Invoice.payer_id, Invoice.state, Invoice.issue_day, Invoice.due_day,
        Invoice.voided_on,
        Invoice.currency, Invoice.gross_minor, is_open.label("is_open"), Invoice.run_id,
        Institution.name, Institution.short_name,
    ).join(Institution, Institution.id == Invoice.payer_id)  # fmt: skip


def _conditions(filters: InvoiceFilters, on: date) -> list[ColumnElement[bool]]:
    conditions = matches(Invoice.search_text, filters.words)
    existing = existing_on(on)
    if existing is not None:
        conditions.append(existing)
    if filters.standing is not None:
        conditions.append(in_standing(filters.standing, on))
    if filters.year is not None:
        year = days_numbered(filters.year)
        conditions.append(Invoice.issue_day.between(year.first, year.last))
    if filters.payer_id is not None:
        conditions.append(Invoice.payer_id == filters.payer_id)
    if filters.run_id is not None:
        conditions.append(Invoice.run_id == filters.run_id)
    return [*conditions, *chased(filters.age, on, disputed=filters.disputed)]


def _row(row: Any, on: date) -> InvoiceRow:
    facts = InvoiceFacts(row.state, row.issue_day, row.due_day, row.gross_minor, row.is_open, row.voided_on)
    standing = standing_on(facts, on)
    is_draft = standing is Standing.DRAFT
    return InvoiceRow(
        id=row.id,
        number=None if is_draft else row.number,
        payer_id=row.payer_id,
        payer=row.name,
        short_name=row.short_name,
        issue_day=None if is_draft else row.issue_day,
        due_day=None if is_draft else row.due_day,
        gross=Money(row.gross_minor, row.currency),
        outstanding=Money(0 if is_draft else row.is_open, row.currency),
        standing=standing,
        run_id=row.run_id,
        kind=row.kind,
    )


def _draft(invoice_id: int, on: date) -> Frozen:
    return Frozen(read_contents([invoice_id], on)[0].record)


def _lines_of(invoice_id: int, currency: str) -> list[LineRow]:
    rows = db.session.execute(
        select(
            InvoiceLine.position, InvoiceLine.description, InvoiceLine.why, InvoiceLine.first_day, InvoiceLine.last_day,
            InvoiceLine.net_minor,
        )
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position, InvoiceLine.id)
    )  # fmt: skip
    return [LineRow(*row[:5], Money(row.net_minor, currency)) for row in rows]


def postings_about(what: ColumnElement[bool], on: date) -> list[PostingRow]:
    """The postings of the entries that a condition names, up to a day; the caller checks who may see them."""
    rows = db.session.execute(
        select(
            LedgerEntry.day, LedgerEntry.text, LedgerAccount.code, LedgerAccount.name, Posting.currency,
            Posting.amount_minor,
        )
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.code == Posting.account_code)
        .where(what, LedgerEntry.day <= on)
        .order_by(LedgerEntry.day, LedgerEntry.id, Posting.id)
    )  # fmt: skip
    return [PostingRow(*row[:4], Money(row.amount_minor, row.currency)) for row in rows]
