"""Calendar feeds: whose they are, what they tell, and who may still read it at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from app.accounts.models import User
from app.accounts.rules import hash_token
from app.committees.models import Appointment, CalendarFeed, Committee, Seat
from app.committees.queries.names import dated_name
from app.committees.queries.readers import find_actor_of
from app.committees.queries.roster import NAME, RosterRow, roster
from app.committees.rules import FEED_WORDS, FeedScope, Office
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.periods import add_months
from app.core.permissions import Permission
from app.core.personal_data import DataSubject, Fate, Held, held_rows, holds
from app.members.models import Person

MONTHS_BACK = 12
NO_FEED = "There is no such calendar."


@dataclass(frozen=True)
class OpenFeed:
    """A feed that answers, with who reads by it and what they may see at this moment."""

    id: int
    covers: FeedScope
    reader: Actor
    last_used_on: date | None


@dataclass(frozen=True)
class TermDays:
    """A term with its first and last day, for a calendar."""

    appointment_id: int
    committee_id: int
    committee: str
    number: int
    label: str
    holder: str
    office: Office
    first_day: date
    last_day: date | None
    recorded_at: datetime


@dataclass(frozen=True)
class FeedContents:
    """The terms that begin or end since a year ago, and the seats that are vacant today."""

    terms: Sequence[TermDays]
    vacancies: Sequence[RosterRow]


def list_feeds(actor: Actor) -> Sequence[CalendarFeed]:
    """The actor's own feeds, the newest first, those that were revoked too."""
    asked = select(CalendarFeed).where(CalendarFeed.user_id == actor.user_id)
    return db.session.scalars(asked.order_by(CalendarFeed.made_at.desc(), CalendarFeed.id.desc())).all()


def get_open_feed(token: str) -> OpenFeed:
    """The feed of a secret address; there is none once it is revoked, or its user has no right to read committees."""
    asked = (
        select(CalendarFeed)
        .join(User, User.id == CalendarFeed.user_id)
        .where(CalendarFeed.token_hash == hash_token(token), CalendarFeed.revoked_at.is_(None))
    )
    feed = db.session.scalar(asked)
    reader = find_actor_of(feed.user_id) if feed else None
    if feed is None or reader is None or not reader.has_any(Permission.COMMITTEE_READ):
        raise NotFoundError(NO_FEED)
    return OpenFeed(feed.id, feed.covers, reader, feed.last_used_on)


def feed_contents(feed: OpenFeed, *, on: date) -> FeedContents:
    """What a feed tells on a day: what its reader may see of the committees it covers."""
    own = _own_committees(feed.reader, on) if feed.covers is FeedScope.OWN else None
    vacant = [row for row in roster(None, on=on) if row.holder is None and (own is None or row.committee_id in own)]
    return FeedContents(_terms(own, on), vacant)


def _own_committees(reader: Actor, on: date) -> frozenset[int]:
    """Those the reader sits on that day, and those whose rosters they keep."""
    sits = select(Appointment.committee_id).join(Person, Person.id == Appointment.person_id)
    asked = sits.where(Person.user_id == reader.user_id, valid(Appointment, on)).distinct()
    return frozenset(db.session.scalars(asked)) | reader.own_committees(Permission.COMMITTEE_EDIT)


def _terms(own: frozenset[int] | None, on: date) -> list[TermDays]:
    since = add_months(on, -MONTHS_BACK)
    asked = (
        select(
            Appointment.id.label("appointment_id"),
            Appointment.committee_id,
            dated_name(on, None).label("committee"),
            Seat.position.label("number"),
            Seat.label,
            NAME.label("holder"),
            Appointment.office,
            Appointment.first_day,
            Appointment.last_day,
            Appointment.recorded_at,
        )
        .join(Seat, Seat.id == Appointment.seat_id)
        .join(Committee, Committee.id == Appointment.committee_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(as_known(Appointment), or_(Appointment.first_day >= since, Appointment.last_day >= since))
        .order_by(Appointment.first_day, Appointment.id)
    )
    if own is not None:
        asked = asked.where(Appointment.committee_id.in_(sorted(own)))
    return [TermDays(**row._mapping) for row in db.session.execute(asked)]  # noqa: SLF001 - the documented way


@holds("committees.feeds", place=43)
def held_feeds(subject: DataSubject) -> Held | None:
    """The calendar feeds of a person."""
    asked = select(CalendarFeed).where(CalendarFeed.user_id == subject.user_id).order_by(CalendarFeed.id)
    rows = [
        {
            "Covers": FEED_WORDS[each.covers],
            "Made": each.made_at,
            "Last used": each.last_used_on,
            "Revoked": each.revoked_at,
        }
        for each in db.session.scalars(asked)
    ]
    return held_rows("Calendar feeds", "So that their own calendar shows terms and vacancies.", rows, Fate.REMOVED)
