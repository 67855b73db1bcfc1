"""The state of the members on any day, as known at any moment, with a constant number of statements."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.billing.queries.contents import contacts_on
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.members.commands import (
    AffiliationFacts,
    Naming,
    add_route,
    affiliate_person,
    correct_first_day,
    correct_name,
    end_representation,
    reinstate_member,
    rename_institution,
    set_parent,
    suspend_member,
    withdraw_member,
)
from app.members.models import MembershipStep, Person
from app.members.queries import (
    InstitutionFilters,
    PersonFilters,
    count_countries,
    count_members,
    get_institution,
    get_person,
    list_memberships,
    list_memberships_of,
    list_names,
    list_people_of,
    list_representatives,
    person_choices,
    register_person_scope,
    search_institutions,
    search_people,
)
from app.members.queries.checks import (
    check_days_of_steps,
    check_memberships,
    check_names,
    check_places,
    check_steps,
    check_voices,
)
from app.members.queries.scope import _scopes
from app.members.rules import MembershipState, Purpose, RouteFacts, RouteKind, RoutePurpose
from tests.members.world import (
    LAUNCH,
    OFFICE,
    class_id,
    do,
    full_facts,
    institution,
    member,
    on,
    person,
    statements,
    voice,
)
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
TODAY = date(2016, 5, 24)
ALL = PageRequest(sort="name")


def names(day: date = TODAY, known: datetime | None = None, request: PageRequest = ALL, **filters) -> list[str]:
    """The short names in the list of a day."""
    page = search_institutions(InstitutionFilters(**filters), request, OFFICE, on=day, known=known)
    return [row.short_name for row in page.rows]


def states(day: date, known: datetime | None = None) -> list[str | None]:
    """The states in the list of a day."""
    page = search_institutions(InstitutionFilters(), ALL, OFFICE, on=day, known=known)
    return [row.standing.state for row in page.rows]


def instant(year: int, month: int, day: int) -> datetime:
    """Noon of a day."""
    return datetime(year, month, day, 12, tzinfo=UTC)


def test_the_list_of_a_day_has_the_names_states_and_voices_of_that_day():
    added = institution("Sanger Institute", "SI")
    joined = member(added)
    ann, bea = person(added, "Ann", "Lee"), person(added, "Bea", "Moor")
    voice(ann, added, until=date(2013, 12, 31))
    voice(bea, added, since=date(2014, 1, 1))
    with on(date(2013, 1, 1)):
        do(rename_institution, added.id, Naming("Wellcome Trust Sanger Institute", "WTSI", date(2013, 1, 1)))
    with on(date(2014, 3, 1)):
        do(suspend_member, joined.id, first_day=date(2014, 3, 1), reason="x")
    told = {}
    for day in (date(2012, 12, 31), date(2013, 1, 1), date(2013, 12, 31), date(2014, 1, 1), date(2014, 3, 1)):
        (row,) = search_institutions(InstitutionFilters(), ALL, OFFICE, on=day).rows
        told[day] = (row.short_name, row.standing.state, row.representative)
    assert list(told.values()) == [
        ("SI", "active", "Ann Lee"),
        ("WTSI", "active", "Ann Lee"),
        ("WTSI", "active", "Ann Lee"),
        ("WTSI", "active", "Bea Moor"),
        ("WTSI", "suspended", "Bea Moor"),
    ]
    assert names(date(2011, 9, 23)) == []


def test_a_late_entry_does_not_rewrite_what_was_known_then():
    joined = member(institution())
    with on(date(2015, 2, 1)):
        do(withdraw_member, joined.id, last_day=date(2014, 12, 31), reason="Letter found")
    assert states(date(2015, 1, 15)) == ["withdrawn"]
    assert states(date(2015, 1, 15), instant(2015, 1, 20)) == ["active"]
    assert states(date(2015, 1, 15), instant(2015, 2, 2)) == ["withdrawn"]
    year = Period(date(2015, 1, 1), date(2015, 12, 31))
    assert list_memberships(year, actor=OFFICE) == []
    (then,) = list_memberships(year, known=instant(2015, 1, 20), actor=OFFICE)
    assert (then.period.last, [step.state.value for step in then.steps]) == (None, ["active"])


def test_an_institution_is_found_by_the_name_it_was_known_by_then():
    added = institution("Welcome Trust", "WeT")
    member(added)
    with on(date(2015, 2, 1)):
        (name,) = list_names(added.id)
        do(
            correct_name,
            name.id,
            Naming("Wellcome Trust", "WT", name.first_day),
            reason="Misspelt",
            version=added.version,
        )
    assert names(text="welcome wet") == []
    assert names(known=instant(2015, 1, 20), text="welcome wet") == ["WeT"]


def test_what_was_not_on_record_yet_is_not_there():
    added = institution()
    assert names(date(2016, 5, 23), instant(2011, 9, 25)) == []
    member(added)
    assert names(TODAY, instant(2011, 9, 25)) == ["ICS"]
    assert names(TODAY, instant(2011, 9, 23)) == []
    with pytest.raises(NotFoundError):
        get_institution(added.id, OFFICE, on=TODAY, known=instant(2011, 9, 23))


def test_a_corrected_membership_has_its_steps_on_both_axes():
    joined = member(institution())
    with on(date(2013, 1, 1)):
        do(correct_first_day, joined.id, first_day=date(2012, 1, 1), reason="x")
    (now,) = list_memberships_of(joined.institution_id, on=TODAY, actor=OFFICE)
    (then,) = list_memberships_of(joined.institution_id, on=TODAY, known=instant(2012, 6, 1), actor=OFFICE)
    assert (now.period.first, now.steps[0].period.first) == (date(2012, 1, 1), date(2012, 1, 1))
    assert (then.period.first, then.steps[0].period.first) == (LAUNCH, LAUNCH)
    assert states(date(2011, 12, 1)) == []
    assert states(date(2011, 12, 1), instant(2012, 6, 1)) == ["active"]


def test_billing_learns_the_days_of_each_state():
    joined = member(institution())
    do(suspend_member, joined.id, first_day=date(2014, 3, 1), reason="x")
    do(reinstate_member, joined.id, first_day=date(2014, 5, 1), reason="x")
    (row,) = list_memberships(Period(date(2014, 1, 1), date(2014, 12, 31)), actor=OFFICE)
    assert row.membership_class.code == "partner"
    assert row.state_on(date(2014, 4, 30)) is MembershipState.SUSPENDED
    assert row.days_in([MembershipState.SUSPENDED]) == (Period(date(2014, 3, 1), date(2014, 4, 30)),)
    assert row.days_in([MembershipState.ACTIVE]) == (Period(LAUNCH, date(2014, 2, 28)), Period(date(2014, 5, 1)))


def test_the_filters_of_the_list_say_what_its_rows_say():
    both, left, never = institution("Both", "B"), institution("Left", "L", country="GB"), institution("New", "N")
    member(both, "funder")
    do(withdraw_member, member(both).id, last_day=date(2015, 12, 31), reason="x")
    do(withdraw_member, member(left).id, last_day=date(2015, 12, 31), reason="x")
    assert names() == ["B", "L", "N"]
    assert names(date(2015, 6, 1)) == ["B", "L"]
    assert names(state=MembershipState.ACTIVE) == ["B"]
    assert names(state=MembershipState.WITHDRAWN) == ["L"]
    assert names(class_id=class_id("partner")) == []
    assert names(class_id=class_id("partner"), state=MembershipState.WITHDRAWN) == ["L"]
    assert names(class_id=class_id("funder"), state=MembershipState.ACTIVE) == ["B"]
    assert names(country="GB") == ["L"]
    assert names(kind="funder") == names(kind="composite") == []
    assert names(text="new") == ["N"]
    assert never.account_number == "M-0003"


def test_the_list_is_sorted_by_the_names_of_the_day_without_their_article():
    for name, short, country in (("The Jackson Laboratory", "JAX", "US"), ("Ängelholm", "A", "SE"), ("Zoo", "Z", "CH")):
        member(institution(name, short, country=country), since=date(2012, 1, len(short)))
    assert names() == ["A", "JAX", "Z"]
    assert names(request=PageRequest(sort="name", descending=True)) == ["Z", "JAX", "A"]
    assert names(request=PageRequest(sort="country")) == ["A", "Z", "JAX"]
    assert names(request=PageRequest(sort="since")) == ["A", "Z", "JAX"]


def test_by_day_of_joining_a_member_suspended_from_its_first_day_has_joined_then():
    institution("Never", "N")
    member(institution("Later", "L"), since=date(2012, 6, 1))
    suspended = member(institution("Suspended", "S"), since=date(2012, 1, 1))
    do(suspend_member, suspended.id, first_day=date(2012, 1, 1), reason="x")
    do(reinstate_member, suspended.id, first_day=date(2013, 1, 1), reason="x")
    assert names(request=PageRequest(sort="since")) == ["S", "L", "N"]


def test_who_never_joined_comes_last_by_day_of_joining_up_or_down_and_page_by_page():
    for name, since in (("B", date(2012, 1, 1)), ("A", date(2013, 1, 1)), ("C", date(2012, 1, 1))):
        both = institution(name, name)
        member(both, since=since)
        member(both, "funder", since=since)
    institution("Never", "N")
    institution("Nor ever", "O")
    for descending, expected in ((False, ["B", "C", "A", "N", "O"]), (True, ["A", "C", "B", "O", "N"])):
        pages = [PageRequest(page, 2, "since", descending) for page in (1, 2, 3)]
        assert [name for page in pages for name in names(request=page)] == expected
        assert names(request=PageRequest(1, 0, "since", descending)) == expected


def test_members_are_counted_once_and_in_each_of_their_classes():
    both = institution("Both", "B")
    member(both)
    member(both, "funder")
    member(institution("One", "O"))
    total, classes = count_members(TODAY)
    assert (total, [(row.class_name, row.institutions) for row in classes]) == (2, [("Funder", 1), ("Partner", 2)])
    assert count_members(date(2011, 1, 1)) == (0, ())


def make_members(numbers: range) -> None:
    """A member with two people for each number."""
    for number in numbers:
        added = institution(f"Institution {number}", f"I{number}")
        member(added)
        voice(person(added, f"Ann{number}", "Lee"), added)
        person(added, f"Bea{number}", "Moor")
    db.session.expire_all()


def test_lists_take_as_many_statements_for_one_row_as_for_twenty():
    counts = []
    for more in (range(1), range(1, 20)):
        make_members(more)
        with statements() as sent:
            search_institutions(InstitutionFilters(), ALL, OFFICE, on=TODAY)
            search_people(PersonFilters(), ALL, OFFICE, on=TODAY)
            list_memberships(Period(TODAY), actor=OFFICE)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 14


def test_a_stream_brings_every_row_finished():
    make_members(range(3))
    page = search_institutions(InstitutionFilters(), PageRequest(size=0, sort="name"), OFFICE, on=TODAY)
    assert [row.representative for row in page.rows] == ["Ann0 Lee", "Ann1 Lee", "Ann2 Lee"]
    people = search_people(PersonFilters(), PageRequest(size=0), OFFICE, on=TODAY)
    assert len(list(people.rows)) == 6


def test_a_record_names_its_parent_and_its_parts():
    parent, part = institution("Medical Research Council", "MRC"), institution("MRC Harwell", "Harwell")
    do(set_parent, part.id, parent.id)
    assert get_institution(part.id, OFFICE, on=TODAY).parent == (parent.id, "Medical Research Council")
    assert get_institution(parent.id, OFFICE, on=TODAY).children == ((part.id, "MRC Harwell"),)


def test_invoices_go_where_the_first_billing_contact_of_the_day_wants_them():
    added = institution("One", "O", postal_address="1 Road")
    ann, bea = person(added, "Ann", "Lee"), person(added, "Bea", "Moor")
    for who in (ann, bea):
        do(add_route, who.id, RouteFacts(RouteKind.ADDRESS, RoutePurpose.BILLING, f"{who.name}'s desk", LAUNCH))
    voice(ann, added, Purpose.BILLING, until=date(2015, 6, 30))
    voice(bea, added, Purpose.BILLING, since=date(2016, 1, 1))
    days = date(2015, 1, 1), date(2015, 12, 31), TODAY
    then, between, now = (full_facts(added.id, day).billing_address for day in days)
    assert (then, between, now) == ("Ann Lee's desk", "1 Road", "Bea Moor's desk")
    assert [contacts_on([added.id], day)[added.id].name for day in (days[0], TODAY)] == ["Ann Lee", "Bea Moor"]
    elsewhere = Actor("Rep", 7, (Granted(Role.REPRESENTATIVE, institution_id=added.id + 1),))
    assert get_institution(added.id, elsewhere, on=TODAY).full is None


def test_representatives_end_with_their_last_day():
    added = institution()
    named = voice(person(added), added)
    do(end_representation, named.id, last_day=date(2016, 3, 31), reason="x")
    assert [row.person for row in list_representatives(added.id, on=date(2016, 3, 31), actor=OFFICE)] == [
        "Thibault Ferronays"
    ]
    assert list_representatives(added.id, on=date(2016, 4, 1), actor=OFFICE) == []
    known = list_representatives(added.id, on=date(2016, 4, 1), known=instant(2016, 1, 1), actor=OFFICE)
    assert [row.period.last for row in known] == [None]


def test_people_are_found_by_folded_names_and_only_by_addresses_that_may_be_seen():
    added = institution()
    person(added, "Radmila", "Ostrožná", email="r.o@ccp.example")
    auditor = Actor("A", 7, (Granted(Role.AUDITOR),))
    chair = Actor("C", 8, (Granted(Role.CHAIR, committee_id=1),))
    wide = "r.o\uff20ccp"
    asked = (("ostrozna rad", chair, 1), ("r.o@ccp", auditor, 1), ("r.o@ccp", chair, 0), (wide, auditor, 1))
    for text, actor, total in asked:
        assert search_people(PersonFilters(text), ALL, actor, on=TODAY).total == total


def test_people_at_institutions_are_the_same_however_many_there_are(monkeypatch: pytest.MonkeyPatch):
    ics, icr = institution(), institution("Institut Curie", "ICR")
    person(ics, "Ada", "Moreau")
    both = person(icr, "Ben", "Okoro", email="ben@icr.example")
    do(affiliate_person, both.id, AffiliationFacts(ics.id, date(2015, 1, 1)))
    voice(both, icr)
    wanted = {
        PersonFilters(institution="institut"): ["Ada Moreau", "Ben Okoro"],
        PersonFilters(institution="souris"): ["Ada Moreau", "Ben Okoro"],
        PersonFilters(institution="souris", purpose=Purpose.VOTING): ["Ben Okoro"],
        PersonFilters(institution="curie", text="ada"): [],
        PersonFilters(institution="souris", text="ben@"): ["Ben Okoro"],
    }
    for many in (0, 1_000):
        monkeypatch.setattr("app.members.queries.people.MANY", many)
        found = {each: search_people(each, ALL, OFFICE, on=TODAY) for each in wanted}
        assert {each: [row.name for row in page.rows] for each, page in found.items()} == wanted
        assert [page.total for page in found.values()] == [len(rows) for rows in wanted.values()]
        before = search_people(PersonFilters(institution="souris"), ALL, OFFICE, on=date(2014, 1, 1))
        assert [row.name for row in before.rows] == ["Ada Moreau"]


def test_committees_add_the_people_their_members_may_see():
    one = person(institution())
    chair = Actor("C", 8, (Granted(Role.CHAIR, committee_id=1),))
    assert get_person(one.id, chair, on=TODAY).contact is None

    def scope(actor: Actor):
        return select(Person.id).where(Person.id == one.id) if actor.user_id == 8 else None

    register_person_scope(scope)
    try:
        found = get_person(one.id, chair, on=TODAY)
    finally:
        _scopes.remove(scope)
    assert found.contact is not None
    assert found.may_edit is False


def test_people_of_an_institution_come_with_what_they_do_there():
    added, other = institution(), institution("Other", "O")
    one = person(added)
    voice(one, other, Purpose.TECHNICAL)
    voice(one, added, Purpose.BILLING)
    (row,) = list_people_of(added.id, on=TODAY, actor=OFFICE)
    assert (row.name, row.position, row.represents) == ("Thibault Ferronays", "Group leader", ("Billing contact",))
    assert list_people_of(added.id, on=date(2011, 1, 1), actor=OFFICE) == []
    assert person_choices(OFFICE, institution_id=added.id) == [(one.id, "Ferronays, Thibault")]
    assert person_choices(OFFICE, institution_id=other.id) == []
    assert count_countries() == (("FR", "France"),)


def test_verify_finds_overlaps_and_a_name_that_differs():
    added = institution()
    one, two = member(added), member(added, "funder")
    voices = [voice(person(added), added), voice(person(added, "Ann", "Lee"), added, Purpose.BILLING)]
    assert problems() == []
    with beside_the_trail():
        two.class_id, voices[1].purpose = one.class_id, Purpose.VOTING
        added.name = "Another"
    assert problems() == [
        f"Institution {added.account_number} has no present name like its own.",
        f"Membership {one.id} and {two.id} share days.",
        f"Representation {voices[0].id} and {voices[1].id} share days.",
    ]


def test_verify_finds_who_is_active_outside_the_days_of_their_membership():
    one = member(institution(), until=date(2016, 6, 30))
    active, lapsed = db.session.scalars(select(MembershipStep).order_by(MembershipStep.first_day)).all()
    assert problems() == []
    with beside_the_trail():
        lapsed.superseded_at, active.last_day = clock.now(), None
    beyond = [f"Membership step {active.id} reaches beyond the days of its membership."]
    assert problems() == beyond
    with beside_the_trail():
        active.last_day, one.first_day = date(2016, 6, 30), date(2012, 1, 1)
    assert problems() == [*beyond, f"Membership {one.id} does not begin with a step as a member."]
    with beside_the_trail():
        one.first_day, one.superseded_at = LAUNCH, clock.now()
    assert problems() == beyond


def problems() -> list[str]:
    """What the checks of members find."""
    found = (check_names, check_memberships, check_steps, check_days_of_steps, check_places, check_voices)
    return [problem for check in found for problem in check()]
