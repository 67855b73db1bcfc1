"""Pages of imports: from a file with ten mistakes to a register by the pages alone; and the whole register."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.accounts.commands import RoleFor
from app.core.database import db
from app.core.permissions import Role
from app.demonstration.commands.loading import FACTS
from app.members.commands import erase_person
from app.members.models import Person
from app.members.routes.imports import MEGABYTE
from app.outbox.work import run_due_jobs
from tests.client import Browser, Page
from tests.members.importing import table_of
from tests.members.world import do, institution, member, person
from tests.signin import sign_in

HEADS = ("Institution", "Acronym", "Type", "Land", "ROR ID", "VAT", "Web", "Department", "Founded")


def founding_table() -> list[dict[str, Any]]:
    """The institutions of the founding facts, as somebody keeps them in a spreadsheet of their own."""
    facts = tomllib.loads(Path(FACTS).read_text(encoding="utf-8"))
    return [
        dict(
            zip(
                HEADS,
                (each["name"], each["short_name"], each["kind"], each["country"], each.get("ror", "")),
                strict=False,
            )
        )
        | dict.fromkeys(HEADS[5:], "")
        for each in facts["institution"]
    ]


def bring(browser: Browser, kind: str, content: bytes, name: str = "members.csv") -> str:
    """Bring a file and choose its columns as they are guessed; the address of its page after the dry run."""
    columns = browser.submit("/imports/new", {"kind": kind, "table": (io.BytesIO(content), name)})
    shown = browser.follow(columns)
    path = str(columns.response.location)
    done = browser.post(path, shown.form_values())
    with browser.app.app_context():
        run_due_jobs()
        db.session.remove()
    return str(done.response.location)


def work(browser: Browser) -> None:
    """Let the worker do what waits."""
    with browser.app.app_context():
        run_due_jobs()
        db.session.remove()


def with_mistakes(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ten mistakes, each in another row."""
    wrong = [dict(row) for row in rows]
    changes: tuple[dict[str, str], ...] = (
        {"ROR ID": "03x94j518"},
        {"Land": "Untied States"},
        {"VAT": "GB123456780"},
        {"Institution": ""},
        {"Type": "charity"},
        {"Web": "www.ec.example"},
        {"Founded": "31.02.2011"},
        {"Founded": "2099-01-01"},
        {"Department": "x" * 201},
    )
    for row, change in zip(wrong, changes, strict=False):
        row.update(change)
    wrong.insert(12, dict(wrong[11]))
    return wrong


