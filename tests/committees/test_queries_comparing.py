"""Two rosters beside each other: who came, who went, what changed, and what was corrected since."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.committees.commands import (
    AppointmentValues,
    CommitteeNaming,
    correct_appointment,
    end_term,
    rename_committee,
)
from app.committees.models import Appointment
from app.committees.queries import DifferenceRow, Moment, compare_rosters
from app.committees.rules import Difference, Office
from app.core.actor import Actor
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.transaction import transaction
from app.members.commands import Naming, rename_institution
from tests.committees.sitting import OFFICE, TERM, TODAY, committee, institution, person, seat, sits

pytestmark = pytest.mark.usefixtures("context")

BEFORE, AFTER = Moment(date(2015, 6, 1)), Moment(TODAY)
LEARNT = datetime(2016, 6, 1, 9, tzinfo=UTC)


def told(before: Moment, after: Moment) -> list[tuple[Difference, str | None, str | None, str | None]]:
    found = compare_rosters(None, before, after, OFFICE).rows
    return [(row.difference, row.who, said(row.before), said(row.after)) for row in found]


def said(words: str | None) -> str | None:
    return words.replace("\u00a0", " ") if words else words


def test_who_sits_on_the_second_day_only_came_and_who_sat_on_the_first_only_went():
    with transaction():
        chair = seat(committee(), "Chair")
        sits(chair, person("Marrow"), Period(date(2015, 1, 1), date(2015, 12, 31)), Office.CHAIR)
        sits(chair, person("Pendarvis"), Period(date(2016, 1, 1)), Office.CHAIR)
    assert told(BEFORE, AFTER) == [
        (Difference.CAME, "Elspeth Pendarvis", None, "Chair, since 1 Jan 2016"),
        (Difference.WENT, "Elspeth Marrow", "Chair, 1 Jan 2015 to 31 Dec 2015", None),
    ]
    assert told(AFTER, AFTER) == []


def test_who_stays_is_told_with_what_is_another_alone():
    with transaction():
        harwell = institution()
        finance = committee()
        first, second = seat(finance, "Chair"), seat(finance, "Second")
        who = person(at=harwell)
        sits(first, who, Period(date(2015, 1, 1), date(2015, 12, 31)))
        sits(second, who, Period(date(2016, 1, 1), date(2017, 12, 31)), Office.DEPUTY)
    with transaction():
        rename_institution(harwell.id, Naming("Mary Lyon Centre", "MLC", date(2016, 1, 1)), actor=OFFICE)
    [(difference, who_changed, before, after)] = told(BEFORE, AFTER)
    assert (difference, who_changed) == (Difference.CHANGED, "Elspeth Marrow")
    assert before == "Member, seat 1, Chair, MRC Harwell, from 1 Jan 2015, to 31 Dec 2015"
    assert after == "Deputy chair, seat 2, Second, Mary Lyon Centre, from 1 Jan 2016, to 31 Dec 2017"


def test_committees_and_seats_that_are_there_on_one_day_only_are_told():
    with transaction():
        finance = committee()
        kept = seat(finance)
        added = seat(finance, "Added")
        kept.last_day, added.first_day = date(2015, 12, 31), date(2016, 1, 1)
        late = committee("Late")
        late.founded_on = date(2016, 1, 1)
    found = [(row.difference, row.committee, row.seat) for row in compare_rosters(None, BEFORE, AFTER, OFFICE).rows]
    assert found == [
        (Difference.SEAT_ADDED, "Finance Committee", "2, Added"),
        (Difference.SEAT_ENDED, "Finance Committee", "1, Elected member"),
        (Difference.FOUNDED, "Late", None),
    ]
    back = [row.difference for row in compare_rosters(None, AFTER, BEFORE, OFFICE).rows]
    assert back == [Difference.SEAT_ADDED, Difference.SEAT_ENDED, Difference.DISSOLVED]


def test_one_committee_is_compared_alone():
    with transaction():
        finance, other = committee(), committee("Other")
        sits(seat(finance), person(), Period(date(2016, 1, 1)))
        sits(seat(other), person(), Period(date(2016, 1, 1)))
        naming = CommitteeNaming("Money Group", date(2016, 1, 1))
        bare = committee("Bare")
        rename_committee(bare.id, naming, reason=None, version=bare.version, actor=OFFICE)
    found = compare_rosters(finance.id, BEFORE, AFTER, OFFICE)
    renamed = compare_rosters(bare.id, BEFORE, AFTER, OFFICE).rows
    assert [(row.difference, row.before, row.after) for row in renamed] == [(Difference.RENAMED, "Bare", "Money Group")]
    assert {row.committee_id for row in found.rows} == {finance.id}
    assert found.count(Difference.CAME) == 1
    assert compare_rosters(None, BEFORE, AFTER, OFFICE).count(Difference.CAME, Difference.WENT) == 2


def test_what_was_corrected_since_is_the_day_as_known_then_beside_what_is_known_now():
    with transaction():
        entry = sits(seat(committee()), person("Marrow"), TERM)
        right = person("Pendarvis")
    known = Moment(TODAY, datetime(2016, 5, 25, tzinfo=UTC))
    with clock_at(LEARNT), transaction():
        values = AppointmentValues(right.id, TERM)
        correct_appointment(entry.id, values, reason="Mistaken", version=entry.version, actor=OFFICE)
    assert [row[:2] for row in told(known, Moment(TODAY))] == [
        (Difference.CAME, "Elspeth Pendarvis"),
        (Difference.WENT, "Elspeth Marrow"),
    ]
    assert told(known, Moment(TODAY, known.known)) == []


def test_a_term_that_was_ended_since_is_told_with_both_last_days():
    with transaction():
        entry = sits(seat(committee()), person(), TERM)
    with clock_at(LEARNT), transaction():
        version = db.session.get_one(Appointment, entry.id).version
        end_term(entry.id, date(2016, 6, 30), reason="Resigned", version=version, actor=OFFICE)
    assert told(Moment(TODAY, datetime(2016, 5, 25, tzinfo=UTC)), Moment(TODAY)) == [
        (Difference.CHANGED, "Elspeth Marrow", "to 31 Dec 2017", "to 30 Jun 2016")
    ]


def test_who_may_not_read_committees_is_told_nothing_of_them():
    with transaction():
        committee().founded_on = date(2016, 1, 1)
    nobody = Actor("Nobody", user_id=1)
    rows: list[DifferenceRow] = list(compare_rosters(None, BEFORE, AFTER, nobody).rows)
    assert rows == []
