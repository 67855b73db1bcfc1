"""Fee runs: their list, the desk of one, how far its work has come, and what is to be looked at before issuing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from app.accounts.queries import find_profile, get_profile
from app.audit.remembering import remembered
from app.billing.models import FeeRun, FeeSchedule, Invoice, InvoiceLine
from app.billing.queries.contents import contacts_on
from app.billing.queries.fee_years import number_year
from app.billing.queries.held_back import find_held_back
from app.billing.rules import RECEIVABLE, InvoiceState, Proration, RunState, due_from, is_share, measure
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.series import last_number
from app.members.models import Institution, Membership
from app.web.wording import count

SHOWN = 100
NEWEST = 50
STANDARD_TERMS = 30
MOST_NAMED = 5


@dataclass(frozen=True)
class RunRow:
    """A fee run as a line of a list, with the sums of its invoices, one a currency."""

    id: int
    year: int
    period: Period
    state: RunState
    issue_day: date | None
    due_day: date | None
    planned: int
    done: int
    prepared_by: str
    prepared_at: datetime
    issued_at: datetime | None
    totals: tuple[Money, ...]

    @property
    def drafts(self) -> int:
        """How many are not issued yet."""
        return self.planned - self.done


@dataclass(frozen=True)
class BilledRow:
    """One charge of a run with its invoice."""

    invoice_id: int
    number: str | None
    name: str
    short_name: str
    payer_id: int
    payer: str
    member_id: int
    why: str
    fraction: str
    contact: str | None
    amount: Money
    fee: Money | None
    is_plain: bool

    @property
    def arithmetic(self) -> str:
        """How an amount for a part of the year came about; empty for the whole fee."""
        if not (self.is_plain and self.fraction) or self.fee is None or self.amount == self.fee:
            return ""
        part, whole = map(int, self.fraction.split("/"))
        if self.fee.part(part, whole) != self.amount:
            return ""
        return f"{self.fee} × {self.fraction} = {self.amount}, rounded half up; all parts of a year add to its fee."


@dataclass(frozen=True)
class Progress:
    """How far a run has come: invoices issued, and PDFs printed."""

    year: int
    state: RunState
    planned: int
    done: int
    printed: int

    @property
    def is_running(self) -> bool:
        """Whether there is still work to wait for."""
        return self.state is RunState.ISSUING or self.printed < self.done

    @property
    def left(self) -> int:
        """How many drafts nobody issues now: those left behind, or not begun."""
        return 0 if self.state is RunState.ISSUING else self.planned - self.done


@dataclass(frozen=True)
class IssueProposal:
    """What issuing would do: first and last number, the sums of the drafts, the days, and the addresses there are."""

    first_number: str
    last_number: str
    totals: tuple[Money, ...]
    issue_day: date
    due_day: date
    addresses: int
    accounts: str


def list_runs(actor: Actor, limit: int | None = NEWEST, *, on: date | None = None) -> Sequence[RunRow]:
    """The newest fee runs, of those prepared by the end of a day where one is given; all without a limit."""
    actor.require(Permission.FEE_READ)
    runs = db.session.scalars(select(FeeRun).where(*_prepared_by(on)).order_by(FeeRun.id.desc()).limit(limit)).all()
    sums = _sums_of(tuple(run.id for run in runs))
    return [_run_row(run, sums.get(run.id, ())) for run in runs]


def count_runs(actor: Actor, *, on: date | None = None) -> int:
    """How many fee runs were prepared, by the end of a day where one is given."""
    actor.require(Permission.FEE_READ)
    return db.session.scalar(select(func.count()).select_from(FeeRun).where(*_prepared_by(on))) or 0


def _prepared_by(on: date | None) -> Sequence[ColumnElement[bool]]:
    return () if on is None else (FeeRun.prepared_at <= clock.end_of(on),)


def get_run(run_id: int, actor: Actor) -> RunRow:
    """A fee run."""
    actor.require(Permission.FEE_READ)
    run = db.session.get(FeeRun, run_id)
    if run is None:
        raise NotFoundError("There is no such fee run.")
    return _run_row(run, _sums_of((run_id,)).get(run_id, ()))


def list_billed(run: RunRow) -> Sequence[BilledRow]:
    """The first charges of a run, in the order of its invoices, with who gets them."""
    first = select(Invoice.id).where(Invoice.run_id == run.id).order_by(Invoice.id).limit(SHOWN)
    member = aliased(Institution)
    rows = db.session.execute(
        select(
            Invoice.id, Invoice.number, Invoice.payer_id, Institution.short_name.label("payer"), InvoiceLine.why,
            member.id.label("member_id"), member.name, member.short_name, InvoiceLine.charge_key,
            InvoiceLine.relief_minor,
            InvoiceLine.first_day, InvoiceLine.last_day, InvoiceLine.net_minor, Invoice.currency, FeeSchedule.proration,
            FeeSchedule.amount_minor,
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Institution, Institution.id == Invoice.payer_id)
        .join(Membership, Membership.id == InvoiceLine.membership_id)
        .join(member, member.id == Membership.institution_id)
        .outerjoin(FeeSchedule, FeeSchedule.id == InvoiceLine.schedule_id)
        .where(Invoice.id.in_(first.correlate(None)))
        .order_by(Invoice.id, InvoiceLine.position)
        .limit(SHOWN)
    ).all()  # fmt: skip
    contacts = contacts_on(list({row.payer_id for row in rows}), run.issue_day or clock.today())
    return [_billed_row(row, run.period, contacts) for row in rows]


def run_progress(run_id: int, actor: Actor) -> Progress:
    """How far a run has come."""
    actor.require(Permission.FEE_READ)
    run = db.session.get(FeeRun, run_id)
    if run is None:
        raise NotFoundError("There is no such fee run.")
    printed = select(func.count()).where(Invoice.run_id == run_id, Invoice.pdf_id.is_not(None))
    return Progress(run.year, run.state, run.planned, run.done, db.session.scalar(printed) or 0)


def propose_issue(run: RunRow) -> IssueProposal:
    """What issuing a run's drafts would do today: the numbers that follow, the days, who gets a mail."""
    day, due_day = propose_issue_on()
    year = number_year(day)
    last, numbered = last_number("invoice", year), get_profile(day).invoice_format
    payers = db.session.scalars(
        select(Invoice.payer_id).where(Invoice.run_id == run.id, Invoice.state == InvoiceState.DRAFT).distinct()
    ).all()
    contacts = contacts_on(payers, day)
    return IssueProposal(
        first_number=numbered.number(year, last + 1),
        last_number=numbered.number(year, last + max(run.drafts, 1)),
        totals=_sums([run.id], Invoice.state == InvoiceState.DRAFT).get(run.id, ()),
        issue_day=day,
        due_day=due_day,
        addresses=sum(1 for contact in contacts.values() if contact.email),
        accounts=f"{RECEIVABLE} / {', '.join(_accounts_of(run))}",
    )


