"""The pages of templates, of the rule table and of parties to masters, as their users meet them."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.agreements.models import AgreementTemplate, MasterParty, TemplateRule
from app.agreements.rules import TemplateKind
from app.core.database import db
from app.core.permissions import Role
from app.members.rules import InstitutionKind
from app.web.requests import House
from tests.agreements.templated import rule, template
from tests.client import Browser
from tests.committees.test_pages import measured
from tests.members import world
from tests.papers import needs_pango, page_texts
from tests.signin import sign_in

LIST, RULES = "/agreements/templates", "/agreements/templates/rules"
TYPED = {
    "code": "IMPC-MTA",
    "title": "Agreement of the consortium",
    "kind": "consortium",
    "first_day": "1 January 2015",
    "body": "# Transfer\n{provider} gives {recipient} {material}.\n\n# Law\n- {law}",
    "onward": "with_consent",
    "commercial": "forbidden",
    "at_end": "destroy",
    "law": "England and Wales",
    "decision": "SC-2014-009",
}


@pytest.fixture
def ids(app: House) -> dict[str, int]:
    """A template, a master with its letter, two institutions, and two rows of the table."""
    with app.app_context():
        of, company = world.institution(), world.institution("Company", "Co", kind=InstitutionKind.CORPORATION)
        plain, master = template(code="MTA"), template(TemplateKind.MASTER, "MASTER")
        letter = template(TemplateKind.LETTER, "LETTER", master=master)
        first = rule(letter, recipient_kind=InstitutionKind.CORPORATION)
        second = rule(plain, provider_id=of.id)
        made = {"of": of.id, "company": company.id, "plain": plain.id, "master": master.id, "letter": letter.id}
        made |= {"first": first.id, "second": second.id}
        db.session.remove()
    return made


def test_the_mta_group_adds_a_template_and_reads_it_with_sample_parties(browser: Browser):
    sign_in(browser, Role.AGREEMENTS)
    assert "No templates yet" in browser.get(LIST).words
    wrong = browser.submit(f"{LIST}/new", TYPED | {"body": "Fine.\n{institute}"}, status=200)
    assert wrong.words.count("Line 2: nobody fills in {institute}.") == 2
    shown = browser.follow(browser.submit(f"{LIST}/new", TYPED))
    assert "1 Transfer {provider} gives {recipient} {material}." in shown.words
    sample = browser.get(str(shown.tree.xpath("//a[normalize-space()='With sample parties']/@href")[0]))
    wanted = "Institute of the provider gives Institute of the recipient Gene<tm1a(PIPELINE)Lab>."
    assert wanted in sample.words
    assert "2 Law \u2013 England and Wales" in sample.words


@needs_pango
def test_a_sample_is_handed_out_as_a_paper(browser: Browser, ids: dict[str, int], app: House):
    sign_in(browser, Role.AUDITOR)
    shown = browser.get(f"{LIST}/{ids['letter']}")
    with browser.client.get(str(shown.tree.xpath("//a[normalize-space()='PDF']/@href")[0])) as answer:
        assert "Implementing letter" in page_texts(answer.data)[0]
    with app.app_context():
        assert db.session.get_one(AgreementTemplate, ids["letter"]).master_id == ids["master"]


def test_who_reads_templates_changes_none_and_others_do_not_know_of_them(browser: Browser, ids: dict[str, int]):
    record = f"{LIST}/{ids['plain']}"
    verbs = [f"{record}/{verb}" for verb in ("adopt", "rename", "retire")]
    verbs += [f"{LIST}/new", f"{RULES}/new", f"{RULES}/{ids['first']}/change", f"{LIST}/{ids['master']}/parties/new"]
    sign_in(browser, Role.AUDITOR)
    page = browser.get(record)
    assert not any(page.has_action(each) for each in verbs)
    for each in verbs:
        browser.get(each, status=403)
    sign_in(browser, Role.FINANCE)
    for each in (LIST, record, RULES):
        browser.get(each, status=403)
    sign_in(browser, Role.SECRETARIAT)
    browser.get(f"{LIST}/999999", status=404)


def test_a_version_is_adopted_renamed_retired_and_used_again(browser: Browser, ids: dict[str, int]):
    sign_in(browser, Role.SECRETARIAT)
    record = f"{LIST}/{ids['plain']}"
    told = browser.submit(f"{record}/adopt", {"body": "# Other", "first_day": "1 September 2016"})
    assert "Version 2 is adopted from 1 September 2016." in browser.follow(told).words.replace("\u00a0", " ")
    assert "1 Other" not in browser.get(record).words
    assert "1 Other" in browser.get(f"{record}?on=2016-09-01").words
    browser.submit(f"{record}/rename", {"title": "Short agreement"})
    browser.submit(f"{record}/retire", {"retired_on": "1 October 2016", "reason": "Replaced"})
    assert "Short agreement Retired" in browser.get(f"{record}?on=2016-10-01").words
    browser.submit(f"{record}/reinstate", {"reason": "Still needed"})
    assert "Short agreement In force" in browser.get(f"{record}?on=2016-10-01").words


def test_the_table_says_which_row_matched_and_why_each_before_it_did_not(browser: Browser, ids: dict[str, int]):
    sign_in(browser, Role.AGREEMENTS)
    found = browser.get(f"{RULES}?provider=ICS&recipient=&lines=&pipeline=&allele_class=&repository=&day=")
    assert "Row 2 proposes MTA." in found.words
    assert ["Row 1", "the recipient is a corporation", "LETTER", "Not this one: the recipient is no corporation."] in [
        [*row[:1], row[1].partition(" \u00b7 ")[0], *row[2:]] for row in found.rows()
    ]
    none = browser.get(f"{RULES}?provider=Co&recipient=ICS&day=2016-05-24")
    assert "No row matches." in none.words
    assert "Nothing you can choose here is called so" in browser.get(f"{RULES}?provider=Nobody").words
    assert "No line of the catalogue" in browser.get(f"{RULES}?lines=XYZ").words


def test_rows_are_added_changed_moved_and_ended(browser: Browser, ids: dict[str, int], app: House):
    sign_in(browser, Role.AGREEMENTS)
    browser.submit(f"{RULES}/new", {"template_id": str(ids["master"]), "first_day": "1 January 2016"})
    browser.press(RULES, f"{RULES}/{ids['second']}/up")
    change = f"{RULES}/{ids['second']}/change"
    browser.press(change, f"{RULES}/{ids['second']}/down")
    browser.press(change, f"{RULES}/{ids['second']}/up")
    browser.submit(change, {"pipeline": "KOMP", "reason": "Only these"})
    browser.submit(f"{RULES}/{ids['first']}/end", {"last_day": "30 June 2016", "reason": "Not needed"})
    with app.app_context():
        rows = {key: db.session.get_one(TemplateRule, ids[key]) for key in ("first", "second")}
        said = [(each.position, each.pipeline, str(each.last_day)) for each in rows.values()]
    assert said == [(2, None, "2016-06-30"), (1, "KOMP", "None")]
    assert "the provider is ICS, the pipeline is KOMP" in browser.get(RULES).words


def test_parties_join_and_leave_a_master_with_the_paper_that_proves_it(
    browser: Browser, ids: dict[str, int], app: House
):
    sign_in(browser, Role.SECRETARIAT)
    record = f"{LIST}/{ids['master']}"
    joining = {"institution_id": "ICS", "first_day": "1 March 2014", "evidence": (BytesIO(b"We join"), "join.txt")}
    browser.submit(f"{record}/parties/new", joining)
    with app.app_context():
        party = db.session.query(MasterParty).one().id
    with browser.client.get(f"{LIST}/parties/{party}/evidence") as answer:
        assert answer.data == b"We join"
    browser.submit(f"{LIST}/parties/{party}/correct", {"first_day": "1 April 2014", "reason": "Read again"})
    browser.submit(f"{LIST}/parties/{party}/leave", {"last_day": "31 March 2016", "reason": "Left"})
    assert "Withdrawn" in browser.get(record).words
    assert "Withdrawn" not in browser.get(f"{record}?on=2016-03-31").words
    browser.submit(f"{LIST}/parties/{party}/retract", {"reason": "Mistake"})
    assert "No institution has joined yet" in browser.get(record).words


def test_the_lists_ask_as_little_for_twenty_as_for_one(browser: Browser, app: House):
    sign_in(browser, Role.AUDITOR)
    with app.app_context():
        rule(template())
        db.session.remove()
    for path in (LIST, RULES):
        browser.get(path)
    before = [measured(browser, path) for path in (LIST, RULES)]
    with app.app_context():
        for _ in range(20):
            rule(template())
        db.session.remove()
    for path in (LIST, RULES):
        browser.get(path)
    assert [measured(browser, path) for path in (LIST, RULES)] == before
