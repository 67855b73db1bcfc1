"""Imports of contact routes: people found, the rules of adding one by one, their end, and all of it taken back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from app.audit.models import AuditEntry, AuditPersonalValue
from app.core.database import db
from app.core.errors import DomainError
from app.core.verification import run_checks
from app.members.commands import Merging, add_route, end_route, erase_person, merge_records
from app.members.commands.imports import apply_import, discard_import
from app.members.models import Affiliation, ContactRoute, Person
from app.members.queries.kept_by_imports import held_of_imports
from app.members.queries.personal import subject_of
from app.members.queries.register import export_register
from app.members.rules import RouteFacts, RouteKind, RoutePurpose, TwinKind
from app.members.rules.imports import ImportKind
from app.outbox.work import run_due_jobs
from tests.members.importing import Rows, case_of, told, tried, undo, written
from tests.members.world import LAUNCH, OFFICE, do, institution, on, person, statements

pytestmark = pytest.mark.usefixtures("context")
PEOPLE, ROUTES = ImportKind.PEOPLE, ImportKind.CONTACT_ROUTES
DESK = RouteFacts(RouteKind.TELEPHONE, RoutePurpose.ALTERNATE, "+33 1 11 11", LAUNCH)
SAID = "Kind: telephone\nRoute: +33 2 22 22\nFrom: 1 January 2015"


def assert_sound() -> None:
    assert [line for finding in run_checks() for line in finding.problems] == []


def on_record() -> list[tuple[str, str, int, str, str, str]]:
    """Kind, purpose, rank, text, first and last day of every route on record."""
    db.session.expire_all()
    asked = select(ContactRoute).where(ContactRoute.superseded_at.is_(None))
    rows = db.session.scalars(asked.order_by(ContactRoute.first_day, ContactRoute.id))
    return [
        (row.kind.value, row.purpose.value, row.rank, row.text, str(row.first_day), str(row.last_day)) for row in rows
    ]


def row_of(who: Person, kind: str, purpose: str, text: str, **more: object) -> dict[str, object]:
    """A row about somebody found by their address, since launch."""
    return {"E-mail": who.email, "Kind": kind, "For": purpose, "Route": text, "From": LAUNCH} | more


def test_routes_are_put_on_record_in_their_one_form_with_a_trail():
    ics = institution()
    person(ics, "Ada", "Moreau", email="ada@ics.example")
    person(ics, "Ben", "Okoro", email=None, orcid="0000-0002-1825-0097")
    person(ics, "Carl", "Aho", email=None)
    rows: Rows = [
        {"E-mail": "Ada@ics.example", "Kind": "e-mail", "For": "billing", "Route": "Invoices@ICS.example",
         "From": "2012-01-01", "Place among alternates": "7"},
        {"ORCID": "https://orcid.org/0000-0002-1825-0097", "Kind": "Telephone", "For": "As alternate",
         "Route": "+33 3  88 65 35 00", "From": "2012-01-01", "Last day": "31 Dec 2014", "Place among alternates": "2"},
        {"Name": "carl AHO", "Institution": "ICS", "Kind": "Address", "For": "General",
         "Route": " Accounts \r\n\r\n2 rue Exemple ", "From": "2012-01-01"},
    ]  # fmt: skip
    import_id = written(ROUTES, rows)
    assert case_of(import_id).added == 3
    assert on_record() == [
        ("email", "billing", 1, "invoices@ics.example", "2012-01-01", "None"),
        ("telephone", "alternate", 2, "+33 3 88 65 35 00", "2012-01-01", "2014-12-31"),
        ("address", "general", 1, "Accounts\n2 rue Exemple", "2012-01-01", "None"),
    ]
    summaries = db.session.scalars(select(AuditEntry.summary).where(AuditEntry.action == "members.add_route")).all()
    assert summaries[0] == f"E-mail (billing) from 1 January 2012, by import {import_id}"
    assert len(summaries) == 3
    assert "invoices@ics.example" in db.session.scalars(select(AuditPersonalValue.value)).all()
    assert "invoices@ics.example" not in str(db.session.scalars(select(AuditEntry.after)).all())
    assert case_of(tried(ROUTES, rows)).unchanged == 3
    assert_sound()


def test_a_route_on_record_gets_a_last_day_and_another_follows_in_its_place_whatever_the_order():
    ada = person(institution(), "Ada", "Moreau")
    with on(LAUNCH):
        do(add_route, ada.id, DESK)
    rows: Rows = [
        row_of(ada, "Telephone", "As alternate", "+33 2 22 22", From="2015-01-01"),
        row_of(ada, "Telephone", "As alternate", "+33 1 11 11", **{"Last day": "2014-12-31"}),
    ]
    before = on_record()
    import_id = written(ROUTES, rows)
    assert told(import_id) == [
        (2, "added", f"{SAID}\nPlace among alternates: 1"),
        (3, "changed", "Last day: nothing \u2192 31 December 2014"),
    ]
    after = [
        ("telephone", "alternate", 1, "+33 1 11 11", str(LAUNCH), "2014-12-31"),
        ("telephone", "alternate", 1, "+33 2 22 22", "2015-01-01", "None"),
    ]
    assert on_record() == after
    (ended,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "members.end_route"))
    assert ended.summary == f"Telephone (as alternate) ends on 31 December 2014, by import {import_id}"
    assert (ended.before["last_day"], ended.after["last_day"]) == (None, "2014-12-31")
    assert_sound()
    assert undo(import_id) == "undone: "
    assert on_record() == before
    known = select(ContactRoute.last_day).where(ContactRoute.superseded_at.is_not(None))
    assert db.session.scalars(known).all() == [None]
    assert "members.undo_import" in db.session.scalars(select(AuditEntry.action)).all()
    assert_sound()


def test_rows_that_break_a_rule_are_refused_with_column_value_and_remedy():
    ics = institution()
    ada, gone = person(ics, "Ada", "Moreau"), person(ics, "Old", "Hand")
    for each in (DESK, RouteFacts(RouteKind.EMAIL, RoutePurpose.GENERAL, "me@b.example", LAUNCH, date(2015, 12, 31))):
        do(add_route, ada.id, each)
    for number in ("one", "two"):
        person(ics, "Twin", "Aho", email=f"twin.{number}@ics.example")
    do(erase_person, gone.id, reason="Asked for it")
    here = row_of(ada, "E-mail", "General", "new@b.example")
    desk = row_of(ada, "Telephone", "As alternate", "+33 1 11 11")
    rows: Rows = [
        {**here, "Route": "me@b.example", "From": "2014-01-01"},
        {**desk, "Route": "+33 2 22 22", "From": "2014-01-01"},
        {**desk, "Place among alternates": "2"},
        {**here, "Route": "me@b.example", "Last day": "2016-12-31"},
        {**here, "Last day": "2011-01-01"},
        {**here, "Route": "nobody"},
        {**here, "Kind": "Telephone"},
        {**here, "Kind": "pigeon"},
        {**here, "For": "fun"},
        {**here, "E-mail": "nobody@ics.example"},
        {**here, "E-mail": "", "Name": "Twin Aho"},
        {**here, "E-mail": "", "Person": gone.id},
        {"E-mail": ada.email, "Kind": "E-mail"},
        {**here, "E-mail": "", "Name": "Ada Moreau", "Institution": "Nowhere"},
        {**here, "From": "2014-01-01"},
        {**here, "From": "2015-01-01"},
        {**desk, "Last day": "2015-01-01"},
        {**desk, "Last day": "2015-01-01"},
        {**here, "E-mail": ""},
    ]
    found = {line: words for line, outcome, words in told(tried(ROUTES, rows)) if outcome == "refused"}
    wanted = {
        2: "Route \u201cme@b.example\u201d: This is on record for the same purpose in these days already.",
        4: "Place among alternates \u201c2\u201d: On record it is 1: end that, and bring the route anew",
        5: "Last day \u201c2016-12-31\u201d: This ended on 31 December 2015 already.",
        6: "Last day \u201c2011-01-01\u201d: The last day is before the first day.",
        7: "Route \u201cnobody\u201d: This is not an e-mail address",
        8: "Route \u201cnew@b.example\u201d: A telephone number has digits, such as",
        9: "Kind \u201cpigeon\u201d: Write one of these: E-mail, Telephone, Address.",
        10: "For \u201cfun\u201d: Write one of these: General, As representative, As alternate",
        11: "E-mail \u201cnobody@ics.example\u201d: Nobody on record has it: bring the person first",
        12: "Name \u201cTwin Aho\u201d: Several people are meant by it: Twin Aho (person",
        13: "This person was erased.",
        14: "For: Missing. A contact route needs it.\nRoute: Missing. A contact route needs it.\nFrom: Missing.",
        15: "Institution \u201cNowhere\u201d: No institution on record is called so",
        17: "This is on record for the same purpose in these days already. That is on line 16 of the file.",
        19: "It is on line 4 of the file already: keep one of the two.",
        20: "Name: Missing. Write who it is: ORCID, e-mail, number or name.",
    }
    assert {line: words for line, words in wanted.items() if words not in found.get(line, "")} == {}
    assert 16 not in found
    assert len(on_record()) == 2


def test_another_alternate_of_one_place_is_refused_as_on_the_pages():
    ada = person(institution(), "Ada", "Moreau")
    do(add_route, ada.id, DESK)
    another = RouteFacts(DESK.kind, DESK.purpose, "+33 2 22 22", date(2014, 1, 1))
    with pytest.raises(DomainError) as by_hand:
        do(add_route, ada.id, another)
    row = row_of(ada, "Telephone", "As alternate", another.text, From="2014-01-01")
    assert told(tried(ROUTES, [row])) == [
        (2, "refused", f"Place among alternates \u201c1\u201d: {by_hand.value.message}"),
    ]


def test_an_institution_tells_people_of_one_name_apart_and_an_export_names_it():
    ics, cnr = institution(), institution("CNR Monterotondo", "CNR", country="IT")
    here, there = (person(at, "Twin", "Aho", email=None) for at in (ics, cnr))
    for each in (here, there):
        do(add_route, each.id, DESK)
    rows = list(export_register(ROUTES, actor=OFFICE).rows)
    db.session.rollback()
    assert [(row["name"], row["institution_id"]) for row in rows] == [("Twin Aho", "M-0001"), ("Twin Aho", "M-0002")]
    row = {"Name": "Twin Aho", "Kind": "Telephone", "For": "Billing", "Route": "+33 9 99 99", "From": LAUNCH}
    written(ROUTES, [{**row, "Institution": "CNR"}])
    asked = select(ContactRoute.person_id).where(ContactRoute.purpose == RoutePurpose.BILLING)
    assert db.session.scalars(asked).all() == [there.id]


def test_of_namesakes_a_number_means_only_one_who_works_at_the_institution():
    ics, cnr = institution(), institution("CNR Monterotondo", "CNR", country="IT")
    institution("NIH Bethesda", "NIH")
    here, there, beside = (person(at, "Twin", "Aho", email=None) for at in (ics, cnr, cnr))
    row = {"Name": "Twin Aho", "Kind": "Telephone", "For": "Billing", "From": LAUNCH}
    rows: Rows = [
        {**row, "Person": there.id, "Institution": "ICS", "Route": "+33 1 11 11"},
        {**row, "Person": beside.id, "Institution": "CNR", "Route": "+33 2 22 22"},
        {**row, "Person": here.id, "Institution": "NIH", "Route": "+33 3 33 33"},
        {**row, "Person": there.id, "Route": "+33 4 44 44"},
    ]
    written(ROUTES, rows)
    found = db.session.execute(select(ContactRoute.text, ContactRoute.person_id).order_by(ContactRoute.text)).all()
    assert [number for _, number in found] == [here.id, beside.id, here.id, there.id]
    (refused,) = told(tried(ROUTES, [{**rows[0], "Institution": "CNR", "Person": here.id}]))
    assert refused[1] == "refused"
    assert "Several people are meant by it" in refused[2]


def test_a_number_is_believed_where_the_other_of_that_name_left_the_institution_before():
    ics, cnr = institution(), institution("CNR Monterotondo", "CNR", country="IT")
    left, named = person(cnr, "Twin", "Aho", email=None), person(ics, "Twin", "Aho", email=None)
    db.session.execute(update(Affiliation).where(Affiliation.person_id == left.id).values(last_day=date(2012, 12, 31)))
    db.session.commit()
    row = {"Name": "Twin Aho", "Person": named.id, "Institution": "CNR", "Kind": "Telephone", "For": "Billing"}
    written(ROUTES, [{**row, "Route": "+33 1 11 11", "From": "2015-01-01"}])
    assert db.session.scalars(select(ContactRoute.person_id)).all() == [named.id]


def test_an_import_of_routes_is_not_undone_once_one_was_ended_or_another_has_its_days():
    ada = person(institution(), "Ada", "Moreau")
    row = row_of(ada, "Telephone", "As alternate", "+33 1 11 11")
    added = written(ROUTES, [row])
    ended = written(ROUTES, [{**row, "Last day": "2014-12-31"}])
    words = f"Telephone (as alternate) of person {ada.id} from 24 September 2011"
    assert undo(added) == f"applied: {words} was changed since."
    follower = do(add_route, ada.id, RouteFacts(DESK.kind, DESK.purpose, "+33 2 22 22", date(2015, 1, 1)))
    assert undo(ended) == f"applied: {words} cannot go on: Another route as alternate has place 1 in these days."
    do(end_route, follower.id, last_day=date(2015, 6, 30), version=follower.version)
    assert undo(ended).startswith("applied: ")
    assert_sound()


def test_routes_and_people_are_taken_back_in_that_order():
    people = written(PEOPLE, [{"Given name": "Ada", "Family name": "Moreau", "E-mail": "ada@cl.example"}])
    ada = db.session.scalars(select(Person)).one()
    routes = written(ROUTES, [row_of(ada, "E-mail", "Billing", "invoices@cl.example")])
    assert "is still named by 1 contact route." in undo(people)
    assert [undo(each) for each in (routes, people)] == ["undone: "] * 2
    assert on_record() == []
    assert_sound()


def test_a_route_that_a_merger_moved_is_not_taken_back():
    ics = institution()
    ada, twin = person(ics, "Ada", "Moreau"), person(institution("Other", "OTH"), "Ada", "Moreau", email="t@b.example")
    import_id = written(ROUTES, [row_of(twin, "E-mail", "Billing", "invoices@b.example")])
    do(merge_records, Merging(TwinKind.PERSON, ada.id, twin.id, "Entered twice"))
    assert "was changed since" in undo(import_id)


def test_what_imports_keep_of_somebodys_routes_is_handed_out_and_goes_with_them():
    ics = institution()
    ada, ben = person(ics, "Ada", "Moreau"), person(ics, "Ben", "Okoro")
    rows: Rows = [
        row_of(ada, "E-mail", "Billing", "invoices@b.example", Name="Ada Moreau"),
        row_of(ben, "E-mail", "Billing", "ben@b.example", Name="Ben Okoro"),
    ]
    import_id = written(ROUTES, rows)
    ended = written(ROUTES, [{**row, "Last day": "2014-12-31"} for row in rows])
    more = row_of(ben, "Telephone", "General", "+33 1 11 11", Name="Ben Okoro")
    waiting = tried(ROUTES, [*rows, more])
    held = held_of_imports(subject_of(ada))
    assert held is not None
    assert [row["Called"] for row in held.rows] == ["Ada Moreau, e-mail (billing)"] * 3
    with pytest.raises(DomainError, match="is not written yet and names them"):
        do(erase_person, ada.id, reason="Asked for it")
    do(discard_import, waiting)
    again = written(ROUTES, [*rows, more])
    do(erase_person, ada.id, reason="Asked for it")
    assert [[line for line, _, _ in told(each)] for each in (import_id, ended, again)] == [[3], [3], [3, 4]]
    assert "Moreau" not in f"{case_of(import_id).head} {case_of(again).head}"
    assert case_of(import_id).head["samples"] == [[] for _ in case_of(import_id).head["heads"]]
    assert_sound()


def test_many_routes_take_as_many_statements_as_one():
    ics = institution()
    people = [person(ics, f"Ada {number}", "Moreau", email=f"a{number}@ics.example") for number in range(21)]
    rows = [row_of(each, "E-mail", "Billing", f"b{each.id}@ics.example") for each in people]
    one, many = asked_by(rows[:1]), asked_by(rows[1:])
    assert many == one
    ends = [{**row, "Last day": "2014-12-31"} for row in rows]
    assert asked_by(ends[:1]) == asked_by(ends[1:])


def asked_by(rows: Rows) -> int:
    """How many statements the writing of an import takes."""
    import_id = tried(ROUTES, rows)
    do(apply_import, import_id, version=case_of(import_id).version)
    with statements() as sent:
        run_due_jobs()
    assert case_of(import_id).state == "applied"
    return len(sent)
