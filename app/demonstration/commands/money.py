"""The fee, the fee years billed so far and what was paid, as diary entries."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from app.billing.commands.concessions import ConcessionTerms, grant_concession
from app.billing.commands.issuing import issue_invoice
from app.billing.commands.payers import PayerTerms, name_payers
from app.billing.commands.payments import PaymentValues, record_payment
from app.billing.commands.runs import IssueValues, prepare_run
from app.billing.commands.schedules import FeeTerms, adopt_fee
from app.billing.models import Invoice
from app.billing.rules import ConcessionKind, PaymentMethod
from app.core.database import db
from app.core.money import Money
from app.core.periods import year_of
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts
from app.members.commands import edit_class
from app.members.queries import get_class
from app.members.rules import ClassFacts

DAYS_TO_PAY = timedelta(days=24)
SECOND_PART = timedelta(days=90)


def write_fees(diary: Diary, classes: dict[str, int]) -> None:
    """The adoption of the fee, that other classes pay none, and each fee year that is billed."""
    facts: Facts = diary.facts["fee"]
    for code, class_id in classes.items():
        if code != facts["class"]:
            diary.on(facts["first_day"], partial(_free, diary, class_id))
    diary.on(facts["first_day"], partial(_adopt, diary, facts, classes[facts["class"]]))
    for entry in facts["concessions"]:
        diary.on(facts["decided"], partial(_concede, diary, entry))
    for entry in facts["payers"]:
        diary.on(facts["decided"], partial(_let_pay, diary, entry))
    for year in facts["billed_years"]:
        _write_year(diary, facts, year)


def _write_year(diary: Diary, facts: Facts, year: int) -> None:
    issued = date(year, 1, 12)
    diary.on(issued, partial(_bill, diary, year, issued))
    by_hand = (*facts["unpaid"], *facts["paid_by_bank"])
    unpaid = {entry["payer"] for entry in by_hand if entry["year"] == year}
    parts: dict[str, str] = {entry["payer"]: entry["first"] for entry in facts["paid_in_part"] if entry["year"] == year}
    payers = [entry["short_name"] for entry in diary.facts["institution"] if entry["kind"] == facts["class"]]
    for number, payer in enumerate(payer for payer in payers if payer not in unpaid):
        day = issued + DAYS_TO_PAY + timedelta(days=number)
        whole = Money.of(facts["amount"], facts["currency"])
        first = Money.of(parts.get(payer) or facts["amount"], facts["currency"])
        diary.on(day, partial(_receive, diary, payer, first, day))
        if first != whole:
            later = day + SECOND_PART
            diary.on(later, partial(_receive, diary, payer, whole - first, later))


def _adopt(diary: Diary, facts: Facts, class_id: int) -> None:
    terms = FeeTerms(
        name=facts["name"],
        class_id=class_id,
        amount=Money.of(facts["amount"], facts["currency"]),
        first_day=facts["first_day"],
        tax_reason=facts["tax_reason"],
    )
    adopt_fee(terms, actor=diary.actor)


def _free(diary: Diary, class_id: int) -> None:
    """Put into the settings of a class that its members pay no fee."""
    found = get_class(class_id, diary.actor)
    facts = ClassFacts(
        name=found.name,
        votes=found.votes,
        is_billed=False,
        seats=found.seats,
        term=found.term,
        grace_days=found.grace_days,
        is_offered=found.is_offered,
    )
    edit_class(class_id, facts, version=found.version, actor=diary.actor)


def _concede(diary: Diary, entry: Facts) -> None:
    """Ask less of the fee of a member, as the finance committee decided."""
    amount = entry.get("amount")
    terms = ConcessionTerms(
        kind=ConcessionKind(entry["kind"]),
        first_day=entry["first_day"],
        last_day=entry.get("last_day"),
        reason=entry["reason"],
        approved_by="Finance Committee",
        basis_points=entry["rate"] * 100 if "rate" in entry else None,
        amount=Money.of(amount, diary.facts["fee"]["currency"]) if amount else None,
    )
    grant_concession(diary.institutions[entry["member"]].id, terms, actor=diary.actor)


def _let_pay(diary: Diary, entry: Facts) -> None:
    shares = tuple((diary.institutions[payer].id, weight) for payer, weight in entry["payers"])
    terms = PayerTerms(shares, date(2017, 1, 1), entry["reason"])
    name_payers(diary.institutions[entry["member"]].id, terms, actor=diary.actor)


def _bill(diary: Diary, year: int, issued: date) -> None:
    run = prepare_run(year_of(date(year, 1, 1)), actor=diary.actor)
    values = IssueValues(issue_day=issued, due_day=issued + timedelta(days=diary.facts["profile"]["terms_days"]))
    for draft in db.session.scalars(select(Invoice.id).where(Invoice.run_id == run.id).order_by(Invoice.id)).all():
        issue_invoice(draft, values, actor=diary.actor)


def _receive(diary: Diary, payer: str, amount: Money, day: date) -> None:
    values = PaymentValues(
        payer_id=diary.institutions[payer].id,
        received_on=day,
        amount=amount,
        method=PaymentMethod.BANK_TRANSFER,
        reference=f"{payer} membership fee",
    )
    record_payment(values, actor=diary.actor)
