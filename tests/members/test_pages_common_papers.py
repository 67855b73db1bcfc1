"""The page that adds one document to the chosen institutions: whom it names, what it refuses, where it leads."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.core.permissions import Role
from app.members.commands import Merging, merge_records
from app.members.rules import TwinKind
from tests.client import Browser, Page, count_rows
from tests.members.world import do, institution
from tests.signin import in_office, sign_in

PDF = b"%PDF-1.7 letter\n%%EOF"
TYPED = {"title": "Call of 2016", "kind": "letter", "dated": "2016-05-01"}


def settle(browser: Browser, number: int = 3) -> list[int]:
    """Some institutions, and the secretariat signed in; their ids."""
    with browser.app.app_context():
        ids = [institution(f"House {each:02}", f"H{each:02}").id for each in range(number)]
    sign_in(browser, Role.SECRETARIAT)
    return ids


def page_of(ids: list[int]) -> str:
    return "/members/add-document?" + "&".join(f"chosen={each}" for each in ids)


def send(browser: Browser, path: str, shown: Page | None = None, status: int = 302, **changed: Any) -> Page:
    """Send the form as it was shown, filled in, with the file or whatever is to be sent instead of it."""
    values = (shown or browser.get(path)).form_values() | TYPED | {"paper": letter()} | changed
    boundary, body = encode_multipart(values)
    sent = Page(browser.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}"))
    assert sent.status == status, sent.words
    return sent


def letter(content: bytes = PDF, name: str = "letter.pdf") -> FileStorage:
    return FileStorage(BytesIO(content), name)


def documents(browser: Browser) -> int:
    return in_office(browser, lambda: count_rows("institution_document"))


def test_the_page_names_the_chosen_and_adds_it_to_each(browser: Browser):
    ids = settle(browser)
    path = page_of(ids[:2])
    shown = browser.get(path)
    assert "2 institutions chosen" in shown.words
    assert "Add to 2 institutions" in shown.words
    assert shown.rows() == [["House 00"], ["House 01"]]
    after = browser.follow(send(browser, path, shown))
    assert (after.heading, "The document is added to 2 institutions." in after.words) == ("Institutions", True)
    for each, count in zip(ids, (1, 1, 0), strict=True):
        held = browser.get(f"/members/{each}/documents").words
        assert held.count("Call of 2016") == count


def test_everything_found_is_chosen_by_the_filter_and_only_the_first_are_named(browser: Browser):
    settle(browser, 22)
    shown = browser.get("/members/add-document?every=1&q=house")
    assert "22 institutions chosen" in shown.words
    assert (len(shown.rows()), "And 2 more." in shown.words) == (20, True)
    send(browser, "/members/add-document?every=1&q=house", shown)
    assert documents(browser) == 22


def test_sent_twice_it_is_added_once(browser: Browser):
    path = page_of(settle(browser))
    shown = browser.get(path)
    send(browser, path, shown)
    assert "sent twice, it was done once" in browser.follow(send(browser, path, shown)).words
    assert documents(browser) == 3


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(browser: Browser):
    path = page_of(settle(browser))
    for changed, said in (
        ({"paper": letter(b"", "")}, "Please choose a file."),
        ({"paper": letter(b"")}, "The file is empty."),
        ({"paper": letter(b"MZ\x90\x00\x03")}, "By its content this file is none of these"),
        ({"paper": letter(PDF + b" " * 10 * 1024 * 1024)}, "The file is larger than 10 MB."),
        ({"kind": ""}, "Please choose one."),
        ({"dated": "soon"}, "Write the day as 24 May 2016 or 2016-05-24."),
    ):
        page = send(browser, path, status=200, **changed)
        assert said in page.words
        assert page.form_values()["title"] == "Call of 2016"
    assert documents(browser) == 0


def test_a_file_that_a_page_cannot_keep_is_asked_for_again(browser: Browser):
    path = page_of(settle(browser))
    page = send(browser, path, status=200, kind="")
    assert "Choose the file again" in page.tree.xpath("string(//*[@id='paper-error'])")
    send(browser, path, page)
    assert documents(browser) == 3


def test_a_merger_meanwhile_is_told_and_the_form_sent_again_leaves_the_merged_out(browser: Browser):
    ids = settle(browser)
    path = page_of(ids)
    shown = browser.get(path)
    with browser.app.app_context():
        do(merge_records, Merging(TwinKind.INSTITUTION, ids[0], ids[2], "One house"))
    told = send(browser, path, shown, status=200)
    assert "What is chosen has changed meanwhile" in told.words
    assert ["House 02", "it was merged into House 00: add the document there"] in told.rows()
    assert documents(browser) == 0
    send(browser, path, told)
    assert documents(browser) == 2


def test_nothing_chosen_and_what_is_not_on_record_are_told(browser: Browser):
    settle(browser)
    for path in ("/members/add-document", "/members/add-document?every=1&q=nowhere"):
        page = browser.get(path)
        assert ("Nothing is chosen" in page.words, "Add document" in page.words) == (True, False)
        assert page.has_action("/members")
    told = send(browser, "/members/add-document?chosen=999999", status=200)
    assert "None of the chosen institutions can take a document." in told.words
    assert documents(browser) == 0


def test_who_may_not_add_a_document_to_one_may_not_to_many(browser: Browser):
    ids = settle(browser)
    sign_in(browser, Role.AUDITOR)
    browser.get(page_of(ids), 403)
    token = browser.get("/members").tree.xpath("string(//input[@name='csrf_token']/@value)")
    browser.post(page_of(ids), TYPED | {"csrf_token": token}, 403)
