"""The public form and its links, the desk of applications, and what each role sees of them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.commands import adopt_profile
from app.core.database import db
from app.core.permissions import Role
from app.members.commands import CriterionFacts, InstitutionFacts, add_class, adopt_criterion, take_up_applicant
from app.members.models import Person
from app.members.rules import Check, ClassFacts, CriterionKind, InstitutionKind
from app.web.requests import House
from tests.billing.world import PROFILE
from tests.client import Browser, Page, count_rows
from tests.conftest import TODAY
from tests.members.applying import (
    admitted,
    application_form,
    confirmed,
    last_link,
    officer,
    open_the_door,
    under_review,
)
from tests.members.world import class_id, do, institution, statements
from tests.signin import sign_in


@pytest.fixture
def open_house(app: House) -> House:
    """The application with the door for applicants open, and a criterion they are to declare."""
    with app.app_context():
        open_the_door()
        do(adopt_criterion, CriterionFacts("It shares its lines", CriterionKind.SAID, TODAY))
        do(adopt_criterion, CriterionFacts("It runs a clinic", CriterionKind.JUDGED, TODAY))
        db.session.remove()
    return app


def typed(app: House, **more: Any) -> dict[str, Any]:
    """The whole public form, with somebody who votes."""
    voter = {
        "country": "NO",
        "voting_given_name": "Ingrid",
        "voting_family_name": "Solberg",
        "voting_email": "ingrid@fjord.example",
    }
    return application_form(app, **voter | more)


def labels(page: Page) -> dict[str, str]:
    """The words of the label of each field."""
    return {each.get("for"): " ".join(each.text_content().split()) for each in page.tree.xpath("//main//label")}


def plan() -> tuple[io.BytesIO, str]:
    """A file to send."""
    return io.BytesIO(b"%PDF-1.7 plan\n%%EOF"), "plan.pdf"


def token_of(app: House) -> str:
    with app.app_context():
        token = last_link()
        db.session.remove()
    return token


def rows_of(app: House, table: str) -> int:
    with app.app_context():
        number = count_rows(table)
        db.session.remove()
    return number


def a_case(app: House) -> int:
    with app.app_context():
        case = confirmed()
        number: int = case.id
        db.session.remove()
    return number


def test_the_form_is_not_there_while_the_door_is_shut(browser: Browser):
    browser.get("/apply", 404)


def test_anybody_applies_and_confirms_by_the_link_and_only_then_is_it_seen(open_house: House):
    visitor, office = Browser(open_house), Browser(open_house)
    sent = visitor.follow(visitor.submit("/apply", typed(open_house)))
    assert sent.heading == "Look into your mail"
    sign_in(office, Role.SECRETARIAT)
    assert "No applications yet" in office.get("/applications").words
    link = f"/apply/confirm/{token_of(open_house)}"
    assert "Fjord Mouse Clinic" in visitor.get(link).words
    assert visitor.follow(visitor.submit(link, {})).words.count("A-2016-001") == 1
    assert "This link no longer works" in visitor.get(link, 410).words
    assert office.get("/applications").rows()[0][0].startswith("Fjord Mouse Clinic")


def test_what_was_typed_stays_when_something_is_wrong(open_house: House):
    visitor = Browser(open_house)
    wrong = typed(open_house, ror="01cwqze89", voting_email="", consents="")
    wrong.pop("consents")
    page = visitor.submit("/apply", wrong, status=200)
    assert "Name this person in full, or leave all three empty." in page.words
    assert "Without this we may not keep what you typed." in page.words
    assert page.form_values()["name"] == "Fjord Mouse Clinic"
    second = visitor.submit("/apply", typed(open_house, ror="01cwqze89"), status=200)
    assert "The check digits of this ROR are wrong" in second.words
    assert second.form_values()["voting_email"] == "ingrid@fjord.example"
    assert rows_of(open_house, "application") == 0


def test_what_is_wrong_with_a_person_says_whose_it_is(open_house: House):
    page = Browser(open_house).submit(
        "/apply", {"voting_email": "i@fjord.example", "billing_given_name": "Ada"}, status=200
    )
    assert "Family name of the voting representative: Name this person in full" in page.words
    assert "E-mail of the billing contact: Name this person in full" in page.words
    assert "Nothing was sent yet." in page.words
    assert "Nothing was changed" not in page.words


def test_what_is_wrong_is_told_in_the_order_of_the_fields(open_house: House):
    page = Browser(open_house).submit("/apply", {"ror": "1", "vat_number": "1"}, status=200)
    told = [str(link)[1:] for link in page.tree.xpath("//*[@data-errors]//a/@href")]
    assert {"kind", "class_id", "ror", "contact_name", "consents"} <= set(told)
    assert told == [each for each in map(str, page.tree.xpath("//main//*[@name]/@id")) if each in told]


def test_what_criteria_ask_for_or_what_is_part_of_a_person_is_not_if_any(open_house: House):
    visitor = Browser(open_house)
    before = labels(visitor.get("/apply"))
    assert (before["ror"], before["website"]) == ("ROR if any", "Website if any")
    assert before["voting_email"] == "E-mail of the voting representative"
    with open_house.app_context():
        for check, text, class_of in (
            (Check.ROR, "It has a ROR.", None),
            (Check.VOTING, "It names who votes", "partner"),
        ):
            class_for = class_id(class_of) if class_of else None
            do(adopt_criterion, CriterionFacts(text, CriterionKind.COMPUTED, TODAY, check=check, class_id=class_for))
        db.session.remove()
    page = visitor.get("/apply")
    assert (labels(page)["ror"], labels(page)["website"]) == ("ROR", "Website if any")
    assert "or the address at ror.org. Applicants are asked for it: It has a ROR." in page.words
    assert "Voting representative Votes for the institution." in page.words
    assert "Applicants are asked for it: It names who votes (Partner)." in page.words
    assert "Billing contact if any" in page.words
    visitor.submit("/apply", typed(open_house))


def test_an_applicant_is_asked_before_an_application_is_withdrawn(open_house: House):
    visitor = Browser(open_house)
    visitor.submit("/apply", typed(open_house))
    token = token_of(open_house)
    way = f"/apply/withdraw/{token}"
    assert visitor.get(f"/apply/confirm/{token}").has_action(way)
    page = visitor.get(way)
    assert page.heading == "Withdraw your application?"
    assert "cannot be taken back" in page.words
    assert page.has_action(f"/apply/confirm/{token}")
    assert visitor.follow(visitor.submit(way, {})).heading == "Your application is withdrawn"
    assert visitor.get(way, 410).heading == "This link no longer works"


def test_who_has_a_link_that_is_too_old_reads_where_to_write(open_house: House):
    visitor = Browser(open_house)
    assert "mailto:" not in visitor.get("/apply/confirm/nonsense", 410).response.get_data(as_text=True)
    with open_house.app_context():
        do(adopt_profile, TODAY, PROFILE)
        db.session.remove()
    for way in ("confirm/nonsense", "answer/nonsense", "withdraw/nonsense"):
        page = visitor.get(f"/apply/{way}", 410)
        assert page.has_action(f"mailto:{PROFILE.email}")
        assert "Nothing was changed" not in page.words


def test_the_answer_is_the_same_whether_the_institution_is_on_record_or_not(open_house: House):
    with open_house.app_context():
        institution("Fjord Mouse Clinic", "FMC", ror="01cwqze88")
        db.session.remove()
    one, two = Browser(open_house), Browser(open_house)
    known = one.follow(one.submit("/apply", typed(open_house, ror="01cwqze88")))
    other = two.follow(two.submit("/apply", typed(open_house, name="Nobody Knows", contact_email="n@k.example")))
    assert known.words == other.words


def test_the_fourth_application_with_one_address_waits_and_keeps_what_was_typed(open_house: House):
    visitor = Browser(open_house)
    for _ in range(3):
        visitor.submit("/apply", typed(open_house))
    page = visitor.submit("/apply", typed(open_house), status=200)
    assert "There were too many applications. Wait" in page.words
    assert page.form_values()["name"] == "Fjord Mouse Clinic"
    assert rows_of(open_house, "application") == 3


def test_a_form_without_its_token_is_refused(open_house: House):
    Browser(open_house).post("/apply", typed(open_house), 400 if open_house.config["WTF_CSRF_ENABLED"] else 302)


def test_an_applicant_answers_with_a_document_that_the_office_reads(open_house: House):
    office, visitor, case = Browser(open_house), Browser(open_house), a_case(open_house)
    sign_in(office, Role.SECRETARIAT)
    office.press(f"/applications/{case}", f"/applications/{case}/take")
    office.submit(f"/applications/{case}/ask", {"text": "Who keeps your mice?"})
    office.submit(f"/applications/{case}/note", {"text": "Our own doubts"})
    link = f"/apply/answer/{token_of(open_house)}"
    shown = visitor.get(link)
    assert "Who keeps your mice?" in shown.words
    assert "Our own doubts" not in shown.words
    wrong = {"text": "Ingrid does", "first": plan(), "second": (io.BytesIO(b"\x00"), "b.bin")}
    told = visitor.submit(link, wrong, status=200)
    assert "Choose the file again" in told.tree.xpath("string(//*[@id='first-error'])")
    assert "Choose the file again" not in told.tree.xpath("string(//*[@id='second-error'])")
    assert "Nothing was sent yet." in told.words
    assert told.has_action(link.replace("answer", "withdraw"))
    assert visitor.get(link.replace("answer", "withdraw")).has_action(link)
    visitor.submit(link, {"text": "Ingrid does", "first": plan()})
    page = office.get(f"/applications/{case}")
    assert "Under review" in page.words
    assert "Ingrid does" in page.words
    (document,) = page.tree.xpath("//a[text()='plan.pdf']/@href")
    assert office.client.get(document).data.startswith(b"%PDF-1.7 plan")
    assert Browser(open_house).client.get(document).status_code == 302


def test_a_sentence_ends_once_where_a_criterion_ends_in_a_full_stop(open_house: House):
    with open_house.app_context():
        do(adopt_criterion, CriterionFacts("It is no part of Mice Inc.", CriterionKind.JUDGED, TODAY))
    office, case = Browser(open_house), a_case(open_house)
    sign_in(office, Role.SECRETARIAT)
    office.press(f"/applications/{case}", f"/applications/{case}/take")
    assert "It is no part of Mice Inc. " in (told := office.get(f"/applications/{case}/admit").words)
    assert ".." not in told


def test_a_case_is_decided_and_joined_on_its_pages(open_house: House):
    office, case = Browser(open_house), a_case(open_house)
    sign_in(office, Role.SECRETARIAT, name="Odile Fennimore")
    home = f"/applications/{case}"
    office.press(home, f"{home}/take")
    judged = office.get(home).tree.xpath("//a[text()='Judge']/@href")
    office.submit(judged[1], {"is_met": "yes", "reason": "Seen on 2 May"})
    assert "Odile Fennimore: Seen on 2 May" in office.get(home).words
    office.submit(f"{home}/admit", {"decision": "D-2016-014", "reason": "Two centres speak for it"})
    for step, before in (("term", "Institution"), ("representatives", "Term"), ("seats", "Representatives")):
        early = office.get(f"{home}/{step}")
        assert f"First comes: {before}." in early.words
        assert not early.tree.xpath("//main//form")
    assert _main_buttons(office.get(home)) == ["Take up or choose"]
    office.submit(f"{home}/institution", {})
    assert "As was decided, by D-2016-014: Partner from 24 May 2016." in office.get(f"{home}/term").words
    office.submit(f"{home}/term", {})
    assert _main_buttons(office.get(home)) == ["Name them"]
    office.submit(f"{home}/representatives", {})
    assert "Gets an invitation to sign in: Ingrid Solberg, ingrid@fjord.example." in office.get(f"{home}/welcome").words
    with open_house.app_context():
        ingrid = db.session.scalars(select(Person.id)).one()
        db.session.remove()
    office.press(f"/people/{ingrid}", f"/people/{ingrid}/invite")
    welcome = office.get(f"{home}/welcome").words
    assert "Invited before, and not again: Ingrid Solberg." in welcome
    assert "Gets an invitation" not in welcome
    assert "Fjord Mouse Clinic" in office.get("/members").words
    letter = office.submit(f"{home}/welcome", {}, status=200)
    assert "Dear Ingrid Solberg," in letter.words
    office.post(f"{home}/welcome", letter.form_values())
    page = office.get(home)
    assert "Member as Partner from 24 May 2016." in page.words
    for step in ("institution", "institution/choose", "term", "representatives", "welcome"):
        done = office.get(f"{home}/{step}")
        assert "This was done already, by Odile Fennimore" in done.words
        assert not done.tree.xpath("//main//form")


def test_before_the_decision_no_step_of_joining_can_be_taken(open_house: House):
    office, case = Browser(open_house), a_case(open_house)
    sign_in(office, Role.SECRETARIAT)
    for step in ("institution", "term", "representatives", "invoice", "seats", "welcome"):
        page = office.get(f"/applications/{case}/{step}")
        assert "The steps of joining are taken after the decision to admit." in page.words
        assert not page.tree.xpath("//main//form")


def _main_buttons(page: Page) -> list[str]:
    return [str(each.text_content()) for each in page.tree.xpath("//main//*[contains(@class, 'btn-primary')]")]


def test_a_letter_that_was_changed_is_shown_again_before_it_is_sent(open_house: House):
    office, case = Browser(open_house), a_case(open_house)
    sign_in(office, Role.SECRETARIAT)
    office.press(f"/applications/{case}", f"/applications/{case}/take")
    ruling = {"decision": "D-2016-015", "reason": "No mice"}
    shown = office.submit(f"/applications/{case}/decline", ruling, status=200)
    again = office.post(f"/applications/{case}/decline", {**shown.form_values(), "body": "No, {name}."}, 200)
    assert "No, Ingrid Solberg." in again.words
    wrong = office.post(f"/applications/{case}/decline", {**shown.form_values(), "body": "No, {nam}."}, 200)
    assert "Nobody fills in {nam}." in wrong.words
    office.post(f"/applications/{case}/decline", again.form_values())
    assert "Declined" in office.get(f"/applications/{case}").words
    assert rows_of(open_house, "mail") == 2


def test_the_secretariat_enters_one_and_the_auditor_only_reads(open_house: House):
    office, auditor = Browser(open_house), Browser(open_house)
    sign_in(office, Role.SECRETARIAT)
    sign_in(auditor, Role.AUDITOR)
    entered = office.follow(office.submit("/applications/new", typed(open_house)))
    assert "It is entered as A-2016-001." in entered.words
    (home,) = auditor.get("/applications").tree.xpath("//tbody//a/@href")
    assert not auditor.get(home).tree.xpath("//main//form[@method='post']")
    for path in ("note", "ask", "admit", "decline", "owner", "institution", "term", "welcome", "withdraw"):
        auditor.get(f"{home}/{path}", 403)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AGREEMENTS])
def test_nobody_else_opens_applications(open_house: House, role: Role):
    other, case = Browser(open_house), a_case(open_house)
    sign_in(other, role)
    other.get("/applications", 403)
    other.get(f"/applications/{case}", 403)


def test_the_list_takes_as_many_statements_for_one_as_for_twenty(open_house: House):
    office = Browser(open_house)
    sign_in(office, Role.SECRETARIAT)
    counts = []
    for number in (1, 19):
        with open_house.app_context():
            for each in range(number):
                confirmed(contact_email=f"a{number}{each}@fjord.example") if each < 9 else None
            db.session.remove()
        with open_house.app_context(), statements() as sent:
            office.get("/applications")
            counts.append(len(sent))
    assert counts[0] == counts[1]


def test_criteria_are_adopted_and_ended_under_settings(open_house: House):
    office = Browser(open_house)
    sign_in(office, Role.SECRETARIAT)
    wrong = office.submit("/settings/criteria/new", {"text": "It has a ROR", "kind": "computed"}, status=200)
    assert "Choose what the program checks." in wrong.words
    right = {"text": "It has a ROR", "kind": "computed", "check": "ror"}
    page = office.follow(office.submit("/settings/criteria/new", right))
    assert "Checked by the program: Has a ROR" in page.words
    (end, *_) = page.tree.xpath("//a[text()='End']/@href")
    office.submit(end, {"last_day": "24 May 2016"})


def test_ids_that_are_made_up_are_not_found(open_house: House):
    office = Browser(open_house)
    sign_in(office, Role.SECRETARIAT)
    for path in ("999", "999/note", "999/institution", "999/representatives", "999/documents/3"):
        office.get(f"/applications/{path}", 404)


def test_nobody_wishes_for_or_is_admitted_in_a_class_no_longer_offered(open_house: House):
    with open_house.app_context():
        do(add_class, ClassFacts("Founder", votes=True, is_billed=False, is_offered=False))
        case = admitted(officer())
        reviewed = under_review(officer("Quentin Ashdown"), contact_email="late@fjord.example")
        do(take_up_applicant, case.id, InstitutionFacts("Fjord", "F", InstitutionKind.RESEARCH_CENTRE, "NO"))
        paths = ["/apply", f"/applications/{reviewed.id}/admit", f"/applications/{case.id}/term"]
        db.session.remove()
    browser = Browser(open_house)
    sign_in(browser, Role.SECRETARIAT)
    for path in paths:
        words = browser.get(path).tree.xpath("//select[@name='class_id']/option/text()")
        assert words == ["Choose one", "Funder", "Partner", "Observer"], path
