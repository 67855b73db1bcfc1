"""What an entry is about, never guessed: reference and amount are certain, one is proposed, two are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.billing.rules.bank.matching import (
    Claimed,
    Earlier,
    Evidence,
    Habit,
    Judgement,
    Known,
    Mark,
    Part,
    Proposal,
    Recorded,
    RecordKind,
    Seen,
    Surroundings,
    Verdict,
)
from app.core.money import Money

MOST_PROPOSALS = 5
LITTLE = 50
"""What is short by at most one part in so many may be a charge that nobody told of."""


def judge(seen: Seen, around: Surroundings) -> Judgement:
    """What an entry is about (RULES, Invoices and payments: matching never guesses)."""
    if seen.amount.minor <= 0:
        return _judge_outgoing(seen, around)
    named = named_in(seen, around.named)
    judged = _judge_incoming(seen, around, named)
    payers = {each.payer_id for each in named} | {each.payer_id for each in around.known}
    recorded = [each for each in around.recorded if not payers or each.payer_id in payers]
    return _beside(recorded, judged)


def named_in(seen: Seen, invoices: Iterable[Claimed]) -> list[Claimed]:
    """The invoices that an entry names by number or by creditor reference."""
    return [each for each in invoices if each.number.upper() in seen.words or each.reference in seen.references]


def _judge_incoming(seen: Seen, around: Surroundings, named: Sequence[Claimed]) -> Judgement:
    if len(named) == 1:
        return _judge_named(seen, named[0], around.known)
    if named:
        return _judge_several(seen, named)
    return _judge_unnamed(seen, around)


def _beside(recorded: Sequence[Recorded], judged: Judgement) -> Judgement:
    """What was recorded by hand comes first; beside anything else that the money may settle it makes a question."""
    if not recorded:
        return judged
    shown = tuple(_showing(each) for each in recorded)
    others = any(each.settles for each in judged.proposals)
    verdict = Verdict.LIKELY if len(shown) == 1 and not others else Verdict.ASKED
    return Judgement(verdict, (*shown, *judged.proposals)[:MOST_PROPOSALS])


def _judge_outgoing(seen: Seen, around: Surroundings) -> Judgement:
    """Money that went is what was given back, or a credit the bank takes back, or goes where it went before."""
    proposals = [*map(_showing, around.recorded), *_taken_back(seen, around)] or list(map(_habitual, around.habits))
    return Judgement(_by_number(proposals), tuple(proposals[:MOST_PROPOSALS]))


def _taken_back(seen: Seen, around: Surroundings) -> Iterator[Proposal]:
    """The payments a line may take back: any of the amount where the bank says so, else of a payer it speaks of."""
    payers = {each.payer_id for each in named_in(seen, around.named)} | {each.payer_id for each in around.known}
    why = (
        "The bank says that it takes a credit back"
        if seen.is_reversal
        else "It speaks of the payer, and the money went"
    )
    for each in around.earlier:
        if seen.is_reversal or each.payer_id in payers:
            yield _reversal(each, why)


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
        whole = _settling(seen, [invoice], (*evidence, over))
        return [replace(whole, lead=f"{whole.lead}; {short} waits on its account")]
    told = (*evidence, Evidence(Mark.PARTLY, f"{short} short of what is open on {invoice.number}"))
    whole, is_told = _settling(seen, [invoice], told), seen.charges == short.minor
    part = replace(whole, lead=f"{whole.lead}; {short} stays open")
    charge = Proposal(
        key=f"charge-{invoice.invoice_id}",
        lead=f"Invoice {invoice.number}, with a charge of {short} written off",
        payer_id=invoice.payer_id,
        evidence=(*told, *([Evidence(Mark.FOR, f"The bank says it kept {short}")] if is_told else [])),
        settles=part.settles,
        writes_off=short.minor,
    )
    if is_told:
        return [charge, part]
    return [part, charge] if short.minor * LITTLE <= invoice.open.minor else [part]


def _judge_several(seen: Seen, named: Sequence[Claimed]) -> Judgement:
    """Two named are a question, unless the amount is what is open on all of them together: that is proposed."""
    evidence = (Evidence(Mark.FOR, f"The reference names {' and '.join(each.number for each in named)}"),)
    alike = [each for each in named if each.open.currency == seen.amount.currency and each.open.minor]
    if len({each.payer_id for each in named}) == 1 and _added(alike) == seen.amount.minor:
        exact = Evidence(Mark.FOR, "The amount is what is open on them together")
        return Judgement(Verdict.LIKELY, (_settling(seen, alike, (*evidence, exact)),))
    return Judgement(Verdict.ASKED, tuple(_settling(seen, [each], evidence) for each in alike))


def _added(invoices: Iterable[Claimed]) -> int:
    return sum(each.open.minor for each in invoices)


def _judge_unnamed(seen: Seen, around: Surroundings) -> Judgement:
    """Without a reference the amount is a proposal where it fits one invoice, and a question where it fits two.

    Where it fits invoices of other payers alone than the one who seems to have paid, it is a question, too.
    """
    missing = Evidence(Mark.AGAINST, "The reference names no invoice")
    fitting = _fitting(seen, around)
    if len(fitting) > MOST_PROPOSALS:
        return Judgement(Verdict.ASKED)
    others = _others(fitting, around.known)
    proposals = [
        _settling(seen, [each], (_equal_words(each), *_known_as(each.payer_id, around.known), *others, missing))
        for each in fitting
    ]
    waits = [_on_account(each.payer_id, each.payer, (_words_of(each), missing)) for each in around.known]
    if proposals and others:
        return Judgement(Verdict.ASKED, (*waits, *proposals)[:MOST_PROPOSALS])
    return Judgement(_by_number(proposals or waits), (*proposals, *waits))


def _fitting(seen: Seen, around: Surroundings) -> list[Claimed]:
    """The invoices with just this amount open: those of payers that are known, else all."""
    payers = {each.payer_id for each in around.known}
    equal = [each for each in around.equal if each.open == seen.amount]
    return [each for each in equal if each.payer_id in payers] or equal


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


def _reversal(earlier: Earlier, why: str) -> Proposal:
    told = f"The same amount came on {earlier.day.day} {earlier.day:%B %Y}"
    return Proposal(
        key=f"reverse-{earlier.payment_id}",
        lead=f"The bank takes back payment {earlier.payment_id} of {earlier.payer}",
        payer_id=earlier.payer_id,
        evidence=(Evidence(Mark.FOR, why), Evidence(Mark.FOR, told)),
        reverses=earlier.payment_id,
    )


def _showing(recorded: Recorded) -> Proposal:
    """That an entry is the money of something that is on record already: nothing more is booked."""
    is_payment = recorded.kind is RecordKind.PAYMENT
    what = f"{'Payment' if is_payment else 'Refund'} {recorded.record_id}"
    told = f"The same amount, recorded by hand on {recorded.day.day} {recorded.day:%B %Y}"
    return Proposal(
        key=f"{recorded.kind}-{recorded.record_id}",
        lead=f"{what} {'of' if is_payment else 'to'} {recorded.payer}, which is on record: nothing more is booked",
        payer_id=recorded.payer_id,
        evidence=(Evidence(Mark.FOR, told), Evidence(Mark.FOR, "No line of the bank shows it yet")),
        shows=(recorded.kind, recorded.record_id),
    )


def _habitual(habit: Habit) -> Proposal:
    told = f"A line with these words was booked so on {habit.day.day} {habit.day:%B %Y}"
    return Proposal(
        key=f"ledger-{habit.account_code}",
        lead=f"{habit.account_code} {habit.account}",
        evidence=(Evidence(Mark.FOR, told),),
        account_code=habit.account_code,
    )


def _equal_words(invoice: Claimed) -> Evidence:
    return Evidence(Mark.FOR, f"The amount is what is open on {invoice.number}")


def _others(invoices: Sequence[Claimed], known: Sequence[Known]) -> list[Evidence]:
    """What speaks against invoices that are none of who seems to have paid."""
    payers = {each.payer_id for each in known}
    theirs = any(each.payer_id in payers for each in invoices)
    return [] if theirs else [Evidence(Mark.AGAINST, _words_of(each).words) for each in known]


def _known_as(payer_id: int, known: Iterable[Known]) -> tuple[Evidence, ...]:
    return tuple(_words_of(each) for each in known if each.payer_id == payer_id)


def _words_of(known: Known) -> Evidence:
    if known.by_account:
        return Evidence(Mark.FOR, f"{known.payer} has paid from this account before")
    return Evidence(Mark.PARTLY, f"The other party is called as {known.payer} is")
