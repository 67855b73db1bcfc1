"""Statements in CAMT.053, versions 02 to 13: read by the names of their elements, which the versions share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from lxml import etree

from app.billing.rules.bank.statements import (
    Entry,
    Statement,
    check_currency,
    check_day,
    plain,
    put_together,
    read_amount,
    refusal,
)
from app.core.money import Money

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(?P<kind>[a-z]+\.\d{3})\.\d{3}\.(?P<version>\d{2})")
VERSIONS = range(2, 14)
OPENING, PREVIOUS, CLOSING, INTERMEDIATE = "OPBD", "PRCD", "CLBD", "ITBD"
BOOKED = "BOOK"
NAME, REFERENCE = 200, 100


@dataclass(frozen=True)
class Balance:
    """A balance that a statement gives: of which kind, in minor units, in which currency, on which day."""

    code: str
    minor: int
    currency: str
    day: date


def read_camt(content: bytes) -> list[Statement]:
    """The statements of a file; pages of one statement are put together."""
    root = _parsed(content)
    _check_version(root)
    pages = [_statement(each) for each in _children(_only(root, "BkToCstmrStmt"), "Stmt")]
    return put_together(pages)


def _parsed(content: bytes) -> Any:
    """The tree of the file: no DTD, no entities, nothing from outside, no more depth or text than a statement has."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, dtd_validation=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise refusal(f"This XML is damaged or cut off in line {error.lineno}.") from None
    except ValueError as error:
        raise refusal("This XML cannot be read.") from error
    if root.getroottree().docinfo.doctype:
        raise refusal("This XML declares a document type, which no statement of a bank does.")
    return root


def _check_version(root: Any) -> None:
    name = etree.QName(root)
    found = NAMESPACE.fullmatch(name.namespace or "")
    if name.localname != "Document" or found is None:
        raise refusal("This XML is no statement: CAMT.053 is what a bank calls a statement.")
    if found["kind"] != "camt.053":
        raise refusal(f"This is {found['kind'].upper()}: no statement of booked entries, which is CAMT.053.")
    if int(found["version"]) not in VERSIONS:
        raise refusal(f"Version {found['version']} of CAMT.053 is not known; versions 02 to 13 are.")


def _statement(found: Any) -> Statement:
    balances = [_balance(each) for each in _children(found, "Bal")]
    currency = _currency(found, balances)
    entries = tuple(_booked(found, currency))
    opening, closing = _opening(balances), _closing(balances)
    if closing is None or opening is None:
        raise refusal("A statement of this file has no opening or no closing balance.")
    first, last = _days(found, entries, closing)
    return Statement(
        account=_account(found),
        currency=currency,
        number=plain(_text(found, "Id") or _text(found, "ElctrncSeqNb"), REFERENCE),
        opening=opening.minor,
        closing=closing.minor,
        first_day=first,
        last_day=last,
        entries=entries,
    )


def _booked(found: Any, currency: str) -> Iterator[Entry]:
    for each in _children(found, "Ntry"):
        if _is_booked(each):
            yield from _entries(each, currency)


def _account(found: Any) -> str:
    number = _text(found, "Acct", "Id", "IBAN") or _text(found, "Acct", "Id", "Othr", "Id")
    if not number:
        raise refusal("A statement of this file does not say of which account it is.")
    return plain(number, REFERENCE)


def _currency(found: Any, balances: Sequence[Balance]) -> str:
    """The currency of the account; balances in another one would be a lie."""
    said = {each.currency for each in balances} | {_text(found, "Acct", "Ccy")} - {""}
    if len(said) != 1:
        raise refusal("A statement of this file is not of one currency.")
    return check_currency(said.pop())


def _balance(found: Any) -> Balance:
    code = _text(found, "Tp", "CdOrPrtry", "Cd")
    amount, currency = _amount(found, "Amt")
    return Balance(code, amount * _sign(found), currency, _day(found, "Dt"))


def _opening(balances: Sequence[Balance]) -> Balance | None:
    """The balance it begins with: that of the day or of the day before, on later pages that between two pages."""
    wanted = [each for code in (OPENING, PREVIOUS, INTERMEDIATE) for each in balances if each.code == code]
    return wanted[0] if wanted else None