def test_a_table_with_ten_mistakes_is_put_right_from_its_messages_alone(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    rows = founding_table()
    assert "Import" in browser.get("/members").words
    path = bring(browser, "institutions", table_of(with_mistakes(rows)))
    shown = browser.get(path)
    assert [row[2] for row in shown.rows()][9:11] == ["Refused", "Added"]
    figure, sentence = shown.tree.xpath("//main//a[substring-after(@href, '?') = 'outcome=refused']")
    assert (figure.text, sentence.text) == ("10", "10 rows are refused.")
    shown = browser.get(sentence.get("href"))
    assert "10 rows are refused. Nothing is written as long as one is." in shown.words
    assert not [text for text in shown.tree.xpath("//button/text()") if "Write" in text]
    messages = {row[1].split()[1]: row[3] for row in shown.rows()}
    expected = {
        "2": "ROR \u201c03x94j518\u201d: The check digits of this ROR are wrong",
        "3": "Country \u201cUntied States\u201d: There is no such country: write its name in English or its code",
        "4": "VAT number \u201cGB123456780\u201d: This is no VAT number of the United Kingdom",
        "5": "Name: Missing. A new institution needs it",
        "6": "Kind \u201ccharity\u201d: Write one of these: Research centre, Funder, Corporation, Observer.",
        "7": "Website \u201cwww.ec.example\u201d: An address begins with https:// or http://.",
        "8": "Named so since \u201c31.02.2011\u201d: This is not a day",
        "9": "Named so since \u201c2099-01-01\u201d: A name is recorded once its first day has come.",
        "10": "At most 200 characters; this has 201.",
        "14": "It is on line 13 of the file already",
    }
    assert {line: words for line, words in expected.items() if words not in messages.get(line, "")} == {}
    table = csv.reader(io.StringIO(downloaded(browser, f"{path}/rows?format=csv").decode("utf-8-sig")))
    heads, *lines = table
    assert heads == [*HEADS, "Import outcome", "Import message"]
    corrected = [dict(zip(heads, line, strict=True)) for line in lines]
    del corrected[12]
    for row, right in zip(corrected, rows, strict=True):
        row.update(right)
    path = bring(browser, "institutions", table_of(corrected))
    shown = browser.get(path)
    assert "Every row can be written." in shown.words
    done = browser.follow(browser.press(path, f"{path}/apply"))
    assert "All rows are being written at once." in done.words
    work(browser)
    after = browser.get(path)
    assert f"Written by {user_of(browser)}" in after.words
    assert len(browser.get("/members").rows()) == len(rows)
    assert browser.get("/imports").rows()[0][2:5] == ["Written", str(len(rows)), str(len(rows))]


def downloaded(browser: Browser, path: str) -> bytes:
    with browser.client.get(path) as response:
        content: bytes = response.data
        return content


def user_of(browser: Browser) -> str:
    return str(browser.get("/imports").rows()[0][7])


def test_memberships_and_people_are_refused_by_the_rules_of_their_pages(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    with browser.app.app_context():
        member(institution())
        db.session.remove()
    memberships = [
        {"Institution": "ICS", "Class": "Partner", "From": "2012-01-01", "Until": ""},
        {"Institution": "ICS", "Class": "Patron", "From": "2012-01-01", "Until": ""},
        {"Institution": "ICS", "Class": "Funder", "From": "2012-01-01", "Until": "2011-12-31"},
    ]
    shown = browser.get(bring(browser, "memberships", table_of(memberships)))
    assert "the two would share days" in shown.words
    assert "There is no such class: write one of Funder, Partner" in shown.words
    assert "It lies before the first day" in shown.words
    people = [{"First name": "Ada", "Surname": "Moreau", "Mail": "ada@@ics"}]
    shown = browser.get(bring(browser, "people", table_of(people)))
    assert "E-mail \u201cada@@ics\u201d: This is not an e-mail address." in shown.words


def test_a_table_of_representatives_is_brought_by_the_pages(browser: Browser):
    with browser.app.app_context():
        ics = institution()
        ada = person(ics, "Ada", "Moreau")
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    row = {"Member": "ICS", "Contact": "Ada Moreau", "Mail": ada.email, "Role": "voting", "Since": "2012-01-01"}
    path = bring(browser, "representatives", table_of([row, {**row, "Role": "chair"}]))
    shown = browser.get(path)
    assert f"Import {path.rpartition('/')[2]}: representatives" in shown.words
    assert "As \u201cchair\u201d: Write one of these: Voting representative, Alternate" in shown.words
    path = bring(browser, "representatives", table_of([row]))
    browser.press(path, f"{path}/apply")
    work(browser)
    assert browser.get(path).rows()[0][0] == "Ada Moreau, voting representative of ICS"
    assert "Ada Moreau" in browser.get(f"/members/{ics.id}").words
    assert "Representatives CSV" in browser.get("/imports").words
    assert "Representatives XLSX" in browser.get("/people").words


def test_a_table_of_contact_routes_is_brought_by_the_pages_and_leads_to_the_people(browser: Browser):
    with browser.app.app_context():
        ada = person(institution(), "Ada", "Moreau")
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    row = {
        "Mail": ada.email,
        "What it is": "Telephone",
        "Used for": "billing",
        "Route": "+33 1 11",
        "Since": "2012-01-01",
    }
    path = bring(browser, "contact_routes", table_of([row, {**row, "Route": "desk"}]))
    shown = browser.get(path)
    assert f"Import {path.rpartition('/')[2]}: contact routes" in shown.words
    assert "Route \u201cdesk\u201d: A telephone number has digits" in shown.words
    path = bring(browser, "contact_routes", table_of([row]))
    browser.press(path, f"{path}/apply")
    work(browser)
    shown = browser.get(path)
    assert shown.rows()[0][0] == "Ada Moreau, telephone (billing)"
    assert f"/people/{ada.id}" in shown.tree.xpath("//table//a/@href")
    assert "+33 1 11" in browser.get(f"/people/{ada.id}").words
    for list_of in ("/imports", "/people"):
        assert "Contact routes CSV" in browser.get(list_of).words
    assert b"+33 1 11" in downloaded(browser, "/register/contact_routes?format=csv")


def test_a_page_that_waits_for_an_import_is_loaded_anew_as_a_whole_once_it_has_ended(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    path = bring(browser, "institutions", table_of(founding_table()[:2]))
    browser.press(path, f"{path}/apply")
    asked = {"HX-Request": "true"}
    assert "HX-Refresh" not in browser.client.get(path, headers=asked).headers
    work(browser)
    assert browser.client.get(path, headers=asked).headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in browser.client.get(path).headers


def test_an_import_is_undone_after_it_was_said_what_that_does_and_discarded_by_one_button(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    path = bring(browser, "institutions", table_of(founding_table()[:2]))
    browser.press(path, f"{path}/apply")
    work(browser)
    asked = browser.get(browser.get(path).tree.xpath("//a[normalize-space()='Undo the whole import']/@href")[0])
    assert "What 2 rows added is removed." in asked.words
    assert "What 0 rows" not in asked.words
    browser.submit(f"{path}/undo", {})
    work(browser)
    undone = browser.get(path).words
    assert "Undone by" in undone
    assert "2 rows, brought by" in undone
    assert "No institutions yet" in browser.get("/members").words
    path = bring(browser, "institutions", table_of(founding_table()[:2]))
    assert "by now: look at its page." in browser.submit(f"{path}/undo", {}, status=200).words
    gone = browser.follow(browser.press(path, f"{path}/discard"))
    assert "The import is discarded; nothing was written." in gone.words
    discarded = browser.get(path)
    assert discarded.rows() == []
    assert "This import was discarded." in discarded.words
    assert ", done:" not in discarded.words
    assert browser.get("/imports").rows()[0][2] == "Discarded"


def test_of_an_import_about_somebody_erased_since_the_page_says_what_did_not_come_back(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    path = bring(browser, "people", table_of([{"Given name": name, "Family name": "Lee"} for name in ("Ann", "Bea")]))
    browser.press(path, f"{path}/apply")
    work(browser)
    with browser.app.app_context():
        ann = db.session.scalars(select(Person.id).where(Person.given_name == "Ann")).one()
        do(erase_person, ann, reason="Asked for it")
        db.session.remove()
    browser.submit(f"{path}/undo", {})
    work(browser)
    assert "1 row was about somebody erased since: nothing of that came back." in browser.get(path).words


def test_pressing_write_on_two_pages_writes_once(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    path = bring(browser, "institutions", table_of(founding_table()[:2]))
    first, second = browser.get(path), browser.get(path)
    browser.post(f"{path}/apply", first.form_values(f"{path}/apply"))
    refused = browser.post(f"{path}/apply", second.form_values(f"{path}/apply"), status=409)
    assert "This import is applying by now" in refused.words
    work(browser)
    assert len(browser.get("/members").rows()) == 2


def test_what_is_wrong_with_a_file_stands_beside_the_file(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.submit("/imports/new", {"kind": "", "table": (io.BytesIO(b"Name\nICS\n"), "a.csv")}, status=200)
    assert "A table of: Please choose one." in page.words
    for content, words in (
        (b'Name,Kind\n"ICS,x\n', "A quotation mark opened on line 2 is never closed."),
        (b"%PDF-1.7\n", "By its content this file is none of these: CSV table and Excel table."),
    ):
        sent = {"kind": "institutions", "table": (io.BytesIO(content), "a.csv")}
        assert words in browser.submit("/imports/new", sent, status=200).words


def test_columns_show_samples_and_a_needed_key(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    content = table_of([{"Bezeichnung": "ICS", "Ort": "Illkirch"}, {"Bezeichnung": "CNR", "Ort": "Rome"}])
    brought = browser.submit("/imports/new", {"kind": "institutions", "table": (io.BytesIO(content), "a.csv")})
    path = str(brought.response.location)
    shown = browser.follow(brought)
    assert "ICS \u00b7 CNR" in shown.words
    assert "An empty cell leaves alone what stands." in shown.words
    refused = browser.post(path, shown.form_values(), status=200)
    assert "nothing could be found or added by it" in refused.words


def test_a_file_of_a_hundred_thousand_rows_may_be_sent(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    content = b"Name,Kind,Country,Notes\n" + b"Institution of Length,Funder,FR," + b"x" * 180 + b"\n"
    content += b"".join(b"Centre %d,Funder,FR,%s\n" % (number, b"x" * 170) for number in range(99_999))
    assert len(content) > 18 * MEGABYTE
    shown = browser.get("/imports/new").form_values()
    boundary, body = encode_multipart(
        {**shown, "kind": "institutions", "table": FileStorage(io.BytesIO(content), "a.csv")}
    )
    sent = browser.client.post("/imports/new", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert "100,000 rows of institutions" in browser.follow(Page(sent)).words


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.FINANCE])
def test_nobody_else_imports(browser: Browser, role: Role):
    sign_in(browser, role)
    assert "Import" not in browser.get("/members").words
    for path in ("/imports", "/imports/new", "/imports/1", "/imports/1/columns", "/imports/1/rows"):
        browser.get(path, 403)


def test_an_import_that_does_not_exist_is_not_found(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    for path in ("/imports/777777777", "/imports/777777777/columns", "/imports/777777777/rows"):
        browser.get(path, 404)


def test_the_whole_register_goes_only_to_who_may_read_all_of_it(browser: Browser):
    with browser.app.app_context():
        ics = institution()
        person(ics)
        db.session.remove()
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=ics.id))
    assert "Whole register" not in browser.get("/members").words
    browser.get("/register/institutions?format=csv", 403)
    sign_in(browser, Role.FINANCE)
    assert b"Institut Clinique" in downloaded(browser, "/register/institutions?format=csv")
    browser.get("/register/people?format=csv", 403)
    browser.get("/register/representatives?format=csv", 403)
    browser.get("/register/contact_routes?format=csv", 403)
    sign_in(browser, Role.AUDITOR)
    assert b"Person,Name,E-mail" in downloaded(browser, "/register/representatives?format=csv")
    assert b"Ferronays" in downloaded(browser, "/register/people?format=csv")
    assert downloaded(browser, "/register/people?format=xlsx").startswith(b"PK")
    browser.get("/register/secrets", 404)


def test_lists_of_imports_and_of_their_rows_ask_the_same_number_of_statements(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    assert "No imports yet" in browser.get("/imports").words
    small = bring(browser, "institutions", table_of(founding_table()[:1]))
    few = asked_by(browser, "/imports", rows=1)
    large = bring(browser, "institutions", table_of(founding_table()))
    bring(browser, "institutions", table_of(founding_table()[:3]))
    assert asked_by(browser, "/imports", rows=3) == few
    assert asked_by(browser, small, rows=1) == asked_by(browser, large, rows=23)


def asked_by(browser: Browser, path: str, rows: int) -> int:
    """How many statements a page sends, which shows so many rows."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with browser.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        page = browser.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(page.rows()) == rows
    return len(sent)
