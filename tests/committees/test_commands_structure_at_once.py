"""Two at one moment: names, addresses, the tree, seats of an institution and versions of a paper stay single."""

from __future__ import annotations

from datetime import date
from functools import partial
from time import sleep

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.committees.commands import (
    CommitteeNaming,
    Dissolving,
    PaperValues,
    SeatChange,
    SeatValues,
    SentFile,
    add_alternate,
    add_paper,
    add_seat,
    change_seat,
    dissolve_committee,
    edit_committee,
    end_term,
    found_committee,
    rename_committee,
)
from app.committees.commands.committees import CommitteeValues
from app.committees.commands.constituencies import form_constituency, rename_constituency
from app.committees.models import Committee, CommitteePaper, Seat, SeatAlternate
from app.committees.rules import CommitteeKind, Office, PaperKind, SeatKind
from app.core.database import db
from app.core.history import lock
from app.core.periods import Period
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.web.requests import House
from tests.at_once import at_once
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, following, institution, person, seat, sits
from tests.committees.test_commands import saved
from tests.members.test_commands_at_once import LOOK

LATER = date(2999, 1, 1)  # In a thread the clock goes as it does.
NEW = CommitteeValues("Ethics Board", CommitteeKind.ADVISORY, FOUNDED)


def two() -> tuple[Committee, Committee]:
    with transaction():
        return committee("One"), committee("Two")


def test_of_two_who_give_one_name_at_once_the_second_is_told(app: House, context: AppContext):
    assert context is not None
    one, other = two()
    naming = CommitteeNaming("Ethics Board", TODAY)
    acts = [
        partial(rename_committee, each.id, naming, reason=None, version=each.version, actor=OFFICE)
        for each in (one, other)
    ]
    db.session.remove()
    done, told = at_once(app, *acts)
    assert (done, told.split(",")[0]) == ("done", "There is already a committee of this name on these days.")


def test_a_name_is_given_once_by_founding_and_renaming_at_once(app: House, context: AppContext):
    assert context is not None
    one, _ = two()
    naming = CommitteeNaming("Ethics Board", TODAY)
    renaming = partial(rename_committee, one.id, naming, reason=None, version=one.version, actor=OFFICE)
    db.session.remove()
    outcomes = at_once(app, renaming, partial(found_committee, NEW, actor=OFFICE))
    assert (outcomes[0], "There is already a committee of this name" in outcomes[1]) == ("done", True)


def test_two_constituencies_are_not_called_alike_at_once_in_other_capitals(app: House, context: AppContext):
    assert context is not None
    with transaction():
        two_of = [form_constituency(name, [], FOUNDED, actor=OFFICE) for name in ("One", "Two")]
    first, second = (
        partial(rename_constituency, each.id, name, version=each.version, actor=OFFICE)
        for each, name in zip(two_of, ("Oceania", "OCEANIA"), strict=True)
    )

    def begin() -> None:
        first()
        sleep(2 * LOOK)

    def follow() -> None:
        sleep(LOOK)
        second()

    db.session.remove()
    done, told = at_once(app, begin, follow)
    assert (done, "There is already a constituency of this name" in told) == ("done", True)


def test_two_committees_put_under_each_other_at_once_make_no_ring(app: House, context: AppContext):
    assert context is not None
    one, other = two()
    acts = [
        partial(edit_committee, each.id, saved(each, parent_id=above.id), version=each.version, actor=OFFICE)
        for each, above in ((one, other), (other, one))
    ]
    db.session.remove()
    assert at_once(app, *acts) == ["done", "A committee cannot be part of itself."]


def test_one_address_is_given_to_one_of_two_committees_at_once(app: House, context: AppContext):
    assert context is not None
    both = two()
    acts = [
        partial(edit_committee, each.id, saved(each, contact_email="a@b.example"), version=each.version, actor=OFFICE)
        for each in both
    ]
    db.session.remove()
    done, told = at_once(app, *acts)
    assert (done, "is written to at this address" in told) == ("done", True)