def _accounts_of(run: RunRow) -> Sequence[str]:
    """The accounts that the drafts of a run are income of."""
    asked = select(InvoiceLine.income_account).join(Invoice, Invoice.id == InvoiceLine.invoice_id)
    drafts = asked.where(Invoice.run_id == run.id, Invoice.state == InvoiceState.DRAFT)
    return db.session.scalars(drafts.distinct().order_by(InvoiceLine.income_account)).all()


def propose_issue_on() -> tuple[date, date]:
    """The days an invoice issued now would get: today, and the due day by the consortium's terms."""
    day = clock.today()
    profile = find_profile(day)
    return day, due_from(day, profile.terms_days, profile.due_by) if profile else due_from(day, STANDARD_TERMS)


def notes_before_issue(run: RunRow) -> Sequence[tuple[str, str]]:
    """What to look at before issuing: (sentence, more words) each."""
    return [*_without_contact(Invoice.run_id == run.id), *_still_owing(run)]


def notes_before_issue_of(invoice_id: int) -> Sequence[tuple[str, str]]:
    """What to look at before one draft is issued by itself: (sentence, more words) each."""
    held_back = find_held_back(invoice_id, clock.today())
    whys = [(held_back.why, "Until then this draft cannot be issued.")] if held_back else []
    return [*whys, *_without_contact(Invoice.id == invoice_id)]


