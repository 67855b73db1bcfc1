"""Appending to the trail: what is kept, in which order, and what stays out of the chain."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.audit.checks import check_chain, check_personal_values
from app.audit.commands import Entry, Personal, Subject, forget_people, record, record_many
from app.audit.models import AuditEntry, AuditHead, AuditPersonalValue
from app.audit.queries import get_head
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.transaction import transaction

INSTITUTION = Subject("institution", 12)


def entries():
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)))


def test_entries_are_appended_in_their_order_when_the_transaction_commits(context, office):
    with transaction():
        record("members.admit", INSTITUTION, summary="Admitted", actor=office)
        record(
            "members.rename", INSTITUTION, summary="Renamed", before={"name": "A"}, after={"name": "B"}, actor=office
        )
        assert entries() == []
    assert [(each.sequence, each.summary) for each in entries()] == [(1, "Admitted"), (2, "Renamed")]
    assert entries()[1].previous_hash == entries()[0].hash
    assert list(check_chain()) == []


def test_nothing_is_appended_when_the_command_fails(context, office):
    with pytest.raises(DomainError), transaction():
        record("members.admit", INSTITUTION, summary="Admitted", actor=office)
        raise DomainError("No.")
    with transaction():
        record("members.suspend", INSTITUTION, summary="Suspended", actor=office)
    assert [each.summary for each in entries()] == ["Suspended"]


def test_values_are_kept_exactly(context, office):
    after = {"fee": Money.of("50000", "GBP"), "from": date(2016, 1, 1), "open": True, "tags": ["x"], "gone": None}
    with transaction():
        record("billing.set_fee", INSTITUTION, summary="Fee", after=after, actor=office)
    assert entries()[0].after == {
        "fee": {"amount": "50000.00", "currency": "GBP"},
        "from": "2016-01-01",
        "open": True,
        "tags": ["x"],
        "gone": None,
    }


def test_a_value_without_exact_form_is_refused(context, office):
    with pytest.raises(TypeError), transaction():
        record("billing.set_fee", INSTITUTION, summary="Fee", after={"fee": 0.1}, actor=office)


def test_personal_values_stand_beside_the_chain(context, office):
    with transaction():
        record(
            "members.name_contact",
            INSTITUTION,
            summary="Contact named",
            after={"contact": Personal("Odile Fennimore", 7), "others": [Personal("Lucan Vale", 8)]},
            actor=office,
        )
    assert "Odile" not in str(entries()[0].after)
    kept = db.session.scalars(select(AuditPersonalValue.value).order_by(AuditPersonalValue.value)).all()
    assert kept == ["Lucan Vale", "Odile Fennimore"]
    assert list(check_personal_values()) == []


def test_a_forgotten_person_leaves_the_chain_whole(context, office):
    with transaction():
        record("members.name", INSTITUTION, summary="Named", after={"who": Personal("Odile", 7)}, actor=office)
        record("members.name", INSTITUTION, summary="Named", after={"who": Personal("Lucan", 8)}, actor=office)
    with transaction():
        assert forget_people([7]) == 1
        record("members.erase", INSTITUTION, summary="Erased", before={"who": Personal("Odile", 7)}, actor=office)
    assert db.session.scalars(select(AuditPersonalValue.value)).all() == ["Lucan"]
    assert list(check_chain()) == []
    assert list(check_personal_values()) == []


def test_a_long_summary_is_cut_and_a_long_reason_refused(context, office):
    with transaction():
        record("members.rename", INSTITUTION, summary="x" * 600, actor=office)
    assert len(entries()[0].summary) == 500
    with pytest.raises(DomainError) as caught, transaction():
        record("members.rename", INSTITUTION, summary="x", reason="y" * 501, actor=office)
    assert caught.value.field == "reason"


def test_ten_thousand_entries_are_sealed_in_one_go(context, office):
    many = [Entry("billing.draft_invoice", Subject("invoice", number), "Draft") for number in range(1, 10_001)]
    with transaction():
        record_many(many, office)
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 10_000
    assert get_head().sequence == 10_000
    assert list(check_chain()) == []


def test_there_is_one_head_for_ever(context, office):
    for _ in range(3):
        with transaction():
            record("members.rename", INSTITUTION, summary="x", actor=office)
    assert db.session.scalar(select(func.count()).select_from(AuditHead)) == 1
    assert get_head().sequence == 3
