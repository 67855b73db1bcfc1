"""Fee runs: drafts for every charge not billed yet, a draft taken away again, and the start of issuing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from app.accounts.queries import find_profile
from app.audit.commands import Subject, record
from app.billing.commands.approvals import ask_if_needed, drop_questions, require_approval
from app.billing.commands.bookings import hold_open
from app.billing.models import FeeRun, FeeSchedule, Invoice, InvoiceLine, ReminderCharge
from app.billing.queries.charges import Charge, preview_run
from app.billing.queries.fee_years import number_year
from app.billing.queries.held_back import HeldBack, count_held_back, list_held_back
from app.billing.rules import Act, InvoiceState, RunState, tax_sums
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import in_chunks, insert_rows, insert_with_ids
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.garbage import collecting_young
from app.core.history import lock
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.series import take_numbers
from app.members.models import MembershipClass
from app.outbox.commands import enqueue
from app.web.wording import plural

ISSUE_RUN = "billing.issue_run"
MOST_NAMED, BLOCK = 5, 900
DATED_BACK = timedelta(days=366)


@dataclass(frozen=True)
class IssueValues:
    """The days that invoices get at issue, and whether each goes to its billing contact by e-mail."""

    issue_day: date
    due_day: date
    sends_mails: bool = False


@collecting_young()
def prepare_run(year: Period, *, actor: Actor) -> FeeRun:
    """Draft an invoice for every charge of a fee year not billed yet; a later run bills late joiners alone."""
    actor.require(Permission.FEE_EDIT)
    require_profile()
    lock_classes()
    charges = preview_run(year, actor=actor).charges
    if not charges:
        raise DomainError("Nobody is left to bill for this year; the list of who is not billed says why.", "year")
    return bill_alone(year, charges, actor=actor)


def bill_alone(year: Period, charges: Sequence[Charge], *, actor: Actor) -> FeeRun:
    """Draft an invoice for just these charges of a fee year, in a run of their own."""
    actor.require(Permission.FEE_EDIT)
    require_profile()
    groups = grouped(charges)
    run = FeeRun(
        year=year.first.year,
        first_day=year.first,
        last_day=year.last,
        state=RunState.DRAFT,
        planned=len(groups),
        prepared_by=actor.name,
        prepared_by_id=actor.user_id,
        prepared_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    write_drafts(run, groups)
    record(
        "billing.prepare_run",
        Subject("fee_run", run.id),
        summary=f"Fee run {run.year} prepared: {plural(len(groups), 'draft', 'drafts')}",
        after={"year": run.year, "drafts": len(groups)},
        actor=actor,
    )
    ask_if_needed(Act.ISSUE, Subject("fee_run", run.id), actor=actor)
    return run


def discard_draft(invoice_id: int, *, actor: Actor) -> FeeRun | None:
    """Take a draft away. It had no number, so none is missing; its charge can be billed again. Its run, if any."""
    actor.require(Permission.FEE_EDIT)
    run = lock_run_of(invoice_id)
    invoice = lock(Invoice, invoice_id)
    if invoice.state is not InvoiceState.DRAFT:
        raise DomainError("Only a draft can be discarded; what is issued stays.")
    if run is not None:
        if run.state is not RunState.DRAFT:
            raise DomainError("The run is being issued: nothing is taken away from it now.")
        run.planned -= 1
        close_if_done(run)
    record(
        "billing.discard_draft",
        Subject("invoice", invoice_id),
        summary=f"Draft of {invoice.gross} {invoice.currency} discarded",
        before={"payer": invoice.payer_id, "total": f"{invoice.gross} {invoice.currency}", "run": invoice.run_id},
        actor=actor,
    )
    drop_questions(Subject("invoice", invoice_id))
    if run is not None and not run.planned:
        drop_questions(Subject("fee_run", run.id))
    db.session.expunge(invoice)
    take_away([invoice_id])
    return run


def take_away(draft_ids: Sequence[int]) -> None:
    """Delete drafts with their lines."""
    for some in in_chunks(draft_ids, BLOCK):
        db.session.execute(delete(ReminderCharge).where(ReminderCharge.invoice_id.in_(some)))
        db.session.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id.in_(some)))
        db.session.execute(delete(Invoice).where(Invoice.id.in_(some)))
    db.session.flush()


def start_issue(run_id: int, values: IssueValues, *, actor: Actor) -> FeeRun:
    """Begin to issue all drafts of a run. The work is done by a job, block by block, and goes on after any crash."""
    actor.require(Permission.FEE_EDIT)
    run = lock(FeeRun, run_id)
    if run.state is not RunState.DRAFT:
        raise DomainError("This run is issued already, or about to be.")
    check_days(values)
    hold_open(values.issue_day, "issue_day")
    require_approval(Act.ISSUE, Subject("fee_run", run_id))
    drafts = _count_drafts(run_id)
    if not drafts:
        raise DomainError("This run has no drafts to issue.")
    _refuse_held_back(run_id, values.issue_day)
    # Taking no number keeps the day: whatever else is issued meanwhile cannot be dated after this run's invoices.
    year = number_year(values.issue_day)
    take_numbers("invoice", year=year, count=0, day=values.issue_day)
    refuse_later_day(year, values.issue_day)
    run.state, run.issue_day, run.due_day = RunState.ISSUING, values.issue_day, values.due_day
    run.planned = run.done + drafts
    record(
        "billing.start_issue",
        Subject("fee_run", run_id),
        summary=f"Fee run {run.year}: issue of {plural(drafts, 'invoice', 'invoices')} begun",
        after={
            "issue_day": values.issue_day.isoformat(),
            "due_day": values.due_day.isoformat(),
            "drafts": drafts,
            "sends_mails": values.sends_mails,
        },
        actor=actor,
    )
    enqueue(ISSUE_RUN, {"run_id": run_id, "sends_mails": values.sends_mails}, unique_key=f"{ISSUE_RUN}:{run_id}")
    db.session.flush()
    return run


def check_days(values: IssueValues) -> None:
    """Refuse an issue day that has not come or is long past, which is a slip, and a due day before it."""
    today = clock.today()
    if values.issue_day > today:
        raise DomainError("An invoice is not dated after the day it is issued.", "issue_day")
    if values.issue_day < today - DATED_BACK:
        raise DomainError("An invoice is not dated more than a year before it is issued.", "issue_day")
    if values.due_day < values.issue_day:
        raise DomainError("An invoice is not due before it is issued.", "due_day")


def _refuse_held_back(run_id: int, issue_day: date) -> None:
    """Refuse to begin while drafts cannot be issued: their payers are named, and nothing is issued of the others."""
    held = list_held_back(run_id, issue_day)
    if held:
        those = plural(count_held_back(run_id, issue_day), "draft of this run", "drafts of this run")
        raise DomainError(f"{those} cannot be issued. {why_held_back(held)} Enter what is missing, or discard them.")


def why_held_back(held: Sequence[HeldBack]) -> str:
    """Why drafts cannot be issued, in a few sentences that name their payers."""
    sentences = list(dict.fromkeys(each.why for each in held))
    more = ["Others wait likewise; the page of the run names them."] if len(sentences) > MOST_NAMED else []
    return " ".join([*sentences[:MOST_NAMED], *more])


def refuse_later_day(year: int, issue_day: date) -> None:
    """While a run is being issued, nothing of its series is dated after it: its later numbers follow."""
    runs = db.session.scalars(
        select(FeeRun).where(FeeRun.state == RunState.ISSUING, FeeRun.issue_day < issue_day).order_by(FeeRun.id)
    )
    if any(number_year(run.issue_day or issue_day) == year for run in runs):
        raise DomainError("A fee run is being issued with an earlier date: wait until it is done.", "issue_day")


def lock_run_of(invoice_id: int) -> FeeRun | None:
    """The run of an invoice, locked before the invoice itself, as every writer does."""
    run_id = db.session.scalar(select(Invoice.run_id).where(Invoice.id == invoice_id))
    return None if run_id is None else lock(FeeRun, run_id)


def close_if_done(run: FeeRun) -> None:
    """Mark a run as issued when none of its drafts is left."""
    if run.done and run.done == run.planned:
        run.state, run.issued_at = RunState.ISSUED, clock.now()


def lock_classes() -> None:
    """Let two runs of the same classes follow each other, so that the second sees what the first has billed."""
    wanted = select(FeeSchedule.class_id).distinct()
    db.session.execute(
        select(MembershipClass.id).where(MembershipClass.id.in_(wanted)).order_by(MembershipClass.id).with_for_update()
    ).all()


def require_profile() -> None:
    """Refuse to draft anything before the consortium has said who it is."""
    if find_profile(clock.today()) is None:
        raise DomainError("An invoice says who sends it: adopt a profile of the consortium under Settings first.")


def _count_drafts(run_id: int) -> int:
    counted = select(func.count()).where(Invoice.run_id == run_id, Invoice.state == InvoiceState.DRAFT)
    return db.session.scalar(counted) or 0


def _place(charge: Charge) -> tuple[str, int, date]:
    """Where a line stands on its invoice: by member, then by day."""
    return charge.member.sort_name, charge.member.institution_id, charge.part.days.first


def grouped(charges: Sequence[Charge]) -> Sequence[Sequence[Charge]]:
    """The charges of each invoice: one for each payer and currency, or for each member where the payer wants it so."""
    by_payer: dict[tuple[int, str, int | None], list[Charge]] = defaultdict(list)
    for charge in charges:
        apart = charge.member.institution_id if charge.payer.is_separate else None
        by_payer[charge.payer.id, charge.amount.currency, apart].append(charge)
    return [sorted(group, key=_place) for group in by_payer.values()]


def write_drafts(run: FeeRun, groups: Sequence[Sequence[Charge]]) -> None:
    """Write the drafts of a run, each with its lines, in two statements."""
    created_at = clock.now()
    rows = [_draft(run.id, charges) | {"created_at": created_at} for charges in groups]
    ids = insert_with_ids(Invoice, rows)
    lines = [line for invoice_id, charges in zip(ids, groups, strict=True) for line in _lines(invoice_id, charges)]
    insert_rows(InvoiceLine, lines)


def _draft(run_id: int, charges: Sequence[Charge]) -> dict[str, Any]:
    payer, currency = charges[0].payer, charges[0].amount.currency
    net = sum(charge.amount.minor for charge in charges)
    tax = _tax(charges)
    return {
        "state": InvoiceState.DRAFT,
        "payer_id": payer.id,
        "run_id": run_id,
        "currency": currency,
        "net_minor": net,
        "tax_minor": tax,
        "gross_minor": net + tax,
        "open_minor": 0,
        "search_text": folded(payer.name, payer.short_name),
    }


def _tax(charges: Iterable[Charge]) -> int:
    lines = [(each.terms.tax_category, each.terms.tax_basis_points, each.amount) for each in charges]
    sums: list[Money] = [each.tax for each in tax_sums(lines)]
    return sum(tax.minor for tax in sums)


def _lines(invoice_id: int, charges: Sequence[Charge]) -> Iterable[dict[str, Any]]:
    for position, charge in enumerate(charges, 1):
        yield {
            "invoice_id": invoice_id,
            "position": position,
            "description": charge.description,
            "why": charge.why,
            "first_day": charge.part.days.first,
            "last_day": charge.part.days.last,
            "quantity": 1,
            "unit_minor": charge.amount.minor,
            "net_minor": charge.amount.minor,
            "relief_minor": charge.relief.minor,
            "tax_category": charge.terms.tax_category,
            "tax_basis_points": charge.terms.tax_basis_points,
            "tax_reason": charge.terms.tax_reason,
            "income_account": charge.terms.income_account,
            "schedule_id": charge.terms.id,
            "membership_id": charge.member.membership_id,
            "charge_key": charge.key,
        }
