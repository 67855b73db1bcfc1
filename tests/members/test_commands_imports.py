"""Imports: found or new, the same rules as the pages, all or nothing, once, and taken back whole."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.files.rules import CSV
from app.members.commands import ContactFacts, edit_contact, end_affiliation, erase_person, suspend_member
from app.members.commands.imports import (
    ImportFile,
    apply_import,
    bring_import,
    check_again,
    choose_columns,
    discard_import,
    undo_import,
)
from app.members.commands.imports.applying import write_import
from app.members.models import Affiliation, ImportRow, Institution, InstitutionName, Membership, MembershipStep, Person
from app.members.rules import MembershipState
from app.members.rules.imports import ImportKind
from app.outbox.work import run_due_jobs
from tests.members.importing import Rows, case_of, table_of, told, tried, written
from tests.members.world import do, institution, member, person, voice

pytestmark = pytest.mark.usefixtures("context")
INSTITUTIONS, PEOPLE, MEMBERSHIPS = ImportKind.INSTITUTIONS, ImportKind.PEOPLE, ImportKind.MEMBERSHIPS
NIH = {"Name": "National Institutes of Health", "Short name": "NIH", "Kind": "Funder", "Country": "USA"}
CNR = {"Name": "CNR Monterotondo", "Short name": "CNR", "Kind": "research centre", "Country": "Italy"}


def problems(import_id: int) -> dict[int, str]:
    return {line: words for line, outcome, words in told(import_id) if outcome == "refused"}


def assert_sound() -> None:
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_institutions_are_taken_up_with_numbers_names_and_a_trail():
    rows: Rows = [
        {**NIH, "ROR": "https://ror.org/01cwqze88", "Website": "https://nih.example", "Composite": "no"},
        {
            **CNR,
            "Part of": "NIH",
            "Former names": "Istituto di Biologia|IBC||2012-12-31\nCNR Roma|CNR|2013-01-01|2014-06-30",
        },
    ]
    case = case_of(written(INSTITUTIONS, rows))
    assert (case.added, case.changed, case.unchanged, case.refused) == (2, 0, 0, 0)
    nih, cnr = db.session.scalars(select(Institution).order_by(Institution.id)).all()
    assert (nih.account_number, nih.ror, nih.country) == ("M-0001", "01cwqze88", "US")
    assert (cnr.account_number, cnr.parent_id, cnr.country) == ("M-0002", nih.id, "IT")
    asked = select(InstitutionName).where(InstitutionName.institution_id == cnr.id).order_by(InstitutionName.first_day)
    names = [(name.name, name.first_day, name.last_day) for name in db.session.scalars(asked)]
    assert names == [
        ("Istituto di Biologia", date(1800, 1, 1), date(2012, 12, 31)),
        ("CNR Roma", date(2013, 1, 1), date(2014, 6, 30)),
        ("CNR Monterotondo", date(2014, 7, 1), None),
    ]
    assert "biologia" in cnr.search_text
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all()
    assert actions.count("members.add_institution") == 2
    assert "members.apply_import" in actions
    assert_sound()


def test_rows_find_what_is_on_record_and_an_empty_cell_leaves_it_alone():
    ics = institution(website="https://ics.example", ror="02pttbw34")
    other, version = institution("CNR Monterotondo", "CNR", country="IT"), ics.version
    rows: Rows = [
        {"Account number": ics.account_number, "Website": "https://new.example", "Unit": ""},
        {"Account number": "", "Name": "CNR Monterotondo", "Website": "", "Unit": "Genetics"},
    ]
    import_id = written(INSTITUTIONS, rows)
    assert told(import_id) == [
        (2, "changed", "Website: https://ics.example \u2192 https://new.example"),
        (3, "changed", "Unit addressed: nothing \u2192 Genetics"),
    ]
    db.session.expire_all()
    found = db.session.get_one(Institution, ics.id)
    assert (found.website, found.ror, found.version) == ("https://new.example", "02pttbw34", version + 1)
    assert "genetics" in db.session.get_one(Institution, other.id).search_text
    assert case_of(tried(INSTITUTIONS, rows)).unchanged == 2
    assert_sound()


def test_a_corrected_name_is_known_as_corrected_and_found():
    ics = institution()
    written(INSTITUTIONS, [{"Account number": ics.account_number, "Name": "Institut clinique de la souris"}])
    known = db.session.scalars(select(InstitutionName).order_by(InstitutionName.id)).all()
    assert sorted((name.name, name.superseded_at is None) for name in known) == [
        ("Institut Clinique de la Souris", False),
        ("Institut clinique de la souris", True),
    ]
    assert_sound()


def test_everything_wrong_with_a_row_is_said_with_column_value_and_remedy():
    institution("Other", "OTH", ror="02pttbw34")
    institution("Twin", "T1")
    institution("Twin", "T2")
    rows: Rows = [
        {**NIH, "ROR": "01cwqze89"},
        {**NIH, "Name": "A", "Short name": "A", "Country": "Frankreich"},
        {**NIH, "Name": "B", "Short name": "B", "Country": "DE", "VAT number": "DE123456789"},
        {"Name": "", "Short name": "C", "Kind": "Funder", "Country": "FR"},
        {**CNR, "Name": "D", "Short name": "D", "Kind": "Club"},
        {**CNR, "Name": "E", "Short name": "E", "Website": "www.e.example"},
        {"Name": "Twin", "Unit": "x"},
        {**CNR, "Account number": "M-0001", "ROR": "02pttbw34"},
        {**CNR, "Account number": "M-0077", "ROR": "02pttbw34"},
        {**CNR, "Name": "New", "Short name": "OTH"},
        CNR,
        CNR,
        {**CNR, "Name": "F", "Short name": "F", "Part of": "Nobody"},
        {**CNR, "Name": "G", "Short name": "G", "Part of": "G"},
        {**CNR, "Name": "H", "Short name": "H", "Named so since": "31.02.2012"},
        {**CNR, "Name": "I", "Short name": "I", "Named so since": "2030-01-01"},
    ]
    found = problems(tried(INSTITUTIONS, rows))
    wanted = {
        2: "ROR \u201c01cwqze89\u201d: The check digits of this ROR are wrong",
        3: "Country \u201cFrankreich\u201d: There is no such country: write its name in English",
        4: "VAT number \u201cDE123456789\u201d: This is no VAT number of Germany",
        5: "Name: Missing. A new institution needs it",
        6: "Kind \u201cClub\u201d: Write one of these: Research centre, Funder",
        7: "Website \u201cwww.e.example\u201d: An address begins with https://",
        8: "Several are called so: Twin (M-0002), Twin (M-0003). Give the account number.",
        11: "OTH",
        13: "It is on line 12 of the file already",
        14: "Part of \u201cNobody\u201d: No institution on record is called so",
        15: "An institution cannot be a part of itself",
        16: "Named so since \u201c31.02.2012\u201d: This is not a day",
        17: "once its first day has come",
    }
    assert {line: words for line, words in wanted.items() if words not in found.get(line, "")} == {}
    assert "the ROR is that of Other (M-0001): take the number out" in found[10]
    assert 12 not in found
    assert db.session.scalar(select(func.count()).select_from(Institution)) == 3


def test_a_row_with_the_ror_of_another_line_is_refused_under_its_own_name():
    ror = "02pttbw34"
    import_id = tried(INSTITUTIONS, [{**NIH, "ROR": ror}, {**CNR, "ROR": ror}])
    label = db.session.scalars(select(ImportRow.label).where(ImportRow.import_id == import_id, ImportRow.line == 3))
    assert label.one() == CNR["Name"]
    told_of_it = f"ROR \u201c{ror}\u201d: This is that of {NIH['Name']} on line 2 of the file: correct one of the two."
    assert problems(import_id) == {3: told_of_it}


def test_nothing_is_written_while_one_row_is_refused():
    import_id = tried(INSTITUTIONS, [NIH, {**CNR, "Country": "Nowhere"}])
    with pytest.raises(DomainError, match="Some rows are refused"):
        do(apply_import, import_id, version=case_of(import_id).version)
    assert db.session.scalar(select(func.count()).select_from(Institution)) == 0


def test_people_come_with_users_and_places_and_are_found_by_orcid_and_email():
    ics = institution()
    written(
        PEOPLE,
        [
            {"Given name": "Ada", "Family name": "Moreau", "E-mail": "Ada@ics.example", "Institution": "ICS",
             "There since": "1 May 2012", "As": "Group leader"},
            {"Given name": "Ada", "Family name": "Moreau", "E-mail": "ada@ics.example",
             "Institution": ics.account_number, "There since": "2010-01-01", "There until": "2011-12-31"},
            {"Given name": "Ben", "Family name": "Okoro", "ORCID": "https://orcid.org/0000-0002-1825-0097"},
        ],
    )  # fmt: skip
    ada, ben = db.session.scalars(select(Person).order_by(Person.id)).all()
    assert (ada.email, ben.orcid, ada.sort_name) == ("ada@ics.example", "0000-0002-1825-0097", "moreau ada")
    user = db.session.get_one(User, ada.user_id)
    assert (user.email, user.search_text) == ("ada@ics.example", "ada moreau ada@ics.example")
    places = db.session.scalars(select(Affiliation).order_by(Affiliation.first_day)).all()
    assert [(place.person_id, place.position) for place in places] == [(ada.id, None), (ada.id, "Group leader")]
    rows: Rows = [
        {"E-mail": "ada@ics.example", "Telephone": "+33 3", "Institution": "ICS", "As": "Director"},
        {"ORCID": "0000-0002-1825-0097", "E-mail": "ben@ics.example", "Family name": "Okoro-Lind"},
    ]
    import_id = written(PEOPLE, rows)
    assert [outcome for _, outcome, _ in told(import_id)] == ["changed", "changed"]
    assert "As: Group leader \u2192 Director" in told(import_id)[0][2]
    db.session.expire_all()
    user = db.session.get_one(User, ben.user_id)
    assert (user.name, user.email) == ("Ben Okoro-Lind", "ben@ics.example")
    assert user.search_text == "ben okoro-lind ben@ics.example"
    assert db.session.get_one(Person, ben.id).search_text == "ben okoro-lind"
    assert case_of(tried(PEOPLE, rows)).unchanged == 2
    undo(import_id)
    db.session.expire_all()
    assert db.session.get_one(User, ben.user_id).search_text == "ben okoro"
    assert_sound()


def test_a_person_who_cannot_be_told_apart_is_refused_with_the_candidates():
    ics = institution()
    one = person(ics, "Ada", "Moreau", email=None)
    person(ics, "Carl", "Aho", email="carl@ics.example")
    place = {"Institution": "ICS", "There since": "2012-01-01"}
    rows: Rows = [
        {"Given name": "Ada", "Family name": "Moreau", "E-mail": "", **place},
        {"Given name": "Dan", "Family name": "Aho", "E-mail": "x@@y"},
        {"Given name": "Eve", "Family name": "Lund", "E-mail": "eve@ics.example", "Institution": "Nowhere"},
        {"Given name": "Fay", "Family name": "", "E-mail": "fay@ics.example"},
        {"Given name": "Gus", "Family name": "Roy", "E-mail": "gus@ics.example", **place, "There until": "2011-01-01"},
        {"Given name": "Carl", "Family name": "Aho", "E-mail": "carl@ics.example", **place},
        {"Given name": "Hal", "Family name": "Roy", "E-mail": "gus@ics.example"},
        {"Person": one.id, "Given name": "Zoe", "Family name": "Zed"},
    ]
    found = problems(tried(PEOPLE, rows))
    wanted = {
        2: f"Ada Moreau (person {one.id}) is there under this name",
        3: "E-mail \u201cx@@y\u201d: This is not an e-mail address.",
        4: "Institution \u201cNowhere\u201d: No institution on record is called so",
        5: "Family name: Missing.",
        6: "There until \u201c2011-01-01\u201d: It lies before the first day",
        7: "The person works there already from 2011-09-24 without an end.",
        8: "Gus Roy on line 6 has it too",
        9: "This is the number of Ada Moreau: take it out",
    }
    assert {line: words for line, words in wanted.items() if words not in found.get(line, "")} == {}


def test_a_day_that_cannot_be_read_is_told_once_and_not_as_missing_too():
    institution()
    row = {"Given name": "Ada", "Family name": "Moreau", "Institution": "ICS", "There since": "32 May 2012"}
    told_of_it = problems(tried(PEOPLE, [{**row, "E-mail": "ada@ics.example"}]))[2]
    assert told_of_it.count("There since") == 1
    assert "32 May 2012" in told_of_it


def test_memberships_come_with_their_steps_and_end():
    ics = institution()
    institution("CNR Monterotondo", "CNR", country="IT")
    rows: Rows = [
        {"Institution": "ICS", "Class": "partner", "Member from": "2011-09-24"},
        {"Institution": "CNR", "Class": "Funder", "Member from": "2012-01-01", "Last day": "2014-12-31",
         "State": "withdrawn", "Why": "Budget"},
        {"Institution": "CNR", "Class": "Partner", "Member from": "2012-01-01",
         "History": "active|2012-01-01|2013-06-30\nsuspended|2013-07-01|2013-12-31|Fee unpaid\nactive|2014-01-01"},
    ]  # fmt: skip
    written(MEMBERSHIPS, rows)
    steps = db.session.scalars(select(MembershipStep).order_by(MembershipStep.membership_id, MembershipStep.first_day))
    assert [(step.state.value, step.first_day.year, step.reason) for step in steps] == [
        ("active", 2011, None),
        ("active", 2012, "Budget"),
        ("withdrawn", 2015, "Budget"),
        ("active", 2012, None),
        ("suspended", 2013, "Fee unpaid"),
        ("active", 2014, None),
    ]
    end = {"Institution": ics.account_number, "Class": "Partner", "Member from": "2011-09-24"}
    import_id = written(MEMBERSHIPS, [{**end, "Last day": "2016-04-30", "State": "withdrawn"}])
    assert "Last day: nothing \u2192 30 April 2016" in told(import_id)[0][2]
    db.session.expire_all()
    of_ics = select(Membership.id).where(Membership.institution_id == ics.id, Membership.superseded_at.is_(None))
    kept = select(MembershipStep).where(
        MembershipStep.superseded_at.is_(None), MembershipStep.membership_id.in_(of_ics)
    )
    ended = db.session.scalars(kept.order_by(MembershipStep.first_day)).all()
    assert [(step.state, step.last_day) for step in ended] == [
        (MembershipState.ACTIVE, date(2016, 4, 30)),
        (MembershipState.WITHDRAWN, None),
    ]
    assert case_of(tried(MEMBERSHIPS, rows[1:])).unchanged == 2
    assert_sound()


def test_memberships_that_break_a_rule_are_refused():
    member(institution())
    base = {"Institution": "ICS", "Class": "Partner"}
    rows: Rows = [
        {**base, "Member from": "2012-01-01"},
        {**base, "Class": "Patron", "Member from": "2012-01-01"},
        {**base, "Class": "Funder", "Member from": "2012-01-01", "Last day": "2011-01-01"},
        {**base, "Class": "Funder", "Member from": "2012-01-01", "State": "suspended"},
        {**base, "Class": "Funder", "Member from": ""},
        {**base, "Class": "Observer", "Member from": "2012-01-01", "History": "lapsed|2012-01-01|2012-02-01\nactive|2012-02-02"},  # noqa: E501
    ]  # fmt: skip
    found = problems(tried(MEMBERSHIPS, rows))
    wanted = {
        2: "It is a member of this class from 2011-09-24 without an end; the two would share days.",
        3: "Class \u201cPatron\u201d: There is no such class: write one of",
        4: "Last day \u201c2011-01-01\u201d: It lies before the first day",
        5: "A state needs its days",
        6: "Member from: Missing.",
        7: "A membership that is lapsed cannot become active.",
    }
    assert {line: words for line, words in wanted.items() if words not in found.get(line, "")} == {}


def test_an_import_is_written_once_whoever_presses_twice_or_runs_its_job_again():
    import_id = tried(INSTITUTIONS, [NIH])
    version = case_of(import_id).version
    do(apply_import, import_id, version=version)
    with pytest.raises(DomainError, match="This import is applying by now"):
        do(apply_import, import_id, version=version)
    run_due_jobs()
    write_import({"import_id": import_id})
    assert db.session.scalar(select(func.count()).select_from(Institution)) == 1
    with pytest.raises(DomainError, match="This import is applied by now"):
        do(apply_import, import_id, version=version)


def test_what_would_come_out_otherwise_by_now_is_not_written_but_tried_again():
    ics = institution(website="https://ics.example")
    import_id = tried(INSTITUTIONS, [{"Short name": "ICS", "Website": "https://new.example"}])
    do(edit_contact, ics.id, ContactFacts("https://third.example", None, None, None), version=ics.version)
    do(apply_import, import_id, version=case_of(import_id).version)
    run_due_jobs()
    case = case_of(import_id)
    assert (case.state, case.applied_at) == ("checked", None)
    assert "try it out again" in (case.notice or "")
    assert db.session.get_one(Institution, ics.id).website == "https://third.example"
    do(check_again, import_id)
    run_due_jobs()
    assert told(import_id) == [(2, "changed", "Website: https://third.example \u2192 https://new.example")]


def test_a_change_that_does_not_touch_the_outcome_does_not_hold_an_import_up():
    institution(website="https://ics.example")
    import_id = tried(INSTITUTIONS, [{"Short name": "ICS", "Website": "https://new.example"}])
    institution("CNR Monterotondo", "CNR", country="IT")
    do(apply_import, import_id, version=case_of(import_id).version)
    run_due_jobs()
    assert case_of(import_id).state == "applied"


def test_undoing_takes_back_additions_and_changes_and_keeps_the_trail():
    ics = institution(website="https://ics.example")
    membership = member(ics)
    changed = written(INSTITUTIONS, [{"Account number": "M-0001", "Name": "Souris", "Country": "", "Kind": ""}])
    undo(changed)
    added = written(INSTITUTIONS, [NIH, {**CNR, "Part of": "NIH"}])
    people = written(PEOPLE, [{"Given name": "Ada", "Family name": "Moreau", "E-mail": "ada@nih.example",
                               "Institution": "NIH", "There since": "2012-01-01"}])  # fmt: skip
    ends = written(MEMBERSHIPS, [{"Institution": "ICS", "Class": "Partner", "Member from": "2011-09-24",
                                  "Last day": "2015-01-01"}])  # fmt: skip
    do(undo_import, added)
    run_due_jobs()
    assert "National Institutes of Health is still named by 1 place of a person." in (case_of(added).notice or "")
    assert case_of(added).state == "applied"
    undo(people)
    undo(added)
    undo(ends)
    db.session.expire_all()
    assert db.session.scalars(select(Institution.name)).all() == ["Institut Clinique de la Souris"]
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0
    assert db.session.get_one(Membership, membership.id).last_day is None
    kept = select(MembershipStep.state).where(MembershipStep.superseded_at.is_(None))
    assert db.session.scalars(kept).all() == [MembershipState.ACTIVE]
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert {"members.add_person", "members.remove_person", "members.undo_import"} <= set(actions)
    assert told(added) == []
    assert_sound()


def undo(import_id: int) -> None:
    do(undo_import, import_id)
    run_due_jobs()
    assert case_of(import_id).state == "undone", case_of(import_id).notice


def test_what_was_changed_since_or_is_leant_on_is_not_undone():
    ics = institution()
    people = written(PEOPLE, [{"Given name": "Ada", "Family name": "Moreau", "E-mail": "ada@ics.example",
                               "Institution": "ICS", "There since": "2011-09-24"}])  # fmt: skip
    voice(db.session.scalars(select(Person)).one(), ics)
    do(undo_import, people)
    run_due_jobs()
    notice = case_of(people).notice or ""
    person_id = db.session.scalars(select(Person.id)).one()
    assert f"Person {person_id} (line 2) is still named by 1 role for an institution." in notice
    assert f"Person {person_id} (line 2) is still named by 1 right." in notice
    changed = written(INSTITUTIONS, [{"Short name": "ICS", "Website": "https://new.example"}])
    do(edit_contact, ics.id, ContactFacts("https://third.example", None, None, None), version=ics.version)
    do(undo_import, changed)
    run_due_jobs()
    assert case_of(changed).notice == "Institut Clinique de la Souris was changed since."


def test_a_membership_that_holds_its_import_is_named_by_institution_class_and_line():
    institution()
    imported = written(MEMBERSHIPS, [{"Institution": "ICS", "Class": "Partner", "Member from": "2011-09-24"}])
    held = db.session.scalars(select(Membership)).one()
    do(suspend_member, held.id, first_day=date(2016, 5, 1), reason="Fee unpaid")
    do(undo_import, imported)
    run_due_jobs()
    assert case_of(imported).notice == "Institut Clinique de la Souris as Partner (line 2) was changed since."


def test_columns_are_remembered_for_the_same_heads():
    content = table_of([{"Bezeichnung": "Alpha", "Kurz": "AL", "Kind": "Funder", "Country": "DE"}])
    brought = ImportFile(INSTITUTIONS, "a.csv", content, CSV)
    first = do(bring_import, brought)
    assert first.mapping == {"2": "kind", "3": "country"}
    with pytest.raises(DomainError, match="nothing could be found or added by it"):
        do(choose_columns, first.id, {2: "kind"}, version=1)
    with pytest.raises(DomainError, match="chosen for more than one column"):
        do(choose_columns, first.id, {0: "name", 1: "name"}, version=1)
    do(choose_columns, first.id, {0: "name", 1: "short_name", 2: "kind", 3: "country"}, version=1)
    again = do(bring_import, brought)
    assert again.mapping == {"0": "name", "1": "short_name", "2": "kind", "3": "country"}


def test_a_discarded_import_forgets_its_rows_and_is_never_written():
    import_id = tried(INSTITUTIONS, [NIH])
    do(discard_import, import_id)
    assert told(import_id) == []
    assert case_of(import_id).head["samples"] == [[], [], [], []]
    with pytest.raises(DomainError, match="This import is discarded by now"):
        do(apply_import, import_id, version=case_of(import_id).version)


def test_only_the_secretariat_imports():
    nobody = Actor("Nobody", user_id=7)
    with pytest.raises(AccessDeniedError), transaction():
        bring_import(ImportFile(INSTITUTIONS, "a.csv", table_of([NIH]), CSV), actor=nobody)
    import_id = tried(INSTITUTIONS, [NIH])
    for command in (check_again, undo_import, discard_import):
        with pytest.raises(AccessDeniedError):
            do(command, import_id, actor=nobody)


def test_nothing_is_brought_to_somebody_who_was_erased():
    ada = person(institution(), "Ada", "Lund")
    left = db.session.scalars(select(Affiliation.id)).one()
    do(end_affiliation, left, last_day=date(2016, 5, 20))
    do(erase_person, ada.id, reason="Asked for it")
    again = {"Institution": "ICS", "There since": "2011-09-24"}
    rows: Rows = [
        {"Person": ada.id, "E-mail": "ada@ics.example"},
        {"Person": ada.id, "Institution": "ICS", "There since": "2016-05-22"},
        {"Person": ada.id, **again, "As": "Director"},
    ]
    for row in rows:
        assert problems(tried(PEOPLE, [row])) == {2: "This person was erased. Take them up anew where they come back."}
    assert case_of(tried(PEOPLE, [{"Person": ada.id, **again}])).unchanged == 1
