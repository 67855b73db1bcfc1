"""What each verb of institutions and memberships does, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError, StaleError
from app.core.permissions import Role
from app.members.commands import (
    Admission,
    ContactFacts,
    InstitutionFacts,
    Naming,
    admit_member,
    correct_first_day,
    edit_contact,
    edit_institution,
    reinstate_member,
    rename_institution,
    set_parent,
    suspend_member,
    withdraw_member,
)
from app.members.models import Institution, InstitutionName, Membership, MembershipStep
from app.members.queries import list_names
from app.members.rules import InstitutionKind, MembershipState
from app.web.requests import House
from tests.at_once import at_once
from tests.members.world import LAUNCH, OFFICE, class_id, do, institution, member, on

pytestmark = pytest.mark.usefixtures("context")
FACTS = InstitutionFacts("Institut Clinique de la Souris", "ICS", InstitutionKind.RESEARCH_CENTRE, "FR")
CONTACT = ContactFacts("https://ics.example", "1 rue Exemple", None, "PO-7")


def refused(command, *args, **values) -> DomainError:
    """The refusal of a command, after which nothing is left."""
    with pytest.raises(DomainError) as caught:
        do(command, *args, **values)
    return caught.value


def steps_of(membership: Membership) -> list[tuple[str, date, date | None]]:
    """The steps on record now."""
    asked = select(MembershipStep).where(
        MembershipStep.membership_id == membership.id, MembershipStep.superseded_at.is_(None)
    )
    found = db.session.scalars(asked.order_by(MembershipStep.first_day))
    return [(step.state.value, step.first_day, step.last_day) for step in found]


def test_account_numbers_follow_each_other_without_a_hole():
    assert [institution(name, name).account_number for name in ("One", "Two", "Three")] == [
        "M-0001", "M-0002", "M-0003",
    ]  # fmt: skip


def test_an_institution_is_found_by_its_names_ror_number_and_unit():
    added = institution("Helmholtz Zentrum München", "HMGU", ror="00cfam450", unit="German Mouse Clinic", country="DE")
    for words in ("munchen", "hmgu", "00cfam450", "m-0001", "mouse clinic"):
        assert words in added.search_text


def test_wrong_facts_of_an_institution_are_refused_beside_their_fields():
    wrong = {"ror": "01cwqze89", "vat_number": "FR00", "country": "ZZ", "website": "ics.example"}
    for field, value in wrong.items():
        with pytest.raises(DomainError) as caught:
            institution(**{field: value})
        assert caught.value.field == field


def test_a_ror_belongs_to_one_institution():
    institution("One", "One", ror="01cwqze88")
    with pytest.raises(DomainError, match="Another institution has this ROR"):
        institution("Two", "Two", ror="01cwqze88")


def test_a_renamed_institution_keeps_its_old_name_for_its_days_and_is_found_by_it():
    added = institution("Sanger Institute", "SI")
    with on(date(2013, 2, 1)):
        naming = Naming("Wellcome Trust Sanger Institute", "WTSI", date(2013, 1, 1))
        do(rename_institution, added.id, naming, reason="New name")
    db.session.expire_all()
    assert [(row.name, row.last_day) for row in list_names(added.id)] == [
        ("Wellcome Trust Sanger Institute", None),
        ("Sanger Institute", date(2012, 12, 31)),
    ]
    assert added.name == "Wellcome Trust Sanger Institute"
    assert "sanger institute si" in added.search_text


def test_a_name_begins_neither_in_the_future_nor_before_the_present_one():
    added = institution()
    with on(date(2013, 2, 1)):
        do(rename_institution, added.id, Naming("Mouse Clinic", "MC", date(2013, 1, 1)))
        assert refused(rename_institution, added.id, Naming("X", "X", date(2013, 2, 2))).field == "first_day"
        assert refused(rename_institution, added.id, Naming("X", "X", date(2013, 1, 1))).field == "first_day"
        assert refused(rename_institution, added.id, Naming("Mouse Clinic", "MC", date(2013, 1, 5))).field == "name"


def test_editing_corrects_the_present_name_without_making_a_former_one():
    added = institution("Institut Clinique de la Sourris")
    do(edit_institution, added.id, FACTS, version=added.version)
    assert [row.name for row in list_names(added.id)] == ["Institut Clinique de la Souris"]
    assert added.sort_name == "institut clinique de la souris"
    kept = db.session.scalars(select(InstitutionName).where(InstitutionName.superseded_at.is_not(None))).one()
    assert kept.name == "Institut Clinique de la Sourris"


def test_a_stale_form_overwrites_nothing():
    added = institution()
    shown = added.version
    do(edit_contact, added.id, CONTACT, version=shown)
    with pytest.raises(StaleError):
        do(edit_institution, added.id, FACTS, version=shown)
    assert db.session.get_one(Institution, added.id).website == "https://ics.example"


def test_a_representative_changes_contact_details_of_the_own_institution_only():
    own, other = institution("One", "One"), institution("Two", "Two")
    voice = Actor("Rep", 7, (Granted(Role.REPRESENTATIVE, institution_id=own.id),))
    do(edit_contact, own.id, CONTACT, version=own.version, actor=voice)
    with pytest.raises(AccessDeniedError):
        do(edit_contact, other.id, CONTACT, version=other.version, actor=voice)
    with pytest.raises(AccessDeniedError):
        do(edit_institution, own.id, FACTS, version=own.version, actor=voice)


def test_nothing_is_a_part_of_itself_even_by_way_of_others():
    one, two, three = (institution(name, name) for name in ("One", "Two", "Three"))
    do(set_parent, two.id, one.id)
    do(set_parent, three.id, two.id)
    assert refused(set_parent, one.id, three.id).field == "parent_id"
    assert refused(set_parent, one.id, one.id).field == "parent_id"
    assert refused(set_parent, one.id, 999_999).field == "parent_id"
    do(set_parent, three.id, None)
    do(set_parent, one.id, three.id)


def test_a_member_is_admitted_until_its_first_day_and_lapses_after_its_last():
    added = institution()
    admitted = do(admit_member, added.id, Admission(class_id("partner"), date(2016, 7, 1), date(2019, 6, 30)))
    assert steps_of(admitted) == [
        ("admitted", date(2016, 5, 24), date(2016, 6, 30)),
        ("active", date(2016, 7, 1), date(2019, 6, 30)),
        ("lapsed", date(2019, 7, 1), None),
    ]


def test_two_memberships_of_one_class_share_no_day_but_classes_may():
    added = institution()
    member(added, until=date(2015, 12, 31))
    again = Admission(class_id("partner"), date(2015, 12, 31))
    assert refused(admit_member, added.id, again).field == "first_day"
    do(admit_member, added.id, Admission(class_id("partner"), date(2016, 1, 1)))
    do(admit_member, added.id, Admission(class_id("funder"), LAUNCH))


def test_an_end_before_its_start_is_refused_beside_its_field():
    with pytest.raises(DomainError) as caught:
        do(admit_member, institution().id, Admission(class_id("partner"), date(2016, 1, 2), date(2016, 1, 1)))
    assert caught.value.field == "last_day"


def test_suspension_and_reinstatement_leave_no_gap():
    joined = member(institution())
    do(suspend_member, joined.id, first_day=date(2014, 1, 1), reason="Fee unpaid")
    do(reinstate_member, joined.id, first_day=date(2014, 3, 1), reason="Fee paid")
    assert steps_of(joined) == [
        ("active", LAUNCH, date(2013, 12, 31)),
        ("suspended", date(2014, 1, 1), date(2014, 2, 28)),
        ("active", date(2014, 3, 1), None),
    ]
    early = refused(reinstate_member, joined.id, first_day=date(2015, 1, 1), reason="x")
    assert early.message == "It is active on 1 January 2015 already, since 1 March 2014."
    assert refused(suspend_member, joined.id, first_day=date(2011, 1, 1), reason="x").field == "first_day"


def test_withdrawal_ends_the_membership_and_what_was_to_follow():
    joined = member(institution(), until=date(2019, 12, 31))
    do(suspend_member, joined.id, first_day=date(2018, 1, 1), reason="Announced")
    do(withdraw_member, joined.id, last_day=date(2016, 12, 31), reason="Letter")
    assert steps_of(joined) == [
        ("active", LAUNCH, date(2016, 12, 31)),
        ("withdrawn", date(2017, 1, 1), None),
    ]
    assert joined.last_day == date(2016, 12, 31)
    told = select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == "members.withdraw_member")
    assert db.session.execute(told).one() == ({"last_day": "2019-12-31"}, {"last_day": "2016-12-31"})
    assert "has ended" in refused(suspend_member, joined.id, first_day=date(2017, 1, 1), reason="x").message
    assert "cannot become" in refused(withdraw_member, joined.id, last_day=date(2017, 6, 1), reason="x").message


def test_a_withdrawal_before_the_first_day_leaves_no_membership():
    added = institution()
    admitted = do(admit_member, added.id, Admission(class_id("partner"), date(2016, 7, 1)))
    do(withdraw_member, admitted.id, last_day=date(2016, 5, 31), reason="Changed their mind")
    assert steps_of(admitted) == [
        ("admitted", date(2016, 5, 24), date(2016, 5, 31)),
        ("withdrawn", date(2016, 6, 1), None),
    ]
    with pytest.raises(NotFoundError):
        do(withdraw_member, admitted.id, last_day=date(2016, 5, 31), reason="Again")
    do(admit_member, added.id, Admission(class_id("partner"), date(2016, 7, 1)))


def test_a_corrected_first_day_keeps_the_id_and_what_was_known():
    joined = member(institution())
    identity = joined.id
    do(correct_first_day, joined.id, first_day=date(2012, 1, 1), reason="Minutes of 2011")
    assert (joined.id, joined.first_day) == (identity, date(2012, 1, 1))
    assert steps_of(joined) == [("active", date(2012, 1, 1), None)]
    copies = db.session.scalars(select(Membership).where(Membership.superseded_at.is_not(None))).all()
    assert [copy.first_day for copy in copies] == [LAUNCH]


def test_a_first_day_cannot_be_corrected_past_the_first_step_or_into_another_membership():
    added = institution()
    member(added, since=LAUNCH, until=date(2012, 12, 31))
    second = member(added, since=date(2013, 1, 1))
    do(suspend_member, second.id, first_day=date(2014, 1, 1), reason="x")
    for wrong in (date(2014, 1, 1), date(2012, 12, 31)):
        assert refused(correct_first_day, second.id, first_day=wrong, reason="x").field == "first_day"


def test_an_admission_follows_its_corrected_first_day():
    admitted = do(admit_member, institution().id, Admission(class_id("partner"), date(2016, 7, 1)))
    do(correct_first_day, admitted.id, first_day=date(2016, 8, 1), reason="x")
    assert steps_of(admitted)[0] == ("admitted", date(2016, 5, 24), date(2016, 7, 31))
    do(correct_first_day, admitted.id, first_day=date(2016, 5, 1), reason="x")
    assert steps_of(admitted) == [("active", date(2016, 5, 1), None)]


def test_only_the_secretariat_changes_memberships():
    joined = member(institution())
    for role in set(Role) - {Role.SECRETARIAT}:
        actor = Actor("Someone", 7, (Granted(role, institution_id=joined.institution_id),))
        with pytest.raises(AccessDeniedError):
            do(withdraw_member, joined.id, last_day=date(2016, 12, 31), reason="x", actor=actor)


@pytest.mark.usefixtures("context")
def test_of_two_admissions_at_once_one_wins(app: House, context: AppContext):
    added, as_partner = institution().id, class_id("partner")
    db.session.remove()
    told = at_once(app, *[lambda: admit_member(added, Admission(as_partner, LAUNCH), actor=OFFICE)] * 2)
    assert [outcome == "done" for outcome in told] == [True, False]
    assert len(db.session.scalars(select(Membership)).all()) == 1
    assert db.session.scalars(select(MembershipStep.state)).all() == [MembershipState.ACTIVE]


VERBS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "suspend": (suspend_member, {"first_day": date(2016, 6, 1)}),
    "reinstate": (reinstate_member, {"first_day": date(2016, 6, 1)}),
    "withdraw": (withdraw_member, {"last_day": date(2016, 12, 31)}),
    "correct": (correct_first_day, {"first_day": date(2012, 1, 1)}),
}


@pytest.mark.parametrize("first", ["suspend", "withdraw", "correct"])
@pytest.mark.parametrize("second", VERBS)
def test_of_two_forms_of_a_membership_the_later_one_changes_nothing(first: str, second: str):
    joined = member(institution())
    shown = joined.version
    command, values = VERBS[first]
    do(command, joined.id, reason="First", version=shown, **values)
    kept = steps_of(joined), joined.period
    command, values = VERBS[second]
    assert isinstance(refused(command, joined.id, reason="Second", version=shown, **values), StaleError)
    assert (steps_of(joined), db.session.get_one(Membership, joined.id).period) == kept
