"""All that is held about a person: who may read it and take it away, and that nothing of it is left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from app.accounts.commands import RoleFor
from app.audit.models import AuditEntry
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.files.commands import store_file
from app.members.commands import Merging, add_route, merge_records, note, set_photo
from app.members.models import Person
from app.members.rules import Purpose, RouteFacts, RouteKind, RoutePurpose, TwinKind
from app.outbox.commands import Address, send_mail
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import committee, seat, sign_in_as, sits
from tests.members.world import LAUNCH, do, institution, person, voice
from tests.papers import page_texts
from tests.signin import in_office, sign_in
from tests.trailed import beside_the_trail


@dataclass(frozen=True)
class World:
    """The ids of a person of whom everything is on record, of their user, and of a colleague."""

    at: int
    who: int
    user: int
    colleague: int


@pytest.fixture
def world(app: House) -> World:
    """Someone with a place, an office, a seat, routes, a photo and mails with a document."""
    with app.app_context():
        at = institution()
        who, colleague = person(at), person(at, "Isolde", "Marchbanks")
        voice(who, at, Purpose.BILLING)
        do(add_route, who.id, RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, "invoices@ics.example", LAUNCH))
        made = BytesIO()
        Image.new("RGB", (64, 64), "navy").save(made, "PNG")
        do(set_photo, who.id, made.getvalue())
        with transaction():
            sits(seat(committee()), who)
            _write_mails()
        found = World(at.id, who.id, who.user_id, colleague.id)
        db.session.remove()
    return found


def _write_mails() -> None:
    paper = store_file(b"%PDF-1.7 your letter", "application/pdf", "Letter ../of 2016.pdf")
    send_mail(Address("Thibault Ferronays", "thibault.ferronays@ics.example"), "Hello", "Dear you", [paper.id])
    send_mail(Address("Isolde Marchbanks", "isolde.marchbanks@ics.example"), "Secret", "Not yours")


def told_on(paper: bytes) -> str:
    """All words of a paper, with single spaces."""
    return " ".join(" ".join(page_texts(paper)).split())


def taken_away(browser: Browser, page: str, action: str) -> ZipFile:
    """The file that a page's button hands out."""
    sent = browser.client.post(action, data=browser.get(page).form_values(action))
    assert (sent.status_code, sent.mimetype) == (200, "application/zip")
    return ZipFile(BytesIO(sent.get_data()))


def test_the_file_has_everything_as_json_paper_photo_and_documents(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}/data"
    archive = taken_away(browser, path, f"{path}/export")
    assert archive.testzip() is None
    told = json.loads(archive.read("personal-data.json"))
    titles = {held["title"]: held for held in told["holdings"]}
    assert set(titles) == {
        "Person", "Contact routes", "Places", "Represents", "Seats on committees", "User", "Roles", "Mails",
        "Values in the audit trail",
    }  # fmt: skip
    assert titles["Person"]["rows"][0]["Family name"] == "Ferronays"
    assert [row["Route"] for row in titles["Contact routes"]["rows"]] == ["invoices@ics.example"]
    assert [row["Text"] for row in titles["Mails"]["rows"]] == ["Dear you"]
    assert [row["Role"] for row in titles["Roles"]["rows"]] == ["Committee member", "Representative"]
    assert any(row["Value"] == "Thibault" for row in titles["Values in the audit trail"]["rows"])
    assert all(held["why"] and held["erasure"] for held in told["holdings"])
    with Image.open(BytesIO(archive.read("photo.jpg"))) as photo:
        assert photo.size == (64, 64)
    paper = told_on(archive.read("personal-data.pdf"))
    assert "All that is held about Thibault Ferronays" in paper
    assert "invoices@ics.example" in paper


def test_the_photo_of_who_was_merged_into_somebody_is_in_the_file_too(browser: Browser, world: World):
    with browser.app.app_context():
        twin, made = person(institution("Third", "T"), "Theo", "Ferronays"), BytesIO()
        Image.new("RGB", (32, 32), "red").save(made, "PNG")
        do(set_photo, twin.id, made.getvalue())
        do(merge_records, Merging(TwinKind.PERSON, world.who, twin.id, "The same"))
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}/data"
    archive = taken_away(browser, path, f"{path}/export")
    pictures = [Image.open(BytesIO(archive.read(name))).size for name in ("photo.jpg", "photo-2.jpg")]
    assert pictures == [(64, 64), (32, 32)]


def test_documents_lie_beside_it_under_safe_names(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}/data"
    archive = taken_away(browser, path, f"{path}/export")
    letters = [name for name in archive.namelist() if name.startswith("documents/")]
    assert [archive.read(name) for name in letters] == [b"%PDF-1.7 your letter"]
    assert not [name for name in archive.namelist() if ".." in name.split("/")]


