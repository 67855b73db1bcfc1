"""The desk of an account: the lines that wait, what is proposed for each, and what was decided last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.audit.remembering import remembered
from app.billing.models import BankAccount, BankEntry, Invoice, LedgerAccount
from app.billing.queries.bank.accounts import BankAccountRow, get_bank_account, list_bank_accounts
from app.billing.queries.bank.certain import whys_of_certain
from app.billing.queries.bank.judging import judge_entries
from app.billing.queries.bank.payers import payers_by_number
from app.billing.queries.bank.statements import Balance, StatementRow, find_newest_statement, reconcile
from app.billing.queries.open_days import open_days
from app.billing.rules import RESULT_KINDS
from app.billing.rules.bank.matching import EntryState, Judgement, Proposal
from app.billing.rules.bank.posting import PostLine, would_post
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.permissions import Permission

MOST_SHOWN = 50


@dataclass(frozen=True)
class DeskLine:
    """A line that waits, and what is proposed for it."""

    id: int
    day: date
    party: str
    text: str
    amount: Money
    judgement: Judgement


@dataclass(frozen=True)
class Proposed:
    """A proposal with what it would post.

    `later` is the first day on which it can settle, where the line's own is too early.
    """

    proposal: Proposal
    posts: Sequence[PostLine]
    later: date | None


@dataclass(frozen=True)
class Decided:
    """The line that a person decided last."""

    id: int
    day: date
    amount: Money
    state: EntryState


@dataclass(frozen=True)
class Desk:
    """What waits on an account, the oldest first; `chosen` is the place of the line that is looked at.

    `payer_id` is whose it likely is: the one payer known by the account it came from, else the first that is proposed.
    `certain`: how many of all lines that wait are booked without being looked at; `certain_left`: how many are not,
    certain as they are; `why_not`: why the line that is looked at is not.
    """

    account: BankAccountRow
    lines: Sequence[DeskLine]
    chosen: int | None
    payer_id: int | None
    proposed: Sequence[Proposed]
    counts: Mapping[EntryState, int]
    last: Decided | None
    statement: StatementRow | None
    balance: Balance | None
    certain: int
    certain_left: int
    why_not: str

    @property
    def line(self) -> DeskLine | None:
        """The line that is looked at."""
        return None if self.chosen is None else self.lines[self.chosen]

    @property
    def with_proposal(self) -> int:
        """How many of the lines shown have a proposal."""
        return sum(bool(each.judgement.proposals) for each in self.lines)

    def beside(self, step: int) -> int | None:
        """The line so many places further on, None where there is none."""
        place = (self.chosen or 0) + step
        return self.lines[place].id if 0 <= place < len(self.lines) else None


def get_desk(account_id: int, line_id: int | None, actor: Actor) -> Desk:
    """The desk of an account, at a line; where that is decided, at the one that follows it."""
    row = get_bank_account(account_id, actor)
    account = db.session.get_one(BankAccount, account_id)
    entries = _waiting(account_id)
    judged = judge_entries(account, entries)
    lines = [_line(entry, account.currency, judged[entry.id]) for entry in entries]
    chosen = _place(entries, line_id)
    statement, whys = find_newest_statement(account_id, actor), whys_of_certain(account_id)
    left = sum(map(bool, whys.values()))
    return Desk(
        account=row,
        lines=lines,
        chosen=chosen,
        payer_id=None if chosen is None else _likely_payer(entries[chosen], lines[chosen].judgement),
        proposed=[] if chosen is None else _proposed(lines[chosen], account.account_code),
        counts=_count_by_state(account_id),
        last=_last_decided(account, actor),
        statement=statement,
        balance=reconcile(statement, actor) if statement else None,
        certain=len(whys) - left,
        certain_left=left,
        why_not="" if chosen is None else whys.get(entries[chosen].id, ""),
    )


def count_waiting(actor: Actor) -> int:
    """How many lines wait, of all accounts."""
    actor.require(Permission.PAYMENT_READ)
    return _count_waiting()


@remembered
def _count_waiting() -> int:
    asked = select(func.count()).select_from(BankEntry).where(BankEntry.state == EntryState.OPEN)
    return db.session.scalar(asked) or 0


def list_desks(actor: Actor) -> Sequence[tuple[BankAccountRow, Balance | None, int]]:
    """Each account with how it stands after its newest statement, and how many lines wait."""
    found = []
    for account in list_bank_accounts(actor):
        statement = find_newest_statement(account.id, actor)
        waiting = _count_by_state(account.id).get(EntryState.OPEN, 0)
        found.append((account, reconcile(statement, actor) if statement else None, waiting))
    return found


def list_result_accounts(actor: Actor) -> Sequence[tuple[str, str]]:
    """The accounts of income and expense, to which a line without a payer can be booked."""
    actor.require(Permission.PAYMENT_READ)
    asked = select(LedgerAccount.code, LedgerAccount.name).where(LedgerAccount.kind.in_(sorted(RESULT_KINDS)))
    return [(row.code, f"{row.code} {row.name}") for row in db.session.execute(asked.order_by(LedgerAccount.code))]


def _waiting(account_id: int) -> list[BankEntry]:
    asked = select(BankEntry).where(BankEntry.account_id == account_id, BankEntry.state == EntryState.OPEN)
    return list(db.session.scalars(asked.order_by(BankEntry.booking_day, BankEntry.id).limit(MOST_SHOWN)))


def _place(entries: Sequence[BankEntry], line_id: int | None) -> int | None:
    """The place of a line, or of the one after it; the first where there is none."""
    if not entries:
        return None
    asked = select(BankEntry.booking_day, BankEntry.id).where(BankEntry.id == (line_id or 0))
    found = db.session.execute(asked).one_or_none()
    after = (found.booking_day, found.id) if found else (date.min, 0)
    return next((place for place, each in enumerate(entries) if (each.booking_day, each.id) >= after), 0)


def _line(entry: BankEntry, currency: str, judgement: Judgement) -> DeskLine:
    return DeskLine(
        id=entry.id,
        day=entry.booking_day,
        party=entry.counterparty,
        text=entry.text or entry.creditor_reference or entry.end_to_end,
        amount=Money(entry.amount_minor, currency),
        judgement=judgement,
    )


def _proposed(line: DeskLine, bank_code: str) -> list[Proposed]:
    ids = sorted({part.invoice_id for each in line.judgement.proposals for part in each.settles})
    rows = db.session.execute(select(Invoice.id, Invoice.number).where(Invoice.id.in_(ids)))
    numbers = {row.id: row.number or "" for row in rows}
    opens = open_days(ids, line.day)
    proposed = []
    for each in line.judgement.proposals:
        first = opens.first_day(each.takes)
        posts = would_post(each, line.amount, bank_code, numbers)
        proposed.append(Proposed(each, posts, first if first > opens.since else None))
    return proposed


def find_likely_payer(entry_id: int, actor: Actor) -> int | None:
    """Whose an open line likely is, for who decides it; None where nothing on record tells."""
    actor.require(Permission.PAYMENT_EDIT)
    entry = db.session.get_one(BankEntry, entry_id)
    account = db.session.get_one(BankAccount, entry.account_id)
    return _likely_payer(entry, judge_entries(account, [entry])[entry_id])


def _likely_payer(entry: BankEntry, judgement: Judgement) -> int | None:
    """Whose a line likely is: the one payer known by the account it came from, else the first that is proposed."""
    number = entry.counterparty_number
    known = payers_by_number({number}).get(number, {})
    if len(known) == 1:
        return next(iter(known))
    return next((each.payer_id for each in judgement.proposals if each.payer_id), None)


def _count_by_state(account_id: int) -> dict[EntryState, int]:
    rows = db.session.execute(
        select(BankEntry.state, func.count())
        .where(BankEntry.account_id == account_id)
        .group_by(BankEntry.state)
        .order_by(BankEntry.state)
    )
    return {row[0]: row[1] for row in rows}


def _last_decided(account: BankAccount, actor: Actor) -> Decided | None:
    """The line of an account that the reader decided last."""
    asked = (
        select(BankEntry)
        .where(
            BankEntry.account_id == account.id,
            BankEntry.state != EntryState.OPEN,
            BankEntry.decided_by == actor.name,
        )
        .order_by(BankEntry.decided_at.desc(), BankEntry.id.desc())
        .limit(1)
    )
    entry = db.session.scalars(asked).one_or_none()
    if entry is None:
        return None
    return Decided(entry.id, entry.booking_day, Money(entry.amount_minor, account.currency), entry.state)
