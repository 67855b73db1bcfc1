"""A consortium for tests of billing, made by the commands that everyone else uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.accounts.commands import ProfileValues, adopt_profile
from app.billing.commands import (
    ConcessionTerms,
    CreditValues,
    FeeTerms,
    IssueValues,
    PayerTerms,
    PaymentValues,
    RateValues,
    Settlement,
    TierTerms,
    adopt_billing,
    adopt_fee,
    approve,
    ask_billing,
    credit_invoice,
    grant_concession,
    group_country,
    issue_run,
    name_payers,
    place_member,
    prepare_run,
    record_payment,
    record_rate,
    start_issue,
)
from app.billing.models import BillingPolicy, FeeConcession, FeeRun, FeeSchedule, Invoice, Payment
from app.billing.queries.approvals import policy_waits
from app.billing.queries.credits import creditable_of
from app.billing.rules import BILLION, BillingTerms, ConcessionKind, TaxCategory, Tier
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import (
    Admission,
    InstitutionFacts,
    PersonFacts,
    RepresentationFacts,
    add_institution,
    add_person,
    admit_member,
    edit_class,
    edit_institution,
    name_representative,
)
from app.members.models import Institution, Membership, MembershipClass
from app.members.queries import get_class
from app.members.rules import ClassFacts, InstitutionKind, Purpose
from app.web.requests import House
from tests.database import remade
from tests.signin import make_user

YEAR = Period(date(2016, 1, 1), date(2016, 12, 31))
MAY = date(2016, 5, 24)
JUNE = date(2016, 6, 23)
PROFILE = ProfileValues(
    name="International Mouse Phenotyping Consortium",
    short_name="IMPC",
    unit="Secretariat",
    street="1 Specimen House, Example Lane",
    postcode="ZZ9 9ZZ",
    city="Sampleford",
    country="GB",
    email="finance@impc.example",
    website="https://www.impc.example",
    tax_note="Not registered for VAT",
    vat_number=None,
    bank_name="Specimen Bank plc, Sampleford",
    bank_holder="International Mouse Phenotyping Consortium",
    iban="GB33BUKB20201555555555",
    bic="BUKBGB22XXX",
    terms_days=30,
    invoice_note="Bank charges are borne by the payer. An issued invoice is corrected only by a credit note.",
)


def pounds(amount: str | int) -> Money:
    """An amount in pounds."""
    return Money.of(amount, "GBP")


@dataclass
class World:
    """What tests of billing need to know: who there is, and the verbs to make more of it."""

    office: Actor
    members: dict[str, int] = field(default_factory=dict)
    memberships: dict[str, int] = field(default_factory=dict)

    @classmethod
    def found(cls, office: Actor, since: date) -> World:
        """Three funders and a partner, one of the funders also a partner, and the funder fee since 2012."""
        return remade((cls, office, since), lambda: cls._founded(office, since))

    @classmethod
    def _founded(cls, office: Actor, since: date) -> World:
        world = cls(office)
        with transaction():
            adopt_profile(date(2011, 1, 1), PROFILE, office)
        for name, short, country in (
            ("Medical Research Council", "MRC", "GB"),
            ("National Institutes of Health", "NIH", "US"),
            ("Wellcome Trust", "Wellcome", "GB"),
        ):
            world.add(name, short, country)
            world.join(short, "funder", since)
        world.add("Institut Clinique de la Souris", "ICS", "FR")
        world.join("ICS", "partner", since)
        world.join("NIH", "partner", since)
        world.adopt("funder", "50000.00", date(2012, 1, 1))
        return world

    def add(self, name: str, short: str, country: str = "GB", **facts: str) -> int:
        """Take up an institution with a billing contact."""
        with transaction():
            institution = add_institution(
                InstitutionFacts(
                    name,
                    short,
                    InstitutionKind.FUNDER,
                    country,
                    postal_address="2 Placeholder Road\nLONDON ZZ1 1ZZ",
                    **facts,  # type: ignore[arg-type]
                ),
                actor=self.office,
            )
            person = add_person(
                PersonFacts(
                    "Nadia",
                    f"Okonjo-{short}",
                    title="Ms",
                    email=f"{short.lower().replace(chr(32), chr(45))}@payer.example",
                ),
                actor=self.office,
            )
            name_representative(
                institution.id, person.id, RepresentationFacts(Purpose.BILLING, date(2011, 1, 1)), actor=self.office
            )
        self.members[short] = institution.id
        return institution.id

    def class_id(self, code: str) -> int:
        """The class with a code."""
        return db.session.scalars(select(MembershipClass.id).where(MembershipClass.code == code)).one()

    def free(self, code: str) -> None:
        """Let the members of a class pay no fee."""
        found = get_class(self.class_id(code), self.office)
        facts = ClassFacts(found.name, found.votes, is_billed=False, seats=found.seats)
        with transaction():
            edit_class(found.id, facts, version=found.version, actor=self.office)

    def join(self, short: str, code: str, first: date, last: date | None = None) -> Membership:
        """Make an institution a member."""
        with transaction():
            membership = admit_member(
                self.members[short], Admission(self.class_id(code), first, last), actor=self.office
            )
        self.memberships[f"{short} {code}"] = membership.id
        return membership

    def adopt(self, code: str, amount: str | Money, first: date, **terms: object) -> FeeSchedule:
        """Adopt a fee for a class."""
        with transaction():
            return adopt_fee(
                FeeTerms(
                    name=f"{code.capitalize()} membership fee",
                    class_id=self.class_id(code),
                    amount=amount if isinstance(amount, Money) else pounds(amount),
                    first_day=first,
                    **({"tax_reason": "a membership contribution without a supply in return"} | terms),  # type: ignore[arg-type]
                ),
                actor=self.office,
            )

    def bill_by(self, first: date = MAY, **terms: Any) -> BillingPolicy:
        """Let a policy of billing hold from a day on; where it is a weaker one, a second person says yes to it."""
        wanted = BillingTerms(**terms)
        with transaction():
            if not policy_waits(first, wanted):
                return adopt_billing(first, wanted, actor=self.office)
            asked = ask_billing(first, wanted, actor=self.office)
            second = make_user(Role.FINANCE, name="Second Person")
            approve(asked.id, actor=Actor(second.name, second.id, (Granted(Role.FINANCE),)))
            return db.session.get_one(BillingPolicy, asked.done_id)

    def concede(self, short: str, kind: str, first: date = YEAR.first, **terms: Any) -> FeeConcession:
        """Grant a concession on the fee of a member."""
        usual = {"reason": "Agreed", "approved_by": "Finance Committee", "decision": "D-2016-014"}
        values = ConcessionTerms(ConcessionKind(kind), first, **(usual | terms))
        with transaction():
            return grant_concession(self.members[short], values, actor=self.office)

    def let_pay(self, member: str, *payers: str | tuple[str, int], first: date = YEAR.first, **terms: Any) -> None:
        """Let others pay the fee of a member: short names, with a share where it is not one."""
        pairs = [(each, 1) if isinstance(each, str) else each for each in payers]
        shares = tuple((self.members[short], weight) for short, weight in pairs)
        with transaction():
            name_payers(self.members[member], PayerTerms(shares, first, "Agreed", **terms), actor=self.office)

    def tier(self, short: str, tier: str, first: date = YEAR.first, last: date | None = None) -> None:
        """Put a member into a tier."""
        with transaction():
            place_member(self.members[short], TierTerms(Tier(tier), first, "Figures of 2015", last), actor=self.office)

    def group(self, country: str, tier: str, first: date = YEAR.first) -> None:
        """Put a country into an income group."""
        with transaction():
            group_country(country, TierTerms(Tier(tier), first, "World Bank"), actor=self.office)

    def register(self, number: str | None) -> None:
        """Let the consortium have a VAT number from today on, or none."""
        with transaction():
            adopt_profile(clock.today(), replace(PROFILE, vat_number=number), self.office)

    def set_number(self, short: str, number: str | None) -> None:
        """Let an institution have a VAT number, or none."""
        found = institution(self.members[short])
        facts = InstitutionFacts(**{each.name: getattr(found, each.name) for each in fields(InstitutionFacts)})
        with transaction():
            edit_institution(found.id, replace(facts, vat_number=number), version=found.version, actor=self.office)

    def charge_in_reverse(self, code: str, payers: Mapping[str, tuple[str, str]]) -> None:
        """Let a class pay by reverse charge, with these members in it: short name, name and VAT number."""
        reason = "Reverse charge: the recipient owes the tax"
        self.adopt(code, "1000.00", date(2012, 1, 1), tax_category=TaxCategory.REVERSE_CHARGE, tax_reason=reason)
        for short, (name, number) in payers.items():
            self.add(name, short, number[:2], vat_number=number)
            self.join(short, code, date(2012, 1, 1))

    def prepare(self, year: Period = YEAR) -> FeeRun:
        """Draft the invoices of a year."""
        with transaction():
            return prepare_run(year, actor=self.office)

    def issue(self, year: Period = YEAR, day: date = MAY, due: date = JUNE) -> FeeRun:
        """Draft and issue the invoices of a year."""
        run = self.prepare(year)
        with transaction():
            start_issue(run.id, IssueValues(day, due), actor=self.office)
        issue_run({"run_id": run.id})
        db.session.expire_all()
        return db.session.get_one(FeeRun, run.id)

    def invoice_of(self, short: str) -> Invoice:
        """The newest invoice of a payer."""
        asked = select(Invoice).where(Invoice.payer_id == self.members[short]).order_by(Invoice.id.desc()).limit(1)
        return db.session.scalars(asked.execution_options(populate_existing=True)).one()

    def pay(self, short: str, amount: str, day: date = MAY, settles: tuple[Settlement, ...] | None = None) -> Payment:
        """Record money received from a payer."""
        with transaction():
            return record_payment(
                PaymentValues(self.members[short], day, pounds(amount), settles=settles), actor=self.office
            )

    def rate(self, currency: str, pounds_for_one: str, day: date) -> None:
        """Enter what one unit of a currency is worth in pounds on a day."""
        billionths = int(Decimal(pounds_for_one) * BILLION)
        with transaction():
            record_rate(RateValues(currency, day, billionths, "Specimen Bank"), actor=self.office)

    def credit(self, invoice: Invoice, amount: str | None = None, day: date = MAY) -> Invoice:
        """Credit the first line of an invoice, all that is left of it or an amount without tax."""
        (line, *_) = creditable_of(invoice.id).lines
        minor = line.left if amount is None else Money.of(amount, invoice.currency).minor
        with transaction():
            return credit_invoice(invoice.id, CreditValues({line.id: minor}, "Agreed", day), actor=self.office)


def institution(institution_id: int) -> Institution:
    """An institution by its id."""
    return db.session.get_one(Institution, institution_id)


@contextmanager
def inside(app: House) -> Iterator[None]:
    """Work beside a browser, leaving no context open."""
    with app.app_context():
        yield
        db.session.remove()
