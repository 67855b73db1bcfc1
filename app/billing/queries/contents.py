"""What an invoice says: the whole content of drafts, read for many at once, as it is frozen when they are issued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from app.accounts.models import ConsortiumProfile
from app.accounts.queries import get_profile
from app.billing.documents import InvoicePaper, thaw
from app.billing.models import FeeRun, FeeSchedule, Invoice, InvoiceLine, InvoiceRecord
from app.billing.queries.exchange import Rate, rates_on, why_no_rate
from app.billing.rules import (
    Proration,
    TaxCategory,
    converted,
    creditor_reference,
    measure,
    tax_sums,
    why_no_reverse_charge,
)
from app.core.database import db
from app.core.history import valid
from app.core.money import Money
from app.core.periods import Period
from app.core.site import this_site
from app.members.models import Institution, InstitutionName, Person, Representation
from app.members.queries import BillingRoute, billing_routes, party_of_consortium
from app.members.rules import PaperParty, Purpose, address_lines, sheet_for
from app.web.wording import long_day


@dataclass(frozen=True)
class Numbering:
    """What an invoice gets at issue: its number, its days, and the instant."""

    number: str
    issue_day: date
    due_day: date
    issued_at: datetime


@dataclass(frozen=True)
class Contact:
    """The billing contact of a payer, and where they want invoices: their own address for it, where they gave one."""

    person_id: int
    name: str
    email: str | None
    address: str | None = None


@dataclass(frozen=True)
class Content:
    """A draft with all that is to be frozen of it but its number and days, or why it cannot be issued as it is."""

    invoice_id: int
    payer_id: int
    payer_name: str
    gross: Money
    net: Money
    tax: Money
    home: Money
    income: Mapping[str, int]
    record: dict[str, Any]
    rate: Rate | None = None
    why_not: str | None = None

    def numbered(self, numbering: Numbering | None) -> dict[str, Any]:
        """The record to freeze: with number and days, or without where it is still a draft."""
        if numbering is None:
            return self.record
        return {
            **self.record,
            "number": numbering.number,
            "issued_on": numbering.issue_day.isoformat(),
            "due_on": numbering.due_day.isoformat(),
            "issued_at": numbering.issued_at.isoformat(),
            "payment_reference": creditor_reference(numbering.number),
        }


def read_contents(invoice_ids: Sequence[int], on: date) -> list[Content]:
    """The contents of invoices, as they stand on a day, in the order of their making."""
    rows = db.session.execute(
        select(
            Invoice.id, Invoice.currency, Invoice.net_minor, Invoice.tax_minor, Invoice.gross_minor,
            Institution.id.label("payer_id"), Institution.account_number, Institution.name, Institution.short_name,
            Institution.unit, Institution.country, Institution.vat_number, Institution.postal_address,
            Institution.billing_address, Institution.purchase_order,
        )
        .join(Institution, Institution.id == Invoice.payer_id)
        .where(Invoice.id.in_(invoice_ids))
        .order_by(Invoice.id)
    ).all()  # fmt: skip
    if not rows:
        return []
    profile = get_profile(on)
    payers = list({row.payer_id for row in rows})
    names, contacts = names_on(payers, on), contacts_on(payers, on)
    lines = _lines(invoice_ids)
    shared, worth = _shared(profile), _worth(rows, on)
    return [_content(row, shared, _buyer(row, names, contacts, profile.country), lines[row.id], worth) for row in rows]


@dataclass(frozen=True)
class Frozen:
    """What an invoice says, as it was frozen, and the hash of that; of a draft, what it would say, and no hash."""

    content: Mapping[str, Any]
    sha256: str = ""

    @property
    def paper(self) -> InvoicePaper:
        """What is printed of it."""
        return thaw(self.content, self.sha256)


def find_unprinted(invoice_id: int) -> Frozen | None:
    """An issued invoice of which no PDF is kept yet."""
    row = db.session.execute(
        select(InvoiceRecord.content, Invoice.content_sha256)
        .join(Invoice, Invoice.id == InvoiceRecord.invoice_id)
        .where(Invoice.id == invoice_id, Invoice.pdf_id.is_(None))
    ).one_or_none()
    return None if row is None else Frozen(row.content, row.content_sha256)


def names_on(institution_ids: Sequence[int], on: date) -> Mapping[int, tuple[str, str]]:
    """Name and short name of institutions on a day, where they are on record."""
    found: dict[int, tuple[str, str]] = {}
    for some in _blocks(institution_ids):
        rows = db.session.execute(
            select(InstitutionName.institution_id, InstitutionName.name, InstitutionName.short_name)
            .where(InstitutionName.institution_id.in_(some), valid(InstitutionName, on))
            .order_by(InstitutionName.institution_id, InstitutionName.id)
        )
        found.update({institution_id: (name, short_name) for institution_id, name, short_name in rows})
    return found


def contacts_on(institution_ids: Sequence[int], on: date) -> Mapping[int, Contact]:
    """The first billing contact of each institution on a day."""
    found: dict[int, Contact] = {}
    for some in _blocks(institution_ids):
        rows = db.session.execute(
            select(
                Representation.institution_id,
                Person.id,
                Person.title,
                Person.given_name,
                Person.family_name,
                Person.email,
            )
            .join(Person, Person.id == Representation.person_id)
            .where(
                Representation.institution_id.in_(some),
                Representation.purpose == Purpose.BILLING,
                valid(Representation, on),
            )
            .order_by(Representation.institution_id, Representation.rank, Representation.id)
        )
        for institution_id, person_id, title, given, family, email in rows:
            name = " ".join(part for part in (title, given, family) if part)
            found.setdefault(institution_id, Contact(person_id, name, email))
    return _as_they_want(found, on)


def _as_they_want(found: Mapping[int, Contact], on: date) -> Mapping[int, Contact]:
    """The contacts with the routes they gave for billing, which come before the e-mail address of their record."""
    routes: dict[int, BillingRoute] = {}
    for some in _blocks([contact.person_id for contact in found.values()]):
        routes |= billing_routes(some, on)
    return {
        institution_id: replace(contact, email=route.email or contact.email, address=route.address)
        for institution_id, contact in found.items()
        for route in [routes.get(contact.person_id, BillingRoute())]
    }


def party_to_bill(payer: Any, contact: Contact | None, home: str) -> PaperParty:
    """Whom a bill reaches, and where; `payer` is an institution, or a row with its columns."""
    own = contact.address if contact else None
    return PaperParty(
        name=payer.name,
        address=address_lines(own or payer.billing_address or payer.postal_address or "", payer.country, home),
        short_name=payer.short_name,
        unit=payer.unit or "",
        attention=contact.name if contact else "",
        vat_line=f"VAT {payer.vat_number}" if payer.vat_number else "",
    )


def bank_of(profile: ConsortiumProfile) -> dict[str, str] | None:
    """The account to pay into, where the consortium has one."""
    if not profile.iban:
        return None
    return {"holder": profile.bank_holder, "iban": profile.iban, "bic": profile.bic, "name": profile.bank_name}


def _blocks(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + 900] for start in range(0, len(ids), 900)]


def _lines(invoice_ids: Sequence[int]) -> Mapping[int, list[Any]]:
    lines: dict[int, list[Any]] = defaultdict(list)
    rows = db.session.execute(
        select(
            InvoiceLine.invoice_id, InvoiceLine.position, InvoiceLine.description, InvoiceLine.first_day,
            InvoiceLine.last_day, InvoiceLine.quantity, InvoiceLine.unit_minor, InvoiceLine.net_minor,
            InvoiceLine.tax_category, InvoiceLine.tax_basis_points, InvoiceLine.tax_reason, InvoiceLine.income_account,
            FeeSchedule.proration,
            FeeRun.first_day.label("year_first"), FeeRun.last_day.label("year_last"),
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .outerjoin(FeeRun, FeeRun.id == Invoice.run_id)
        .outerjoin(FeeSchedule, FeeSchedule.id == InvoiceLine.schedule_id)
        .where(InvoiceLine.invoice_id.in_(invoice_ids))
        .order_by(InvoiceLine.invoice_id, InvoiceLine.position)
    )  # fmt: skip
    for row in rows:
        lines[row.invoice_id].append(row)
    return lines


def _shared(profile: ConsortiumProfile) -> dict[str, Any]:
    """What all invoices of a block have in common: who sends them, where to pay, what the law wants said."""
    return {
        "seller": _frozen(party_of_consortium(profile)),
        "bank": bank_of(profile),
        "legal_note": profile.invoice_note,
        "own_number": profile.vat_number,
    }


def _buyer(
    row: Any, names: Mapping[int, tuple[str, str]], contacts: Mapping[int, Contact], home: str
) -> dict[str, Any]:
    name, short_name = names.get(row.payer_id, (row.name, row.short_name))
    party = replace(party_to_bill(row, contacts.get(row.payer_id), home), name=name, short_name=short_name)
    return {**_frozen(party), "country": row.country}


def _frozen(party: PaperParty) -> dict[str, Any]:
    return {**vars(party), "address": [*party.address]}


@dataclass(frozen=True)
class _Worth:
    """The currency of the books, and what others were worth in it on a day."""

    home: str
    on: date
    rates: Mapping[str, Rate]

    def of(self, gross: Money) -> Money:
        """What an amount is worth; nothing where its rate is not known, so that it cannot be issued."""
        if gross.currency == self.home:
            return gross
        rate = self.rates.get(gross.currency)
        return converted(gross, rate.billionths, self.home) if rate else Money.zero(self.home)

    def why_not(self, currency: str) -> str | None:
        """Why an amount in a currency has no worth, None where it has."""
        return None if currency == self.home or currency in self.rates else why_no_rate(currency, self.on)

    def frozen(self, currency: str) -> dict[str, Any]:
        """What an invoice in another currency keeps of its rate; nothing where it is in that of the books."""
        rate = self.rates.get(currency)
        if rate is None:
            return {}
        return {"exchange": {"home": self.home, "rate": f"{rate.decimal:f}", "on": rate.day.isoformat()}}


def _worth(rows: Sequence[Any], on: date) -> _Worth:
    home = this_site().home_currency
    return _Worth(home, on, rates_on({row.currency for row in rows} - {home}, on))


def _content(
    row: Any, shared: Mapping[str, Any], buyer: dict[str, Any], lines: Sequence[Any], worth: _Worth
) -> Content:
    common = dict(shared)
    own_number = common.pop("own_number")
    is_reversed = any(line.tax_category is TaxCategory.REVERSE_CHARGE for line in lines)
    no_tax_numbers = why_no_reverse_charge(buyer["name"], row.vat_number, own_number) if is_reversed else None
    return Content(
        invoice_id=row.id,
        payer_id=row.payer_id,
        payer_name=buyer["name"],
        gross=Money(row.gross_minor, row.currency),
        net=Money(row.net_minor, row.currency),
        tax=Money(row.tax_minor, row.currency),
        home=worth.of(Money(row.gross_minor, row.currency)),
        income=_income(lines),
        rate=worth.rates.get(row.currency),
        record={
            **common,
            **worth.frozen(row.currency),
            "buyer": buyer,
            "currency": row.currency,
            "account_number": row.account_number,
            "purchase_order": row.purchase_order or "",
            "lines": [_line(line) for line in lines],
            "taxes": _taxes(lines, row.currency),
            "tax_reason": _tax_reason(lines),
            "net": row.net_minor,
            "tax": row.tax_minor,
            "gross": row.gross_minor,
            "sheet": sheet_for(row.country).value,
        },
        why_not=no_tax_numbers or worth.why_not(row.currency),
    )


def _income(lines: Sequence[Any]) -> Mapping[str, int]:
    """What of the lines is income of which account."""
    income: dict[str, int] = {}
    for line in lines:
        income[line.income_account] = income.get(line.income_account, 0) + line.net_minor
    return income


def _line(line: Any) -> dict[str, Any]:
    return {
        "number": line.position,
        "description": line.description,
        "period": _period_words(
            Period(line.first_day, line.last_day),
            Period(line.year_first, line.year_last) if line.year_first else None,
            line.proration or Proration.NONE,
        ),
        "first_day": line.first_day.isoformat(),
        "last_day": line.last_day.isoformat(),
        "quantity": line.quantity,
        "unit": line.unit_minor,
        "net": line.net_minor,
        "category": line.tax_category.value,
        "basis_points": line.tax_basis_points,
    }


@lru_cache(maxsize=1024)
def _period_words(days: Period, year: Period | None, proration: Proration) -> str:
    """The line under a charge: which days it is for, and which part of the year's fee that is."""
    span = f"{long_day(days.first)} to {long_day(days.last)}".replace("\u00a0", " ")
    if year is None:
        return span if days.last != days.first else long_day(days.first).replace("\u00a0", " ")
    part, whole = measure(year, days, proration)
    if days == year and part == whole:
        return f"Membership year {span}"
    return span if part == whole else f"{span}: {part}/{whole} of the year's fee"


def _taxes(lines: Sequence[Any], currency: str) -> list[dict[str, Any]]:
    sums = tax_sums([(line.tax_category, line.tax_basis_points, Money(line.net_minor, currency)) for line in lines])
    return [
        {
            "category": each.category.value,
            "basis_points": each.basis_points,
            "base": each.base.minor,
            "tax": each.tax.minor,
        }
        for each in sums
    ]


def _tax_reason(lines: Sequence[Any]) -> str:
    reasons = {f"Tax category {line.tax_category.value}: {line.tax_reason}": None for line in lines if line.tax_reason}
    return " ".join(reasons)
