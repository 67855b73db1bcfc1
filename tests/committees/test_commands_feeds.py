"""Calendar feeds: a secret address for one user's own rights, and nothing beyond them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.commands import disable_user
from app.accounts.models import User
from app.audit.models import AuditEntry
from app.committees.commands import CommitteeNaming, end_term, make_feed, note_use, rename_committee, revoke_feed
from app.committees.commands.feeds import MOST_FEEDS
from app.committees.documents import terms_calendar
from app.committees.models import Appointment, CalendarFeed
from app.committees.queries import feed_contents, get_open_feed, list_feeds
from app.committees.rules import FeedScope
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.models import Person
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, person, seat, sits
from tests.signin import make_user

pytestmark = pytest.mark.usefixtures("context")


def reader(role: Role = Role.SECRETARIAT) -> Actor:
    with transaction():
        user = make_user(role)
    return Actor(user.name, user.id, (Granted(role),))


def made(actor: Actor, covers: FeedScope = FeedScope.ALL) -> str:
    with transaction():
        return make_feed(covers, actor=actor)


def member(who: Person, committee_id: int) -> Actor:
    return Actor(who.name, who.user_id, (Granted(Role.COMMITTEE_MEMBER, committee_id=committee_id),))


def test_the_secret_part_of_an_address_is_kept_nowhere():
    actor = reader()
    token = made(actor)
    [feed] = list_feeds(actor)
    assert get_open_feed(token).id == feed.id
    assert token not in str(vars(feed))
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert entry is not None
    assert (entry.action, token in str(vars(entry))) == ("committees.make_feed", False)


def test_a_made_up_address_and_a_revoked_one_do_not_exist():
    actor = reader()
    token = made(actor)
    with transaction():
        revoke_feed(list_feeds(actor)[0].id, actor=actor)
    for each in (token, "made up", "\ud800", ""):
        with pytest.raises(NotFoundError):
            get_open_feed(each)


def test_a_feed_is_revoked_by_its_own_user_alone():
    actor = reader()
    token = made(actor)
    other = reader()
    with pytest.raises(NotFoundError), transaction():
        revoke_feed(list_feeds(actor)[0].id, actor=other)
    assert get_open_feed(token).covers is FeedScope.ALL


def test_who_may_not_read_committees_makes_no_feed():
    with transaction():
        user = make_user()
    with pytest.raises(AccessDeniedError), transaction():
        make_feed(FeedScope.ALL, actor=Actor(user.name, user.id))


def test_nobody_has_more_feeds_than_they_can_look_over():
    actor = reader()
    for _ in range(MOST_FEEDS):
        made(actor)
    with pytest.raises(DomainError, match="revoke one first"), transaction():
        make_feed(FeedScope.ALL, actor=actor)


def test_a_feed_dies_with_the_term_that_gave_its_user_their_rights():
    with transaction():
        finance = committee()
        who = person()
        entry = sits(seat(finance), who, Period(FOUNDED))
    token = made(member(who, finance.id))
    assert get_open_feed(token).reader.granted
    with transaction():
        version = db.session.get_one(Appointment, entry.id).version
        end_term(entry.id, TODAY, reason="Resigned", version=version, actor=OFFICE)
    assert get_open_feed(token).covers is FeedScope.ALL, "the last day is included"
    with clock_at(datetime(2016, 5, 25, 12, tzinfo=UTC)), pytest.raises(NotFoundError):
        get_open_feed(token)


def test_a_feed_of_a_user_who_is_shut_out_does_not_exist():
    actor = reader(Role.AUDITOR)
    token = made(actor)
    user = db.session.get_one(User, actor.user_id)
    with transaction():
        disable_user(user.id, reason="Left", actor=OFFICE)
    with pytest.raises(NotFoundError):
        get_open_feed(token)


def test_a_feed_of_ones_own_committees_tells_of_those_alone():
    with transaction():
        finance, other = committee(), committee("Other")
        who = person()
        sits(seat(finance), who, Period(date(2016, 1, 1), date(2016, 12, 31)))
        sits(seat(other), person("Pendarvis"), Period(date(2016, 1, 1)))
        seat(finance, "Vacant")
        seat(other, "Vacant")
    actor = member(who, finance.id)
    own = feed_contents(get_open_feed(made(actor, FeedScope.OWN)), on=TODAY)
    every = feed_contents(get_open_feed(made(actor)), on=TODAY)
    assert [term.holder for term in own.terms] == ["Elspeth Marrow"]
    assert [row.committee for row in own.vacancies] == ["Finance Committee"]
    assert len(every.terms) == len(every.vacancies) == 2


def test_a_calendar_has_first_and_last_days_since_a_year_ago_and_vacancies():
    with transaction():
        finance = committee()
        long_ago = Period(date(2012, 1, 1), date(2013, 12, 31))
        sits(seat(finance), person("Marrow"), long_ago)
        second = seat(finance, "Second")
        sits(second, person("Pendarvis"), Period(date(2012, 1, 1), date(2016, 6, 30)))
        sits(second, person("Fennimore"), Period(date(2016, 7, 1)))
    contents = feed_contents(get_open_feed(made(reader())), on=TODAY)
    text = terms_calendar(contents, "IMPC terms", since=TODAY - timedelta(days=366)).decode().replace("\r\n ", "")
    told = [
        line.removeprefix("SUMMARY:").replace("\\", "") for line in text.split("\r\n") if line.startswith("SUMMARY")
    ]
    assert told == [
        "Vacant: seat 1, Elected member, Finance Committee",
        "Last day: Elspeth Pendarvis, Finance Committee",
        "First day: Elspeth Fennimore, Finance Committee",
    ]
    assert "DTSTART;VALUE=DATE:20140101" in text
    assert len({line for line in text.split("\r\n") if line.startswith("UID:")}) == 3


def test_the_last_day_of_use_is_kept_and_nothing_else_of_it():
    actor = reader()
    made(actor)
    feed_id = list_feeds(actor)[0].id
    with transaction():
        note_use(feed_id)
    assert db.session.get_one(CalendarFeed, feed_id).last_used_on == TODAY


def test_a_feed_calls_committees_by_the_names_of_the_day():
    with transaction():
        finance = committee()
        sits(seat(finance), person(), Period(TODAY))
        naming = CommitteeNaming("Money Group", date(2016, 6, 1))
        rename_committee(finance.id, naming, reason=None, version=finance.version, actor=OFFICE)
    feed = get_open_feed(made(reader()))
    for day, name in ((TODAY, "Finance Committee"), (date(2016, 6, 1), "Money Group")):
        assert [term.committee for term in feed_contents(feed, on=day).terms] == [name]