@remembered
def _sums_of(run_ids: tuple[int, ...]) -> Mapping[int, tuple[Money, ...]]:
    return MappingProxyType(_sums(run_ids))


def _sums(run_ids: Sequence[int], *conditions: ColumnElement[bool]) -> dict[int, tuple[Money, ...]]:
    found: dict[int, tuple[Money, ...]] = {}
    rows = db.session.execute(
        select(Invoice.run_id, Invoice.currency, func.sum(Invoice.gross_minor))
        .where(Invoice.run_id.in_(run_ids), *conditions)
        .group_by(Invoice.run_id, Invoice.currency)
        .order_by(Invoice.run_id, Invoice.currency)
    )
    for run_id, currency, amount in rows:
        found[run_id or 0] = (*found.get(run_id or 0, ()), Money(int(amount), currency))
    return found


def _run_row(run: FeeRun, totals: tuple[Money, ...]) -> RunRow:
    return RunRow(
        id=run.id,
        year=run.year,
        period=run.period,
        state=run.state,
        issue_day=run.issue_day,
        due_day=run.due_day,
        planned=run.planned,
        done=run.done,
        prepared_by=run.prepared_by,
        prepared_at=run.prepared_at,
        issued_at=run.issued_at,
        totals=totals,
    )


def _billed_row(row: Any, year: Period, contacts: Any) -> BilledRow:
    proration = row.proration or Proration.NONE
    part, whole = measure(year, Period(row.first_day, row.last_day), proration)
    contact = contacts.get(row.payer_id)
    return BilledRow(
        invoice_id=row.id,
        number=row.number,
        name=row.name,
        short_name=row.short_name,
        payer_id=row.payer_id,
        payer=row.payer,
        member_id=row.member_id,
        why=row.why,
        fraction="" if proration is Proration.NONE else f"{part}/{whole}",
        contact=contact.name if contact else None,
        amount=Money(row.net_minor, row.currency),
        is_plain=not row.relief_minor and not is_share(row.charge_key or ""),
        fee=None if row.amount_minor is None else Money(row.amount_minor, row.currency),
    )


def _without_contact(wanted: ColumnElement[bool]) -> list[tuple[str, str]]:
    """Payers of drafts whom no mail reaches."""
    drafted = select(Invoice.payer_id).where(wanted, Invoice.state == InvoiceState.DRAFT)
    named = select(Institution.id, Institution.name).where(Institution.id.in_(drafted))
    rows = db.session.execute(named.order_by(Institution.sort_name, Institution.id)).all()
    contacts = contacts_on([row.id for row in rows], clock.today())
    lacking = [row.name for row in rows if row.id not in contacts]
    words = "has no billing contact.", "have no billing contact."
    return _named_first(lacking, words, "The invoice is issued, but no mail can be sent.")


def _named_first(names: Sequence[str], words: tuple[str, str], text: str) -> list[tuple[str, str]]:
    """A sentence for each of the first names, and one that counts the others."""
    one, many = words
    others = len(names) - MOST_NAMED
    rest = f"{count(others)} more payer {one}" if others == 1 else f"{count(others)} more payers {many}"
    return [*((f"{name} {one}", text) for name in names[:MOST_NAMED]), *([(rest, text)] if others > 0 else [])]


def _still_owing(run: RunRow) -> list[tuple[str, str]]:
    """Payers of the run who owe something overdue."""
    late = (
        select(Invoice.payer_id)
        .where(Invoice.open_minor > 0, Invoice.due_day < clock.today(), Invoice.state == InvoiceState.ISSUED)
        .distinct()
    )
    drafted = select(Invoice.payer_id).where(Invoice.run_id == run.id, Invoice.state == InvoiceState.DRAFT)
    rows = db.session.execute(
        select(Institution.name)
        .where(Institution.id.in_(drafted), Institution.id.in_(late))
        .order_by(Institution.sort_name, Institution.id)
    )
    words = "still owes from before.", "still owe from before."
    return _named_first([row.name for row in rows], words, "Issuing does not depend on it.")
