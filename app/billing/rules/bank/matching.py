"""What entries of a bank tell, what is on record that they may be about, and what can be proposed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from app.billing.rules.bank.references import creditor_references, words_of
from app.core.money import Money

NOTHING_MOVED = "The bank moved no money by it."


class EntryState(StrEnum):
    """What has become of an entry: to be decided, booked, or left alone with a reason."""

    OPEN = "open"
    BOOKED = "booked"
    IGNORED = "ignored"


class Verdict(StrEnum):
    """How sure it is what an entry is about."""

    CERTAIN = "certain"
    LIKELY = "likely"
    ASKED = "question"
    UNKNOWN = "unknown"


class Mark(StrEnum):
    """What a piece of evidence speaks for."""

    FOR = "for"
    PARTLY = "partly"
    AGAINST = "against"


@dataclass(frozen=True)
class Evidence:
    """One thing that speaks for or against a proposal."""

    mark: Mark
    words: str


@dataclass(frozen=True)
class Seen:
    """What of an entry tells what it is about."""

    entry_id: int
    amount: Money
    day: date
    texts: tuple[str, ...]
    counterparty: str = ""
    counterparty_number: str = ""
    charges: int = 0
    is_reversal: bool = False

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that may be numbers of invoices."""
        return words_of(self.texts)

    @cached_property
    def references(self) -> frozenset[str]:
        """The creditor references it carries."""
        return creditor_references(self.texts)


@dataclass(frozen=True)
class Claimed:
    """An invoice an entry may be about: what is open on it and whose it is."""

    invoice_id: int
    number: str
    reference: str
    payer_id: int
    payer: str
    open: Money


@dataclass(frozen=True)
class Known:
    """A payer that the entry speaks of by its account or its name."""

    payer_id: int
    payer: str
    by_account: bool


class RecordKind(StrEnum):
    """What was recorded by hand that a line of the bank may show."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True)
class Recorded:
    """A payment or a refund of the same amount that no line of the bank shows yet."""

    kind: RecordKind
    record_id: int
    payer_id: int
    payer: str
    day: date


@dataclass(frozen=True)
class Earlier:
    """A payment that an entry of the bank may take back."""

    payment_id: int
    payer_id: int
    payer: str
    day: date


@dataclass(frozen=True)
class Habit:
    """To which account of the ledger a line like this one was booked before."""

    account_code: str
    account: str
    day: date


@dataclass(frozen=True)
class Part:
    """What of a proposal settles which invoice, in minor units."""

    invoice_id: int
    amount: int


@dataclass(frozen=True)
class Proposal:
    """One way to decide an entry.

    It is a payment of a payer that settles invoices, with what is written off beside it; or it takes a payment back; or
    it shows what is on record already; or it is booked to an account of the ledger without any payer.
    """

    key: str
    lead: str
    payer_id: int | None = None
    evidence: tuple[Evidence, ...] = ()
    settles: tuple[Part, ...] = ()
    writes_off: int = 0
    reverses: int | None = None
    shows: tuple[RecordKind, int] | None = None
    account_code: str = ""

    @property
    def takes(self) -> Mapping[int, int]:
        """By how much each invoice is taken down, in minor units: what settles it, and what is written off beside."""
        return {part.invoice_id: part.amount + self.writes_off for part in self.settles}


@dataclass(frozen=True)
class Judgement:
    """What is proposed for an entry, and how sure it is."""

    verdict: Verdict
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What is on record that an entry may be about."""

    named: Sequence[Claimed] = ()
    equal: Sequence[Claimed] = ()
    known: Sequence[Known] = ()
    recorded: Sequence[Recorded] = ()
    earlier: Sequence[Earlier] = ()
    habits: Sequence[Habit] = ()


VERDICT_WORDS = {
    Verdict.CERTAIN: "certain",
    Verdict.LIKELY: "likely",
    Verdict.ASKED: "question",
    Verdict.UNKNOWN: "no_proposal",
}
STATE_WORDS = {EntryState.OPEN: "waiting", EntryState.BOOKED: "booked", EntryState.IGNORED: "left_out"}
