"""Pages of imports of lines: from a dirty file to the catalogue by the pages alone, and who may open them."""

from __future__ import annotations

import csv
import io

import pytest

from app.core.database import db
from app.core.permissions import Role
from app.lines.commands.places import add_consortium
from app.lines.commands.strains import add_strain
from app.outbox.work import run_due_jobs
from tests.client import Browser
from tests.lines.line_files import AKT2, colony, production, project_report
from tests.members.world import OFFICE, institution, statements
from tests.signin import in_office, sign_in


def bring(browser: Browser, content: bytes, name: str = "imits.csv") -> str:
    """Bring a file; the address of its import after the dry run."""
    done = browser.submit("/lines/imports/new", {"table": (io.BytesIO(content), name)})
    shown = browser.follow(done)
    assert "rows read" in shown.words
    work(browser)
    return str(done.response.location)


def work(browser: Browser) -> None:
    """Let the worker do what waits."""
    with browser.app.app_context():
        run_due_jobs()
        db.session.remove()


@pytest.fixture
def secretariat(browser: Browser) -> Browser:
    """Somebody of the secretariat, where a centre, a strain and a consortium are on record."""
    with browser.app.app_context():
        institution("Wellcome Trust Sanger Institute", "WTSI", country="GB")
        db.session.remove()
    in_office(browser, lambda: (add_strain("C57BL/6N", actor=OFFICE), add_consortium("BaSH", "BaSH", actor=OFFICE)))
    sign_in(browser, Role.SECRETARIAT)
    return browser


def test_a_dirty_export_is_answered_and_written_by_the_pages_alone(secretariat):
    rows = [colony("one"), colony("two", centre="Wellcome Sanger Inst"), colony("three", background_strain="B6N")]
    rows += [colony("four", gene_mgi_id="12")]
    path = bring(secretariat, production(*rows))
    shown = secretariat.get(path)
    assert "2 spellings are unknown, in 2 rows." in shown.words
    assert [(row[0], row[2]) for row in shown.rows()] == [
        ("four", "Refused"),
        ("two", "Asked"),
        ("three", "Asked"),
        ("one", "Added"),
    ]
    asked = secretariat.get(f"{path}/spellings")
    fields = asked.form_values()
    names = sorted(name for name in fields if name.startswith("spelling_"))
    choices = {name: asked.tree.xpath(f"//select[@name='{name}']/option/text()") for name in names}
    (centre,) = (name for name in names if "It is Wellcome Trust Sanger Institute" in choices[name])
    (strain,) = (name for name in names if name != centre)
    assert "Add it: a new background strain" in choices[strain]
    (value,) = asked.tree.xpath(f"//select[@name='{centre}']/option[contains(., 'Sanger')]/@value")
    secretariat.follow(secretariat.post(f"{path}/spellings", fields | {centre: value, strain: "new"}))
    work(secretariat)
    shown = secretariat.get(path)
    assert "3 rows can be written." in shown.words
    assert "Nothing is asked" in secretariat.get(f"{path}/spellings").words
    secretariat.follow(secretariat.press(path, f"{path}/apply"))
    work(secretariat)
    assert "Written by" in secretariat.get(path).words
    listed = secretariat.get("/lines/imports").rows()[0]
    assert [listed[place] for place in (2, 3, 4, 7)] == ["Written", "4", "3", "1"]


def test_the_report_and_the_file_of_an_import_can_be_downloaded(secretariat):
    content = project_report((*AKT2, "EPD1"), (*AKT2,)).replace(b"Akt2\t", b"Akt2 \xe9\t")
    path = bring(secretariat, content, "KOMP_Allele.rpt")
    report = secretariat.client.get(f"{path}?format=csv").data.decode("utf-8-sig")
    heads, *rows = csv.reader(io.StringIO(report))
    assert heads == ["Row", "Line", "Outcome", "What and why"]
    assert [(row[1], row[2]) for row in rows] == [("5", "Refused"), ("4", "Added")]
    sent = secretariat.client.get(f"{path}/file")
    assert sent.data == content
    assert "KOMP_Allele.rpt" in sent.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"%PDF-1.4", "none of those that can be read"), (b"a,b\n1,2\n", "none of those"), (b"", "The file is empty")],
)
def test_what_is_no_such_file_is_said_beside_the_field(secretariat, content, words):
    shown = secretariat.submit("/lines/imports/new", {"table": (io.BytesIO(content), "x.csv")}, status=200)
    assert words in shown.words
    assert secretariat.get("/lines/imports").rows() == []


def test_nothing_answered_is_said_and_an_import_put_aside_is_seen_as_such(secretariat):
    path = bring(secretariat, production(colony(centre="Nowhere")))
    fields = secretariat.get(f"{path}/spellings").form_values()
    assert "Nothing is answered" in secretariat.post(f"{path}/spellings", fields, status=200).words
    secretariat.follow(secretariat.press(path, f"{path}/discard"))
    assert "This import was discarded." in secretariat.get(path).words


@pytest.mark.parametrize("role", [None, Role.FINANCE, Role.AUDITOR])
def test_who_may_not_import_lines_sees_no_import(secretariat, role):
    path = bring(secretariat, production(colony()))
    sign_in(secretariat, *([role] if role else []))
    for each in (path, f"{path}/file", f"{path}/spellings", "/lines/imports", "/lines/imports/new"):
        assert secretariat.client.get(each).status_code in {403, 404}


def test_the_page_takes_as_many_statements_for_one_row_as_for_twenty(secretariat):
    counts = []
    for rows in ([colony("one")], [colony(f"c{number}") for number in range(20)]):
        path = bring(secretariat, production(*rows))
        with secretariat.app.app_context(), statements() as sent:
            secretariat.get(path)
        counts.append(len(sent))
    assert counts[0] == counts[1]
