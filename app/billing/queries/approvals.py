"""What needs a second person: an act on a record as it stands now, and what was asked and said about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select

from app.audit.queries import who_did
from app.audit.rules import Subject
from app.billing.models import Approval, FeeRun, Invoice
from app.billing.queries.as_asked import find_standing
from app.billing.queries.done_before import list_done
from app.billing.queries.exchange import rates_on
from app.billing.queries.fee_years import billing_terms_on
from app.billing.rules import Act, ApprovalState, BillingTerms, InvoiceState, converted, counted, needs_second, weakens
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.permissions import Permission
from app.core.site import this_site
from app.members.models import Institution
from app.web.wording import join_words, money, plural

SHOWN = 200
WIDEST = 500
PLACES = {
    "fee_run": ("billing.run", "run_id"),
    "invoice": ("billing.invoice", "invoice_id"),
    "payment": ("billing.payment", "payment_id"),
}
PREPARING = {
    "billing.prepare_run",
    "billing.redraft",
    "billing.draft_charge",
    "billing.add_charge",
    "billing.draft_again",
}
_Total = tuple[int, str, int]  # Of an invoice: id, currency, gross.


@dataclass(frozen=True)
class Proposal:
    """An act on a record as it stands: in words, as a digest, its worth in the books, which users prepared it."""

    act: Act
    subject: Subject
    words: str
    digest: str
    worth: int | None
    prepared_by: Sequence[int]

    @property
    def needs_second(self) -> bool:
        """Whether the policy of today asks a second person about it."""
        return needs_second(self.act, self.worth, billing_terms_on(clock.today()))


@dataclass(frozen=True)
class ApprovalView:
    """What was asked and said; `is_current` where the record stands as it stood then."""

    id: int
    act: Act
    subject: Subject
    words: str
    values: Mapping[str, Any] | None
    state: ApprovalState
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    is_current: bool
    others: tuple[int | None, ...]

    @property
    def is_given(self) -> bool:
        """Whether the act may be done as the record stands."""
        return self.is_current and self.state is ApprovalState.APPROVED

    @property
    def is_waiting(self) -> bool:
        """Whether a second person is to decide about the record as it stands."""
        return self.is_current and self.state is ApprovalState.ASKED

    def may_be_decided_by(self, actor: Actor) -> bool:
        """Whether the actor is a second person."""
        return self.is_waiting and actor.user_id is not None and actor.user_id not in self.others


def propose_run(run_id: int) -> Proposal:
    """The issue of a fee run with the drafts it has."""
    run = db.session.get(FeeRun, run_id)
    if run is None:
        raise NotFoundError("There is no such fee run.")
    rows = [(row.id, row.currency, row.gross_minor) for row in _invoices(Invoice.run_id == run_id)]
    words = f"Fee run {run.year}: {plural(len(rows), 'invoice', 'invoices')}, {_totals(rows)}"
    return _proposal(Subject("fee_run", run_id), words, rows)


def propose_invoice(invoice_id: int) -> Proposal:
    """The issue of a draft that was made by hand."""
    rows = [(row.id, row.currency, row.gross_minor) for row in _invoices(Invoice.id == invoice_id)]
    payer = db.session.scalar(select(Institution.name).join(Invoice).where(Invoice.id == invoice_id))
    if payer is None:
        raise NotFoundError("There is no such invoice.")
    return _proposal(Subject("invoice", invoice_id), f"Invoice of {_totals(rows)} to {payer}"[:WIDEST], rows)


def _proposal(subject: Subject, words: str, rows: Sequence[_Total]) -> Proposal:
    return Proposal(Act.ISSUE, subject, words, _digest(rows), _worth(rows), who_did(subject, PREPARING))


PROPOSALS: dict[str, Callable[[int], Proposal]] = {"fee_run": propose_run, "invoice": propose_invoice}


def proposal_of(found: Approval) -> Proposal:
    """What was asked about as it stands now; what was typed of an act on an amount stands as it was typed."""
    if found.act is Act.ISSUE:
        return PROPOSALS[found.subject_kind](found.subject_id)
    subject = Subject(found.subject_kind, found.subject_id)
    digest = find_standing(subject) or found.digest
    return Proposal(found.act, subject, found.words, digest, found.worth_minor, ())


def propose_amount(act: Act, subject: Subject, words: str, amount: Money) -> Proposal:
    """An act on a record that moves an amount; its worth is that of all that counts against the limit with it."""
    rows = [(subject.id, amount.currency, counted(amount.minor, list_done(act, subject)))]
    digest = hashlib.sha256(f"{act} {subject.kind} {subject.id} {amount.currency} {amount.minor}".encode()).hexdigest()
    return Proposal(act, subject, words, digest, _worth(rows), ())


def propose_setting(act: Act, subject: Subject, words: str) -> Proposal:
    """An act that changes a setting, bound to how that stands."""
    return Proposal(act, subject, words[:WIDEST], find_standing(subject) or "", None, ())


def wants_second(act: Act, subject: Subject, amount: Money) -> bool:
    """Whether the policy of today asks a second person about an act on a record that moves an amount."""
    return is_by_two(act) and propose_amount(act, subject, "", amount).needs_second


def is_by_two(act: Act) -> bool:
    """Whether the policy of today asks a second person about an act that moves no amount."""
    return needs_second(act, None, billing_terms_on(clock.today()))


def policy_waits(first_day: date, terms: BillingTerms) -> bool:
    """Whether terms that are to hold from a day on need a second person: they are weaker than what holds on it."""
    return weakens(billing_terms_on(first_day), terms)


def words_of_total(act: Act, subject: Subject, amount: Money) -> str:
    """In a few words, what an act comes to with all that one person alone did before; nothing where that is nothing."""
    total = Money(counted(amount.minor, list_done(act, subject)), amount.currency)
    return f", with what one person did before {total} {total.currency}" if total != amount else ""


def list_waiting(kind: str, identity: int, actor: Actor) -> Sequence[ApprovalView]:
    """What second persons are asked about a record and have not decided, for those who read fees."""
    of_it = (Approval.subject_kind == kind, Approval.subject_id == identity)
    return _waiting(actor, *of_it, Approval.act != Act.ISSUE)


def list_waiting_acts(act: Act, actor: Actor) -> Sequence[ApprovalView]:
    """What second persons are asked about an act on any record and have not decided, for those who read fees."""
    return _waiting(actor, Approval.act == act)


def _waiting(actor: Actor, *wanted: ColumnElement[bool]) -> Sequence[ApprovalView]:
    if not actor.may(Permission.FEE_READ):
        return []
    asked = select(Approval).where(Approval.state == ApprovalState.ASKED, *wanted)
    found = db.session.scalars(asked.order_by(Approval.id)).all()
    return [view_approval(each, proposal_of(each)) for each in found]


def seen_at(approval_id: int, subject: Subject) -> tuple[str, dict[str, int]]:
    """The page where a question is seen and decided: that of the record, or its own where it is about a setting."""
    endpoint, name = PLACES.get(subject.kind, ("billing.approval", ""))
    return endpoint, {name: subject.id} if name else {"approval_id": approval_id}


def find_need(act: Act, kind: str, identity: int) -> Proposal | None:
    """An act on a record that the policy of today asks a second person about; None where it asks nobody."""
    if act not in billing_terms_on(clock.today()).second_above:
        return None
    proposal = PROPOSALS[kind](identity)
    return proposal if proposal.needs_second else None


def find_approval(proposal: Proposal) -> ApprovalView | None:
    """What was last asked about an act on a record; None where nobody was asked."""
    found = db.session.scalars(
        select(Approval)
        .where(
            Approval.subject_kind == proposal.subject.kind,
            Approval.subject_id == proposal.subject.id,
            Approval.act == proposal.act,
        )
        .order_by(Approval.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else view_approval(found, proposal)


def find_same(proposal: Proposal, state: ApprovalState) -> Approval | None:
    """The first question in a state that is about exactly this: the act, the record as it stands, and the amount."""
    asked = select(Approval).where(
        Approval.subject_kind == proposal.subject.kind,
        Approval.subject_id == proposal.subject.id,
        Approval.act == proposal.act,
        Approval.digest == proposal.digest,
        Approval.state == state,
    )
    return db.session.scalars(asked.order_by(Approval.id).limit(1)).one_or_none()


def get_approval(approval_id: int, actor: Actor) -> ApprovalView:
    """What was asked of a second person, and whether the record still stands so."""
    actor.require(Permission.FEE_READ)
    found = db.session.get(Approval, approval_id)
    if found is None:
        raise NotFoundError("There is no such question.")
    return view_approval(found, proposal_of(found))


def list_approvals(actor: Actor, limit: int | None = SHOWN) -> Sequence[Approval]:
    """What was asked of second persons: what waits first, then the newest; all without a limit."""
    actor.require(Permission.FEE_READ)
    waiting = case((Approval.state == ApprovalState.ASKED, 0), else_=1)
    return db.session.scalars(select(Approval).order_by(waiting, Approval.id.desc()).limit(limit)).all()


def count_approvals(actor: Actor) -> int:
    """How often second persons were asked."""
    actor.require(Permission.FEE_READ)
    return db.session.scalar(select(func.count()).select_from(Approval)) or 0


def view_approval(found: Approval, proposal: Proposal) -> ApprovalView:
    """A question as it stands beside the record of now."""
    return ApprovalView(
        id=found.id,
        act=found.act,
        subject=Subject(found.subject_kind, found.subject_id),
        words=found.words,
        values=None if found.values is None else found.typed,
        state=found.state,
        asked_by=found.asked_by,
        asked_at=found.asked_at,
        decided_by=found.decided_by,
        decided_at=found.decided_at,
        reason=found.reason,
        is_current=found.digest == proposal.digest,
        others=(found.asked_by_id, *proposal.prepared_by),
    )


def _invoices(wanted: ColumnElement[bool]) -> Sequence[Row[int, str, int]]:
    return db.session.execute(
        select(Invoice.id, Invoice.currency, Invoice.gross_minor)
        .where(wanted, Invoice.state != InvoiceState.VOID)
        .order_by(Invoice.id)
    ).all()


def _digest(rows: Sequence[_Total]) -> str:
    return hashlib.sha256("\n".join(f"{row[0]} {row[1]} {row[2]}" for row in rows).encode()).hexdigest()


def _sums(rows: Sequence[_Total]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for _, currency, minor in rows:
        sums[currency] = sums.get(currency, 0) + minor
    return sums


def _totals(rows: Sequence[_Total]) -> str:
    return join_words(money(Money(minor, currency)) for currency, minor in sorted(_sums(rows).items())) or "nothing"


def _worth(rows: Sequence[_Total]) -> int | None:
    """What the invoices are worth in the books today; None where a rate is missing."""
    home, sums = this_site().home_currency, _sums(rows)
    rates = rates_on(set(sums) - {home}, clock.today())
    if not set(sums) <= {home, *rates}:
        return None
    return sum(
        minor if currency == home else converted(Money(minor, currency), rates[currency].billionths, home).minor
        for currency, minor in sums.items()
    )
