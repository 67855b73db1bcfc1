"""Who may sign for an institution: on any day, and as it was known then."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.agreements.commands.signatories import (
    SignatoryValues,
    correct_signatory,
    name_signatory,
    retract_signatory,
    withdraw_signatory,
)
from app.agreements.models import Signatory
from app.agreements.queries.signatories import (
    SignatoryFilters,
    get_signatory,
    open_evidence,
    search_signatories,
    who_could_sign,
)
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.errors import AccessDeniedError, NotFoundError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.tables import PageRequest
from tests.agreements.templated import LETTER, signatory
from tests.committees.sitting import refused
from tests.members import world
from tests.members.world import OFFICE, do

pytestmark = pytest.mark.usefixtures("context")
SINCE, TODAY = date(2014, 1, 1), date(2016, 5, 24)
BEFORE, NOON = datetime(2016, 5, 24, 11, 30, tzinfo=UTC), datetime(2016, 5, 24, 12, tzinfo=UTC)


@pytest.fixture
def named() -> Signatory:
    """Thibault may sign for the institute since 2014."""
    of = world.institution()
    return signatory(of, world.person(of), Period(SINCE))


def could(of: Signatory, day: date, known: datetime | None = None) -> list[str]:
    return [row.office for row in who_could_sign(of.institution_id, on=day, known=known)]


def test_who_could_sign_is_told_for_any_day_and_as_it_was_known_then(named: Signatory):
    with clock_at(NOON):
        do(withdraw_signatory, named.id, date(2016, 3, 31), reason="Left", version=named.version)
    days = (date(2013, 12, 31), SINCE, date(2016, 3, 31), date(2016, 4, 1))
    assert [could(named, day) for day in days] == [[], ["Director of Contracts"], ["Director of Contracts"], []]
    assert could(named, date(2016, 4, 1), BEFORE) == ["Director of Contracts"]
    assert get_signatory(named.id, OFFICE, on=TODAY).withdrawn_because == "Left"


def test_overlaps_are_refused_and_a_later_period_is_not(named: Signatory):
    again = SignatoryValues("Dean", Period(TODAY))
    of = (named.institution_id, named.person_id)
    told = refused(lambda: name_signatory(*of, again, actor=OFFICE), "first_day")
    assert told == "They may sign for it as Director of Contracts from 1 January 2014 on already."
    do(withdraw_signatory, named.id, date(2016, 5, 23), reason="New office", version=named.version)
    following = do(name_signatory, *of, again)
    wider = SignatoryValues("Director", Period(SINCE, TODAY))
    act = lambda: correct_signatory(named.id, wider, reason="No", version=named.version, actor=OFFICE)  # noqa: E731
    refused(act, "first_day")
    assert could(following, TODAY) == ["Dean"]


def test_a_correction_keeps_what_was_known_and_what_was_taken_back_is_gone(named: Signatory):
    with clock_at(NOON):
        values = SignatoryValues("Head of Legal", Period(date(2015, 1, 1)))
        do(correct_signatory, named.id, values, reason="Read the letter again", version=named.version)
    assert (could(named, SINCE), could(named, SINCE, BEFORE)) == ([], ["Director of Contracts"])
    assert open_evidence(named.id, OFFICE).content == LETTER.content
    with clock_at(datetime(2016, 5, 24, 13, tzinfo=UTC)):
        do(retract_signatory, named.id, reason="Never named", version=named.version)
    assert (could(named, TODAY), could(named, TODAY, NOON)) == ([], ["Head of Legal"])
    with pytest.raises(NotFoundError):
        get_signatory(named.id, OFFICE, on=TODAY)


def test_an_end_lies_within_the_days_of_a_signatory(named: Signatory):
    for day in (date(2013, 12, 31),):
        refused(
            lambda day=day: withdraw_signatory(named.id, day, reason="x", version=named.version, actor=OFFICE),  # type: ignore[misc]
            "last_day",
        )
    do(withdraw_signatory, named.id, TODAY, reason="Left", version=named.version)
    refused(lambda: withdraw_signatory(named.id, TODAY, reason="x", version=named.version, actor=OFFICE), "last_day")


def test_representatives_see_the_signatories_of_their_own_and_change_none(named: Signatory):
    other = world.institution("Other", "O")
    signatory(other, world.person(other, "Ann", "Other"), Period(SINCE))
    rep = Actor("Rep", 7, (Granted(Role.REPRESENTATIVE, named.institution_id),))
    seen = search_signatories(SignatoryFilters(), PageRequest(), rep, on=TODAY).rows
    assert [row.id for row in seen] == [named.id]
    assert len(search_signatories(SignatoryFilters(), PageRequest(), OFFICE, on=TODAY).rows) == 2
    assert not search_signatories(SignatoryFilters(), PageRequest(), OFFICE, on=date(2013, 1, 1)).rows
    found = search_signatories(SignatoryFilters("ferronays", everyone=True), PageRequest(), OFFICE, on=date(2013, 1, 1))
    assert [row.id for row in found.rows] == [named.id]
    with pytest.raises(NotFoundError):
        get_signatory(named.id, Actor("Rep", 7, (Granted(Role.REPRESENTATIVE, other.id),)), on=TODAY)
    with pytest.raises(AccessDeniedError):
        withdraw_signatory(named.id, TODAY, reason="x", version=named.version, actor=rep)