def test_nothing_of_somebody_else_is_in_the_file(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}/data"
    archive = taken_away(browser, path, f"{path}/export")
    assert b"Marchbanks" not in archive.read("personal-data.json")
    assert b"Not yours" not in archive.read("personal-data.json")


def test_the_places_where_texts_name_somebody_are_handed_out_without_the_texts(browser: Browser, world: World):
    with browser.app.app_context():
        do(note, world.at, "Thibault Ferronays and Isolde quarrelled")
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}/data"
    page = browser.get(path)
    assert ["Institut Clinique de la Souris", "Note"] in page.rows()
    assert page.has_action(f"/members/{world.at}/documents")
    told = json.loads(taken_away(browser, path, f"{path}/export").read("personal-data.json"))
    (named,) = [held for held in told["holdings"] if held["title"] == "Named in texts"]
    assert named["rows"] == [
        {"Record": "Institut Clinique de la Souris", "Which text": "Note", "Page": f"/members/{world.at}/documents"}
    ]
    assert "quarrelled" not in f"{page.words}{told}"


def test_a_person_takes_away_their_own_from_their_account(browser: Browser, world: World):
    sign_in_as(browser, world.user)
    page = browser.get("/account/data")
    assert browser.get("/account").has_action("/account/data")
    assert "thibault.ferronays@ics.example" in page.words
    told = json.loads(taken_away(browser, "/account/data", "/account/data/export").read("personal-data.json"))
    assert told["name"] == "Thibault Ferronays"
    assert "Browsers signed in" in [held["title"] for held in told["holdings"]]


def test_a_user_who_is_no_person_on_record_sees_their_user(browser: Browser):
    sign_in(browser, Role.AUDITOR, name="Odile Fennimore")
    told = json.loads(taken_away(browser, "/account/data", "/account/data/export").read("personal-data.json"))
    assert [held["title"] for held in told["holdings"]][:2] == ["User", "Roles"]


def test_each_export_is_on_the_audit_trail(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}/data"
    taken_away(browser, path, f"{path}/export")
    sign_in_as(browser, world.user)
    taken_away(browser, "/account/data", "/account/data/export")
    with browser.app.app_context():
        asked = db.select(AuditEntry).where(AuditEntry.action == "members.export_person").order_by(AuditEntry.sequence)
        entries = db.session.scalars(asked).all()
        told = [(each.subject_kind, each.subject_id, each.summary) for each in entries]
        db.session.remove()
    assert told == [
        ("person", world.who, "All personal data exported by the secretariat"),
        ("person", world.who, "All personal data exported by themselves"),
    ]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.AGREEMENTS, Role.REPRESENTATIVE])
def test_nobody_but_the_secretariat_reads_all_about_another(browser: Browser, world: World, role: Role):
    of = RoleFor(role, institution_id=world.at) if role is Role.REPRESENTATIVE else role
    sign_in(browser, of)
    browser.get(f"/people/{world.who}/data", 403)
    token = {"csrf_token": browser.get("/account/data").form_values("/account/data/export")["csrf_token"]}
    browser.post(f"/people/{world.who}/data/export", token, 403)
    assert "All that is held" not in browser.get(f"/people/{world.who}").words


def test_there_is_nothing_about_somebody_there_is_not(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    browser.get("/people/999999/data", 404)


def test_mails_to_an_address_that_is_somebody_elses_now_are_theirs(browser: Browser, world: World):
    with browser.app.app_context(), beside_the_trail():
        db.session.get_one(Person, world.who).email = "office@ics.example"
        db.session.get_one(Person, world.colleague).email = "thibault.ferronays@ics.example"
    sign_in(browser, Role.SECRETARIAT)
    assert "Dear you" not in browser.get(f"/people/{world.who}/data").words


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_file(browser: Browser, world: World):
    def write_many() -> None:
        for number in range(230):
            send_mail(Address("T", "thibault.ferronays@ics.example"), f"Mail {number}", "Text")

    in_office(browser, write_many)
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}/data"
    assert "The first 25 of 231" in browser.get(path).words
    archive = taken_away(browser, path, f"{path}/export")
    told = {held["title"]: held for held in json.loads(archive.read("personal-data.json"))["holdings"]}
    assert len(told["Mails"]["rows"]) == 231
    assert "The first 200 of 231" in told_on(archive.read("personal-data.pdf"))


def test_the_day_of_the_file_is_in_its_name(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}/data"
    sent = browser.client.post(f"{path}/export", data=browser.get(path).form_values(f"{path}/export"))
    assert date(2016, 5, 24).isoformat() in sent.headers["Content-Disposition"]


def test_a_phone_says_what_each_thing_held_is(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    told = browser.get(f"/people/{world.who}/data").phone_rows()
    assert "Seat Elected member \u00b7 Office Member \u00b7 From 1 Jan 2015" in " ".join(told)
