"""What waits for whoever keeps committees, on the day it begins to wait by the bylaws of each, and in true words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from app.committees.commands import LeaveValues, SeatValues, add_seat, begin_leave, free_seats
from app.committees.models import Committee
from app.committees.queries.desk import (
    FreedSoon,
    list_freed_soon,
    list_holding_over,
    list_leaderless,
    list_old_vacancies,
    list_terms_ending,
)
from app.committees.rules import Office, SeatKind
from app.core.actor import Actor
from app.core.periods import ONE_DAY, Period
from app.core.transaction import transaction
from app.home.queries.committees import committees_without_chair, ending_terms, vacant_seats
from app.home.rules import Task
from app.members.commands import Admission as Joining
from app.members.commands import Notice, add_class, admit_member, end_memberships, give_notice
from app.members.models import Institution
from app.members.rules import ClassFacts
from tests.committees.ruled import chair_of
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, adopted, committee, person, seat, sits
from tests.members.world import LAUNCH, do, institution, member, on

pytestmark = pytest.mark.usefixtures("context")
JUNE = date(2016, 6, 30)


def seated(found: Institution, warning_days: int | None = None) -> Committee:
    """A committee on which an institution fills a seat, held by somebody, and one more that nobody fills."""
    with transaction():
        board = committee()
        if warning_days is not None:
            adopted(board, warning_days=warning_days)
        sits(seat(board, "ICS", found), person(at=found))
        sits(seat(board), person("Chair"), office=Office.CHAIR)
    return board


def told(day: date, actor: Actor = OFFICE) -> list[str]:
    """What is said on a day of seats that will be free."""
    with on(day):
        return [each.said(day) for each in list_freed_soon(actor)]


@pytest.mark.parametrize("warning", [None, 10])
def test_a_seat_is_told_to_be_freed_from_the_warning_days_of_the_bylaws_on_until_its_last_day(warning: int | None):
    found = institution()
    member(found, until=JUNE)
    seated(found, warning)
    first = JUNE - timedelta(90 if warning is None else warning)
    said = "Institut Clinique de la Souris is a member until 30 June 2016; unless that is renewed, its seat ends with"
    assert [told(day) for day in (first - ONE_DAY, first, JUNE, JUNE + ONE_DAY)] == [
        [],
        [f"{said} that day"],
        [f"{said} that day"],
        [],
    ]


def test_of_a_member_with_days_of_grace_it_is_told_before_it_lapses_and_after():
    found = institution()
    kind: int = do(add_class, ClassFacts("Institutional", votes=True, is_billed=True, grace_days=30)).id
    with on(LAUNCH):
        do(admit_member, found.id, Joining(kind, LAUNCH, JUNE, "x"))
    board = seated(found)
    name, day = "Institut Clinique de la Souris", "30 July 2016"
    before, after = told(TODAY), told(date(2016, 7, 4))
    assert before == [f"{name} is a member until 30 June 2016; unless that is renewed, its seat ends with {day}"]
    assert after == [f"{name} was a member until 30 June 2016; its seat ends with {day}"]
    assert told(TODAY, chair_of(board)) == before
    with transaction():
        other = committee("Other")
    assert told(TODAY, chair_of(other)) == []
    member(found, since=date(2016, 7, 1))
    assert told(TODAY) == []


def test_of_who_gave_notice_it_is_told_at_once_and_no_more_once_the_seat_has_its_last_day():
    found = institution()
    member(found)
    seated(found)
    assert told(TODAY) == []
    begun = do(give_notice, found.id, Notice(JUNE, "Its funding ends", grace_days=30))
    name = "Institut Clinique de la Souris"
    said = f"{name} leaves with 30 June 2016; its seat ends with 30 July 2016"
    assert told(TODAY) == [said]
    do(end_memberships, begun.id)
    assert (told(TODAY), told(date(2016, 7, 4))) == ([said], [said.replace("leaves", "left")])
    with on(date(2016, 7, 31)):
        do(free_seats, begun.id)
    assert told(TODAY) == []


def test_who_gave_notice_and_is_a_member_after_it_keeps_its_seats():
    found = institution()
    member(found)
    seated(found)
    begun = do(give_notice, found.id, Notice(JUNE, "Its funding ends"))
    do(end_memberships, begun.id)
    member(found, since=date(2016, 7, 1))
    assert told(TODAY) == []


@pytest.mark.parametrize(
    ("until", "leaves", "words"),
    [
        (None, False, "ICS is no member; its seat ends with 30 July 2016"),
        (date(2016, 7, 30), True, "ICS leaves with 30 July 2016; its seat ends with that day"),
        (TODAY, True, "ICS leaves with 24 May 2016; its seat ends with 30 July 2016"),
        (TODAY - ONE_DAY, True, "ICS left with 23 May 2016; its seat ends with 30 July 2016"),
    ],
)
def test_why_a_seat_will_be_free_is_true_on_the_day_it_is_said(until: date | None, leaves: bool, words: str):  # noqa: FBT001 - a case
    freed = FreedSoon(1, "Board", 1, 1, "ICS", None, date(2016, 7, 30), until, leaves)
    assert freed.said(TODAY) == words


def test_a_seat_that_ends_sooner_by_itself_is_not_told_to_be_freed():
    found = institution()
    member(found, until=JUNE)
    with transaction():
        values = SeatValues(SeatKind.INSTITUTION, "ICS", Period(FOUNDED, JUNE), institution_id=found.id)
        add_seat(committee().id, values, actor=OFFICE)
    assert told(TODAY) == []


def test_who_holds_over_is_named_from_the_day_after_the_term_until_somebody_follows():
    with transaction():
        board = committee()
        adopted(board, holds_over=True)
        place = seat(board)
        sits(place, person(), Period(date(2013, 7, 1), JUNE))
    over = [(JUNE, []), (JUNE + ONE_DAY, [("Finance Committee", 1, "Elspeth Marrow", JUNE)])]
    for day, expected in over:
        with on(day):
            found = list_holding_over(chair_of(board))
            assert [(each.committee, each.number, each.holder, each.term_ends) for each in found] == expected
            assert list_holding_over(chair_of(board, 901)) == found
    with on(JUNE + ONE_DAY), transaction():
        sits(place, person("Rourke"), Period(JUNE + ONE_DAY))
    with on(JUNE + 2 * ONE_DAY):
        assert list_holding_over(OFFICE) == ()


def led(*, chair: bool = True, deputy: bool = False, away: bool = False, both: bool = False) -> None:
    """A committee with a member, perhaps a chair and a deputy, perhaps on leave in June."""
    leave = LeaveValues(Period(TODAY, JUNE), "Field work")
    with transaction():
        board = committee()
        sits(seat(board), person("Member"))
        for office, is_held, is_away in ((Office.CHAIR, chair, away), (Office.DEPUTY, deputy, both)):
            term = sits(seat(board), person(office.value.title()), office=office) if is_held else None
            if term is not None and is_away:
                begin_leave(term.id, leave, version=term.version, actor=OFFICE)


def without_chair() -> list[tuple[str, str]]:
    return [(task.title, task.text) for task in committees_without_chair(OFFICE)]


@pytest.mark.parametrize(
    ("how", "flagged"),
    [
        ({"chair": True}, []),
        ({"chair": False}, [("No chair: Finance Committee", "The secretariat acts for it until one is appointed")]),
        (
            {"chair": False, "deputy": True},
            [("No chair: Finance Committee", "Elspeth Deputy acts as deputy until one is appointed")],
        ),
        (
            {"away": True},
            [
                (
                    "Chair on leave: Finance Committee",
                    "Elspeth Chair is on leave and no deputy acts: the secretariat does until then",
                )
            ],
        ),
        ({"away": True, "deputy": True}, []),
        (
            {"away": True, "deputy": True, "both": True},
            [
                (
                    "Chair on leave: Finance Committee",
                    "Elspeth Chair is on leave and no deputy acts: the secretariat does until then",
                )
            ],
        ),
    ],
)
def test_a_committee_that_nobody_is_there_to_chair_is_flagged(how: dict[str, bool], flagged: list[tuple[str, str]]):
    led(**how)
    assert without_chair() == flagged


def test_a_committee_with_seats_and_nobody_on_them_is_without_chair_and_one_without_seats_is_not():
    with transaction():
        committee("No seats")
        seat(committee())
    said = "Nobody sits on it; the secretariat acts for it until somebody does"
    assert without_chair() == [("No chair: Finance Committee", said)]


@pytest.mark.parametrize("warning", [0, 10, 90])
def test_the_bylaws_of_a_committee_decide_from_when_an_end_and_a_vacancy_are_told(warning: int):
    with transaction():
        board, other = committee(), committee("Other")
        adopted(board, warning_days=warning)
        adopted(other, warning_days=200)
        for each in (board, other):
            sits(seat(each), person(), Period(FOUNDED, JUNE))
    counted = {
        "ending": (list_terms_ending, [JUNE - timedelta(warning + 1), JUNE - timedelta(warning)]),
        "vacant": (list_old_vacancies, [JUNE + timedelta(warning + 1), JUNE + timedelta(warning + 2)]),
    }
    for name, (listed, days) in counted.items():
        found = []
        for day in days:
            with on(day):
                found.append([row.committee for row in listed(chair_of(board))])
        assert found == [[], ["Finance Committee"]], name
    with on(JUNE - timedelta(200)):
        assert [row.committee for row in list_terms_ending(OFFICE)] == ["Other"]


def tasks_of(source: Callable[[Actor], object]) -> list[Task]:
    return list(source(OFFICE))  # type: ignore[call-overload, no-any-return]


def test_long_lists_are_cut_with_how_many_more_there_are_and_the_way_to_all():
    with transaction():
        for number in range(11):
            board = committee(f"Board {number:02}")
            place = seat(board)
            sits(place, person(), Period(FOUNDED, JUNE - timedelta(number)))
            seat(board)
    expected = {
        ending_terms: "3 more committees where terms end",
        vacant_seats: "3 more committees with old vacancies",
        committees_without_chair: "3 more committees without a chair",
    }
    for source, title in expected.items():
        tasks = tasks_of(source)
        assert (len(tasks), tasks[-1].title, tasks[-1].endpoint) == (9, title, "committees.waiting")
    assert tasks_of(ending_terms)[0].title == "1 term ends: Board 10"
    assert [len(tuple(source(OFFICE))) for source in (list_terms_ending, list_old_vacancies, list_leaderless)] == [
        11
    ] * 3
