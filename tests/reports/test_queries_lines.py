"""Reports about lines: how far they have come on a day, year by year, and whose money made them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.core.actor import Actor
from app.core.errors import NotFoundError
from app.core.tables import AnyTable
from app.lines.commands import add_consortium, record_stage
from app.lines.rules import Reached, Stage
from app.members.models import Institution
from app.members.rules import InstitutionKind
from app.reports.queries import get_report
from app.reports.rules import Asked
from tests.lines.catalogue import OFFICE, TODAY, done, line, representative
from tests.members import world

pytestmark = pytest.mark.usefixtures("context")
NAMES = ("lines-by-stage", "lines-by-year", "lines-by-funder")


@pytest.fixture
def harwell(context: object) -> Institution:
    """A centre with two lines of BaSH, paid for by the MRC, and one of its own; another centre has one."""
    centre = world.institution("MRC Harwell", "Harwell")
    mrc = world.institution("Medical Research Council", "MRC", kind=InstitutionKind.FUNDER)
    bash = done(lambda: add_consortium("BaSH", "Baylor, Sanger, Harwell", actor=OFFICE))
    made = Reached(Stage.CONFIRMED, date(2013, 5, 1))
    paid: dict[str, Any] = {"production_consortium_id": bash.id, "funder_id": mrc.id}
    first = line(centre, reached=made, **paid)
    line(centre, reached=Reached(Stage.PRODUCTION, date(2014, 5, 1)), **paid)
    line(centre, reached=Reached(Stage.ABORTED, date(2015, 5, 1)))
    line(world.institution("RIKEN", "RIKEN", country="JP"), reached=made)
    done(lambda: record_stage(first.id, Reached(Stage.PHENOTYPED, date(2015, 3, 1)), version=1, actor=OFFICE))
    return centre


def answer(name: str, on: date = TODAY, actor: Actor = OFFICE) -> AnyTable:
    found = get_report(name, actor)
    table = found.answer(Asked(on=on, known=None, year=on.year), actor)
    assert found.draw is None or found.chart_of(table) is not None
    return table


def read(table: AnyTable) -> list[list[object]]:
    """The names of each line, and its numbers that are not nought by their heads."""
    return [[each for column in table.columns for each in _read(column.title, column.read(row))] for row in table.rows]


def _read(title: str, value: object) -> list[object]:
    if isinstance(value, str):
        return [value]
    return [f"{title} {value}"] if value else []


def test_lines_by_stage_are_those_of_the_day_by_centre_and_production_consortium(harwell: Institution):
    table = answer("lines-by-stage")
    assert read(table) == [
        ["Harwell", "BaSH", "In production 1", "Phenotyped 1", "Lines 2"],
        ["Harwell", "Aborted 1", "Lines 1"],
        ["RIKEN", "Confirmed 1", "Lines 1"],
    ]
    assert (table.totals["total"], table.notes) == (4, ["2 have a confirmed genotype: < 1% of the goal of 20,000."])
    assert read(answer("lines-by-stage", date(2014, 1, 1))) == [
        ["Harwell", "BaSH", "Confirmed 1", "Lines 1"],
        ["RIKEN", "Confirmed 1", "Lines 1"],
    ]


def test_lines_by_year_count_what_came_and_what_had_come_so_far(harwell: Institution):
    shown = [row[:-1] for row in read(answer("lines-by-year"))]
    assert shown == [
        ["2015", "Phenotyped 1", "Aborted 1", "Confirmed so far 2"],
        ["2014", "In production 1", "Confirmed so far 2"],
        ["2013", "Confirmed 2", "Confirmed so far 2"],
    ]


def test_lines_by_funder_name_those_without_one_last(harwell: Institution):
    assert read(answer("lines-by-funder")) == [
        ["Medical Research Council", "In production 1", "Phenotyped 1", "Lines 2"],
        ["No funder on record", "Confirmed 1", "Aborted 1", "Lines 2"],
    ]


def test_a_representative_is_told_of_the_lines_of_the_own_institution_alone(harwell: Institution):
    own = representative(harwell)
    assert [row[0] for row in read(answer("lines-by-stage", actor=own))] == ["Harwell", "Harwell"]
    assert read(answer("lines-by-funder", actor=own))[1] == ["No funder on record", "Aborted 1", "Lines 1"]
    for name in NAMES:
        with pytest.raises(NotFoundError):
            get_report(name, Actor("Nobody", 9))
