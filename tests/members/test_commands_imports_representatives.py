"""Imports of representatives: people found, the rules of naming one by one, rights that follow, taken back whole."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.accounts.models import Grant
from app.audit.models import AuditEntry
from app.core.database import db
from app.core.errors import DomainError
from app.core.verification import run_checks
from app.members.commands import Merging, end_representation, erase_person, merge_records
from app.members.commands.imports import apply_import, discard_import
from app.members.models import Representation
from app.members.rules import Purpose, TwinKind
from app.members.rules.imports import ImportKind
from app.outbox.work import run_due_jobs
from tests.members.importing import Rows, case_of, told, tried, undo, written
from tests.members.world import LAUNCH, do, institution, person, statements, voice

pytestmark = pytest.mark.usefixtures("context")
PEOPLE, REPRESENTATIVES = ImportKind.PEOPLE, ImportKind.REPRESENTATIVES
VOTING, ALTERNATE, BILLING = "Voting representative", "Alternate", "Billing contact"


def assert_sound() -> None:
    assert [line for finding in run_checks() for line in finding.problems] == []


def on_record() -> list[tuple[str, int, str, str]]:
    """Purpose, rank, first and last day of everyone on record."""
    db.session.expire_all()
    asked = select(Representation).where(Representation.superseded_at.is_(None))
    rows = db.session.scalars(asked.order_by(Representation.first_day, Representation.id))
    return [(row.purpose.value, row.rank, str(row.first_day), str(row.last_day)) for row in rows]


def rights() -> list[tuple[str, str]]:
    """First and last day of every right that follows from a representation."""
    asked = select(Grant.first_day, Grant.last_day).order_by(Grant.first_day, Grant.id)
    return [(str(first), str(last)) for first, last in db.session.execute(asked)]


def test_representatives_are_named_with_their_rights_and_a_trail():
    ics = institution()
    person(ics, "Ada", "Moreau", email="ada@ics.example")
    person(ics, "Ben", "Okoro", email=None, orcid="0000-0002-1825-0097")
    person(ics, "Carl", "Aho", email=None)
    rows: Rows = [
        {"Institution": "ICS", "E-mail": "Ada@ics.example", "As": "voting", "From": "2012-01-01"},
        {"Institution": "ICS", "ORCID": "https://orcid.org/0000-0002-1825-0097", "As": ALTERNATE, "From": "2012-01-01",
         "Place among alternates": "2", "Last day": "31 Dec 2014"},
        {"Institution": "M-0001", "Name": "carl AHO", "As": "Technical contact", "From": "2012-01-01"},
    ]  # fmt: skip
    import_id = written(REPRESENTATIVES, rows)
    assert case_of(import_id).added == 3
    assert on_record() == [
        ("voting", 1, "2012-01-01", "None"),
        ("alternate", 2, "2012-01-01", "2014-12-31"),
        ("technical", 1, "2012-01-01", "None"),
    ]
    assert rights() == [("2012-01-01", "None"), ("2012-01-01", "2014-12-31")]
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert (actions.count("members.name_representative"), actions.count("accounts.grant_role")) == (3, 2)
    summaries = db.session.scalars(select(AuditEntry.summary)).all()
    words = (
        f"Institut Clinique de la Souris: Alternate from 1 January 2012 until 31 December 2014, by import {import_id}"
    )
    assert words in summaries
    assert case_of(tried(REPRESENTATIVES, rows)).unchanged == 3
    assert_sound()


def test_a_successor_follows_whoever_ends_in_the_same_file_whatever_the_order():
    ics = institution()
    ada, ben = person(ics, "Ada", "Moreau"), person(ics, "Ben", "Okoro")
    voice(ada, ics)
    rows: Rows = [
        {"Institution": "ICS", "E-mail": ben.email, "As": VOTING, "From": "2015-01-01", "Last day": ""},
        {"Institution": "ICS", "E-mail": ada.email, "As": VOTING, "From": LAUNCH, "Last day": "2014-12-31"},
    ]
    import_id = written(REPRESENTATIVES, rows)
    assert told(import_id) == [
        (2, "added", "From: 1 January 2015"),
        (3, "changed", "Last day: nothing \u2192 31 December 2014"),
    ]
    assert on_record() == [("voting", 1, str(LAUNCH), "2014-12-31"), ("voting", 1, "2015-01-01", "None")]
    assert rights() == [(str(LAUNCH), "2014-12-31"), ("2015-01-01", "None")]
    assert_sound()
    assert undo(import_id) == "undone: "
    assert on_record() == [("voting", 1, str(LAUNCH), "None")]
    assert rights() == [(str(LAUNCH), "None")]
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert {"accounts.restore_role", "accounts.take_back_role", "members.undo_import"} <= set(actions)
    assert_sound()


def test_rows_that_break_a_rule_are_refused_with_column_value_and_remedy():
    ics = institution()
    ada, ben, gone = person(ics, "Ada", "Moreau"), person(ics, "Ben", "Okoro"), person(ics, "Old", "Hand")
    cnr = institution("CNR Monterotondo", "CNR", country="IT")
    voice(ada, ics, until=date(2015, 12, 31))
    voice(ben, ics, Purpose.ALTERNATE)
    person(ics, "Twin", "Aho", email="twin.one@ics.example")
    person(ics, "Twin", "Aho", email="twin.two@ics.example")
    do(erase_person, gone.id, reason="Asked for it")
    here = {"Institution": "ICS", "As": VOTING, "From": "2014-01-01"}
    rows: Rows = [
        {**here, "E-mail": ben.email},
        {**here, "E-mail": ada.email, "As": ALTERNATE, "Place among alternates": "1"},
        {**here, "E-mail": ben.email, "As": ALTERNATE, "Place among alternates": "2", "From": LAUNCH},
        {**here, "E-mail": ada.email, "From": LAUNCH, "Last day": "2016-12-31"},
        {**here, "E-mail": ada.email, "From": "2016-02-01", "Last day": "2016-01-01"},
        {**here, "E-mail": "nobody@ics.example"},
        {**here, "Name": "Nora Nobody"},
        {**here, "Name": "Twin Aho"},
        {**here, "Institution": "Nowhere", "E-mail": ada.email},
        {**here, "E-mail": ada.email, "As": "chair"},
        {**here, "Person": gone.id, "As": BILLING},
        {**here, "E-mail": ada.email, "As": ALTERNATE, "Place among alternates": "100"},
        {**here, "As": BILLING},
        {"Institution": "ICS", "E-mail": ada.email},
        {**here, "Institution": "CNR", "E-mail": ada.email},
        {**here, "Institution": "CNR", "E-mail": ben.email},
        {**here, "Person": 9999, "As": BILLING},
        {**here, "E-mail": ben.email, "As": ALTERNATE, "Place among alternates": "2"},
    ]
    found = {line: words for line, outcome, words in told(tried(REPRESENTATIVES, rows)) if outcome == "refused"}
    wanted = {
        2: "From \u201c2014-01-01\u201d: Another person votes for the institution until 31 December 2015",
        3: "Place among alternates \u201c1\u201d: Another person is alternate 1 without an end.",
        4: "Place among alternates \u201c2\u201d: On record it is 1: end that, and name the person anew",
        5: "Last day \u201c2016-12-31\u201d: This ended on 31 December 2015 already.",
        6: "Last day \u201c2016-01-01\u201d: The last day is before the first day.",
        7: "E-mail \u201cnobody@ics.example\u201d: Nobody on record has it: bring the person first",
        8: "Name \u201cNora Nobody\u201d: Nobody on record is called so: bring the person first",
        9: "Name \u201cTwin Aho\u201d: Several people are meant by it: Twin Aho (person",
        10: "Institution \u201cNowhere\u201d: No institution on record is called so",
        11: "As \u201cchair\u201d: Write one of these: Voting representative, Alternate, Billing contact",
        12: "This person was erased",
        13: "Place among alternates \u201c100\u201d: Write a number from 1 to 99",
        14: "Name: Missing. Write who it is: ORCID, e-mail, number or name.",
        15: "As: Missing. A representative needs it.\nFrom: Missing.",
        17: "Another person votes for the institution without an end: end that first. That is on line 16 of the file.",
        19: "Name \u201cBen Okoro\u201d: This person is that already, without an end.",
        18: "Person \u201c9999\u201d: Nobody on record has this number.",
    }
    assert {line: words for line, words in wanted.items() if words not in found.get(line, "")} == {}
    assert 16 not in found
    assert db.session.scalar(select(func.count()).where(Representation.institution_id == cnr.id)) == 0


def test_a_name_means_first_who_works_there_and_a_number_only_where_the_name_agrees():
    ics, cnr = institution(), institution("CNR Monterotondo", "CNR", country="IT")
    here, there = person(ics, "Twin", "Aho", email=None), person(cnr, "Twin", "Aho", email=None)
    ada = person(ics, "Ada", "Moreau", email=None)
    first = {"As": BILLING, "From": "2014-01-01"}
    rows: Rows = [
        {**first, "Institution": "ICS", "Name": "Twin Aho", "Person": ""},
        {**first, "Institution": "CNR", "Name": "Ada Moreau", "Person": there.id},
        {**first, "Institution": "CNR", "Name": "Twin Aho", "Person": here.id},
    ]
    written(REPRESENTATIVES, rows)
    asked = select(Representation.institution_id, Representation.person_id).order_by(Representation.id)
    named = [tuple(row) for row in db.session.execute(asked)]
    assert named == [(ics.id, here.id), (cnr.id, ada.id), (cnr.id, here.id)]


def test_an_import_of_representatives_is_not_undone_once_one_was_ended_or_another_followed():
    ics = institution()
    ada, ben = person(ics, "Ada", "Moreau"), person(ics, "Ben", "Okoro")
    row = {"Institution": "ICS", "E-mail": ada.email, "As": VOTING, "From": LAUNCH}
    named = written(REPRESENTATIVES, [row])
    ended = written(REPRESENTATIVES, [{**row, "Last day": "2014-12-31"}])
    words = "The voting representative of Institut Clinique de la Souris from 24 September 2011"
    assert undo(named) == f"applied: {words} was changed since."
    follower = voice(ben, ics, since=date(2015, 1, 1))
    assert undo(ended) == (
        f"applied: {words} cannot go on: Another person votes for the institution without an end: end that first."
    )
    do(end_representation, follower.id, last_day=date(2015, 6, 30))
    assert undo(ended).startswith("applied: ")
    assert_sound()


def test_representatives_people_and_institutions_are_taken_back_in_that_order():
    institutions = written(
        ImportKind.INSTITUTIONS, [{"Name": "Clinic", "Short name": "CL", "Kind": "Funder", "Country": "FR"}]
    )
    people = written(
        PEOPLE,
        [{"Given name": "Ada", "Family name": "Moreau", "E-mail": "ada@cl.example", "Institution": "CL",
          "There since": "2012-01-01"}],
    )  # fmt: skip
    rows = [{"Institution": "CL", "E-mail": "ada@cl.example", "As": BILLING, "From": "2012-01-01"}]
    representatives = written(REPRESENTATIVES, rows)
    assert "is still named by 1 role for an institution." in undo(people)
    assert [undo(each) for each in (representatives, people, institutions)] == ["undone: "] * 3
    assert (on_record(), rights()) == ([], [])
    assert_sound()


def test_what_a_merger_moved_is_not_undone():
    ics = institution()
    cnr = institution("CNR Monterotondo", "CNR", country="IT")
    ada, twin = person(ics, "Ada", "Moreau"), person(cnr, "Ada", "Moreau", email="twin@ics.example")
    row = {"Institution": "ICS", "E-mail": "twin@ics.example", "As": BILLING, "From": "2012-01-01"}
    import_id = written(REPRESENTATIVES, [row])
    do(merge_records, Merging(TwinKind.PERSON, ada.id, twin.id, "Entered twice"))
    assert "was changed since" in undo(import_id)


def test_the_erasure_of_a_representative_removes_what_imports_kept_of_them():
    ics = institution()
    ada, ben = person(ics, "Ada", "Moreau"), person(ics, "Ben", "Okoro")
    days = {"From": "2012-01-01", "Last day": "2012-12-31"}
    rows: Rows = [
        {"Institution": "ICS", "Name": "Ada Moreau", "E-mail": ada.email, "As": BILLING, **days},
        {"Institution": "ICS", "Name": "Ben Okoro", "E-mail": ben.email, "As": "Signatory", **days},
    ]
    import_id = written(REPRESENTATIVES, rows)
    more = {"Institution": "ICS", "Name": "Ben Okoro", "E-mail": ben.email, "As": BILLING, "From": "2013-01-01"}
    waiting = tried(REPRESENTATIVES, [*rows, more])
    with pytest.raises(DomainError, match="is not written yet and names them"):
        do(erase_person, ada.id, reason="Asked for it")
    do(discard_import, waiting)
    again = written(REPRESENTATIVES, [*rows, more])
    do(erase_person, ada.id, reason="Asked for it")
    assert [line for line, _, _ in told(import_id)] == [3]
    assert [line for line, _, _ in told(again)] == [3, 4]
    assert "Moreau" not in f"{case_of(import_id).head} {case_of(again).head}"


def test_many_representatives_take_as_many_statements_as_one():
    ics = institution()
    people = [person(ics, f"Ada {number}", "Moreau", email=f"a{number}@ics.example") for number in range(21)]
    rows = [{"Institution": "ICS", "E-mail": each.email, "As": BILLING, "From": "2012-01-01"} for each in people]
    one, many = asked_by(rows[:1]), asked_by(rows[1:])
    assert many == one


def asked_by(rows: Rows) -> int:
    """How many statements the writing of an import takes."""
    import_id = tried(REPRESENTATIVES, rows)
    do(apply_import, import_id, version=case_of(import_id).version)
    with statements() as sent:
        run_due_jobs()
    assert case_of(import_id).state == "applied"
    return len(sent)
