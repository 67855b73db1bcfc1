"""What an invoice says: the whole content of drafts, read for many at once, as it is frozen when they are issued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.accounts.queries import get_profile
from app.billing.documents import InvoicePaper, Speech, speech, thaw
from app.billing.models import FeeRun, FeeSchedule, Invoice, InvoiceLine, InvoiceRecord
from app.billing.queries.exchange import Rate
from app.billing.queries.parties import bank_of, buyer_in, picture_in, sender_in
from app.billing.queries.worth import Worth, worth_on
from app.billing.rules import (
    Proration,
    TaxCategory,
    behind_line,
    creditor_reference,
    measure,
    tax_sums,
    why_no_reverse_charge,
)
from app.core.database import db
from app.core.history import valid
from app.core.languages import Language
from app.core.money import Money
from app.core.periods import Period
from app.members.models import Institution, InstitutionName, Person, Representation
from app.members.queries import BillingRoute, billing_routes
from app.members.rules import PaperParty, Purpose, address_lines, sheet_for
from app.web.pdf import Asset

TaxedLines = tuple[tuple[TaxCategory, int, int, str | None], ...]  # Category, rate, net and why there is no tax.


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
        say = speech(self.record["language"])
        return {
            **self.record,
            "number": numbering.number,
            "issued_on": numbering.issue_day.isoformat(),
            "due_on": numbering.due_day.isoformat(),
            "issued_at": numbering.issued_at.isoformat(),
            "payment_reference": creditor_reference(numbering.number),
            "terms": say.say("terms", day=say.day(numbering.due_day)),
        }


def read_contents(invoice_ids: Sequence[int], on: date) -> list[Content]:
    """The contents of invoices, as they stand on a day, in the order of their making."""
    void = aliased(Invoice)
    rows = db.session.execute(
        select(
            Invoice.id, Invoice.currency, Invoice.net_minor, Invoice.tax_minor, Invoice.gross_minor,
            Institution.id.label("payer_id"), Institution.account_number, Institution.name, Institution.short_name,
            Institution.unit, Institution.country, Institution.vat_number, Institution.postal_address,
            Institution.billing_address, Institution.purchase_order, Institution.buyer_reference,
            Institution.document_language, void.number.label("void_number"), void.issue_day.label("void_day"),
        )
        .join(Institution, Institution.id == Invoice.payer_id)
        .outerjoin(void, void.id == Invoice.replaces_id)
        .where(Invoice.id.in_(invoice_ids))
        .order_by(Invoice.id)
    ).all()  # fmt: skip
    if not rows:
        return []
    profile = get_profile(on)
    payers = list({row.payer_id for row in rows})
    names, contacts = names_on(payers, on), contacts_on(payers, on)
    lines = _lines(invoice_ids)
    currencies = {row.currency for row in rows}
    worth, banks = worth_on(currencies, on), {each: bank_of(profile, each, on) for each in sorted(currencies)}
    shared = {each: sender_in(profile, each) for each in Language}
    return [
        _content(
            row,
            {**shared[language], "bank": banks[row.currency]},
            _buyer(row, names, contacts, profile.country, language),
            lines[row.id],
            worth,
        )
        for row in rows
        for language in [row.document_language or profile.language]
    ]


def _buyer(
    row: Any,
    names: Mapping[int, tuple[str, str]],
    contacts: Mapping[int, Contact],
    home: str,
    language: Language,
) -> dict[str, Any]:
    party = party_to_bill(row, contacts.get(row.payer_id), home, names.get(row.payer_id))
    return buyer_in(language, party, row.country, row.vat_number)


@dataclass(frozen=True)
class Frozen:
    """What an invoice says, as it was frozen, and the hash of that; of a draft, what it would say, and no hash."""

    content: Mapping[str, Any]
    sha256: str = ""

    @property
    def paper(self) -> InvoicePaper:
        """What is printed of it."""
        return thaw(self.content, self.sha256)

    @property
    def logo(self) -> Asset | None:
        """The picture at its head, if it has one."""
        return picture_in(self.content)


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


def party_to_bill(payer: Any, contact: Contact | None, home: str, called: tuple[str, str] | None = None) -> PaperParty:
    """Whom a bill reaches, and where; `payer` is an institution, or a row with its columns.

    `called` is its name and short name on the day of the bill, where they are not those of now.
    """
    own = contact.address if contact else None
    name, short_name = called or (payer.name, payer.short_name)
    return PaperParty(
        name=name,
        address=address_lines(own or payer.billing_address or payer.postal_address or "", payer.country, home),
        short_name=short_name,
        unit=payer.unit or "",
        attention=contact.name if contact else "",
        vat_line=f"VAT {payer.vat_number}" if payer.vat_number else "",
    )


def _blocks(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + 900] for start in range(0, len(ids), 900)]


def _lines(invoice_ids: Sequence[int]) -> Mapping[int, list[Any]]:
    lines: dict[int, list[Any]] = defaultdict(list)
    rows = db.session.execute(
        select(
            InvoiceLine.invoice_id, InvoiceLine.position, InvoiceLine.description, InvoiceLine.first_day,
            InvoiceLine.last_day, InvoiceLine.quantity, InvoiceLine.unit_minor, InvoiceLine.net_minor,
            InvoiceLine.tax_category, InvoiceLine.tax_basis_points, InvoiceLine.tax_reason, InvoiceLine.income_account,
            InvoiceLine.why, InvoiceLine.relief_minor, InvoiceLine.schedule_id, InvoiceLine.membership_id,
            InvoiceLine.charge_key, InvoiceLine.owed_days, InvoiceLine.owed_minor, FeeSchedule.proration,
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


def _content(row: Any, shared: Mapping[str, Any], buyer: dict[str, Any], lines: Sequence[Any], worth: Worth) -> Content:
    currency, say = row.currency, speech(shared["language"])
    taxed = tuple((line.tax_category, line.tax_basis_points, line.net_minor, line.tax_reason) for line in lines)
    is_reversed = any(line.tax_category is TaxCategory.REVERSE_CHARGE for line in lines)
    no_tax_numbers = _why_not_reversed(shared, buyer) if is_reversed else None
    return Content(
        invoice_id=row.id,
        payer_id=row.payer_id,
        payer_name=buyer["name"],
        gross=Money(row.gross_minor, currency),
        net=Money(row.net_minor, currency),
        tax=Money(row.tax_minor, currency),
        home=worth.of(Money(row.gross_minor, currency)),
        income=_income(lines),
        rate=worth.rates.get(currency),
        record={
            **shared,
            **worth.frozen(Money(row.tax_minor, currency)),
            **_replaces(row),
            "buyer": buyer,
            "currency": currency,
            "account_number": row.account_number,
            "purchase_order": row.purchase_order or "",
            "buyer_reference": row.buyer_reference or "",
            "lines": [_line(line, say) for line in lines],
            "taxes": _taxes(taxed, currency),
            "tax_reason": _tax_reason(taxed, say),
            "net": row.net_minor,
            "tax": row.tax_minor,
            "gross": row.gross_minor,
            "sheet": sheet_for(row.country).value,
        },
        why_not=no_tax_numbers or worth.why_not(currency),
    )


def _replaces(row: Any) -> dict[str, Any]:
    """The void invoice whose charges it makes anew, which it names."""
    return {"replaces": {"number": row.void_number, "issued_on": row.void_day.isoformat()}} if row.void_number else {}


def _why_not_reversed(shared: Mapping[str, Any], buyer: Mapping[str, Any]) -> str | None:
    """Why the tax cannot be left to the buyer: both are to be registered."""
    return why_no_reverse_charge(buyer["name"], buyer["vat_number"], shared["seller"]["vat_number"])


def _income(lines: Sequence[Any]) -> Mapping[str, int]:
    """What of the lines is income of which account."""
    income: dict[str, int] = {}
    for line in lines:
        income[line.income_account] = income.get(line.income_account, 0) + line.net_minor
    return income


def _line(line: Any, say: Speech) -> dict[str, Any]:
    return {
        "number": line.position,
        "description": line.description,
        "period": _period_words(
            Period(line.first_day, line.last_day),
            Period(line.year_first, line.year_last) if line.year_first else None,
            line.proration or Proration.NONE,
            say,
        ),
        "first_day": line.first_day.isoformat(),
        "last_day": line.last_day.isoformat(),
        "quantity": line.quantity,
        "unit": line.unit_minor,
        "net": line.net_minor,
        "category": line.tax_category.value,
        "basis_points": line.tax_basis_points,
        "behind": behind_line(line),
    }


@lru_cache(maxsize=1024)
def _period_words(days: Period, year: Period | None, proration: Proration, say: Speech) -> str:
    """The line under a charge: which days it is for, and which part of the year's fee that is."""
    span = _span(days, say)
    if year is None:
        return span if days.last != days.first else say.day(days.first).replace("\u00a0", " ")
    part, whole = measure(year, days, proration)
    if days == year and part == whole:
        return say.say("year", days=span)
    return span if part == whole else say.say("part_of_year", days=span, part=part, whole=whole)


