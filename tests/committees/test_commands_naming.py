"""What a committee is called from day to day: renamed, also from a day to come; corrected; taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.committees.commands import (
    CommitteeNaming,
    correct_committee_name,
    edit_committee,
    rename_committee,
    retract_committee_name,
)
from app.committees.commands.naming import take_names_of_today
from app.committees.models import Committee, CommitteeName
from app.committees.queries import (
    CommitteeFilters,
    committees_to_choose,
    get_committee_view,
    list_committees,
    roster,
    search_committees,
)
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, StaleError
from app.core.tables import PageRequest
from app.core.transaction import transaction
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, person, refused, seat, sits
from tests.committees.test_commands import chair_of, saved

pytestmark = pytest.mark.usefixtures("context")
BEFORE = datetime(2016, 5, 20, 11, tzinfo=UTC)
SINCE, TO_COME = date(2016, 1, 1), date(2016, 9, 1)


def renamed(of: Committee, name: str, first_day: date = SINCE) -> Committee:
    with transaction():
        return rename_committee(
            of.id, CommitteeNaming(name, first_day), reason="SC-2016-004", version=of.version, actor=OFFICE
        )


def names() -> list[tuple[str, date, date | None]]:
    asked = select(CommitteeName).where(CommitteeName.superseded_at.is_(None)).order_by(CommitteeName.first_day)
    return [(each.name, each.first_day, each.last_day) for each in db.session.scalars(asked)]


def latest_name() -> CommitteeName:
    asked = select(CommitteeName).where(CommitteeName.superseded_at.is_(None), CommitteeName.last_day.is_(None))
    return db.session.scalars(asked).one()


@pytest.fixture
def finance() -> Committee:
    """A committee recorded some days ago with somebody on a seat."""
    with clock_at(datetime(2016, 5, 18, 9, tzinfo=UTC)), transaction():
        found = committee("Finance Committee")
        sits(seat(found), person())
        return found


def test_a_renamed_committee_has_each_name_on_its_own_days(finance: Committee):
    renamed(finance, "Budget Committee")
    assert names() == [
        ("Finance Committee", FOUNDED, date(2015, 12, 31)),
        ("Budget Committee", SINCE, None),
    ]
    for day, name in ((date(2015, 12, 31), "Finance Committee"), (SINCE, "Budget Committee")):
        assert [row.name for row in list_committees(OFFICE, on=day)] == [name]
        assert [row.committee for row in roster(finance.id, on=day)] == [name]
        assert get_committee_view(finance.id, OFFICE, on=day).committee.name == name
        assert committees_to_choose(on=day) == [(finance.id, name)]


def test_pages_of_a_day_show_the_name_that_was_known_then(finance: Committee):
    renamed(finance, "Budget Committee")
    assert [row.name for row in list_committees(OFFICE, on=TODAY, known=BEFORE)] == ["Finance Committee"]
    assert roster(finance.id, on=TODAY, known=BEFORE)[0].committee == "Finance Committee"
    assert roster(finance.id, on=TODAY)[0].committee == "Budget Committee"


def test_a_part_says_what_it_is_part_of_by_the_name_of_the_day(finance: Committee):
    with transaction():
        part = committee("Audit Group", parent=finance.id)
    renamed(finance, "Budget Committee")
    rows = {row.id: row.parent_name for row in list_committees(OFFICE, on=date(2015, 6, 1))}
    assert rows[part.id] == "Finance Committee"
    above = get_committee_view(part.id, OFFICE, on=TODAY).above
    assert [place.name for place in above] == ["Budget Committee"]


def test_a_committee_is_found_by_its_former_names(finance: Committee):
    renamed(finance, "Budget Committee")
    found = search_committees(CommitteeFilters(words="finance"), PageRequest(), OFFICE, on=TODAY)
    assert [(row.name, row.formerly) for row in found.rows] == [("Budget Committee", ("Finance Committee",))]


def test_a_name_to_come_is_taken_on_its_day_and_not_before(finance: Committee):
    renamed(finance, "Budget Committee", TO_COME)
    assert db.session.get_one(Committee, finance.id).name == "Finance Committee"
    assert [row.name for row in list_committees(OFFICE, on=TO_COME)] == ["Budget Committee"]
    db.session.rollback()
    take_names_of_today()
    assert db.session.get_one(Committee, finance.id).name == "Finance Committee"
    db.session.rollback()
    with clock_at(datetime(2016, 9, 1, 3, tzinfo=UTC)):
        take_names_of_today()
        take_names_of_today()
    taken = db.session.get_one(Committee, finance.id, populate_existing=True)
    assert (taken.name, taken.sort_name) == ("Budget Committee", "budget committee")
    assert "finance committee" in taken.search_text


def test_two_committees_swap_their_names_on_one_day(finance: Committee):
    with transaction():
        other = committee("Budget Committee")
    renamed(finance, "Interim", TO_COME)
    renamed(other, "Finance Committee", TO_COME)
    with transaction():
        interim = db.session.scalars(select(CommitteeName).where(CommitteeName.name == "Interim")).one()
        naming = CommitteeNaming("Budget Committee", TO_COME)
        correct_committee_name(interim.id, naming, reason="They swap", version=finance.version, actor=OFFICE)
    with clock_at(datetime(2016, 9, 1, 3, tzinfo=UTC)):
        take_names_of_today()
    found = {each.id: each.name for each in db.session.scalars(select(Committee).order_by(Committee.id))}
    assert found == {finance.id: "Budget Committee", other.id: "Finance Committee"}


def test_no_two_committees_have_one_name_on_the_same_day(finance: Committee):
    with transaction():
        other = committee("Audit Group")
    naming = CommitteeNaming("finance  committee", SINCE)
    message = refused(
        lambda: rename_committee(other.id, naming, reason=None, version=other.version, actor=OFFICE), "name"
    )
    assert "There is already a committee of this name" in message
    renamed(finance, "Budget Committee", TO_COME)
    refused(lambda: committee("Budget Committee"), "name")


def test_a_name_that_was_given_up_is_free_from_then_on(finance: Committee):
    renamed(finance, "Budget Committee")
    with transaction():
        other = committee("Audit Group")
    renamed(other, "Finance Committee", TODAY)
    assert db.session.get_one(Committee, other.id).name == "Finance Committee"


def test_a_new_name_begins_after_the_one_before(finance: Committee):
    for day in (FOUNDED, date(2011, 1, 1)):
        naming = CommitteeNaming("Budget Committee", day)
        refused(
            lambda naming=naming: rename_committee(  # type: ignore[misc]
                finance.id, naming, reason=None, version=finance.version, actor=OFFICE
            ),
            "first_day",
        )
    same = CommitteeNaming("Finance Committee", SINCE)
    refused(lambda: rename_committee(finance.id, same, reason=None, version=finance.version, actor=OFFICE), "name")


def test_a_corrected_name_moves_the_end_of_the_one_before_and_keeps_what_was_known(finance: Committee):
    renamed(finance, "Bugdet Committee")
    naming = CommitteeNaming("Budget Committee", date(2016, 2, 1))
    with clock_at(datetime(2016, 5, 25, 9, tzinfo=UTC)), transaction():
        correct_committee_name(latest_name().id, naming, reason="Misspelt", version=finance.version, actor=OFFICE)
    assert names() == [
        ("Finance Committee", FOUNDED, date(2016, 1, 31)),
        ("Budget Committee", date(2016, 2, 1), None),
    ]
    known = datetime(2016, 5, 24, 20, tzinfo=UTC)
    assert [row.name for row in list_committees(OFFICE, on=date(2016, 1, 15), known=known)] == ["Bugdet Committee"]
    assert db.session.get_one(Committee, finance.id).name == "Budget Committee"


def test_the_first_name_begins_with_the_committee_and_moves_with_its_founding(finance: Committee):
    first = latest_name()
    naming = CommitteeNaming("Finance Committee", date(2012, 1, 1))
    version = finance.version
    refused(lambda: correct_committee_name(first.id, naming, reason="x", version=version, actor=OFFICE), "first_day")
    earlier = date(2011, 1, 1)
    with transaction():
        edit_committee(finance.id, saved(finance, founded_on=earlier), version=finance.version, actor=OFFICE)
    assert names() == [("Finance Committee", earlier, None)]
    assert [row.name for row in list_committees(OFFICE, on=earlier)] == ["Finance Committee"]


def test_a_name_taken_back_lets_the_one_before_go_on(finance: Committee):
    renamed(finance, "Budget Committee", TO_COME)
    with transaction():
        retract_committee_name(latest_name().id, reason="Voted down", version=finance.version, actor=OFFICE)
    assert names() == [("Finance Committee", FOUNDED, None)]
    version = finance.version
    refused(lambda: retract_committee_name(latest_name().id, reason="x", version=version, actor=OFFICE), None)


def test_a_stale_form_renames_nothing(finance: Committee):
    version = finance.version
    renamed(finance, "Budget Committee")
    naming = CommitteeNaming("Third Committee", TODAY)
    with pytest.raises(StaleError), transaction():
        rename_committee(finance.id, naming, reason=None, version=version, actor=OFFICE)
    with pytest.raises(StaleError), transaction():
        correct_committee_name(latest_name().id, naming, reason="x", version=version, actor=OFFICE)


def test_a_chair_does_not_rename_the_own_committee(finance: Committee):
    naming = CommitteeNaming("Budget Committee", SINCE)
    with pytest.raises(AccessDeniedError), transaction():
        rename_committee(finance.id, naming, reason=None, version=finance.version, actor=chair_of(finance.id))


def test_the_form_that_changes_a_committee_changes_no_name(finance: Committee):
    values = saved(finance, name="Budget Committee")
    refused(lambda: edit_committee(finance.id, values, version=finance.version, actor=OFFICE), "name")


def test_each_committee_is_written_to_at_an_address_of_its_own(finance: Committee):
    with transaction():
        other = committee("Audit Group")
    with transaction():
        values = saved(finance, contact_email="money@impc.example")
        edit_committee(finance.id, values, version=finance.version, actor=OFFICE)
    again = saved(other, contact_email="Money@IMPC.example")
    message = refused(lambda: edit_committee(other.id, again, version=other.version, actor=OFFICE), "contact_email")
    assert message == "Finance Committee is written to at this address: each committee has its own."
