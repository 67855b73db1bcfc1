"""A committee at the end of a term, for the story of its chair; run as a program, it is put into a site."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from app import create_app
from app.accounts.commands import invite_user
from app.committees.rules import Office
from app.core.clock import clock_at
from app.core.periods import Period
from app.core.transaction import transaction
from config import Config
from tests.committees.ruled import ruled
from tests.committees.sitting import OFFICE, committee, person, seat, sits

OLD, PRESENT = Period(date(2011, 9, 24), date(2014, 6, 30)), Period(date(2014, 7, 1), date(2016, 6, 30))
NOON = datetime(2016, 5, 24, 11, tzinfo=UTC)
LAST_MINUTE, NEXT_MINUTE = datetime(2016, 6, 30, 22, 59, tzinfo=UTC), datetime(2016, 6, 30, 23, 0, tzinfo=UTC)


@dataclass
class Place:
    """The committee of the story: its id, the ids of its seats and of the people who matter, the chair's address."""

    committee: int
    seats: list[int]
    newcomers: list[int]
    veteran: int
    leaver: int
    address: str


def make_place() -> Place:
    """A committee whose chair's and members' terms end on 30 June 2016, by bylaws that allow two terms in a row."""
    with transaction():
        found = committee()
        seats = [seat(found, label) for label in ("Chair", "First member", "Second member", "Third member")]
        chair, veteran = person("Chairman"), person("Veteran")
        sits(seats[0], chair, PRESENT, Office.CHAIR)
        sits(seats[1], person("One"), PRESENT)
        leaver = sits(seats[2], person("Two"), PRESENT)
        sits(seats[3], veteran, OLD)
        sits(seats[3], veteran, PRESENT)
        newcomers = [person(name).id for name in ("Newcomer", "Follower", "Heir")]
        invite_user(chair.user_id, OFFICE)
    ruled(found)
    return Place(found.id, [each.id for each in seats], newcomers, veteran.id, leaver.id, str(chair.email))


if __name__ == "__main__":
    with create_app(Config.from_environment()).app_context(), clock_at(NOON):
        sys.stdout.write(json.dumps(asdict(make_place())))
