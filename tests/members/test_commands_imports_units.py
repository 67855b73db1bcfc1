"""Imports of units of institutions with their days: added, ended, never taken away, and taken back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.database import db
from app.core.verification import run_checks
from app.members.commands import UnitFacts, add_unit, end_unit
from app.members.models import Institution, InstitutionUnit
from app.members.rules.imports import ImportKind
from tests.members.importing import Rows, case_of, told, tried, undo, written
from tests.members.world import LAUNCH, do, institution

pytestmark = pytest.mark.usefixtures("context")
INSTITUTIONS = ImportKind.INSTITUTIONS
NIH = {"Name": "National Institutes of Health", "Short name": "NIH", "Kind": "Funder", "Country": "USA"}
ENDED = f"Genetics|{LAUNCH}|2014-12-31"


def on_record() -> list[tuple[str, str, str]]:
    """Name, first and last day of all units."""
    db.session.expire_all()
    asked = select(InstitutionUnit).where(InstitutionUnit.superseded_at.is_(None)).order_by(InstitutionUnit.id)
    return [(unit.name, str(unit.first_day), str(unit.last_day)) for unit in db.session.scalars(asked)]


def test_units_are_added_ended_and_taken_back():
    ics = institution()
    do(add_unit, ics.id, UnitFacts("Genetics", LAUNCH))
    rows: Rows = [
        {**NIH, "Units": '"Clinic | East"|2012-01-01\nArchive|2012-01-01|2013-12-31\nArchive|2015-01-01'},
        {"Short name": "ICS", "Units": ENDED},
    ]
    import_id = written(INSTITUTIONS, rows)
    since = "Genetics from 24 September 2011"
    assert told(import_id)[1:] == [(5, "changed", f"Units: {since} \u2192 {since} until 31 December 2014")]
    kept = [("Genetics", str(LAUNCH), "None")]
    assert on_record() == [
        ("Genetics", str(LAUNCH), "2014-12-31"),
        ("Clinic | East", "2012-01-01", "None"),
        ("Archive", "2012-01-01", "2013-12-31"),
        ("Archive", "2015-01-01", "None"),
    ]
    found = db.session.scalars(select(Institution.short_name).where(Institution.search_text.contains("clinic | east")))
    assert found.all() == ["NIH"]
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert (actions.count("members.add_unit"), actions.count("members.end_unit")) == (4, 1)
    assert case_of(tried(INSTITUTIONS, rows)).unchanged == 2
    assert undo(import_id) == "undone: "
    assert on_record() == kept
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_units_that_break_a_rule_are_refused():
    do(add_unit, institution().id, UnitFacts("Genetics", LAUNCH, date(2014, 12, 31)))
    rows: Rows = [
        {"Short name": "ICS", "Units": "Genetics|2012-01-01"},
        {**NIH, "Units": "Archive|2012-01-01\nArchive|2013-01-01"},
        {**NIH, "Name": "A", "Short name": "A", "Units": "Archive"},
        {**NIH, "Name": "B", "Short name": "B", "Units": "Archive|2012-01-01|2011-01-01"},
    ]
    words = [words for _, outcome, words in told(tried(INSTITUTIONS, rows)) if outcome == "refused"]
    assert words == [
        "Units \u201cGenetics from 1 January 2012\u201d: It has a unit of this name in these days.",
        "Units \u201cArchive from 1 January 2013\u201d: It has a unit of this name in these days.",
        "Units \u201cArchive\u201d: A unit has its name and its first day: name | first day | last day.",
        "Units \u201cArchive|2012-01-01|2011-01-01\u201d: The last day is before the first day.",
    ]
    later = [{"Short name": "ICS", "Units": f"Genetics|{LAUNCH}|2015-06-30"}]
    assert "This ended on 31 December 2014 already." in told(tried(INSTITUTIONS, later))[0][2]


def test_an_end_is_not_taken_back_once_a_unit_of_that_name_has_the_days_after_it():
    ics = institution()
    do(add_unit, ics.id, UnitFacts("Genetics", LAUNCH))
    import_id = written(INSTITUTIONS, [{"Short name": "ICS", "Units": f"Genetics|{LAUNCH}|2014-12-31"}])
    do(add_unit, ics.id, UnitFacts("Genetics", date(2015, 6, 1)))
    assert "has days by now that would be given back" in undo(import_id)
    assert on_record() == [("Genetics", str(LAUNCH), "2014-12-31"), ("Genetics", "2015-06-01", "None")]


def test_an_import_of_units_is_not_undone_once_one_was_changed():
    institution()
    import_id = written(INSTITUTIONS, [{"Short name": "ICS", "Units": f"Genetics|{LAUNCH}\nArchive|{LAUNCH}"}])
    unit_id = db.session.scalars(select(InstitutionUnit.id).order_by(InstitutionUnit.id)).first()
    do(end_unit, unit_id, last_day=date(2014, 12, 31), reason="Moved")
    assert undo(import_id).startswith("applied: Institut Clinique de la Souris: a unit was changed since,")
    added = written(INSTITUTIONS, [{**NIH, "Units": "Clinic|2012-01-01"}])
    nih = db.session.scalars(select(Institution.id).where(Institution.short_name == "NIH")).one()
    do(add_unit, nih, UnitFacts("Archive", LAUNCH))
    assert undo(added).startswith("applied: National Institutes of Health is still named by 1 unit.")
