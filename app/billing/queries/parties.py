"""Who writes an invoice and whom it is to, as it is frozen: names, addresses in lines and in parts, registers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from app.accounts.models import ConsortiumProfile
from app.billing.documents import PlaceToPay, Speech, read_bank, speech
from app.billing.documents.thawing import party_record
from app.billing.models import BankAccount
from app.billing.rules.bank.accounts import is_iban
from app.core.addresses import PostalAddress, read_address
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import on_day
from app.core.languages import Language
from app.core.money import Money
from app.core.site import this_site
from app.files.models import StoredFile
from app.files.store import get_bytes
from app.members.queries import logo_of_consortium, party_of_consortium
from app.members.rules import PaperParty, on_envelope
from app.web.pdf import Asset


def sender_in(profile: ConsortiumProfile, language: Language) -> dict[str, Any]:
    """What all invoices of a day in a language have in common: who sends them, and what is to be said."""
    return {
        "language": language.value,
        "seller": {
            **party_record(seller_in(profile, language)),
            "tax_number": profile.tax_number,
            "legal_id": profile.legal_id,
            "vat_number": profile.vat_number or "",
            "postal": _parts(profile.postal),
        },
        "intro": profile.worded("invoice_intro", language),
        "legal_note": profile.worded("invoice_note", language),
        "logo": logo_of(profile),
    }


def writer_in(profile: ConsortiumProfile, language: Language) -> PaperParty:
    """The consortium as the sender of a paper that is printed at once, with its picture."""
    return replace(seller_in(profile, language), logo=logo_of_consortium(profile))


def seller_in(profile: ConsortiumProfile, language: Language) -> PaperParty:
    """The consortium as the sender of a paper in a language."""
    say, registers = speech(language), {"tax_number": profile.tax_number, "legal_id": profile.legal_id}
    return replace(
        party_of_consortium(profile),
        vat_line=_vat_line(say, profile.vat_number) or profile.worded("tax_note", language),
        register_line="\n".join(f"{say[name]} {number}" for name, number in registers.items() if number),
    )


def buyer_in(language: Language, party: PaperParty, country: str, vat_number: str | None) -> dict[str, Any]:
    """Whom an invoice is to: `party` as it is reached, in the words of a language."""
    postal = read_address("\n".join(party.address), country, on_envelope(country))
    return {
        **party_record(addressed_in(language, party, vat_number)),
        "country": country,
        "vat_number": vat_number or "",
        "postal": _parts(postal),
    }


def addressed_in(language: Language, party: PaperParty, vat_number: str | None) -> PaperParty:
    """Whom a paper is to, in the words of a language."""
    say = speech(language)
    return replace(party, vat_line=_vat_line(say, vat_number), attention_word=say["attention"])


def _vat_line(say: Speech, number: str | None) -> str:
    return f"{say['vat_number']} {number}" if number else ""


def _parts(address: PostalAddress) -> dict[str, Any]:
    return {**vars(address), "streets": [*address.streets]}


def bank_of(profile: ConsortiumProfile, currency: str, on: date) -> dict[str, str] | None:
    """Where to pay a currency on a day: the account kept in it, or else that of the profile; None where there is none.

    `number` is there where the account has no IBAN.
    """
    kept = find_kept_account(currency, on)
    if kept is not None:
        number = {"iban": kept.number} if is_iban(kept.number) else {"iban": "", "number": kept.number}
        return {"holder": kept.holder, **number, "bic": kept.bic, "name": kept.bank_name}
    if not profile.iban:
        return None
    return {"holder": profile.bank_holder, "iban": profile.iban, "bic": profile.bic, "name": profile.bank_name}


def find_kept_account(currency: str, on: date) -> BankAccount | None:
    """The account that takes money of a currency on a day, the one that is there longest; None where there is none."""
    of_the_day = (BankAccount.currency == currency, on_day(BankAccount, on))
    return db.session.scalar(
        select(BankAccount).where(*of_the_day).order_by(BankAccount.first_day, BankAccount.id).limit(1)
    )


def places_to_pay(profile: ConsortiumProfile, still_open: Sequence[tuple[Money, str]], on: date) -> list[PlaceToPay]:
    """Where to pay what is open, with the references to name: one place for each currency kept apart, home first."""
    home = this_site().home_currency
    named: dict[str, list[str]] = {}
    for amount, reference in still_open:
        if amount:
            named.setdefault(amount.currency, []).append(reference)
    ordered = sorted(named, key=lambda currency: (currency != home, currency))
    banks = {currency: read_bank(bank_of(profile, currency, on)) for currency in ordered}
    if len(set(banks.values())) <= 1:
        references = [each for currency in ordered for each in named[currency]]
        return [PlaceToPay(bank, references) for bank in set(banks.values()) if bank is not None]
    return [PlaceToPay(bank, named[each], each) for each, bank in banks.items() if bank is not None]


def logo_of(profile: ConsortiumProfile) -> dict[str, str] | None:
    """By what the picture at the head of papers is found for ever."""
    if profile.logo_id is None:
        return None
    file = db.session.execute(
        select(StoredFile.sha256, StoredFile.media_type).where(StoredFile.id == profile.logo_id)
    ).one()
    return {"sha256": file.sha256, "media_type": file.media_type}


def picture_in(content: Mapping[str, Any]) -> Asset | None:
    """The picture that a record names as its logo, from where documents are kept; None where it names none."""
    named = content.get("logo")
    return _picture(named["sha256"], named["media_type"]) if named else None


@lru_cache(maxsize=4)
def _picture(sha256: str, media_type: str) -> Asset:
    kept = get_bytes(sha256)
    if kept is None:
        raise NotFoundError("The logo that was frozen with this is not where documents are kept.")
    return Asset(kept, media_type)
