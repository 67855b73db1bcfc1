"""What an entry is about, never guessed: reference and amount are certain, one is proposed, two are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.billing.rules.bank.references import creditor_references, words_of
from app.core.money import Money


class EntryState(StrEnum):
    """What has become of an entry: not looked at yet, to be decided, booked, or left alone with a reason."""

    NEW = "new"
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
    charges: int = 0
    is_reversal: bool = False

    @property
    def words(self) -> frozenset[str]:
        """The words that may be numbers of invoices."""
        return words_of(self.texts)

    @property
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


@dataclass(frozen=True)
class Earlier:
    """A payment that an entry of the bank may take back."""

    payment_id: int
    payer_id: int
    payer: str
    day: date


@dataclass(frozen=True)
class Part:
    """What of a proposal settles which invoice, in minor units."""

    invoice_id: int
    amount: int


@dataclass(frozen=True)
class Proposal:
    """One way to book an entry: whose payment it is, what it settles, what is written off; or which it takes back."""

    key: str
    lead: str
    payer_id: int
    evidence: tuple[Evidence, ...] = ()
    settles: tuple[Part, ...] = ()
    writes_off: int = 0
    reverses: int | None = None


@dataclass(frozen=True)
class Judgement:
    """What is proposed for an entry, and how sure it is."""

    verdict: Verdict
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What is on record that entries may be about."""

    named: Sequence[Claimed] = ()
    equal: Sequence[Claimed] = ()
    known: Sequence[Known] = ()
    earlier: Sequence[Earlier] = ()


def judge(seen: Seen, around: Surroundings) -> Judgement:
    """What an entry is about (RULES, Invoices and payments: matching never guesses)."""
    if seen.amount.minor <= 0:
        return _judge_outgoing(seen, around.earlier)
    named = [each for each in around.named if each.number.upper() in seen.words or each.reference in seen.references]
    if len(named) == 1:
        return _judge_named(seen, named[0], around.known)
    if named:
        return _judge_several(seen, named)
    return _judge_unnamed(seen, around)


def _judge_outgoing(seen: Seen, earlier: Sequence[Earlier]) -> Judgement:
    """Money that went is asked about; where the bank says that it takes a credit back, that payment is proposed."""
    if not seen.is_reversal:
        return Judgement(Verdict.ASKED)
    proposals = tuple(_reversal(each) for each in earlier)
    return Judgement(_by_number(proposals), proposals)


def _judge_named(seen: Seen, invoice: Claimed, known: Sequence[Known]) -> Judgement:
    evidence = (Evidence(Mark.FOR, f"The reference names {invoice.number}"), *_known_as(invoice.payer_id, known))
    if invoice.open == seen.amount:
        exact = Evidence(Mark.FOR, f"The amount is what is open on {invoice.number}")
        return Judgement(Verdict.CERTAIN, (_settling(seen, [invoice], (evidence[0], exact, *evidence[1:])),))
    if invoice.open.currency != seen.amount.currency or not invoice.open.minor:
        why = "is paid already" if not invoice.open.minor else f"is in {invoice.open.currency}"
        told = (*evidence, Evidence(Mark.AGAINST, f"{invoice.number} {why}"))
        return Judgement(Verdict.LIKELY, (_on_account(invoice.payer_id, invoice.payer, told),))
    return Judgement(Verdict.LIKELY, tuple(_inexact(seen, invoice, evidence)))


def _inexact(seen: Seen, invoice: Claimed, evidence: tuple[Evidence, ...]) -> Iterable[Proposal]:
    """Less or more than is open: what is short stays open or is a charge; what is over stays on account."""
    gap = seen.amount.minor - invoice.open.minor
    short = Money(abs(gap), seen.amount.currency)
    if gap > 0:
        over = Evidence(Mark.PARTLY, f"{short} more than is open on {invoice.number}: it stays on the payer's account")
        return [_settling(seen, [invoice], (*evidence, over))]
    told = (*evidence, Evidence(Mark.PARTLY, f"{short} short of what is open on {invoice.number}"))
    part = _settling(seen, [invoice], told)
    charge = Proposal(
        key=f"charge-{invoice.invoice_id}",
        lead=f"Invoice {invoice.number}, with a charge of {short} written off",
        payer_id=invoice.payer_id,
        evidence=(*told, Evidence(Mark.FOR, f"The bank says it kept {short}")),
        settles=part.settles,
        writes_off=short.minor,
    )
    return [charge, part] if seen.charges == short.minor else [part]


