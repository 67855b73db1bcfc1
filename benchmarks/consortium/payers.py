"""Many members and little else: what a fee run needs to make ten thousand invoices."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, select

from app.accounts.commands import adopt_profile
from app.billing.commands import FeeTerms, adopt_fee
from app.core import clock
from app.core.database import db
from app.core.folding import folded
from app.core.money import Money
from app.members.models import (
    FIRST_DAY_OF_NAMES,
    Institution,
    InstitutionName,
    InstitutionParticulars,
    Membership,
    MembershipClass,
    MembershipStep,
)
from app.members.rules import InstitutionKind, MembershipState
from benchmarks.consortium import words
from benchmarks.consortium.billing import CURRENCY, PROFILE
from benchmarks.consortium.world import OFFICE, written_on


def make_payers(count: int, first_day: date) -> None:
    """So many members of one class since the first day. Their fee rises twice in July: an invoice has two lines."""
    with written_on(first_day):
        class_id = db.session.scalars(select(MembershipClass.id).where(MembershipClass.code == "partner")).one()
        adopt_profile(first_day, PROFILE, OFFICE)
        july = first_day.replace(month=7)
        for since, fee in ((first_day, 5_000), (july, 5_400), (july.replace(year=july.year + 1), 5_800)):
            adopt_fee(_fee(class_id, fee, since), actor=OFFICE)
        rows = [_institution(number) for number in range(count)]
        ids = db.session.scalars(insert(Institution).returning(Institution.id, sort_by_parameter_order=True), rows)
        pairs = list(zip(ids, rows, strict=True))
        db.session.execute(insert(InstitutionName), [_name(institution_id, row) for institution_id, row in pairs])
        held = [_particulars(institution_id, row) for institution_id, row in pairs]
        db.session.execute(insert(InstitutionParticulars), held)
        members = [_member(institution_id, class_id, first_day) for institution_id, _ in pairs]
        membership_ids = db.session.scalars(
            insert(Membership).returning(Membership.id, sort_by_parameter_order=True), members
        )
        db.session.execute(insert(MembershipStep), [_step(each, first_day) for each in membership_ids])


def _fee(class_id: int, amount: int, since: date) -> FeeTerms:
    reason = "Membership fee, not a supply"
    return FeeTerms("Membership fee", class_id, Money.of(amount, CURRENCY), since, tax_reason=reason)


def _institution(number: int) -> dict[str, Any]:
    name, short_name = words.institution_name(number)
    return {
        "account_number": f"M-{number + 1:05}",
        "name": name,
        "short_name": short_name,
        "kind": InstitutionKind.RESEARCH_CENTRE,
        "is_composite": False,
        "country": words.COUNTRIES[number % len(words.COUNTRIES)],
        "postal_address": f"{number + 1} Specimen Road\nSampleford",
        "sort_name": folded(name),
        "search_text": folded(name, short_name),
        "created_at": clock.now(),
        "version": 1,
    }


def _name(institution_id: int, row: dict[str, Any]) -> dict[str, Any]:
    named = {key: row[key] for key in ("name", "short_name", "sort_name")}
    return named | {
        "institution_id": institution_id,
        "first_day": FIRST_DAY_OF_NAMES,
        "recorded_at": clock.now(),
    }


def _particulars(institution_id: int, row: dict[str, Any]) -> dict[str, Any]:
    held = {key: row[key] for key in ("kind", "is_composite", "country", "postal_address")}
    return held | {
        "institution_id": institution_id,
        "first_day": FIRST_DAY_OF_NAMES,
        "recorded_at": clock.now(),
    }


def _member(institution_id: int, class_id: int, first_day: date) -> dict[str, Any]:
    return {
        "institution_id": institution_id,
        "class_id": class_id,
        "first_day": first_day,
        "recorded_at": clock.now(),
    }


def _step(membership_id: int, first_day: date) -> dict[str, Any]:
    return {
        "membership_id": membership_id,
        "state": MembershipState.ACTIVE,
        "recorded_by": OFFICE.name,
        "first_day": first_day,
        "recorded_at": clock.now(),
    }