def test_no_part_is_founded_under_a_committee_that_is_dissolved_at_once(app: House, context: AppContext):
    assert context is not None
    one, _ = two()
    part = CommitteeValues("Ethics Board", CommitteeKind.ADVISORY, FOUNDED, parent_id=one.id)
    ending = partial(dissolve_committee, one.id, Dissolving(TODAY, "Done"), version=one.version, actor=OFFICE)
    db.session.remove()
    outcomes = at_once(app, ending, partial(found_committee, part, actor=OFFICE))
    assert (outcomes[0], len(outcomes[1]) > len("done")) == ("done", True)


def test_an_institution_gets_one_of_two_seats_that_are_added_at_once(app: House, context: AppContext):
    assert context is not None
    one, _ = two()
    with transaction():
        values = SeatValues(SeatKind.INSTITUTION, "Theirs", Period(FOUNDED), institution_id=institution().id)
    adding = partial(add_seat, one.id, values, actor=OFFICE)
    db.session.remove()
    outcomes = at_once(app, adding, adding)
    assert outcomes == ["done", "This institution fills seat 1 since 24 September 2011: one at a time."]
    assert len(db.session.scalars(select(Seat.id)).all()) == 1


def test_seats_versions_and_alternates_added_at_once_have_numbers_of_their_own(app: House, context: AppContext):
    assert context is not None
    one, _ = two()
    with transaction():
        place, people = seat(one), [person("A").id, person("B").id]
    seats = partial(add_seat, one.id, SeatValues(SeatKind.ELECTED, "Member", Period(FOUNDED)), actor=OFFICE)
    sent = SentFile(b"Report", "text/plain; charset=utf-8", "report.txt")
    papers = [
        partial(add_paper, one.id, PaperValues(PaperKind.OTHER, "List", day), sent, actor=OFFICE)
        for day in (FOUNDED, TODAY)
    ]
    stands_in = [partial(add_alternate, place.id, each, Period(TODAY), actor=OFFICE) for each in people]
    db.session.remove()
    assert at_once(app, seats, seats) == ["done", "done"]
    assert at_once(app, *stands_in) == ["done", "done"]
    assert at_once(app, *papers)[0] == "done"
    assert sorted(db.session.scalars(select(Seat.position))) == [1, 2, 3]
    assert sorted(db.session.scalars(select(SeatAlternate.rank))) == [1, 2]
    numbers = sorted(db.session.scalars(select(CommitteePaper.number)))
    assert numbers == [*range(1, len(numbers) + 1)]


@pytest.mark.parametrize("is_new", [True, False])
def test_a_seat_comes_to_follow_an_office_while_that_changes_hands(app: House, context: AppContext, *, is_new: bool):
    """Both hold the committee of the office first, then that of the seat."""
    assert context is not None
    board, group = two()
    with transaction():
        chair = sits(seat(board), person("Chair"), Period(TODAY), Office.CHAIR)
        following(board, Office.CHAIR, on=group)
        sits(seat(board), person("Deputy"), Period(TODAY), Office.DEPUTY)
        free = add_seat(group.id, SeatValues(SeatKind.EX_OFFICIO, "Free", Period(FOUNDED)), actor=OFFICE)
    new = SeatValues(
        SeatKind.EX_OFFICIO,
        "By office",
        Period(FOUNDED),
        follows_committee_id=board.id,
        follows_office=Office.DEPUTY,
    )
    change = SeatChange("By office", follows_committee_id=board.id, follows_office=Office.DEPUTY)

    def end() -> None:
        lock(Committee, board.id)
        sleep(2 * LOOK)
        end_term(chair.id, LATER, reason="Left", version=chair.version, actor=OFFICE)

    def follow() -> None:
        sleep(LOOK)
        if is_new:
            add_seat(group.id, new, actor=OFFICE)
        else:
            change_seat(free.id, change, version=free.version, actor=OFFICE)

    db.session.remove()
    assert at_once(app, end, follow) == ["done", "done"]
    assert [problem for finding in run_checks() for problem in finding.problems] == []
