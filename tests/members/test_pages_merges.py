"""The pages of merging: choosing, the preview that says what it does, the merge, its page, and undoing it."""

from __future__ import annotations

import pytest

from app.core.database import db
from app.core.permissions import Role
from app.members.rules import Purpose
from app.web.requests import House
from tests.client import Browser
from tests.members.world import institution, member, person, voice
from tests.signin import sign_in


@pytest.fixture
def pair(app: House) -> tuple[int, int]:
    """The one that stays and the one that goes, with a member, a person and a voice."""
    with app.app_context():
        stays = institution(country="FR")
        goes = institution("MRC Harwell", "Harwell", country="GB")
        member(goes)
        voice(person(goes), goes, Purpose.BILLING)
        ids = stays.id, goes.id
        db.session.remove()
    return ids


def test_a_merge_is_previewed_done_and_undone(browser: Browser, pair: tuple[int, int]):
    stays, goes = pair
    sign_in(browser, Role.SECRETARIAT)
    path = f"/members/{stays}/merge"
    preview = browser.follow(browser.submit(path, {"merged_id": str(goes)}))
    assert preview.heading == "Merge MRC Harwell into Institut Clinique de la Souris"
    assert ["Memberships", "1"] in [[row[0].split(" ·")[0], row[1]] for row in preview.rows()]
    assert "France" in preview.words
    assert "United Kingdom" in preview.words
    done = browser.follow(browser.submit(f"{path}/{goes}", {"country": "merged", "reason": "One and the same"}))
    assert "MRC Harwell is merged into Institut Clinique de la Souris." in done.words
    assert "Partner, United Kingdom." in done.words
    tombstone = browser.get(f"/members/{goes}")
    said = "Merged into Institut Clinique de la Souris on 24 May 2016. One and the same"
    assert said in tombstone.words.replace("\xa0", " ")
    assert "Merged into it" in browser.get(f"/members/{stays}/names").words
    (undo,) = {str(href) for href in tombstone.tree.xpath("//a/@href") if str(href).endswith("/undo")}
    back = browser.follow(browser.submit(undo, {"reason": "They are two"}))
    assert (back.heading, "Active" in back.words) == ("MRC Harwell", True)


def test_what_forbids_a_merge_is_said_before_and_after_trying(browser: Browser, app: House, pair: tuple[int, int]):
    stays, goes = pair
    with app.app_context():
        member(db.session.get_one(type(institution("Third", "TH")), stays))
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    path = f"/members/{stays}/merge/{goes}"
    assert "Both have memberships of one class on 24 September 2011." in browser.get(path).words
    refused = browser.submit(path, {"reason": "Try"}, status=200)
    assert "End one of them the day before" in refused.words
    assert browser.get(f"/members/{goes}").heading == "MRC Harwell"


def test_a_wrong_choice_or_a_record_that_is_not_there_is_no_fault(browser: Browser, pair: tuple[int, int]):
    stays, _ = pair
    sign_in(browser, Role.SECRETARIAT)
    assert (
        "This is not one of the choices."
        in browser.submit(f"/members/{stays}/merge", {"merged_id": str(stays)}, status=200).words
    )
    browser.get(f"/members/{stays}/merge/999", 404)
    browser.get("/members/merges/999/undo", 404)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.FINANCE])
def test_who_only_reads_merges_nothing(browser: Browser, pair: tuple[int, int], role: Role):
    stays, goes = pair
    sign_in(browser, role)
    browser.get(f"/members/{stays}/merge/{goes}", 403)
    assert "Merge another" not in browser.get(f"/members/{stays}").words
