"""Taking up people, placing them, and the rights that follow from representing an institution."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.accounts.models import Grant, User
from app.accounts.rules import GrantSource
from app.audit.models import AuditEntry
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.permissions import Role
from app.core.verification import run_checks
from app.members.commands import (
    AffiliationFacts,
    PersonFacts,
    RepresentationFacts,
    add_person,
    affiliate_person,
    edit_person,
    end_affiliation,
    end_representation,
    invite_person,
    name_representative,
    retract_affiliation,
    retract_representation,
)
from app.members.models import Affiliation, Person, Representation
from app.members.queries.representations import list_representatives
from app.members.rules import PURPOSES_WITH_ACCESS, Purpose
from app.web.requests import House
from tests.at_once import at_once
from tests.members.world import LAUNCH, OFFICE, do, institution, on, person, voice

pytestmark = pytest.mark.usefixtures("context")
JUNE = date(2016, 6, 30)


def rights_of(representation: Representation) -> list[tuple[Role, int | None, date, date | None]]:
    """The grants that follow from a representation."""
    asked = select(Grant).where(Grant.source == GrantSource.REPRESENTATION, Grant.source_id == representation.id)
    return [(held.role, held.institution_id, held.first_day, held.last_day) for held in db.session.scalars(asked)]


def representative(of: int) -> Actor:
    """Someone who acts for an institution."""
    return Actor("Rep", 7, (Granted(Role.REPRESENTATIVE, institution_id=of),))


def refused(command, *args, **values) -> DomainError:
    """The refusal of a command."""
    with pytest.raises(DomainError) as caught:
        do(command, *args, **values)
    return caught.value


def test_a_person_has_a_user_who_cannot_sign_in_yet():
    added = person(institution())
    user = db.session.get_one(User, added.user_id)
    assert (user.name, user.email, user.password_hash) == (added.name, added.email, None)


def test_an_address_and_an_orcid_belong_to_one_person():
    at = institution()
    person(at, orcid="0000-0002-1825-0097")
    with pytest.raises(DomainError) as caught:
        person(at, "Other", "Person", orcid="0000000218250097")
    assert caught.value.field == "orcid"
    with pytest.raises(DomainError) as caught:
        person(at, "Other", "Person", email="thibault.ferronays@ics.example")
    assert caught.value.field == "email"


def test_personal_values_never_stand_in_the_chain_itself():
    added = person(institution())
    voice(added, institution("Other", "O"))
    do(edit_person, added.id, PersonFacts("Tibo", "Ferronays", email=added.email), version=added.version)
    for entry in db.session.scalars(select(AuditEntry)):
        kept = f"{entry.summary} {entry.before} {entry.after}"
        for personal in ("Ferronays", "Thibault", "Tibo", "ics.example", "+33", "Group leader"):
            assert personal not in kept


def test_the_user_follows_the_person_but_only_accounts_change_the_address_to_sign_in_with():
    at = institution()
    added = person(at)
    facts = PersonFacts("Tibo", "Ferronays", email="new@ics.example")
    do(edit_person, added.id, facts, version=added.version, actor=representative(at.id))
    user = db.session.get_one(User, added.user_id)
    assert (added.email, user.name, user.email) == (
        "new@ics.example", "Tibo Ferronays", "thibault.ferronays@ics.example",
    )  # fmt: skip
    do(invite_person, added.id)
    assert user.email == "new@ics.example"


def test_an_address_typed_by_a_representative_is_not_taken_over_with_a_change_of_the_name():
    at = institution()
    added = person(at)
    typed = PersonFacts("Thibault", "Ferronays", email="elsewhere@ics.example")
    do(edit_person, added.id, typed, version=added.version, actor=representative(at.id))
    corrected = PersonFacts("Tibo", "Ferronays", email="elsewhere@ics.example")
    do(edit_person, added.id, corrected, version=added.version)
    user = db.session.get_one(User, added.user_id)
    assert (user.name, user.email) == ("Tibo Ferronays", "thibault.ferronays@ics.example")


def test_nobody_is_invited_without_an_address():
    added = person(institution(), email=None)
    assert refused(invite_person, added.id).field == "email"


def test_a_person_has_one_place_at_an_institution_at_a_time():
    at, other = institution(), institution("Other", "O")
    added = person(at)
    assert refused(affiliate_person, added.id, AffiliationFacts(at.id, date(2016, 1, 1))).field == "first_day"
    assert refused(affiliate_person, added.id, AffiliationFacts(99_999, date(2016, 1, 1))).field == "institution_id"
    do(affiliate_person, added.id, AffiliationFacts(other.id, date(2016, 1, 1)))
    place = db.session.scalars(select(Affiliation).where(Affiliation.institution_id == at.id)).one()
    assert refused(end_affiliation, place.id, last_day=date(2011, 1, 1)).field == "last_day"
    do(end_affiliation, place.id, last_day=date(2016, 1, 31))
    assert refused(end_affiliation, place.id, last_day=date(2016, 2, 28)).field == "last_day"
    do(affiliate_person, added.id, AffiliationFacts(at.id, date(2016, 2, 1)))
    with pytest.raises(NotFoundError):
        do(end_affiliation, 99_999, last_day=JUNE)


def test_a_representative_keeps_the_people_of_the_own_institution_only():
    own, other = institution(), institution("Other", "O")
    colleague, stranger = person(own), person(other, "Isolde", "Marchbanks")
    actor = representative(own.id)
    do(add_person, PersonFacts("New", "Colleague"), affiliation=AffiliationFacts(own.id, LAUNCH), actor=actor)
    do(edit_person, colleague.id, PersonFacts("A", "B"), version=colleague.version, actor=actor)
    for command, values in (
        (add_person, {"affiliation": AffiliationFacts(other.id, LAUNCH)}),
        (add_person, {"affiliation": None}),
    ):
        with pytest.raises(AccessDeniedError):
            do(command, PersonFacts("X", "Y"), actor=actor, **values)
    with pytest.raises(AccessDeniedError):
        do(edit_person, stranger.id, PersonFacts("X", "Y"), version=stranger.version, actor=actor)
    with pytest.raises(AccessDeniedError):
        do(affiliate_person, stranger.id, AffiliationFacts(own.id, LAUNCH), actor=actor)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_representation_gives_its_right_for_its_own_days(purpose: Purpose):
    at = institution()
    named = voice(person(at), at, purpose, until=date(2016, 12, 31))
    held = [(Role.REPRESENTATIVE, at.id, LAUNCH, date(2016, 12, 31))]
    assert rights_of(named) == (held if purpose in PURPOSES_WITH_ACCESS else [])
    do(end_representation, named.id, last_day=JUNE)
    assert rights_of(named) == ([(*held[0][:3], JUNE)] if purpose in PURPOSES_WITH_ACCESS else [])


def test_one_person_votes_at_a_time_and_the_next_one_follows_the_day_after():
    at = institution()
    first, second = person(at), person(at, "Second", "Voice")
    named = voice(first, at)
    follows = RepresentationFacts(Purpose.VOTING, date(2016, 7, 1))
    assert "Another person votes" in refused(name_representative, at.id, second.id, follows).message
    do(end_representation, named.id, last_day=JUNE)
    do(name_representative, at.id, second.id, follows)
    assert refused(end_representation, named.id, last_day=date(2016, 7, 1)).field == "last_day"


def test_alternates_have_an_order_without_ties_and_nobody_is_the_same_twice():
    at = institution()
    first, second = person(at), person(at, "Second", "Voice")
    place_one = RepresentationFacts(Purpose.ALTERNATE, LAUNCH, None, 1)
    do(name_representative, at.id, first.id, place_one)
    assert refused(name_representative, at.id, second.id, place_one).field == "rank"
    assert refused(
        name_representative, at.id, first.id, RepresentationFacts(Purpose.ALTERNATE, LAUNCH, None, 2)
    ).field == ("person_id")
    do(name_representative, at.id, second.id, RepresentationFacts(Purpose.ALTERNATE, LAUNCH, None, 2))
    assert (
        refused(name_representative, at.id, 99_999, RepresentationFacts(Purpose.BILLING, LAUNCH)).field == "person_id"
    )


def test_a_representative_names_no_representatives():
    at = institution()
    one = person(at)
    with pytest.raises(AccessDeniedError):
        do(name_representative, at.id, one.id, RepresentationFacts(Purpose.VOTING, LAUNCH), actor=representative(at.id))


def test_a_stale_form_changes_no_person():
    added = person(institution())
    shown = added.version
    do(edit_person, added.id, PersonFacts("A", "B"), version=shown)
    assert "Someone else" in refused(edit_person, added.id, PersonFacts("C", "D"), version=shown).message
    assert db.session.get_one(Person, added.id).given_name == "A"


def test_of_two_forms_that_end_a_place_or_a_representation_the_later_one_overwrites_nothing():
    at = institution()
    who = person(at)
    place = db.session.scalars(select(Affiliation).where(Affiliation.person_id == who.id)).one()
    for command, fact in ((end_affiliation, place), (end_representation, voice(who, at))):
        shown = fact.version
        do(command, fact.id, last_day=date(2016, 6, 30), version=shown)
        assert "Someone else" in refused(command, fact.id, last_day=date(2016, 5, 31), version=shown).message
        db.session.refresh(fact)
        assert fact.last_day == date(2016, 6, 30)
        do(command, fact.id, last_day=date(2016, 5, 31), version=fact.version)


def test_a_representation_entered_by_mistake_is_taken_back_with_its_right():
    ics = institution()
    found = voice(person(ics), ics)
    assert rights_of(found)
    with on(JUNE):
        do(retract_representation, found.id, reason="It was another one", version=found.version)
        assert rights_of(found) == []
        assert [row.id for row in list_representatives(ics.id, on=JUNE, actor=OFFICE)] == []
        known = datetime(2016, 1, 1, tzinfo=UTC)
        assert [row.id for row in list_representatives(ics.id, on=JUNE, known=known, actor=OFFICE)] == [found.id]
        with pytest.raises(NotFoundError):
            do(retract_representation, found.id, reason="x", version=found.version)
        assert [problem for finding in run_checks() for problem in finding.problems] == []
        told = select(AuditEntry.summary).where(AuditEntry.action == "members.retract_representation")
        assert db.session.scalars(told).one().endswith("Voting representative from 24 September 2011 taken back")


def test_of_two_who_take_back_or_end_the_same_place_or_representation_at_once_one_is_told(
    app: House, context: AppContext
):
    at = institution()
    who = person(at)
    place_id, place_version = db.session.execute(select(Affiliation.id, Affiliation.version)).one()
    role = voice(who, at)
    role_id, role_version = role.id, role.version
    db.session.remove()
    taken: dict[str, Any] = {"reason": "Entered twice", "actor": OFFICE}
    ended = partial(end_representation, role_id, last_day=JUNE, actor=OFFICE)
    for works in (
        [partial(retract_affiliation, place_id, version=place_version, **taken)] * 2,
        [partial(retract_representation, role_id, version=role_version, **taken), ended],
    ):
        told = at_once(app, *works)
        assert [outcome == "done" for outcome in told] == [True, False]
