"""`flask verify` names what of names and endings was changed beside the program."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from app.committees.commands import Dissolving, add_alternate, dissolve_committee
from app.committees.models import Appointment, Committee, CommitteeName, Seat, SeatAlternate
from app.committees.queries.verification import check_dissolved, check_names
from app.core.database import db
from app.core.periods import Period
from app.core.transaction import transaction
from tests.committees.sitting import OFFICE, TERM, TODAY, committee, person, seat, sits
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
LAST = date(2016, 6, 30)


def changed(model: Any, **values: Any) -> None:
    with beside_the_trail():
        db.session.execute(update(model).values(**values))


def test_names_that_leave_a_day_out_or_are_not_the_present_one_are_named():
    with transaction():
        found = committee()
    assert list(check_names()) == []
    changed(CommitteeName, last_day=TODAY)
    assert list(check_names()) == [f"Committee {found.id} has not just one name on each day since it was founded."]
    changed(CommitteeName, last_day=None, name="Budget Committee")
    told = f"Committee {found.id} is called Finance Committee, which is none of its names on record."
    assert list(check_names()) == [told]


def test_two_committees_of_one_name_are_named():
    with transaction():
        one, other = committee("One"), committee("Two")
    changed(CommitteeName, name="One")
    assert f"Committees {one.id} and {other.id} are both called One on some day." in list(check_names())


@pytest.mark.parametrize(
    ("model", "what"),
    [(Seat, "a seat"), (Appointment, "a term"), (SeatAlternate, "an alternate"), (Committee, "a part")],
)
def test_what_outlasts_a_dissolved_committee_is_named(model: Any, what: str):
    with transaction():
        found = committee()
        place = seat(found)
        sits(place, person(), TERM)
        add_alternate(place.id, person("Rourke").id, Period(TODAY), actor=OFFICE)
        dissolve_committee(found.id, Dissolving(LAST, "Done"), version=found.version, actor=OFFICE)
    assert list(check_dissolved()) == []
    if model is Committee:
        with transaction():
            part = committee("Part")
        with beside_the_trail():
            db.session.execute(update(Committee).where(Committee.id == part.id).values(parent_id=found.id))
    else:
        changed(model, last_day=date(2016, 12, 31))
    assert list(check_dissolved()) == [f"Committee {found.id} is dissolved, and {what} of it goes on."]
