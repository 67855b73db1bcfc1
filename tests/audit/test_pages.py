"""The trail on pages: who may see it, what it lists, and that it claims only what was checked."""

from sqlalchemy import update

from app.audit.commands import Personal, Subject, record
from app.audit.models import AuditEntry
from app.audit.subjects import register_subject
from app.core.actor import program
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.signin import sign_in

OFFICE = program("load-demo")


def change(app, *, summary="Renamed Baylor", count=1):
    with app.app_context(), transaction():
        for _ in range(count):
            record(
                "members.rename",
                Subject("test_record", 3),
                summary=summary,
                before={"name": "A", "contact": Personal("Odile", 7)},
                after={"name": "B", "contact": Personal("Lucan", 7)},
                reason="letter of 15 October",
                actor=OFFICE,
            )


def test_the_secretariat_reads_the_trail(app, browser):
    change(app)
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/audit?words=baylor")
    assert page.heading == "Audit trail"
    row = page.rows()[0]
    assert "Renamed Baylor" in " ".join(row)
    assert "Test record 3" in " ".join(row)


def test_an_auditor_reads_the_trail_and_others_do_not(app, browser):
    sign_in(browser, Role.AUDITOR)
    browser.get("/audit")
    sign_in(browser, Role.FINANCE)
    browser.get("/audit", 403)
    browser.get("/audit/1", 403)


def test_an_entry_shows_before_and_after_and_its_seal(app, browser):
    change(app)
    sign_in(browser, Role.SECRETARIAT)
    link = browser.get("/audit?words=baylor").tree.xpath("//tbody//a/@href")[0]
    page = browser.get(link)
    assert page.rows() == [["Name", "A", "B"], ["Contact", "Odile", "Lucan"]]
    assert "letter of 15 October" in page.words
    assert "Chain intact" in page.words


def test_a_changed_entry_says_that_its_chain_is_broken(app, browser):
    change(app)
    with app.app_context(), transaction():
        db.session.execute(update(AuditEntry).where(AuditEntry.sequence == 1).values(summary="Something else"))
    sign_in(browser, Role.SECRETARIAT)
    assert "Chain broken" in browser.get("/audit/1").words


def test_an_entry_that_is_not_there_is_not_found(app, browser):
    sign_in(browser, Role.SECRETARIAT)
    browser.get("/audit/999999", 404)


def test_the_list_costs_the_same_with_one_and_with_twenty_rows(app, browser):
    sign_in(browser, Role.SECRETARIAT)
    browser.get("/audit?words=nothing")
    change(app)
    few = statements(app, browser, "/audit?words=baylor")
    change(app, count=19)
    assert statements(app, browser, "/audit?words=baylor") == few


def statements(app, browser, path):
    """How many statements a page takes."""
    from sqlalchemy import event

    seen = []
    with app.app_context():
        engine = db.engine
    listener = lambda *arguments: seen.append(arguments[2])  # noqa: E731 - SQLAlchemy takes a function
    event.listen(engine, "before_cursor_execute", listener)
    browser.get(path)
    event.remove(engine, "before_cursor_execute", listener)
    return len(seen)


def test_the_trail_is_exported(app, browser):
    change(app)
    sign_in(browser, Role.AUDITOR)
    answer = browser.get("/audit?words=baylor&format=csv").response
    assert "Renamed Baylor" in answer.get_data(as_text=True)
    sheet = browser.get("/audit?format=xlsx").response
    assert sheet.get_data().startswith(b"PK")
    sheet.close()


def test_a_wrong_filter_is_named_and_left_out(app, browser):
    change(app)
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/audit?first_day=31+31+2016&kind=nonsense")
    assert "This filter was left out." in page.words


def test_a_registered_record_leads_to_its_page(app, browser):
    register_subject("test_record", "Test record", "audit.trail", "page")
    change(app)
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/audit?kind=test_record")
    assert page.tree.xpath("//tbody//a[starts-with(normalize-space(), 'Test record')]/@href")
