"""What was known before a merger stays as it was, whatever was corrected by then, and after its undoing too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.errors import DomainError
from app.core.personal_data import list_holdings
from app.members.commands import (
    Merging,
    UnitFacts,
    add_route,
    add_unit,
    correct_first_day,
    correct_route,
    end_affiliation,
    end_representation,
    end_route,
    end_unit,
    merge_records,
    reinstate_member,
    set_parent,
    suspend_member,
    undo_merger,
)
from app.members.models import Affiliation, ContactRoute, Institution, Person
from app.members.queries import count_members, list_memberships_of, subject_of
from app.members.queries.memberships import step_facts
from app.members.queries.register import export_register
from app.members.rules import RouteFacts, RouteKind, RoutePurpose, TwinKind, standing_on
from app.members.rules.imports import ImportKind
from tests.members.test_commands_mergers import change, merging, tables
from tests.members.world import LAUNCH, OFFICE, do, institution, member, on, person, problems, voice

pytestmark = pytest.mark.usefixtures("context")
LATER = date(2015, 12, 1)
KNOWN = [datetime(year, 3, 1, tzinfo=UTC) for year in (2012, 2013, 2014, 2015, 2016)]


def test_a_merger_leaves_what_was_known_of_a_suspended_member_where_it_was():
    one, two = institution(), institution("Souris Clinic", "SC")
    suspended_in_2015(two)
    known = datetime(2014, 6, 1, tzinfo=UTC)
    with on(date(2016, 2, 1)):
        do(merge_records, merging(TwinKind.INSTITUTION, one, two))
        (held,) = list_memberships_of(two.id, on=LATER, known=known, actor=OFFICE)
        assert [(step.state, step.period.first, step.period.last) for step in held.steps] == [("active", LAUNCH, None)]
        facts = step_facts([one.id, two.id], known)
        assert [standing_on(facts.get(each.id, []), LATER).state for each in (one, two)] == [None, "active"]
        (row,) = export_register(ImportKind.MEMBERSHIPS, known=known, actor=OFFICE).rows
        assert (row["institution_id"], row["steps"]) == (two.account_number, f"active|{LAUNCH}||Founding member")


@pytest.mark.parametrize("kind", list(TwinKind))
def test_all_that_was_known_before_a_merger_is_known_so_during_it_and_after_its_undoing(kind: TwinKind):
    pair = corrected_through_the_years(kind)
    before, held = seen(), tables()
    with on(date(2016, 5, 1)):
        merger = do(merge_records, Merging(kind, pair[0].id, pair[1].id, "The same"))
        assert seen() == before
        assert problems() == []
    with on(date(2016, 6, 1)):
        do(undo_merger, merger.id)
        assert seen() == before
    assert tables() == held


def test_an_undone_merger_never_was_also_for_what_was_known_while_it_stood():
    one, two = institution(), institution("Souris Clinic", "SC")
    ada, bea = person(one, "Ada", "Lovelace"), person(institution("Third", "T"), "Bea", "King")
    member(two)
    with on(LAUNCH):
        do(add_route, bea.id, RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, "bills@sc.example", LAUNCH))
    pairs = ((TwinKind.INSTITUTION, one.id, two.id), (TwinKind.PERSON, ada.id, bea.id))
    with on(date(2016, 2, 1)):
        mergers = [do(merge_records, Merging(*pair, "The same")) for pair in pairs]
    with on(date(2016, 3, 1)):
        for merger in mergers:
            do(undo_merger, merger.id)
        known = datetime(2016, 2, 15, tzinfo=UTC)
        rows = {each: list(export_register(each, known=known, actor=OFFICE).rows) for each in ImportKind}
        numbers = {row["account_number"] for row in rows[ImportKind.INSTITUTIONS]}
        assert {one.account_number, two.account_number} < numbers
        assert [row["institution_id"] for row in rows[ImportKind.MEMBERSHIPS]] == [two.account_number]
        assert [row["number"] for row in rows[ImportKind.CONTACT_ROUTES]] == [bea.id]
        held = list_holdings(subject_of(db.session.get_one(Person, ada.id)))
        assert "bills@sc.example" not in str([list(each.rows) for each in held])


def test_what_followed_and_was_put_right_and_back_since_forbids_to_undo():
    ada, bea = person(institution(), "Ada", "Lovelace"), person(institution("Third", "T"), "Bea", "King")
    route, wrong = (
        RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, f"{name}@sc.example", LAUNCH) for name in ("bills", "bill")
    )
    with on(LAUNCH):
        way = do(add_route, bea.id, route)
    with on(date(2016, 2, 1)):
        merger = do(merge_records, Merging(TwinKind.PERSON, ada.id, bea.id, "The same"))
    for month, facts in ((3, wrong), (4, route)):
        with on(date(2016, month, 1)):
            version = db.session.get_one(ContactRoute, way.id).version
            db.session.rollback()
            do(correct_route, way.id, facts, reason="Misread", version=version)
    with on(date(2016, 5, 1)), pytest.raises(DomainError, match="undone: contact routes changed or added since"):
        do(undo_merger, merger.id)


def test_what_an_institution_took_over_and_was_put_right_and_back_since_forbids_to_undo():
    ours, theirs = "https://ics.example", "https://sc.example"
    one, two = institution(), institution("Souris Clinic", "SC", website=theirs)
    with on(date(2016, 2, 1)):
        merger = do(merge_records, merging(TwinKind.INSTITUTION, one, two))
    with on(date(2016, 3, 1)):
        change(one, since=None, website=ours)
    with on(date(2016, 4, 1)):
        change(one, since=None, website=theirs)
    with on(date(2016, 5, 1)), pytest.raises(DomainError, match="undone: periods of its facts changed or added since"):
        do(undo_merger, merger.id)


def suspended_in_2015(of: Institution) -> int:
    """A founding member that was suspended in 2015; the id of its membership."""
    held = member(of)
    with on(date(2015, 1, 1)):
        do(suspend_member, held.id, first_day=date(2015, 1, 1), reason="Silence")
    return held.id


def corrected_through_the_years(kind: TwinKind) -> tuple[Any, Any]:
    """Two records; of the second one everything was corrected or ended in one year or another."""
    one, two, part = institution(), institution("Souris Clinic", "SC"), institution("Part", "P")
    ada, bea = person(one, "Ada", "Lovelace"), person(two, "Bea", "King")
    route = RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, "bills@sc.example", LAUNCH)
    with on(LAUNCH):
        unit, way = do(add_unit, two.id, UnitFacts("Clinic", LAUNCH)), do(add_route, bea.id, route)
        do(set_parent, part.id, two.id)
    role, place = voice(bea, two), place_of(bea)
    with on(date(2012, 6, 1)):
        do(end_unit, unit.id, last_day=date(2012, 5, 1), reason="Closed")
    with on(date(2013, 6, 1)):
        do(end_representation, role.id, last_day=date(2013, 6, 1))
        change(two, website="https://sc.example", since=date(2013, 1, 1))
    with on(date(2014, 6, 1)):
        do(end_affiliation, place, last_day=date(2014, 5, 1))
        do(end_route, way.id, last_day=date(2014, 5, 1), version=way.version)
        do(set_parent, part.id, None)
    membership = suspended_in_2015(two)
    with on(date(2015, 5, 1)):
        do(correct_first_day, membership, first_day=date(2012, 1, 1), reason="Misread")
    with on(date(2015, 6, 1)):
        do(reinstate_member, membership, first_day=date(2015, 6, 1), reason="Found again")
    return (one, two) if kind is TwinKind.INSTITUTION else (ada, bea)


def place_of(who: Person) -> int:
    found = db.session.scalars(select(Affiliation.id).where(Affiliation.person_id == who.id)).one()
    db.session.rollback()
    return found


def seen() -> list[Any]:
    """The whole register of a later day as it was known through the years, without the numbers of its rows."""
    db.session.expire_all()
    found: list[Any] = [count_members(LATER, known) for known in KNOWN]
    for known in KNOWN:
        for kind in ImportKind:
            rows = export_register(kind, on=LATER, known=known, actor=OFFICE).rows
            found.append(sorted(str({key: value for key, value in row.items() if key != "id"}) for row in rows))
    db.session.rollback()
    return found