def _judge_several(seen: Seen, named: Sequence[Claimed]) -> Judgement:
    """Two named are a question, unless the amount is what is open on all of them together: that is proposed."""
    evidence = (Evidence(Mark.FOR, f"The reference names {' and '.join(each.number for each in named)}"),)
    is_of_one = len({(each.payer_id, each.open.currency) for each in named}) == 1
    if is_of_one and sum(each.open.minor for each in named) == seen.amount.minor:
        exact = Evidence(Mark.FOR, "The amount is what is open on them together")
        return Judgement(Verdict.LIKELY, (_settling(seen, named, (*evidence, exact)),))
    alike = [each for each in named if each.open.currency == seen.amount.currency and each.open.minor]
    return Judgement(Verdict.ASKED, tuple(_settling(seen, [each], evidence) for each in alike))


def _judge_unnamed(seen: Seen, around: Surroundings) -> Judgement:
    """Without a reference the amount is a proposal where it fits one invoice, and a question where it fits two."""
    missing = Evidence(Mark.AGAINST, "The reference names no invoice")
    equal = [each for each in around.equal if each.open == seen.amount]
    of_known = [each for each in equal if any(known.payer_id == each.payer_id for known in around.known)]
    proposals = [
        _settling(seen, [each], (_equal_words(each), *_known_as(each.payer_id, around.known), missing))
        for each in of_known or equal
    ]
    waits = [_on_account(each.payer_id, each.payer, (_words_of(each), missing)) for each in around.known]
    verdict = _by_number(proposals or waits)
    return Judgement(verdict, (*proposals, *waits))


def _by_number(proposals: Sequence[Proposal]) -> Verdict:
    return (Verdict.UNKNOWN, Verdict.LIKELY, Verdict.ASKED)[min(len(proposals), 2)]


def _settling(seen: Seen, invoices: Sequence[Claimed], evidence: tuple[Evidence, ...]) -> Proposal:
    """A proposal that settles invoices in their order, as far as the money goes."""
    left, parts = seen.amount.minor, []
    for each in invoices:
        part = min(left, each.open.minor)
        left -= part
        parts.append(Part(each.invoice_id, part))
    numbers = ", ".join(each.number for each in invoices)
    return Proposal(
        key="invoice-" + "-".join(str(each.invoice_id) for each in invoices),
        lead=f"Invoice {numbers} of {invoices[0].payer}",
        payer_id=invoices[0].payer_id,
        evidence=evidence,
        settles=tuple(part for part in parts if part.amount),
    )


def _on_account(payer_id: int, payer: str, evidence: tuple[Evidence, ...]) -> Proposal:
    return Proposal(f"account-{payer_id}", f"Payment on account of {payer}: it settles nothing yet", payer_id, evidence)


def _reversal(earlier: Earlier) -> Proposal:
    told = f"The same amount came on {earlier.day.day} {earlier.day:%B %Y}"
    return Proposal(
        key=f"reverse-{earlier.payment_id}",
        lead=f"The bank takes back payment {earlier.payment_id} of {earlier.payer}",
        payer_id=earlier.payer_id,
        evidence=(Evidence(Mark.FOR, "The bank says that it takes a credit back"), Evidence(Mark.FOR, told)),
        reverses=earlier.payment_id,
    )


def _equal_words(invoice: Claimed) -> Evidence:
    return Evidence(Mark.FOR, f"The amount is what is open on {invoice.number}")


def _known_as(payer_id: int, known: Iterable[Known]) -> tuple[Evidence, ...]:
    return tuple(_words_of(each) for each in known if each.payer_id == payer_id)


def _words_of(known: Known) -> Evidence:
    if known.by_account:
        return Evidence(Mark.FOR, f"{known.payer} has paid from this account before")
    return Evidence(Mark.PARTLY, f"The other party is called as {known.payer} is")
