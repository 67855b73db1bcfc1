"""Tasks about money: what is overdue or to be paid, drafts to issue, runs under way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, func, select

from app.audit.rules import Subject
from app.billing.models import Approval, FeeRun, Invoice
from app.billing.queries.approvals import seen_at
from app.billing.queries.standing import visible_to
from app.billing.rules import ApprovalState, InvoiceState, RunState
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.periods import how_soon
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone, days_late
from app.members.models import Institution
from app.web import wording

MOST = 8


def overdue_invoices(actor: Actor) -> Iterator[Task]:
    """Invoices past their due day, the oldest first, for who may act on them."""
    if actor.has_all(Permission.INVOICE_EDIT):
        yield from _open_invoices(actor, Invoice.due_day < clock.today(), "Look at it")


def own_open_invoices(actor: Actor) -> Iterator[Task]:
    """What a representative's institution has still to pay."""
    if actor.own_institutions(Permission.INVOICE_READ) and not actor.has_all(Permission.INVOICE_READ):
        yield from _open_invoices(actor, Invoice.due_day.is_not(None), "Open the invoice")


def fee_runs(actor: Actor) -> Iterator[Task]:
    """Fee years whose drafts wait to be issued, or are being; what waits for a second person is its asker's."""
    if not actor.has_any(Permission.FEE_EDIT):
        return
    asked = _asked_runs()
    runs = db.session.execute(
        select(
            FeeRun.id,
            FeeRun.year,
            FeeRun.state,
            FeeRun.planned,
            FeeRun.done,
            FeeRun.prepared_by,
            FeeRun.prepared_at,
        )
        .where(FeeRun.state != RunState.ISSUED, FeeRun.planned > 0)
        .order_by(FeeRun.year, FeeRun.id)
        .limit(MOST)
    )
    for run in runs:
        waits = run.state is RunState.DRAFT and run.id in asked
        if not waits or asked[run.id] == actor.user_id:
            title, late, verb = _step_of(run.year, run.state, waits=waits)
            prepared = wording.long_day(clock.local(run.prepared_at).date())
            yield Task(
                Group.SOON,
                title,
                f"{wording.plural(run.planned - run.done, 'draft', 'drafts')}, prepared on {prepared}"
                if run.state is RunState.DRAFT
                else f"{wording.count(run.done)} of {wording.count(run.planned)} issued",
                run.prepared_by,
                late,
                Tone.WARN,
                verb,
                "billing.run",
                {"run_id": run.id},
            )


def _step_of(year: int, state: RunState, *, waits: bool) -> tuple[str, str, str]:
    """What a fee run has come to: in words, in one word, and what can be done."""
    if waits:
        return f"Fee run {year} waits for a second person", "asked", "Look at it"
    if state is RunState.DRAFT:
        return f"Fee run {year} is ready to issue", "ready", "Review and issue"
    return f"Fee run {year} is being issued", "under way", "Watch"


def _asked_runs() -> dict[int, int | None]:
    """Who asked a second person about a fee run, by its id, while nobody has answered."""
    asked = select(Approval.subject_id, Approval.asked_by_id).where(
        Approval.state == ApprovalState.ASKED, Approval.subject_kind == "fee_run"
    )
    return {row.subject_id: row.asked_by_id for row in db.session.execute(asked.order_by(Approval.id))}


def approvals(actor: Actor) -> Iterator[Task]:
    """What waits for a second person, for everybody who can be it."""
    if not actor.has_any(Permission.FEE_EDIT):
        return
    asked = (
        select(Approval)
        .where(Approval.state == ApprovalState.ASKED, Approval.asked_by_id.is_distinct_from(actor.user_id))
        .order_by(Approval.id)
        .limit(MOST)
    )
    for each in db.session.scalars(asked):
        endpoint, values = seen_at(each.id, Subject(each.subject_kind, each.subject_id))
        yield Task(
            Group.SOON,
            "A second person is asked",
            each.words,
            each.asked_by,
            wording.day(clock.local(each.asked_at).date()),
            Tone.WARN,
            "Look and decide",
            endpoint,
            values,
        )


def _open_invoices(actor: Actor, condition: ColumnElement[bool], verb: str) -> Iterator[Task]:
    today, seen = clock.today(), visible_to(actor)
    wanted = [
        Invoice.state == InvoiceState.ISSUED,
        Invoice.open_minor > 0,
        condition,
        *([] if seen is None else [seen]),
    ]
    total = db.session.scalar(select(func.count()).select_from(Invoice).where(*wanted)) or 0
    oldest = select(Invoice.id).where(*wanted).order_by(Invoice.due_day, Invoice.id).limit(MOST)
    rows = db.session.execute(
        select(Invoice.id, Invoice.number, Invoice.due_day, Invoice.open_minor, Invoice.currency, Institution.name)
        .join(Institution, Institution.id == Invoice.payer_id)
        .where(Invoice.id.in_(oldest))
        .order_by(Invoice.due_day, Invoice.id)
    ).all()
    for row in rows:
        owed = wording.money(Money(row.open_minor, row.currency))
        yield Task(
            Group.LATE if row.due_day < today else Group.SOON,
            f"Invoice {row.number} is unpaid",
            f"{owed} owed, due on {wording.long_day(row.due_day)}",
            row.name,
            _age(row.due_day, today),
            Tone.BAD if row.due_day < today else Tone.WARN,
            verb,
            "billing.invoice",
            {"invoice_id": row.id},
        )
    if total > len(rows):
        yield _more(total - len(rows))


def _age(due: date, today: date) -> str:
    return days_late(due, today) if due < today else how_soon(due, today)


def _more(number: int) -> Task:
    title = f"{wording.plural(number, 'more invoice is', 'more invoices are')} unpaid"
    return Task(Group.LATE, title, "Those above are the oldest", "", "", Tone.BAD, "See all", "billing.invoices")