def _span(days: Period, say: Speech) -> str:
    return say.say("span", first=say.day(days.first), last=say.day(days.last)).replace("\u00a0", " ")


@lru_cache(maxsize=1024)
def _taxes(lines: TaxedLines, currency: str) -> list[dict[str, Any]]:
    """The tax of lines by its category, worked out once for all invoices of the same lines."""
    sums = tax_sums([(category, basis_points, Money(net, currency)) for category, basis_points, net, _ in lines])
    reasons = _reasons(lines)
    return [
        {
            "category": each.category.value,
            "basis_points": each.basis_points,
            "base": each.base.minor,
            "tax": each.tax.minor,
            "reason": " ".join(reasons.get(each.category, ())),
        }
        for each in sums
    ]


@lru_cache(maxsize=1024)
def _tax_reason(lines: TaxedLines, say: Speech) -> str:
    return " ".join(
        say.say("tax_category", category=category.value, reason=reason)
        for category, reasons in _reasons(lines).items()
        for reason in reasons
    )


def _reasons(lines: TaxedLines) -> Mapping[TaxCategory, Mapping[str, None]]:
    """Why categories have no tax, each reason once and in the order of the lines."""
    found: dict[TaxCategory, dict[str, None]] = {}
    for category, _, _, reason in lines:
        if reason:
            found.setdefault(category, {})[reason] = None
    return found
