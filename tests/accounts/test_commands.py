"""Users, their dated roles, and the last one who can administer the site."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from flask.ctx import AppContext
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.commands import (
    ProfileValues,
    RoleFor,
    UserValues,
    administration_kept,
    adopt_profile,
    change_user,
    disable_user,
    enable_user,
    end_grant,
    end_grants,
    grant_by_hand,
    grant_role,
    open_user,
    restore_grants,
)
from app.accounts.models import ConsortiumProfile, Grant, User
from app.accounts.queries import find_profile, get_profile, list_grants
from app.accounts.rules import GrantSource
from app.audit.models import AuditEntry, AuditPersonalValue
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.periods import DueBy, Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.at_once import at_once
from tests.conftest import TODAY
from tests.signin import SINCE, make_user, with_password

pytestmark = pytest.mark.usefixtures("context")
TOMORROW = TODAY + timedelta(days=1)
AUDITOR = Actor("An auditor", 999, (Granted(Role.AUDITOR),))
PROFILE = ProfileValues(
    name="International Mouse Phenotyping Consortium",
    short_name="IMPC",
    unit="Secretariat",
    street="1 Example Way",
    postcode="CB10 1SA",
    city="Hinxton",
    country="GB",
    email="office@impc.example",
    website="https://www.impc.example",
    tax_note="Outside the scope of VAT",
    vat_number=None,
    bank_name="A Bank",
    bank_holder="IMPC",
    iban="GB82 WEST 1234 5698 7654 32",
    bic="",
    terms_days=30,
    invoice_note="",
)


def administrator() -> User:
    """Someone who can sign in and administer the site."""
    return with_password(make_user(Role.SECRETARIAT).id)


def grant_of(user: User) -> Grant:
    """The one role of a user."""
    return db.session.scalars(select(Grant).where(Grant.user_id == user.id)).one()


def test_an_address_belongs_to_one_user_alone(office: Actor):
    with transaction():
        open_user("One", "Shared@Muster.Example", office)
    with pytest.raises(DomainError, match="already belongs") as refused, transaction():
        open_user("Two", "shared@muster.example", office)
    assert refused.value.field == "email"


def test_people_without_an_address_may_hold_roles(office: Actor):
    with transaction():
        first, second = open_user("One", None, office), open_user("Two", " ", office)
    assert first.email is second.email is None


def test_the_trail_names_no_person_of_accounts(office: Actor):
    with transaction():
        opened = open_user("Odile Fennimore", "odile@muster.example", office)
        change_user(opened.id, UserValues("Odile Marsh", "marsh@muster.example"), actor=office)
    entries = db.session.scalars(select(AuditEntry)).all()
    assert {entry.action for entry in entries} == {"accounts.open_user", "accounts.change_user"}
    assert not any("Odile" in repr((entry.summary, entry.before, entry.after)) for entry in entries)
    assert db.session.scalars(select(AuditPersonalValue)).all() == []


def test_only_who_keeps_accounts_changes_the_address_to_sign_in_with(office: Actor):
    representative = Actor("A representative", 999, (Granted(Role.REPRESENTATIVE, institution_id=1),))
    with transaction():
        opened = open_user("One", "one@muster.example", office)
    with pytest.raises(AccessDeniedError), transaction():
        change_user(opened.id, UserValues("One", "other@muster.example"), actor=representative)
    with transaction():
        change_user(opened.id, UserValues("One More", "one@muster.example"), actor=representative)
    assert db.session.get_one(User, opened.id).name == "One More"


def test_who_can_sign_in_keeps_an_address(office: Actor):
    with transaction():
        user = with_password(make_user().id)
    with pytest.raises(DomainError, match="sign in with this address"), transaction():
        change_user(user.id, UserValues(user.name, None), actor=office)


def test_an_auditor_changes_no_account():
    with transaction():
        user = administrator()
    verbs = [
        lambda: open_user("One", None, AUDITOR),
        lambda: disable_user(user.id, reason="Because", actor=AUDITOR),
        lambda: enable_user(user.id, actor=AUDITOR),
        lambda: grant_by_hand(user.id, Role.FINANCE, SINCE, reason="Because", actor=AUDITOR),
        lambda: end_grant(grant_of(user).id, last_day=TODAY, actor=AUDITOR),
        lambda: adopt_profile(TODAY, PROFILE, AUDITOR),
    ]
    for verb in verbs:
        with pytest.raises(AccessDeniedError), transaction():
            verb()


def test_a_role_given_by_hand_is_one_of_the_whole_site(office: Actor):
    with transaction():
        user = make_user()
    with pytest.raises(DomainError, match="follows from"), transaction():
        grant_by_hand(user.id, Role.CHAIR, SINCE, reason="Because", actor=office)


def test_a_role_is_not_given_twice_for_the_same_days(office: Actor):
    with transaction():
        user = make_user()
        grant_by_hand(user.id, Role.FINANCE, Period(TODAY, TOMORROW), reason="Because", actor=office)
    with pytest.raises(DomainError, match="already hold"), transaction():
        grant_by_hand(user.id, Role.FINANCE, Period(TOMORROW), reason="Because", actor=office)
    with transaction():
        grant_by_hand(user.id, Role.FINANCE, Period(TOMORROW + timedelta(days=1)), reason="Because", actor=office)


def test_roles_end_with_what_they_follow_from_and_later_ones_are_taken_back(office: Actor):
    with transaction():
        user = make_user()
        for period in (Period(date(2015, 1, 1)), Period(date(2016, 6, 1), date(2016, 12, 31))):
            grant_role(
                user.id, RoleFor(Role.FINANCE), period, source=GrantSource.APPOINTMENT, source_id=7, actor=office
            )
        grant_role(user.id, RoleFor(Role.AUDITOR), SINCE, source=GrantSource.APPOINTMENT, source_id=8, actor=office)
    with transaction():
        end_grants(GrantSource.APPOINTMENT, 7, TODAY, office)
    left = {(row.role, row.first_day, row.last_day) for row in list_grants(user.id, office)}
    assert left == {(Role.FINANCE, date(2015, 1, 1), TODAY), (Role.AUDITOR, SINCE.first, None)}


def test_of_a_role_in_two_spells_only_the_last_one_lasts_longer_again(office: Actor):
    first, second = Period(SINCE.first, date(2015, 12, 31)), Period(date(2016, 1, 1), date(2016, 3, 31))
    with transaction():
        user = make_user()
        for period in (first, second):
            grant_role(
                user.id, RoleFor(Role.FINANCE), period, source=GrantSource.APPOINTMENT, source_id=7, actor=office
            )
        restore_grants(GrantSource.APPOINTMENT, {7: None}, office)
    days = {(row.first_day, row.last_day) for row in list_grants(user.id, office)}
    assert days == {(first.first, first.last), (second.first, None)}


def test_a_role_that_follows_an_appointment_is_not_ended_by_hand(office: Actor):
    with transaction():
        user = make_user()
        grant = grant_role(
            user.id, RoleFor(Role.FINANCE), SINCE, source=GrantSource.APPOINTMENT, source_id=7, actor=office
        )
    with pytest.raises(DomainError, match="follows from an appointment"), transaction():
        end_grant(grant.id, last_day=TODAY, actor=office)


def test_a_role_ended_before_its_first_day_is_taken_back(office: Actor):
    with transaction():
        user = make_user(Role.FINANCE, period=Period(TOMORROW))
        end_grant(grant_of(user).id, last_day=TODAY, actor=office)
    assert list_grants(user.id, office) == []


def test_a_role_that_has_ended_stays_as_it_was(office: Actor):
    with transaction():
        user = make_user(Role.FINANCE, period=Period(date(2015, 1, 1), date(2015, 12, 31)))
    with pytest.raises(DomainError, match="ended already"), transaction():
        end_grant(grant_of(user).id, last_day=TODAY, actor=office)


def test_ending_a_role_never_makes_it_longer(office: Actor):
    with transaction():
        user = make_user(Role.FINANCE, period=Period(date(2015, 1, 1), TOMORROW))
    with pytest.raises(DomainError, match="ends after"), transaction():
        end_grant(grant_of(user).id, last_day=TOMORROW + timedelta(days=1), actor=office)


def test_the_last_administrator_keeps_the_role(office: Actor):
    with transaction():
        last = administrator()
        make_user(Role.SECRETARIAT)  # cannot sign in
    with pytest.raises(DomainError, match="Nobody could administer"), transaction():
        end_grant(grant_of(last).id, last_day=date(2020, 12, 31), actor=office)
    with pytest.raises(DomainError, match="Nobody could administer"), transaction():
        disable_user(last.id, reason="Because", actor=office)
    assert grant_of(last).last_day is None
    assert db.session.get_one(User, last.id, populate_existing=True).disabled_at is None


def test_an_administrator_goes_where_another_stays(office: Actor):
    with transaction():
        first, second = administrator(), administrator()
        end_grant(grant_of(second).id, last_day=date(2016, 12, 31), actor=office)
    with pytest.raises(DomainError, match="from 1 January 2017 on"), transaction():
        disable_user(first.id, reason="Because", actor=office)
    with transaction():
        disable_user(second.id, reason="Because", actor=office)


def test_a_role_by_appointment_that_ends_guards_the_last_administrator_too(office: Actor):
    with transaction():
        user = with_password(make_user().id)
        grant_role(user.id, RoleFor(Role.SECRETARIAT), SINCE, source=GrantSource.APPOINTMENT, source_id=7, actor=office)
    with pytest.raises(DomainError, match="Nobody could administer"), transaction():
        end_grants(GrantSource.APPOINTMENT, 7, TODAY, office)
    with transaction(), administration_kept():
        end_grants(GrantSource.APPOINTMENT, 7, TODAY, office)
        grant_role(
            user.id,
            RoleFor(Role.SECRETARIAT),
            Period(TOMORROW),
            source=GrantSource.APPOINTMENT,
            source_id=8,
            actor=office,
        )


def test_where_nobody_can_administer_roles_may_still_end(office: Actor):
    with transaction():
        user = make_user(Role.SECRETARIAT)
        end_grant(grant_of(user).id, last_day=TODAY, actor=office)
    assert grant_of(user).last_day == TODAY


def test_two_who_remove_each_other_at_once_leave_one(app: House, context: AppContext, office: Actor):
    with transaction():
        ids = [administrator().id, administrator().id]
    db.session.remove()
    told = at_once(app, *(partial(disable_user, user_id, reason="Because", actor=office) for user_id in ids))
    assert [each.partition(" ")[0] for each in told] == ["done", "Nobody"]


def test_the_profile_of_a_day_is_the_newest_that_had_begun(office: Actor):
    assert find_profile(TODAY) is None
    with pytest.raises(NotFoundError):
        get_profile(TODAY)
    with transaction():
        adopt_profile(date(2011, 9, 1), PROFILE, office)
        adopt_profile(TOMORROW, ProfileValues(**{**PROFILE.__dict__, "short_name": "New"}), office)
    assert get_profile(date(2000, 1, 1)).first_day == date(2011, 9, 1)
    assert get_profile(TODAY).short_name == "IMPC"
    assert get_profile(TOMORROW).short_name == "New"
    assert get_profile(TODAY).iban == "GB82WEST12345698765432"


def test_no_days_are_counted_where_invoices_are_due_at_the_end_of_the_next_month(office: Actor):
    by_month = replace(PROFILE, due_by=DueBy.END_OF_NEXT_MONTH)
    with pytest.raises(DomainError, match="No days are counted") as refused, transaction():
        adopt_profile(TODAY, by_month, office)
    assert refused.value.field == "terms_days"
    with transaction():
        adopt_profile(TODAY, replace(by_month, terms_days=0), office)
    with pytest.raises(IntegrityError, match="due_by"):
        db.session.execute(update(ConsortiumProfile).values(terms_days=5))
    db.session.rollback()


def test_a_profile_that_was_in_force_is_never_rewritten(office: Actor):
    with transaction():
        adopt_profile(date(2011, 9, 1), PROFILE, office)
    for first_day in (date(2011, 9, 1), TODAY - timedelta(days=1)):
        with pytest.raises(DomainError, match="stays as it was") as refused, transaction():
            adopt_profile(first_day, PROFILE, office)
        assert refused.value.field == "first_day"


def test_a_profile_of_today_or_later_takes_the_place_of_the_former(office: Actor):
    with transaction():
        adopt_profile(TODAY, PROFILE, office)
    with transaction():
        adopt_profile(TODAY, ProfileValues(**{**PROFILE.__dict__, "short_name": "Better"}), office)
    assert [each.short_name for each in db.session.scalars(select(ConsortiumProfile))] == ["Better"]
