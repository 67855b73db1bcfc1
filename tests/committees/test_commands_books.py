"""Roster books: ordered, made by the worker by the rights of who ordered them, kept until made anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.commands import disable_user
from app.accounts.models import User
from app.committees.commands import AppointmentValues, discard_book, order_book, print_book, withdraw_appointment
from app.committees.commands import appoint as appoint_to
from app.committees.models import RosterBook
from app.committees.queries import get_book, list_books
from app.committees.rules import MOST_BOOKS
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.files.models import StoredFile
from app.files.queries import open_file
from app.members.commands import erase_person
from app.outbox.work import run_due_jobs
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, person, seat, sits
from tests.papers import needs_pango, page_texts
from tests.signin import make_user

pytestmark = pytest.mark.usefixtures("context")
JANUARY = date(2016, 1, 1)


def reader(role: Role = Role.SECRETARIAT, committee_id: int | None = None) -> Actor:
    granted = Granted(role, committee_id=committee_id)
    with transaction():
        user = make_user(granted)
    return Actor(user.name, user.id, (granted,))


def ordered(actor: Actor, on: date = JANUARY, known: date | None = None) -> int:
    with transaction():
        return order_book(on, known, actor=actor).id


def printed(book_id: int, actor: Actor) -> str:
    file_id = get_book(book_id, actor).file_id
    assert file_id is not None
    return " ".join(" ".join(page_texts(open_file(file_id).content)).split())


@needs_pango
def test_a_book_holds_every_committee_in_the_order_of_the_tree_with_vacancies_and_an_index():
    with transaction():
        parent = committee("Steering Committee")
        part = committee("Finance Committee", parent=parent.id)
        sits(seat(parent, "Chair"), person("Marrow"), Period(FOUNDED))
        seat(part, "Second")
    actor = reader()
    book_id = ordered(actor)
    assert run_due_jobs().done == 1
    text = printed(book_id, actor)
    assert "Roster book 2 committees with 2 seats, 1 of them vacant; 1 person." in text
    told = [
        text.index(each) for each in ("1 Steering Committee Standing", "2 Finance Committee Standing", "Vacant seats")
    ]
    assert told == sorted(told)
    assert "part of Steering Committee" in text
    assert "2 Finance Committee, seat 1, Second, since 24 Sep 2011" in text
    assert "Elspeth Marrow: 1 Steering Committee" in text
    [row] = list_books(actor)
    assert (row.is_running, row.done == row.total, row.total > 0) == (False, True, True)


@needs_pango
def test_a_book_as_known_on_a_day_holds_what_was_known_by_its_end():
    with transaction():
        entry = sits(seat(committee()), person("Marrow"), Period(FOUNDED))
    with clock_at(datetime(2016, 6, 2, 9, tzinfo=UTC)), transaction():
        withdraw_appointment(entry.id, reason="Never was", version=entry.version, actor=OFFICE)
    actor = reader()
    with clock_at(datetime(2016, 6, 3, 9, tzinfo=UTC)):
        then, now = ordered(actor, known=date(2016, 6, 1)), ordered(actor)
        assert run_due_jobs().done == 2
    assert "Marrow" in printed(then, actor)
    assert "Marrow" not in printed(now, actor)


@needs_pango
def test_a_chair_gets_the_own_committee_alone():
    with transaction():
        own, other = committee("Own"), committee("Other")
        seat(own)
        seat(other)
    actor = reader(Role.CHAIR, own.id)
    book_id = ordered(actor)
    run_due_jobs()
    text = printed(book_id, actor)
    assert "Own" in text
    assert "Other" not in text


def test_who_may_not_read_reports_of_committees_orders_no_book():
    actor = reader(Role.FINANCE)
    with pytest.raises(AccessDeniedError), transaction():
        order_book(JANUARY, None, actor=actor)


def test_what_will_be_known_is_not_known_yet():
    actor = reader()
    with pytest.raises(DomainError, match="not known yet"), transaction():
        order_book(JANUARY, TODAY + timedelta(days=1), actor=actor)


def test_what_is_known_today_is_no_day_of_knowledge_of_its_own():
    actor = reader()
    ordered(actor, known=TODAY)
    assert [row.known_at for row in list_books(actor)] == [None]


@needs_pango
def test_a_book_of_the_same_day_takes_the_place_of_the_older_one_and_of_its_file():
    actor = reader()
    first = ordered(actor)
    run_due_jobs()
    second = ordered(actor)
    assert [row.id for row in list_books(actor)] == [second]
    assert db.session.get(RosterBook, first) is None
    assert db.session.scalars(select(StoredFile.id)).all() == []


def test_the_oldest_book_gives_way_where_there_are_too_many():
    actor = reader()
    ids = [ordered(actor, JANUARY + timedelta(days=each)) for each in range(MOST_BOOKS + 2)]
    assert sorted(row.id for row in list_books(actor)) == ids[2:]


@needs_pango
def test_a_book_printed_twice_is_made_once():
    actor = reader()
    book_id = ordered(actor)
    print_book({"book_id": book_id})
    print_book({"book_id": book_id})
    assert len(db.session.scalars(select(StoredFile.id)).all()) == 1


def test_a_book_that_was_discarded_meanwhile_is_not_printed():
    actor = reader()
    book_id = ordered(actor)
    with transaction():
        discard_book(book_id, actor=actor)
    assert run_due_jobs().done == 1
    assert db.session.scalars(select(StoredFile.id)).all() == []


def test_a_book_is_not_made_for_who_lost_the_right_to_it_and_says_that_it_failed():
    actor = reader(Role.AUDITOR)
    ordered(actor)
    user = db.session.get_one(User, actor.user_id)
    with transaction():
        disable_user(user.id, reason="Left", actor=OFFICE)
    assert run_due_jobs().dead == 1
    [row] = list_books(actor)
    assert (row.has_failed, row.is_running) == (True, False)


def test_the_book_of_somebody_else_does_not_exist():
    book_id = ordered(reader())
    for actor in (reader(), reader(Role.AUDITOR)):
        with pytest.raises(NotFoundError):
            get_book(book_id, actor)
        with pytest.raises(NotFoundError), transaction():
            discard_book(book_id, actor=actor)


def test_books_that_name_somebody_go_when_they_are_erased_and_others_stay():
    with transaction():
        finance = committee()
        who = person()
        appoint_to(
            seat(finance).id, AppointmentValues(who.id, Period(date(2015, 1, 1), date(2015, 12, 31))), actor=OFFICE
        )
    actor = reader()
    named, other = ordered(actor, date(2015, 6, 1)), ordered(actor, JANUARY)
    with transaction():
        erase_person(who.id, reason="Asked", actor=OFFICE)
    assert [row.id for row in list_books(actor)] == [other]
    assert named != other
