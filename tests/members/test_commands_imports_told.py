"""What a dry run says of each row that it would add or change."""

from __future__ import annotations

import pytest

from app.core.database import db
from app.core.tables import PageRequest
from app.members.queries.imports import OutcomeFilters, get_import, search_outcomes
from app.members.rules.imports import ImportKind
from tests.members.importing import Rows, told, tried
from tests.members.world import OFFICE, institution

pytestmark = pytest.mark.usefixtures("context")
NIH = {"Name": "National Institutes of Health", "Short name": "NIH", "Kind": "Funder", "Country": "USA"}
CNR = {"Name": "CNR Monterotondo", "Short name": "CNR", "Kind": "research centre", "Country": "Italy"}


def lines_told(kind: ImportKind, rows: Rows) -> list[list[str]]:
    return [words.split("\n") for _, _, words in told(tried(kind, rows))]


def test_of_an_institution_every_fact_is_told_and_of_what_it_is_a_part_by_name():
    institution("Wellcome Trust", "WT")
    rows: Rows = [
        {**NIH, "Former names": "Bethesda|B||2012-12-31", "Composite": "yes"},
        {**CNR, "Part of": "NIH"},
        {"Short name": "WT", "Part of": "CNR"},
    ]
    nih, cnr, wellcome = lines_told(ImportKind.INSTITUTIONS, rows)
    assert nih[:4] == ["Short name: NIH", "Kind: funder", "Composite: yes", "Country: US"]
    assert nih[4:] == ["Former names: Bethesda until 31 December 2012", "Named so since: 1 January 2013"]
    assert cnr[2:] == ["Country: IT", "Part of: National Institutes of Health"]
    assert wellcome == ["Part of: nothing \u2192 CNR Monterotondo"]


def test_of_a_person_the_place_is_told_with_its_days_as_they_were_read():
    institution("Wellcome Trust", "WT")
    ann = {"Given name": "Ann", "Family name": "Lee", "E-mail": "ann@wt.example", "Institution": "WT"}
    (lines,) = lines_told(ImportKind.PEOPLE, [{**ann, "There since": "4.3.2012", "As": "Head"}])
    assert lines[:3] == ["E-mail: ann@wt.example", "A new place", "As: Head"]
    assert lines[3:] == ["There since: 4 March 2012", "Institution: Wellcome Trust"]


def test_of_a_membership_all_its_steps_are_told():
    institution("Wellcome Trust", "WT")
    left = {"Institution": "WT", "Class": "partner", "Member from": "2012-03-04", "Last day": "2014-01-01"}
    (lines,) = lines_told(ImportKind.MEMBERSHIPS, [{**left, "State": "withdrawn", "Why": "Closed"}])
    assert lines[:2] == ["Member from: 4 March 2012", "Last day: 1 January 2014"]
    assert lines[2:] == ["History: active from 4 March 2012, withdrawn from 2 January 2014"]


def test_rows_are_found_by_words_with_accents_as_they_are_written():
    import_id = tried(
        ImportKind.INSTITUTIONS, [NIH, {**CNR, "Name": "Helmholtz Zentrum M\u00fcnchen", "Website": "no"}]
    )
    record = get_import(import_id, OFFICE)
    for words in ("M\u00fcnchen", "zentrum M\u00dcNCHEN", "Website \u201cno\u201d"):
        page = search_outcomes(record, OutcomeFilters(words), PageRequest())
        assert [row.line for row in page.rows] == [3]
    db.session.rollback()
