"""The digest: one mail with everything that is somebody's, once, as often as they choose, and none for nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.commands import grant_by_hand
from app.accounts.models import User
from app.committees.rules import Office
from app.core.actor import Actor
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.home.commands import choose_digest, send_digest, send_digests
from app.home.queries.digest import frequency_of
from app.home.rules import Frequency, digest_day
from app.outbox.models import Mail
from tests.at_once import at_once
from tests.committees.sitting import OFFICE, adopted, committee, person, seat, sits
from tests.members.world import institution, member
from tests.signin import make_user, with_password

TUESDAY = datetime(2016, 5, 24, 11, tzinfo=UTC)
DAY = timedelta(days=1)


def secretary() -> Actor:
    """Somebody of the secretariat who can sign in, with a committee that has no chair and an old vacancy."""
    with transaction():
        found = committee()
        seat(found)
        sits(seat(found, "Second"), person())
        user = make_user(Role.SECRETARIAT)
        with_password(user.id)
    return Actor(user.name, user.id)


def chair(warning_days: int = 90) -> Actor:
    """Who chairs a committee by a seat, can sign in, and has a term that ends, an old vacancy and a seat set free."""
    leaving = institution()
    member(leaving, until=date(2016, 6, 30))
    with transaction():
        found, other = committee(), committee("Communications Working Group")
        adopted(found, warning_days=warning_days)
        who = person("Chair")
        sits(seat(found), who, office=Office.CHAIR)
        sits(seat(found, "ICS", leaving), person("Holder", at=leaving))
        sits(seat(found), person("Ending"), Period(date(2015, 1, 1), date(2016, 7, 1)))
        seat(found)
        seat(other)
        with_password(who.user_id)
    return Actor(who.name, who.user_id)


def digests(actor: Actor) -> list[Mail]:
    address = db.session.get_one(User, actor.user_id).email
    return list(db.session.scalars(select(Mail).where(Mail.to_address == address).order_by(Mail.id)))


@pytest.mark.parametrize(
    ("frequency", "day"),
    [(Frequency.DAILY, date(2016, 5, 24)), (Frequency.WEEKLY, date(2016, 5, 23)), (Frequency.NEVER, None)],
)
def test_the_newest_digest_is_of_today_or_of_this_weeks_monday(frequency: Frequency, day: date | None):
    assert digest_day(frequency, date(2016, 5, 24)) == day


@pytest.mark.usefixtures("context")
def test_one_mail_a_week_holds_everything_that_is_somebodys():
    actor = secretary()
    send_digests()
    (mail,) = digests(actor)
    assert "Finance Committee" in mail.body
    assert "No chair: Finance Committee" in mail.body
    assert "1 seat without a holder: Finance Committee" in mail.body
    assert mail.subject.endswith("things need you at the consortium")
    send_digests()
    with clock_at(TUESDAY + 5 * DAY):
        send_digests()
    assert len(digests(actor)) == 1
    with clock_at(TUESDAY + 6 * DAY):
        send_digests()
        send_digests()
    assert len(digests(actor)) == 2


@pytest.mark.usefixtures("context")
def test_a_chair_is_written_what_waits_in_the_own_committee_alone():
    actor = chair()
    send_digests()
    (mail,) = digests(actor)
    for line in (
        "- 1 term ends: Finance Committee (in 38 days): Seat 3 without a successor",
        "Institut Clinique de la Souris is a member until 30 June 2016; unless that is renewed, its seat ends with",
        "- 1 seat will be free: Finance Committee (in 37 days): ",
        "- 1 seat without a holder: Finance Committee (4 years): Seat 4; vacant since 24 September 2011",
    ):
        assert line in mail.body
    assert mail.subject == "3 things need you at the consortium"
    assert "Communications" not in mail.body


@pytest.mark.usefixtures("context")
def test_the_digest_of_a_chair_goes_by_the_warning_days_of_the_bylaws():
    actor = chair(warning_days=37)
    send_digests()
    (mail,) = digests(actor)
    assert "term ends" not in mail.body
    assert "1 seat will be free: Finance Committee" in mail.body


@pytest.mark.usefixtures("context")
def test_a_digest_names_the_first_of_many_committees_and_counts_the_others():
    actor = secretary()
    with transaction():
        for number in range(30):
            seat(committee(f"Board {number}"))
    send_digests()
    (mail,) = digests(actor)
    lines = [line for line in mail.body.splitlines() if line.startswith("- ")]
    assert len([line for line in lines if "seat without a holder" in line]) == 8
    assert "- 23 more committees with old vacancies: Those above come first" in lines
    assert "- 23 more committees without a chair: Those above come first" in lines


@pytest.mark.usefixtures("context")
def test_a_digest_that_was_missed_for_weeks_is_written_once():
    actor = secretary()
    send_digests()
    with clock_at(TUESDAY + 40 * DAY):
        send_digests()
    assert len(digests(actor)) == 2


@pytest.mark.usefixtures("context")
def test_somebody_chooses_every_day_or_never():
    actor = secretary()
    assert frequency_of(actor.user_id or 0) is Frequency.WEEKLY
    with transaction():
        choose_digest(Frequency.DAILY, actor=actor)
    for days in range(3):
        with clock_at(TUESDAY + days * DAY):
            send_digests()
    assert len(digests(actor)) == 3
    with transaction():
        choose_digest(Frequency.NEVER, actor=actor)
    with clock_at(TUESDAY + 30 * DAY):
        send_digests()
    assert len(digests(actor)) == 3


@pytest.mark.usefixtures("context")
def test_nothing_is_written_where_there_is_nothing_or_nobody_can_sign_in():
    with transaction():
        idle, uninvited = make_user(Role.AUDITOR), make_user(Role.SECRETARIAT)
        with_password(idle.id)
    send_digests()
    assert db.session.scalars(select(Mail)).all() == []
    assert uninvited.password_hash is None


@pytest.mark.usefixtures("context")
def test_who_lost_their_roles_is_written_nothing():
    actor = secretary()
    with transaction():
        other = make_user()
        with_password(other.id)
        grant_by_hand(other.id, Role.SECRETARIAT, Period(date(2016, 5, 1), date(2016, 5, 20)), reason="x", actor=OFFICE)
    send_digests()
    assert len(db.session.scalars(select(Mail)).all()) == len(digests(actor)) == 1


def test_two_workers_at_once_write_somebody_once(app):
    with app.app_context():
        actor = secretary()
        db.session.remove()
    assert at_once(app, *[lambda: send_digest(actor.user_id or 0)] * 2) == ["done", "done"]
    with app.app_context():
        assert len(digests(actor)) == 1
        db.session.remove()
