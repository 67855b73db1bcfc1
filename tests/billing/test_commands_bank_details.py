"""Bank details by two persons: whoever enters another account to pay to is not the one who lets invoices name it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from app.accounts.commands import ProfileValues, adopt_profile, ask_profile, profile_waits, set_consortium_logo
from app.accounts.models import ConsortiumProfile
from app.accounts.queries import find_profile, get_profile
from app.audit.models import AuditEntry
from app.billing.commands import adopt_billing, approve, decline
from app.billing.commands.bank import (
    adopt_bank_account,
    ask_bank_account,
    ask_bank_account_end,
    end_bank_account,
)
from app.billing.models import Approval, BankAccount
from app.billing.queries.bank import find_account_for
from app.billing.queries.parties import bank_of
from app.billing.rules import Act, ApprovalState, BillingTerms, check_billing_terms
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, StaleError
from app.core.permissions import Role
from tests.billing.bank_world import MAIN, adopt, problems
from tests.billing.test_commands_billing_policy import finance
from tests.billing.world import MAY, PROFILE, World
from tests.members.world import do, on

BY_TWO = {Act.BANK_DETAILS.value: 0}
OTHER = replace(PROFILE, iban="DE89370400440532013000", bic="COBADEFFXXX", bank_name="Another Specimen Bank")
SECOND = replace(MAIN, number="12 3456 7890", bic="", account_code="1201", first_day=MAY)


@pytest.fixture
def odile(world: World) -> Actor:
    """Who asks; there is one account, and a change of bank details needs a second person."""
    adopt(world)
    world.bill_by(second_above=BY_TWO)
    return finance("Odile Fennimore")


@pytest.fixture
def ines(odile: Actor) -> Actor:
    """Who is the second person, of the finance committee."""
    assert odile.name
    return finance("Ines Quillfeather")


@pytest.fixture
def ottilie(odile: Actor) -> Actor:
    """Who keeps the settings."""
    assert odile.name
    return finance("Ottilie Marchbank", Role.SECRETARIAT)


def state_of(approval_id: int) -> ApprovalState:
    return db.session.get_one(Approval, approval_id, populate_existing=True).state


def main_account() -> BankAccount:
    return db.session.scalars(select(BankAccount).where(BankAccount.account_code == "1200")).one()


def test_nobody_alone_adopts_or_ends_an_account(odile: Actor):
    with pytest.raises(DomainError, match="Change of bank details needs a second person"):
        do(adopt_bank_account, SECOND, actor=odile)
    with pytest.raises(DomainError, match="Change of bank details needs a second person"):
        do(end_bank_account, main_account().id, MAY, version=1, actor=odile)


def test_an_account_is_adopted_as_typed_by_the_yes_of_the_second(odile: Actor, ines: Actor):
    asked = do(ask_bank_account, SECOND, actor=odile)
    assert asked.words == "Bank account in GBP ending 7890, to be adopted from 24 May 2016"
    assert len(db.session.scalars(select(BankAccount.id)).all()) == 1
    with pytest.raises(DomainError, match="Nobody approves"):
        do(approve, asked.id, actor=odile)
    do(approve, asked.id, actor=ines)
    made = db.session.scalars(select(BankAccount).where(BankAccount.account_code == "1201")).one()
    assert (made.number, made.holder, made.first_day) == ("1234567890", MAIN.holder, MAY)
    done = db.session.get_one(Approval, asked.id)
    assert (done.state, done.done_id, done.values) == (ApprovalState.DONE, made.id, None)
    newest = select(AuditEntry.after).where(AuditEntry.action == "billing.adopt_bank_account")
    first, second = db.session.scalars(newest.order_by(AuditEntry.sequence)).all()
    assert ("approval" in (first or {}), (second or {})["approval"]) == (False, asked.id)
    assert problems() == []


def test_an_account_ends_by_the_yes_of_the_second_and_is_named_until_then(odile: Actor, ines: Actor):
    asked = do(ask_bank_account_end, main_account().id, MAY, version=1, actor=odile)
    assert find_account_for("GBP", MAY + timedelta(days=1)) is not None
    with pytest.raises(DomainError, match="Nobody approves"):
        do(approve, asked.id, actor=odile)
    do(approve, asked.id, actor=ines)
    assert main_account().last_day == MAY
    assert find_account_for("GBP", MAY + timedelta(days=1)) is None


def test_a_no_changes_no_account_and_forgets_what_was_typed(odile: Actor, ines: Actor):
    asked = do(ask_bank_account, SECOND, actor=odile)
    do(decline, asked.id, reason="Unknown to the bank", actor=ines)
    assert db.session.get_one(Approval, asked.id).values is None
    assert len(db.session.scalars(select(BankAccount.id)).all()) == 1


def test_the_seal_of_a_question_is_of_more_than_what_was_typed_so_that_it_confirms_no_guess(odile: Actor):
    asked = do(ask_bank_account, SECOND, actor=odile)
    assert len((asked.values or {}).get("salt", "")) == 32
    assert set(asked.values or {}) - set(asked.typed) == {"salt"}


def test_what_could_not_be_adopted_or_ended_is_not_asked(odile: Actor):
    with pytest.raises(DomainError, match="is this account already"):
        do(ask_bank_account, replace(MAIN, account_code="1201"), actor=odile)
    with pytest.raises(DomainError, match="booked to this account already"):
        do(ask_bank_account, replace(SECOND, account_code=MAIN.account_code), actor=odile)
    with pytest.raises(DomainError, match="check digits"):
        do(ask_bank_account, replace(SECOND, number="GB34BUKB20201555555555"), actor=odile)
    with pytest.raises(DomainError, match="first day or later"):
        do(ask_bank_account_end, main_account().id, date(2015, 1, 1), version=1, actor=odile)
    with pytest.raises(StaleError):
        do(ask_bank_account_end, main_account().id, MAY, version=7, actor=odile)


def test_asking_again_takes_the_place_of_what_was_asked_of_the_same_account(odile: Actor, ines: Actor):
    first = do(ask_bank_account_end, main_account().id, MAY, version=1, actor=odile)
    second = do(ask_bank_account_end, main_account().id, MAY + timedelta(days=7), version=1, actor=odile)
    assert state_of(first.id) is ApprovalState.REPLACED
    do(approve, second.id, actor=ines)
    assert main_account().last_day == MAY + timedelta(days=7)


def test_what_was_done_meanwhile_is_not_asked_any_more(world: World, odile: Actor):
    ends = do(ask_bank_account_end, main_account().id, MAY, version=1, actor=odile)
    adopts = do(ask_bank_account, SECOND, actor=odile)
    world.bill_by()
    do(end_bank_account, main_account().id, MAY, version=1, actor=odile)
    do(adopt_bank_account, SECOND, actor=odile)
    assert {state_of(ends.id), state_of(adopts.id)} == {ApprovalState.REPLACED}


def test_where_one_person_may_change_bank_details_nobody_is_asked(world: World, odile: Actor, ottilie: Actor):
    world.bill_by()
    for ask in (
        lambda: do(ask_bank_account, SECOND, actor=odile),
        lambda: do(ask_bank_account_end, main_account().id, MAY, version=1, actor=odile),
        lambda: do(ask_profile, MAY, OTHER, actor=ottilie),
    ):
        with pytest.raises(DomainError, match="needs no second person"):
            ask()


def test_who_may_not_do_it_asks_nobody_to(odile: Actor):
    auditor = Actor("Ada", 77, (Granted(Role.AUDITOR),))
    with pytest.raises(AccessDeniedError):
        do(ask_bank_account, SECOND, actor=auditor)
    with pytest.raises(AccessDeniedError):
        do(ask_bank_account_end, main_account().id, MAY, version=1, actor=auditor)
    with pytest.raises(AccessDeniedError):
        do(ask_profile, MAY, OTHER, actor=odile)


@pytest.mark.parametrize("name", ["bank_name", "bank_holder", "iban", "bic"])
def test_nobody_alone_adopts_a_profile_with_other_bank_details(ottilie: Actor, name: str):
    values = replace(PROFILE, **{name: getattr(replace(OTHER, bank_holder="Somebody"), name)})
    with pytest.raises(DomainError, match="Other bank details need a second person") as refused:
        do(adopt_profile, MAY, values, actor=ottilie)
    assert refused.value.field == "iban"


def test_a_profile_with_the_same_bank_details_needs_nobody(ottilie: Actor):
    values = replace(PROFILE, name="IMPC", iban="GB33 BUKB 2020 1555 5555 55")
    assert not profile_waits(MAY, values)
    do(adopt_profile, MAY, values, actor=ottilie)
    assert get_profile(MAY).name == "IMPC"


def test_a_profile_is_adopted_as_typed_by_a_second_person_of_finance(ottilie: Actor, ines: Actor):
    do(ask_profile, MAY, replace(OTHER, terms_days=14), actor=ottilie)
    asked = db.session.scalars(select(Approval).where(Approval.act == Act.BANK_DETAILS)).one()
    assert asked.words == "Bank details of the profile from 24 May 2016: an account ending 3000"
    with pytest.raises(DomainError, match="Nobody approves"):
        do(approve, asked.id, actor=ottilie)
    assert get_profile(MAY).iban == PROFILE.iban
    do(approve, asked.id, actor=ines)
    assert ProfileValues.of(get_profile(MAY)) == replace(OTHER, terms_days=14)
    bank = bank_of(get_profile(MAY), "EUR", MAY)
    assert bank is not None
    assert bank["iban"] == "DE89370400440532013000"
    assert state_of(asked.id) is ApprovalState.DONE
    assert problems() == []


def test_a_yes_after_the_first_day_lets_a_profile_hold_from_the_day_of_the_yes(ottilie: Actor, ines: Actor):
    do(ask_profile, MAY, OTHER, actor=ottilie)
    asked = db.session.scalars(select(Approval.id).where(Approval.act == Act.BANK_DETAILS)).one()
    with on(MAY + timedelta(days=2)):
        do(approve, asked, actor=ines)
    days = db.session.scalars(select(ConsortiumProfile.first_day).order_by(ConsortiumProfile.first_day)).all()
    assert days == [date(2011, 1, 1), MAY + timedelta(days=2)]


def test_a_yes_replaces_no_profile_that_came_into_force_meanwhile(ottilie: Actor, ines: Actor):
    do(adopt_profile, MAY + timedelta(days=1), replace(PROFILE, city="Elsewhere"), actor=ottilie)
    do(ask_profile, MAY, OTHER, actor=ottilie)
    asked = db.session.scalars(select(Approval.id).where(Approval.act == Act.BANK_DETAILS)).one()
    with on(MAY + timedelta(days=2)), pytest.raises(DomainError, match="let it be asked anew"):
        do(approve, asked, actor=ines)
    assert get_profile(MAY + timedelta(days=2)).city == "Elsewhere"


def test_another_profile_in_between_ends_the_question_and_a_later_one_does_not(ottilie: Actor):
    do(ask_profile, MAY, OTHER, actor=ottilie)
    asked = db.session.scalars(select(Approval.id).where(Approval.act == Act.BANK_DETAILS)).one()
    do(adopt_profile, MAY + timedelta(days=9), replace(PROFILE, city="Elsewhere"), actor=ottilie)
    assert state_of(asked) is ApprovalState.ASKED
    do(adopt_profile, MAY, replace(PROFILE, city="Elsewhere"), actor=ottilie)
    assert state_of(asked) is ApprovalState.REPLACED


def test_a_logo_in_between_leaves_the_question_as_it_is(ottilie: Actor, ines: Actor):
    do(ask_profile, MAY, OTHER, actor=ottilie)
    asked = db.session.scalars(select(Approval.id).where(Approval.act == Act.BANK_DETAILS)).one()
    made = BytesIO()
    Image.new("RGB", (60, 20), "navy").save(made, "PNG")
    do(set_consortium_logo, made.getvalue(), actor=ottilie)
    do(approve, asked, actor=ines)
    profile = get_profile(MAY)
    assert profile.iban == OTHER.iban
    assert profile.logo_id is not None


@pytest.mark.usefixtures("context")
def test_the_first_profile_names_bank_details_by_two_persons_and_holds_from_any_day(office: Actor):
    do(adopt_billing, MAY, BillingTerms(second_above=BY_TWO), actor=office)
    assert find_profile(MAY) is None
    since = date(2011, 1, 1)
    assert not profile_waits(since, replace(PROFILE, iban="", bic="", bank_name="", bank_holder=""))
    do(ask_profile, since, PROFILE, actor=office)
    asked = db.session.scalars(select(Approval.id)).one()
    do(approve, asked, actor=finance("Ines Quillfeather"))
    assert get_profile(MAY).first_day == since


def test_bank_details_have_no_amount():
    with pytest.raises(DomainError, match="Change of bank details has no amount"):
        check_billing_terms(BillingTerms(second_above={Act.BANK_DETAILS.value: 1}))