def _closing(balances: Sequence[Balance]) -> Balance | None:
    """The balance it ends with; on pages before the last it is that between two pages."""
    wanted = [each for code in (INTERMEDIATE, CLOSING) for each in balances if each.code == code]
    return wanted[-1] if wanted else None


def _days(found: Any, entries: Sequence[Entry], closing: Balance) -> tuple[date, date]:
    """The days a statement says it covers, else those of its entries up to that of its closing balance."""
    booked = [entry.booking_day for entry in entries] or [closing.day]
    first, last = (_text(found, "FrToDt", name) for name in ("FrDtTm", "ToDtTm"))
    return (_as_day(first) if first else min(booked), _as_day(last) if last else max(closing.day, *booked))


def _is_booked(entry: Any) -> bool:
    """Whether an entry is booked: its state is a text in old versions, a code within it in newer ones."""
    return (_text(entry, "Sts", "Cd") or _text(entry, "Sts")) in (BOOKED, "")


def _entries(entry: Any, currency: str) -> Iterator[Entry]:
    """One entry, or one for each transaction of a batch whose details add to it."""
    amount, said = _amount(entry, "Amt")
    if said != currency:
        raise refusal(f"An entry in {said} stands in a statement in {currency}.")
    signed = amount * _sign(entry)
    booking = _day(entry, "BookgDt", or_else=_child(entry, "ValDt"))
    whole = Entry(
        booking_day=booking,
        value_day=_day(entry, "ValDt") if _child(entry, "ValDt") is not None else booking,
        amount=signed,
        bank_reference=plain(_text(entry, "AcctSvcrRef"), REFERENCE),
        text=plain(_text(entry, "AddtlNtryInf")),
        charges=_charges(entry, currency),
        is_reversal=_text(entry, "RvslInd") in ("true", "1"),
    )
    details = [each for part in _children(entry, "NtryDtls") for each in _children(part, "TxDtls")]
    yield from _split(whole, details, currency)


def _split(whole: Entry, details: Sequence[Any], currency: str) -> Iterator[Entry]:
    if not details:
        yield whole
    elif len(details) == 1:
        yield _told(whole, details[0], whole.amount)
    else:
        yield from _batch(whole, details, currency)


def _batch(whole: Entry, details: Sequence[Any], currency: str) -> Iterator[Entry]:
    """The transactions of a batch where their amounts add to it, else the batch with all they tell."""
    amounts = [_part(each, currency, whole.amount) for each in details]
    if sum(amounts) != whole.amount:
        yield replace(whole, text=plain(" / ".join([whole.text, *map(_remittance, details)]).strip(" /")))
        return
    for place, (each, amount) in enumerate(zip(details, amounts, strict=True), start=1):
        yield _numbered(_told(whole, each, amount), whole, place)


def _numbered(told: Entry, whole: Entry, place: int) -> Entry:
    """A transaction of a batch by a reference of its own, else by that of the batch and its place in it."""
    if not whole.bank_reference or told.bank_reference != whole.bank_reference:
        return told
    return replace(told, bank_reference=f"{whole.bank_reference}/{place}")


def _part(found: Any, currency: str, whole: int) -> int:
    """The signed amount of a transaction of a batch in the currency of the account; nothing where it gives none."""
    for amount in (_at(found, "Amt"), _at(found, "AmtDtls", "TxAmt", "Amt")):
        if amount is not None and amount.get("Ccy") == currency:
            return read_amount(amount.text or "", currency) * _sign(found, or_else=1 if whole >= 0 else -1)
    return 0


def _told(whole: Entry, found: Any, amount: int) -> Entry:
    """An entry with what the details of its transaction tell: who, what for, and by which references."""
    party, number = _other_party(found, came=amount >= 0)
    return replace(
        whole,
        amount=amount,
        bank_reference=plain(_text(found, "Refs", "AcctSvcrRef"), REFERENCE) or whole.bank_reference,
        end_to_end=_known(plain(_text(found, "Refs", "EndToEndId"), REFERENCE)),
        creditor_reference=plain(_structured(found), REFERENCE),
        text=plain(_remittance(found)) or plain(_text(found, "AddtlTxInf")) or whole.text,
        counterparty=party,
        counterparty_number=number,
        is_reversal=whole.is_reversal or _child(found, "RtrInf") is not None,
        foreign=_foreign(found),
    )


