"""Imports of further spellings of institutions: by the rules of adding one by hand, added only, and taken back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.database import db
from app.core.verification import run_checks
from app.members.commands import Naming, add_alias, remove_alias, rename_institution
from app.members.models import Institution, InstitutionAlias
from app.members.rules.imports import ImportKind
from tests.members.importing import Rows, case_of, told, tried, undo, written
from tests.members.world import LAUNCH, do, institution, on

pytestmark = pytest.mark.usefixtures("context")
INSTITUTIONS = ImportKind.INSTITUTIONS
NIH = {"Name": "National Institutes of Health", "Short name": "NIH", "Kind": "Funder", "Country": "USA"}
SAID = "Short name: NIH\nKind: funder\nCountry: US"


def aliases() -> list[str]:
    """All aliases on record, in their order."""
    return list(db.session.scalars(select(InstitutionAlias.alias).order_by(InstitutionAlias.id)))


def found_by(word: str) -> list[str]:
    """The institutions that are found by a word."""
    db.session.expire_all()
    return list(db.session.scalars(select(Institution.short_name).where(Institution.search_text.contains(word))))


def test_aliases_come_with_new_institutions_and_to_those_on_record_and_none_is_taken_away():
    ics = institution()
    do(add_alias, ics.id, "Phenomin")
    rows: Rows = [
        {**NIH, "Also known as": 'Institutes; "Bethesda; Maryland"; institutes'},
        {"Short name": "ICS", "Also known as": "Clinique Souris;phenomin"},
    ]
    import_id = written(INSTITUTIONS, rows)
    assert told(import_id) == [
        (
            2,
            "added",
            f"{SAID}\nAlso known as: \u201cInstitutes\u201d, \u201cBethesda; Maryland\u201d",
        ),
        (3, "changed", "Also known as: \u201cPhenomin\u201d \u2192 \u201cPhenomin\u201d, \u201cClinique Souris\u201d"),
    ]
    assert aliases() == ["Phenomin", "Institutes", "Bethesda; Maryland", "Clinique Souris"]
    assert (found_by("bethesda"), found_by("clinique souris")) == (["NIH"], ["ICS"])
    assert db.session.scalars(select(AuditEntry.action)).all().count("members.add_alias") == 3
    assert case_of(tried(INSTITUTIONS, rows)).unchanged == 2
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_an_alias_that_is_or_was_a_name_or_means_another_is_refused():
    ics, cnr = institution(), institution("CNR Monterotondo", "CNR", country="IT")
    with on(LAUNCH):
        do(rename_institution, cnr.id, Naming("Consiglio", "CNR", LAUNCH))
    do(add_alias, cnr.id, "Monterotondo")
    rows: Rows = [
        {"Short name": "ICS", "Also known as": "cnr monterotondo"},
        {**NIH, "Also known as": "Monterotondo"},
        {**NIH, "Name": "A", "Short name": "A", "Also known as": "Institut clinique de la Souris; B"},
        {**NIH, "Name": "B", "Short name": "BB"},
        {"Short name": "CNR", "Also known as": "Consiglio"},
        {**NIH, "Name": "C", "Short name": "C", "Also known as": '"never closed'},
    ]
    found = {line: words for line, outcome, words in told(tried(INSTITUTIONS, rows)) if outcome == "refused"}
    head = "Also known as"
    wanted = {
        2: f"{head} \u201ccnr monterotondo\u201d: This is or was a name of Consiglio (M-0002).",
        3: f"{head} \u201cMonterotondo\u201d: It means Consiglio (M-0002) already: take it out",
        4: f"{head} \u201cInstitut clinique de la Souris\u201d: This is or was a name of {ics.name} (M-0001).\n"
        f"{head} \u201cB\u201d: This is or was a name of line 5 of the file.",
        6: f"{head} \u201cConsiglio\u201d: This is a name of the institution already.",
        7: "close each quotation mark",
    }
    assert {line: words for line, words in wanted.items() if words not in found.get(line, "")} == {}
    assert aliases() == ["Monterotondo"]


def test_a_row_that_means_an_institution_by_an_alias_does_not_rename_it():
    ics = institution()
    do(add_alias, ics.id, "Souris clinic")
    import_id = written(INSTITUTIONS, [{"Name": "Souris Clinic", "ROR": "02pttbw34", "Website": "https://ics.example"}])
    words = "ROR: nothing \u2192 02pttbw34\nWebsite: nothing \u2192 https://ics.example"
    assert told(import_id) == [(2, "changed", words)]
    db.session.expire_all()
    assert db.session.get_one(Institution, ics.id).name == "Institut Clinique de la Souris"


def test_imported_aliases_are_taken_away_by_undoing():
    ics = institution()
    do(add_alias, ics.id, "Phenomin")
    added = written(INSTITUTIONS, [{**NIH, "Also known as": "Bethesda"}])
    changed = written(
        INSTITUTIONS, [{"Short name": "ICS", "Also known as": "Clinique", "Website": "https://x.example"}]
    )
    assert (undo(added), undo(changed)) == ("undone: ", "undone: ")
    assert aliases() == ["Phenomin"]
    assert (found_by("clinique souris"), found_by("phenomin"), found_by("bethesda")) == ([], ["ICS"], [])
    assert "members.remove_alias" in db.session.scalars(select(AuditEntry.action)).all()


def test_an_import_of_aliases_is_not_undone_once_one_was_taken_away_or_another_added():
    institution()
    changed = written(INSTITUTIONS, [{"Short name": "ICS", "Also known as": "Clinique;Souris"}])
    do(remove_alias, db.session.scalars(select(InstitutionAlias.id).where(InstitutionAlias.alias == "Souris")).one())
    assert undo(changed) == "applied: Institut Clinique de la Souris: an alias was taken away since."
    added = written(INSTITUTIONS, [{**NIH, "Also known as": "Bethesda"}])
    nih = db.session.scalars(select(Institution.id).where(Institution.short_name == "NIH")).one()
    do(add_alias, nih, "Maryland")
    assert undo(added).startswith("applied: National Institutes of Health is still named by 1 alias.")
    assert aliases() == ["Clinique", "Bethesda", "Maryland"]


def test_what_is_wrong_behind_another_mistake_is_told_at_once():
    rows: Rows = [
        {**NIH, "ROR": "https://ror.org/05cy4wa08", "Also known as": "Bethesda"},
        {"Name": "CNR", "Kind": "Funder", "Country": "Italien", "VAT number": "IT 12", "Also known as": "Bethesda"},
    ]
    (_, first), (_, second) = [(outcome, words) for _, outcome, words in told(tried(INSTITUTIONS, rows))]
    assert "check digits of this ROR" in first
    assert "There is no such country" in second
    assert "This is no VAT number: is there a typing mistake?" in second
    assert "It means line 2 of the file already" in second


def test_a_vat_number_is_not_checked_by_the_country_that_a_row_is_to_correct():
    institution()
    row = {"Short name": "ICS", "Country": "Italien", "VAT number": "00743110157"}
    ((_, outcome, words),) = told(tried(INSTITUTIONS, [row]))
    assert outcome == "refused"
    assert "There is no such country" in words
    assert "VAT" not in words


def test_a_former_name_means_the_institution_and_does_not_give_it_that_name_again():
    ics = institution(ror="01cwqze88")
    with on(date(2016, 1, 1)):
        do(rename_institution, ics.id, Naming("Phenomin", "PHE", date(2016, 1, 1)))
    old = {"Name": "Institut Clinique de la Souris", "Short name": "ICS", "Kind": "Research centre", "Country": "FR"}
    for row in (old, {**old, "ROR": "01cwqze88"}):
        assert told(tried(INSTITUTIONS, [row])) == [(2, "unchanged", "")]
    (changed,) = told(tried(INSTITUTIONS, [{**old, "Website": "https://phenomin.example"}]))
    assert changed == (2, "changed", "Website: nothing \u2192 https://phenomin.example")
    (added,) = told(tried(INSTITUTIONS, [{**old, "ROR": "05cy4wa09"}]))
    assert added[1] == "added"
    joins = {"Institution": "Institut Clinique de la Souris", "Class": "Partner", "Member from": "2016-02-01"}
    assert [outcome for _, outcome, _ in told(tried(ImportKind.MEMBERSHIPS, [joins]))] == ["added"]


def test_a_name_that_came_back_with_another_short_name_is_no_former_one():
    ics = institution()
    with on(date(2016, 1, 1)):
        do(rename_institution, ics.id, Naming(ics.name, "PHE", date(2016, 1, 1)))
    row = {"Name": ics.name.upper(), "Short name": "Pheno", "Kind": "Research centre", "Country": "FR"}
    for told_by in (row | {"Account number": "M-0001"}, row):
        outcome, words = told(tried(INSTITUTIONS, [told_by]))[0][1:]
        assert (outcome, "Short name: PHE \u2192 Pheno" in words) == ("changed", True)


def test_a_row_that_calls_one_institution_by_the_name_of_another_is_refused():
    ics, har = institution(ror="01cwqze88"), institution("MRC Harwell", "HAR")
    row = {"Kind": "Research centre", "Country": "FR", "ROR": "01cwqze88"}
    for names, head in (
        ({"Name": "Mrc Harwell", "Short name": "ICS"}, "Name \u201cMrc Harwell\u201d"),
        ({"Name": ics.name, "Short name": "Har"}, "Short name \u201cHar\u201d"),
    ):
        ((_, outcome, words),) = told(tried(INSTITUTIONS, [row | names]))
        said = f"{head}: So is called MRC Harwell (M-0002), but the row means {ics.name} (M-0001): correct one of them."
        assert (outcome, said in words) == ("refused", True), words
    assert har.name == "MRC Harwell"


def test_an_alias_changes_no_short_name_either():
    do(add_alias, institution().id, "Mouse Clinic")
    row = {"Name": "Mouse Clinic", "Short name": "MC", "Kind": "Research centre", "Country": "FR"}
    assert told(tried(INSTITUTIONS, [row])) == [(2, "unchanged", "")]
