"""What a committee is holds from a day on: what it was keeps its days, and what was known of it stays known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from app.committees.commands import (
    CommitteeValues,
    Dissolving,
    SeatChange,
    Since,
    call_off_dissolution,
    change_seat,
    dissolve_committee,
    edit_committee,
    end_seat,
    found_committee,
)
from app.committees.models import Committee, CommitteeFacts, Seat, SeatFacts
from app.committees.queries import (
    CommitteeFilters,
    get_committee_view,
    list_committees,
    read_book,
    search_committees,
)
from app.committees.queries.facts import facts_on_record, seats_on_record
from app.committees.rules import CommitteeKind, Existence
from app.core.actor import Actor
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, StaleError
from app.core.periods import ONE_DAY
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.core.verification import run_checks
from tests.committees.ruled import chair_of
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, refused, seat
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
KNOWN = datetime(2016, 6, 1, 21, 59, tzinfo=UTC)
LEARNT = datetime(2016, 7, 1, 9, tzinfo=UTC)
JULY = LEARNT.date()
NEW_YEAR = date(2014, 1, 1)
LATE = Since(NEW_YEAR, "Told late")
Spell = tuple[CommitteeKind, int | None, str | None, date, date | None]
ADVICE = "Advises on fees and budget."


def saved(of: Committee) -> CommitteeValues:
    return CommitteeValues(of.name, of.kind, of.founded_on, of.parent_id, of.remit)


def edit(of: Committee, since: Since | None = None, actor: Actor = OFFICE, **changes: object) -> None:
    values = replace(saved(of), **changes)  # type: ignore[arg-type]
    edit_committee(of.id, values, since=since, version=of.version, actor=actor)


def edited(of: Committee, since: Since | None = None, actor: Actor = OFFICE, **changes: object) -> None:
    with transaction():
        edit(of, since, actor, **changes)


def spells(of: Committee, known: datetime | None = None) -> list[Spell]:
    return [_spell(each) for each in reversed(facts_on_record(of.id, known))]


def _spell(row: CommitteeFacts) -> Spell:
    return row.kind, row.parent_id, row.remit, row.first_day, row.last_day


def broken() -> list[str]:
    return [problem for finding in run_checks() for problem in finding.problems]


@pytest.fixture
def tree() -> tuple[Committee, Committee]:
    """A committee, and a working group that is part of it from 2014 on, which is learnt in July 2016."""
    with transaction():
        board, group = committee("Board"), committee("Group")
    with clock_at(LEARNT):
        edited(group, LATE, kind=CommitteeKind.WORKING_GROUP, parent_id=board.id, remit="Counts the lines.")
    return board, group


def test_what_a_committee_was_before_keeps_its_days_on_list_tree_page_and_book(tree: tuple[Committee, Committee]):
    board, group = tree
    was, now = (CommitteeKind.STANDING, None, ADVICE), (CommitteeKind.WORKING_GROUP, board.id, "Counts the lines.")
    for day, held in ((FOUNDED, was), (NEW_YEAR - ONE_DAY, was), (NEW_YEAR, now), (JULY, now)):
        row = {row.id: row for row in list_committees(OFFICE, on=day)}[group.id]
        view = get_committee_view(group.id, OFFICE, on=day)
        remit = {each.committee.id: each.remit for each in read_book(OFFICE, on=day)}[group.id]
        above = view.parent.id if view.parent else None
        assert (row.kind, row.parent_id, remit) == (view.committee.kind, above, view.committee.remit) == held
        assert (row.depth, row.parent_name) == ((1, "Board") if held == now else (0, None))
        parts = [part.name for part in get_committee_view(board.id, OFFICE, on=day).below]
        assert parts == (["Group"] if held == now else [])
    assert (group.kind, group.parent_id, group.remit) == now
    assert broken() == []


def test_what_is_entered_late_changes_no_answer_as_known_before(tree: tuple[Committee, Committee]):
    board, group = tree
    assert [row.depth for row in list_committees(OFFICE, on=TODAY, known=KNOWN)] == [0, 0]
    assert [row.depth for row in list_committees(OFFICE, on=TODAY)] == [0, 1]
    assert get_committee_view(board.id, OFFICE, on=TODAY, known=KNOWN).below == []
    view = get_committee_view(group.id, OFFICE, on=TODAY, known=KNOWN)
    assert (view.parent, view.committee.kind, view.committee.remit) == (None, CommitteeKind.STANDING, ADVICE)
    assert {chapter.remit for chapter in read_book(OFFICE, on=TODAY, known=KNOWN)} == {ADVICE}


def test_a_change_without_a_day_holds_from_today_on_and_one_of_the_first_day_altogether():
    with transaction():
        group = committee()
    with clock_at(LEARNT):
        edited(group, remit="Counts")
        assert [each[2:] for each in spells(group)] == [("Counts", JULY, None), (ADVICE, FOUNDED, JULY - ONE_DAY)]
        edited(group, Since(FOUNDED, "Never was otherwise"), remit="Counts lines")
    assert [each[2:] for each in spells(group)] == [("Counts lines", FOUNDED, None)]
    assert spells(group, KNOWN) == [(CommitteeKind.STANDING, None, ADVICE, FOUNDED, None)]
    assert broken() == []


def test_what_holds_now_is_found_to_have_held_longer(tree: tuple[Committee, Committee]):
    _, group = tree
    earlier = date(2013, 1, 1)
    with clock_at(LEARNT):
        version = group.version
        edited(group, Since(earlier, "By the minutes"))
        assert (group.version, spells(group)[0][3]) == (version + 1, earlier)
        with pytest.raises(StaleError), transaction():
            edit_committee(group.id, saved(group), since=Since(FOUNDED, "Old"), version=version, actor=OFFICE)
    assert broken() == []


def test_what_changes_of_one_value_leaves_the_others_on_their_days(tree: tuple[Committee, Committee]):
    board, group = tree
    with clock_at(LEARNT):
        edited(group, Since(date(2012, 1, 1), "By the minutes"), kind=CommitteeKind.ADVISORY)
    assert [each[:2] for each in spells(group)] == [
        (CommitteeKind.ADVISORY, board.id),
        (CommitteeKind.ADVISORY, None),
        (CommitteeKind.STANDING, None),
    ]


@pytest.mark.parametrize(
    ("since", "field", "told"),
    [
        (Since(JULY + ONE_DAY), "since", "A change is recorded once its first day has come."),
        (Since(FOUNDED - ONE_DAY, "Old"), "since", "It was founded on 24 September 2011: not before."),
        (Since(NEW_YEAR), "reason", "Say why: it changes what is on record for days that are over."),
    ],
)
def test_no_change_holds_from_a_day_to_come_or_before_the_founding_or_unsaid_why(since: Since, field: str, told: str):
    with transaction():
        group = committee()
    with clock_at(LEARNT):
        assert refused(lambda: edit(group, since, remit="Counts"), field) == told


@pytest.mark.parametrize(
    ("since", "field", "told"),
    [
        (Since(JULY + ONE_DAY), "since", "A change is recorded once its first day has come."),
        (Since(FOUNDED - ONE_DAY, "Old"), "since", "It begins on 24 September 2011: not before."),
        (Since(NEW_YEAR), "reason", "Say why: it changes what is on record for days that are over."),
    ],
)
def test_no_name_of_a_seat_holds_from_a_day_to_come_or_before_the_seat_or_unsaid_why(
    since: Since, field: str, told: str
):
    with transaction():
        place = seat(committee())
    with clock_at(LEARNT):
        assert refused(lambda: rename(place, "Bursar", since), field) == told


def rename(place: Seat, label: str, since: Since | None = None) -> None:
    change_seat(place.id, SeatChange(label), since=since, version=place.version, actor=OFFICE)


def call(place: Seat, label: str, since: Since | None = None) -> None:
    with transaction():
        rename(place, label, since)


def names(of: Seat) -> list[tuple[str, date, date | None]]:
    return [(each.label, each.first_day, each.last_day) for each in seats_on_record([of.id])[of.id]]


def test_the_names_of_a_seat_end_with_it_and_last_again_when_it_does():
    with transaction():
        group = committee()
        place = seat(group, "Treasurer")
    last, ended = date(2016, 12, 31), date(2015, 6, 30)
    before = ("Treasurer", FOUNDED, NEW_YEAR - ONE_DAY)
    with clock_at(LEARNT):
        call(place, "Bursar", LATE)
        version = place.version
        call(place, "Bursar", LATE)
        assert place.version == version
        with transaction():
            dissolve_committee(group.id, Dissolving(last, "Done"), version=group.version, actor=OFFICE)
        assert names(place) == [before, ("Bursar", NEW_YEAR, last)]
        with transaction():
            call_off_dissolution(group.id, reason="More work", version=group.version, actor=OFFICE)
        assert names(place) == [before, ("Bursar", NEW_YEAR, None)]
        call(place, "Keeper of the purse")
        with transaction():
            end_seat(place.id, ended, reason="Told late", version=place.version, actor=OFFICE)
        assert names(place) == [before, ("Bursar", NEW_YEAR, ended)]
        told = refused(lambda: rename(place, "Keeper", Since(ended + ONE_DAY, "Old")), "since")
    assert (place.label, told) == ("Bursar", "It ends with 30 June 2015: by then.")
    assert broken() == []


def test_no_committee_is_part_of_itself_on_any_day_or_of_one_that_begins_later(tree: tuple[Committee, Committee]):
    board, group = tree
    with clock_at(LEARNT):
        edited(group, parent_id=None)
        told = refused(lambda: edit(board, Since(date(2015, 1, 1), "Old"), parent_id=group.id), "parent_id")
        assert told == "A committee cannot be part of itself."
        edited(board, parent_id=group.id)
        with transaction():
            young = found_committee(CommitteeValues("Young", CommitteeKind.ADVISORY, NEW_YEAR + ONE_DAY), actor=OFFICE)
        told = refused(lambda: edit(group, LATE, parent_id=young.id), "parent_id")
    assert told == "Young begins on 2 January 2014."
    assert broken() == []


def test_a_day_of_founding_fits_what_the_committee_is_part_of_and_its_parts(tree: tuple[Committee, Committee]):
    board, group = tree
    with clock_at(LEARNT):
        told = refused(lambda: edit(board, founded_on=NEW_YEAR + ONE_DAY), "founded_on")
        assert told == "Group is part of it from 1 January 2014 on."
        edited(board, founded_on=NEW_YEAR)
        edited(group, founded_on=NEW_YEAR)
        told = refused(lambda: edit(group, founded_on=FOUNDED), "founded_on")
    assert told == "It is part of Board, which begins on 1 January 2014."
    assert broken() == []


def test_a_chair_says_since_when_the_remit_holds_and_of_nothing_else(tree: tuple[Committee, Committee]):
    _, group = tree
    chair, since = chair_of(group), Since(date(2012, 1, 1), "By the minutes")
    with clock_at(LEARNT):
        with pytest.raises(AccessDeniedError):
            edited(group, since, chair, kind=CommitteeKind.ADVISORY)
        edited(group, since, chair)
    assert [(each[0], each[2], each[3]) for each in spells(group)[1:]] == [
        (CommitteeKind.STANDING, "Counts the lines.", date(2012, 1, 1)),
        (CommitteeKind.STANDING, ADVICE, FOUNDED),
    ]


def test_founding_and_dissolving_are_known_from_when_they_were_recorded():
    with transaction():
        group = committee("Group")
        seat(group)
    ended = date(2016, 5, 10)
    with clock_at(LEARNT):
        with transaction():
            late = found_committee(CommitteeValues("Late", CommitteeKind.ADVISORY, FOUNDED), actor=OFFICE)
            values = Dissolving(ended, "Told late")
            dissolve_committee(group.id, values, version=group.version, actor=OFFICE)
        edited(late, founded_on=TODAY)

    def there(existence: Existence, known: datetime | None) -> list[tuple[str, date, date | None]]:
        filters = CommitteeFilters(existence=existence)
        found = search_committees(filters, PageRequest(), OFFICE, on=TODAY, known=known).rows
        return [(row.name, row.founded_on, row.dissolved_on) for row in found]

    whole, over = ("Group", FOUNDED, None), ("Group", FOUNDED, ended)
    assert [there(each, KNOWN) for each in Existence] == [[whole], [], [whole]]
    assert [there(each, None) for each in Existence] == [
        [("Late", TODAY, None)],
        [over],
        [over, ("Late", TODAY, None)],
    ]
    assert get_committee_view(late.id, OFFICE, on=TODAY, known=KNOWN).facts == []
    then = get_committee_view(group.id, OFFICE, on=TODAY, known=KNOWN)
    assert (then.committee.dissolved_on, then.dissolution, len(then.roster)) == (None, None, 1)
    assert broken() == []


def test_a_dissolution_that_is_called_off_was_known_meanwhile():
    with transaction():
        group = committee()
        seat(group)
    last, asked = date(2016, 12, 31), datetime(2016, 6, 15, tzinfo=UTC)
    with clock_at(datetime(2016, 6, 2, tzinfo=UTC)), transaction():
        dissolve_committee(group.id, Dissolving(last, "Done"), version=group.version, actor=OFFICE)
    with clock_at(LEARNT), transaction():
        call_off_dissolution(group.id, reason="More work", version=group.version, actor=OFFICE)
    ends = [
        get_committee_view(group.id, OFFICE, on=TODAY, known=each).committee.dissolved_on
        for each in (KNOWN, asked, None)
    ]
    assert ends == [None, last, None]
    assert get_committee_view(group.id, OFFICE, on=TODAY, known=asked).dissolution is not None
    assert broken() == []


def test_each_fact_that_is_not_as_its_seat_or_committee_is_told(tree: tuple[Committee, Committee]):
    board, group = tree
    with transaction():
        place = seat(board)
    changes = (
        (
            update(Seat).values(label="Other"),
            f"Seat {place.id} is on record today by another name than it has.",
        ),
        (
            update(SeatFacts).values(first_day=TODAY),
            f"Seat {place.id} is not on record for each of its days, once.",
        ),
        (
            update(Committee).where(Committee.id == group.id).values(kind=CommitteeKind.ADVISORY),
            f"Committee {group.id} is on record today as something else than it is.",
        ),
        (
            update(CommitteeFacts).where(CommitteeFacts.committee_id == board.id).values(first_day=TODAY),
            f"Committee {board.id} is not on record for each of its days, once.",
        ),
        (
            update(CommitteeFacts).where(CommitteeFacts.committee_id == board.id).values(parent_id=group.id),
            f"Committee {board.id} is part of itself on 24 May 2016.",
        ),
        (
            update(Committee).where(Committee.id == board.id).values(founded_on=TODAY),
            f"Committee {group.id} is part of {board.id} from 1 January 2014, before that is founded.",
        ),
    )
    for change, told in changes:
        with beside_the_trail():
            db.session.execute(change)
        assert told in broken()


def test_a_committee_deep_in_the_tree_names_all_it_is_part_of_and_all_its_parts():
    with transaction():
        board = committee("Board")
        group = committee("Group", parent=board.id)
        panel = committee("Panel", parent=group.id)
        committee("Team", parent=panel.id)
        committee("Aside", parent=board.id)
    seen = [get_committee_view(each.id, OFFICE, on=TODAY) for each in (board, panel)]
    assert [(place.name, place.depth) for place in seen[0].below] == [
        ("Aside", 0), ("Group", 0), ("Panel", 1), ("Team", 2),
    ]  # fmt: skip
    assert [place.name for place in seen[1].above] == ["Board", "Group"]
    assert [place.name for place in seen[1].below] == ["Team"]