def _other_party(found: Any, *, came: bool) -> tuple[str, str]:
    """Name and account of who paid, or of who was paid; newer versions name them one element deeper."""
    who = "Dbtr" if came else "Cdtr"
    name = _text(found, "RltdPties", who, "Nm") or _text(found, "RltdPties", who, "Pty", "Nm")
    place = ("RltdPties", f"{who}Acct", "Id")
    number = _text(found, *place, "IBAN") or _text(found, *place, "Othr", "Id")
    return plain(name, NAME), re.sub(r"\s", "", plain(number, 40)).upper()


def _remittance(found: Any) -> str:
    return " ".join(each.text or "" for part in _children(found, "RmtInf") for each in _children(part, "Ustrd"))


def _structured(found: Any) -> str:
    for part in _children(found, "RmtInf"):
        for each in _children(part, "Strd"):
            if reference := _text(each, "CdtrRefInf", "Ref"):
                return reference
    return ""


def _foreign(found: Any) -> Money | None:
    """What was paid in another currency before it was exchanged."""
    amount = _at(found, "AmtDtls", "InstdAmt", "Amt")
    exchanged = _at(found, "AmtDtls", "TxAmt", "Amt")
    if amount is None or (exchanged is not None and exchanged.get("Ccy") == amount.get("Ccy")):
        return None
    currency = check_currency(amount.get("Ccy") or "")
    return Money(read_amount(amount.text or "", currency), currency)


def _charges(found: Any, currency: str) -> int:
    """What the bank kept for itself, where it says so in the currency of the account."""
    total = _at(found, "Chrgs", "TtlChrgsAndTaxAmt")
    charges = _child(found, "Chrgs")
    parts = [] if charges is None else [total] if total is not None else charges.findall("{*}Rcrd/{*}Amt")
    return sum(read_amount(each.text or "", currency) for each in parts if each.get("Ccy", currency) == currency)


def _known(reference: str) -> str:
    return "" if reference.upper() in ("NOTPROVIDED", "NOT PROVIDED") else reference


def _amount(found: Any, name: str) -> tuple[int, str]:
    amount = _child(found, name)
    if amount is None:
        raise refusal("A balance or an entry of this file has no amount.")
    currency = check_currency(amount.get("Ccy") or "")
    minor = read_amount(amount.text or "", currency)
    if minor < 0:
        raise refusal("An amount of this file is below zero; a debit says so beside it.")
    return minor, currency


def _sign(found: Any, or_else: int = 0) -> int:
    sign = {"CRDT": 1, "DBIT": -1, "": or_else}.get(_text(found, "CdtDbtInd"), 0)
    if not sign:
        raise refusal("A balance or an entry of this file does not say whether it is a credit or a debit.")
    return sign


def _day(found: Any, name: str, or_else: Any = None) -> date:
    holder = _child(found, name)
    holder = or_else if holder is None else holder
    text = "" if holder is None else _text(holder, "Dt") or _text(holder, "DtTm")
    if not text:
        raise refusal("A balance or an entry of this file has no day.")
    return _as_day(text)


def _as_day(text: str) -> date:
    try:
        return check_day(datetime.fromisoformat(text.strip()).date())
    except ValueError:
        raise refusal(f"{text[:40]!r} is no day.") from None


def _children(found: Any, name: str) -> list[Any]:
    return list(found.iterchildren(f"{{*}}{name}"))


def _child(found: Any, name: str) -> Any:
    return next(found.iterchildren(f"{{*}}{name}"), None)


def _only(found: Any, name: str) -> Any:
    child = _child(found, name)
    if child is None:
        raise refusal("This XML says it is CAMT.053 but holds no statement.")
    return child


def _at(found: Any, *names: str) -> Any:
    for name in names:
        found = None if found is None else _child(found, name)
    return found


def _text(found: Any, *names: str) -> str:
    reached = _at(found, *names)
    return "" if reached is None else (reached.text or "").strip()
