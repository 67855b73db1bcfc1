"""Putting right what an institution was called, and when: no day is without a name, and what was known stays known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError, StaleError
from app.core.permissions import Role
from app.members.commands import Naming, add_alias, correct_name, edit_institution, rename_institution, retract_name
from app.members.models import FIRST_DAY_OF_NAMES, Institution
from app.members.queries import get_institution, list_names
from app.web.requests import House
from tests.at_once import at_once
from tests.members.test_commands import FACTS
from tests.members.world import LAUNCH, OFFICE, do, institution, on, problems

pytestmark = pytest.mark.usefixtures("context")
SECOND, THIRD, WRONG = date(2012, 1, 1), date(2014, 1, 1), date(2014, 6, 1)


@pytest.fixture
def renamed() -> Institution:
    """An institution of three names, the last one said to begin on a wrong day."""
    with on(LAUNCH):
        added = institution("Sanger Centre", "SC")
    for day, naming in ((SECOND, Naming("Sanger Institute", "SI", SECOND)), (WRONG, Naming("Welcome", "WS", WRONG))):
        with on(day):
            do(rename_institution, added.id, naming)
    return added


def names(of: Institution) -> list[tuple[str, date, date | None]]:
    """What it was called, the first name first."""
    return [(row.name, row.first_day, row.last_day) for row in reversed(list_names(of.id))]


def id_of(of: Institution, name: str) -> int:
    """The id of one of its names."""
    return next(row.id for row in list_names(of.id) if row.name == name)


def right(of: Institution, name: str, naming: Naming) -> None:
    """Correct a name."""
    do(correct_name, id_of(of, name), naming, reason="Misread", version=of.version)


def test_the_present_name_is_spelt_and_begins_as_corrected_and_the_one_before_ends_the_day_before(renamed: Institution):
    right(renamed, "Welcome", Naming("Wellcome Sanger Institute", "WSI", THIRD))
    assert names(renamed) == [
        ("Sanger Centre", FIRST_DAY_OF_NAMES, date(2011, 12, 31)),
        ("Sanger Institute", SECOND, date(2013, 12, 31)),
        ("Wellcome Sanger Institute", THIRD, None),
    ]
    assert (renamed.name, renamed.short_name, renamed.sort_name) == (
        "Wellcome Sanger Institute",
        "WSI",
        "wellcome sanger institute",
    )
    assert "sanger centre" in renamed.search_text
    assert "welcome " not in renamed.search_text
    assert problems() == []


def test_both_axes_answer_after_a_correction(renamed: Institution):
    day, before = date(2014, 3, 1), datetime(2015, 1, 1, tzinfo=UTC)
    right(renamed, "Welcome", Naming("Wellcome Sanger Institute", "WSI", THIRD))
    then = get_institution(renamed.id, OFFICE, on=day, known=before)
    assert (get_institution(renamed.id, OFFICE, on=day).name, then.name) == (
        "Wellcome Sanger Institute",
        "Sanger Institute",
    )
    assert [row.name for row in list_names(renamed.id, before)] == ["Welcome", "Sanger Institute", "Sanger Centre"]


def test_a_former_name_is_corrected_and_the_present_one_stays(renamed: Institution):
    right(renamed, "Sanger Institute", Naming("The Sanger Institute", "TSI", date(2012, 3, 1)))
    assert [row[:2] for row in names(renamed)] == [
        ("Sanger Centre", FIRST_DAY_OF_NAMES),
        ("The Sanger Institute", date(2012, 3, 1)),
        ("Welcome", WRONG),
    ]
    assert renamed.name == "Welcome"
    right(renamed, "Sanger Centre", Naming("Sanger Center", "SC", FIRST_DAY_OF_NAMES))
    assert names(renamed)[0] == ("Sanger Center", FIRST_DAY_OF_NAMES, date(2012, 2, 29))
    assert problems() == []


@pytest.mark.parametrize(
    ("name", "first_day", "told"),
    [
        ("Sanger Centre", date(2010, 1, 1), "no name before this one"),
        ("Sanger Institute", WRONG, "held until 31 May 2014: it began by then"),
        ("Welcome", SECOND, "holds since 1 January 2012: this one begins later"),
        ("Welcome", date(2016, 5, 25), "once its first day has come"),
    ],
)
def test_a_name_keeps_its_place_among_the_others(renamed: Institution, name: str, first_day: date, told: str):
    with pytest.raises(DomainError, match=told) as refused:
        right(renamed, name, Naming("Any", "A", first_day))
    assert refused.value.field == "first_day"
    assert names(renamed)[2] == ("Welcome", WRONG, None)


def test_what_is_on_record_already_and_what_means_another_is_refused(renamed: Institution):
    do(add_alias, institution().id, "Mouse Clinic")
    with pytest.raises(DomainError, match="on record already"):
        right(renamed, "Welcome", Naming("Welcome", "WS", WRONG))
    with pytest.raises(DomainError, match="alias of Institut Clinique") as refused:
        right(renamed, "Welcome", Naming("Welcome", "Mouse clinic", WRONG))
    assert refused.value.field == "short_name"


def test_a_name_taken_back_leaves_its_days_to_the_one_before(renamed: Institution):
    do(retract_name, id_of(renamed, "Sanger Institute"), reason="Of another one", version=renamed.version)
    assert [row[0] for row in names(renamed)] == ["Sanger Centre", "Welcome"]
    do(retract_name, id_of(renamed, "Welcome"), reason="Of another one", version=renamed.version)
    assert names(renamed) == [("Sanger Centre", FIRST_DAY_OF_NAMES, None)]
    assert (renamed.name, renamed.short_name) == ("Sanger Centre", "SC")
    assert "welcome" not in renamed.search_text
    with pytest.raises(DomainError, match="no name before it"):
        do(retract_name, id_of(renamed, "Sanger Centre"), reason="x", version=renamed.version)
    told = select(AuditEntry.summary).where(AuditEntry.action == "members.retract_name").order_by(AuditEntry.sequence)
    assert db.session.scalars(told).all() == [
        "Welcome: name Sanger Institute taken back",
        "Sanger Centre: name Welcome taken back",
    ]
    assert problems() == []


def test_a_form_that_came_too_late_overwrites_nothing(renamed: Institution):
    shown, name_id = renamed.version, id_of(renamed, "Welcome")
    do(edit_institution, renamed.id, FACTS, version=shown)
    for verb, values in ((correct_name, (Naming("Late", "L", WRONG),)), (retract_name, ())):
        with pytest.raises(StaleError):
            do(verb, name_id, *values, reason="x", version=shown)
    do(retract_name, name_id, reason="x", version=renamed.version)
    with pytest.raises(NotFoundError):
        do(correct_name, name_id, Naming("Gone", "G", WRONG), reason="x", version=renamed.version)


def test_names_are_put_right_by_the_secretariat_alone(renamed: Institution):
    own = Actor("Rep", 7, (Granted(Role.REPRESENTATIVE, institution_id=renamed.id),))
    with pytest.raises(AccessDeniedError):
        do(retract_name, id_of(renamed, "Welcome"), reason="x", version=renamed.version, actor=own)


def test_of_two_who_put_a_name_right_at_once_one_is_told(app: House, context: AppContext, renamed: Institution):
    name_id = id_of(renamed, "Welcome")
    values: dict[str, Any] = {"reason": "x", "version": renamed.version, "actor": OFFICE}
    db.session.remove()
    corrected = partial(correct_name, name_id, Naming("Wellcome", "WS", THIRD), **values)
    told = at_once(app, corrected, partial(retract_name, name_id, **values))
    assert [outcome == "done" for outcome in told] == [True, False]
    assert problems() == []
