"""Issuing: number, freeze, post and record drafts, many at once; a run goes block by block and can stop anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select, update

from app.accounts.queries import get_profile
from app.audit.commands import Entry, Subject, record, record_many
from app.audit.rules import shortened
from app.billing.commands.approvals import require_approval
from app.billing.commands.bookings import Booking, Claim, book, claim_legs
from app.billing.commands.printing import order_prints
from app.billing.commands.runs import (
    ISSUE_RUN,
    IssueValues,
    check_days,
    close_if_done,
    lock_run_of,
    refuse_later_day,
    why_held_back,
)
from app.billing.models import FeeRun, Invoice, InvoiceRecord
from app.billing.queries.contents import Content, Numbering, read_contents
from app.billing.queries.fee_years import number_year
from app.billing.queries.held_back import list_held_back
from app.billing.rules import Act, EntryKind, InvoiceState, RunState, content_hash
from app.core import clock
from app.core.actor import Actor, program
from app.core.bulk import insert_rows
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.garbage import collecting_young
from app.core.history import lock
from app.core.permissions import Permission
from app.core.series import take_numbers
from app.core.transaction import transaction
from app.outbox.commands import Payload, handles
from app.web.wording import plural

BLOCK = 1000


@dataclass(frozen=True)
class Block:
    """Some drafts of a run in their order: how many were issued, why the others could not be, and the last of all."""

    issued: int
    why_not: Sequence[str]
    last_id: int

    @property
    def is_last(self) -> bool:
        """Whether no draft follows."""
        return self.issued + len(self.why_not) < BLOCK


def issue_invoice(invoice_id: int, values: IssueValues, *, actor: Actor) -> Invoice:
    """Issue one draft: it gets its number and its days, is frozen, posted to the ledger, and printed afterwards."""
    actor.require(Permission.INVOICE_EDIT)
    check_days(values)
    run = lock_run_of(invoice_id)
    invoice = lock(Invoice, invoice_id)
    if invoice.state is not InvoiceState.DRAFT:
        raise DomainError("This invoice is issued already.")
    if run is not None and run.state is not RunState.DRAFT:
        raise DomainError("Its run is being issued: this draft is in it.")
    require_approval(Act.ISSUE, Subject("invoice", invoice_id) if run is None else Subject("fee_run", run.id))
    year = number_year(values.issue_day)
    block = _issue(Invoice.id == invoice_id, values, year, actor)
    if block.why_not:
        raise DomainError(block.why_not[0])
    refuse_later_day(year, values.issue_day)
    if run is not None:
        run.done += 1
        run.issue_day, run.due_day = values.issue_day, values.due_day
        close_if_done(run)
    db.session.flush()
    return lock(Invoice, invoice_id)


@handles(ISSUE_RUN)
@collecting_young()
def issue_run(payload: Payload) -> None:
    """Issue the drafts of a run, a block in each transaction; run again, it goes on where it was.

    What cannot be issued as things stand is left behind, and the rest of the run does not wait for it.
    """
    run_id, sends_mails = int(payload["run_id"]), bool(payload.get("sends_mails"))
    after: int | None = 0
    while after is not None:
        with transaction():
            after = _issue_block(run_id, after, sends_mails=sends_mails)


def _issue_block(run_id: int, after: int, *, sends_mails: bool) -> int | None:
    """Issue the block of a run that follows a draft; the last draft of it, None where the work is done."""
    run = lock(FeeRun, run_id)
    if run.state is not RunState.ISSUING or run.issue_day is None or run.due_day is None:
        return None
    values, actor = IssueValues(run.issue_day, run.due_day, sends_mails), program(f"Fee run {run.year}")
    wanted = and_(Invoice.run_id == run_id, Invoice.state == InvoiceState.DRAFT, Invoice.id > after)
    block = _issue(wanted, values, number_year(run.issue_day), actor)
    run.done += block.issued
    close_if_done(run)
    if not block.is_last:
        return block.last_id
    if run.done < run.planned:
        _leave_behind(run, actor)
    return None


def _leave_behind(run: FeeRun, actor: Actor) -> None:
    """End the issue of a run with the drafts that could not be issued: it waits for them as it did before its issue."""
    left = plural(run.planned - run.done, "draft", "drafts")
    held = list_held_back(run.id, run.issue_day or clock.today())
    run.state = RunState.DRAFT
    if not run.done:
        run.issue_day = run.due_day = None
    record(
        "billing.leave_behind",
        Subject("fee_run", run.id),
        summary=f"Fee run {run.year}: {left} left behind, {plural(run.done, 'invoice', 'invoices')} issued",
        after={"left": run.planned - run.done, "issued": run.done, "drafts": [each.invoice_id for each in held]},
        reason=shortened(why_held_back(held)) or None,
        actor=actor,
    )


def _issue(wanted: ColumnElement[bool], values: IssueValues, year: int, actor: Actor) -> Block:
    """Issue what can be of at most a block of the drafts wanted, in their order."""
    locked = select(Invoice.id).where(wanted).order_by(Invoice.id).limit(BLOCK).with_for_update()
    invoice_ids = db.session.scalars(locked).all()
    found = read_contents(invoice_ids, values.issue_day)
    why_not = [content.why_not for content in found if content.why_not]
    contents = [content for content in found if not content.why_not]
    if contents:
        _freeze(contents, values, year, actor)
    return Block(len(contents), why_not, invoice_ids[-1] if invoice_ids else 0)


def _freeze(contents: Sequence[Content], values: IssueValues, year: int, actor: Actor) -> None:
    """Number, freeze and post drafts, record it, and have them printed."""
    numbers = take_numbers("invoice", year=year, count=len(contents), day=values.issue_day)
    issued_at, numbered = clock.now(), get_profile(values.issue_day).invoice_format
    rows = [
        _issued(content, Numbering(numbered.number(year, number), values.issue_day, values.due_day, issued_at))
        for content, number in zip(contents, numbers, strict=True)
    ]
    records = [{"invoice_id": row["key"], "content": row.pop("content")} for row in rows]
    insert_rows(InvoiceRecord, records)
    _update(rows)
    book([_booking(content, row) for content, row in zip(contents, rows, strict=True)])
    record_many([_entry(content, row) for content, row in zip(contents, rows, strict=True)], actor)
    order_prints([content.invoice_id for content in contents], values)


def _issued(content: Content, numbering: Numbering) -> dict[str, Any]:
    """The new values of an invoice when it is issued, all of them frozen from then on."""
    frozen = content.numbered(numbering)
    buyer = frozen["buyer"]
    return {
        "key": content.invoice_id,
        "state": InvoiceState.ISSUED,
        "number": numbering.number,
        "open_minor": content.gross.minor,
        "home_minor": content.home.minor,
        "rate_billionths": content.rate.billionths if content.rate else None,
        "rate_day": content.rate.day if content.rate else None,
        "issue_day": numbering.issue_day,
        "due_day": numbering.due_day,
        "issued_at": numbering.issued_at,
        "purchase_order": frozen["purchase_order"] or None,
        "payment_reference": frozen["payment_reference"],
        "content": frozen,
        "content_sha256": content_hash(frozen),
        "search_text": folded(
            numbering.number, buyer["name"], buyer["short_name"], frozen["payment_reference"], frozen["purchase_order"]
        ),
    }


def _update(rows: Sequence[dict[str, Any]]) -> None:
    table = Invoice.__table__
    changed = [name for name in rows[0] if name != "key"]
    statement = (
        update(Invoice)
        .where(table.c.id == bindparam("key"), table.c.state == InvoiceState.DRAFT)
        .values({name: bindparam(name) for name in changed} | {"version": table.c.version + 1})
    )
    db.session.connection().execute(statement, list(rows))


def _booking(content: Content, row: dict[str, Any]) -> Booking:
    return Booking(
        kind=EntryKind.INVOICE,
        day=row["issue_day"],
        text=f"Invoice {row['number']}, {content.payer_name}",
        currency=content.gross.currency,
        legs=claim_legs(Claim(content.payer_id, content.gross, content.tax, content.home), content.income),
        invoice_id=content.invoice_id,
    )


def _entry(content: Content, row: dict[str, Any]) -> Entry:
    return Entry(
        "billing.issue_invoice",
        Subject("invoice", content.invoice_id),
        summary=f"Invoice {row['number']} of {content.gross} {content.gross.currency} issued to {content.payer_name}",
        before={"state": InvoiceState.DRAFT.value},
        after={
            "state": InvoiceState.ISSUED.value,
            "number": row["number"],
            "total": f"{content.gross} {content.gross.currency}",
            "issued_on": row["issue_day"].isoformat(),
            "due_on": row["due_day"].isoformat(),
            "content_sha256": row["content_sha256"],
        },
    )
