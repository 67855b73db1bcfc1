from __future__ import annotations

import pytest

from app.core.actor import Actor
from tests.client import Page, inspect_page
from tests.web.small_app import Shelf, small_app

ERRORS = (400, 401, 403, 404, 405, 409, 413, 429, 500, 503)


def fetch(path: str, actor: Actor | None = None) -> Page:
    page = Page(small_app(Shelf(), actor).test_client().get(path))
    assert page.status == 200
    inspect_page(page)
    return page


@pytest.mark.parametrize("path", ["/_components", "/_components/list", "/_components/form", "/_components/verb"])
def test_every_component_renders_in_every_state(path: str):
    assert fetch(path, Actor("Ines Quillfeather")).heading


@pytest.mark.parametrize("code", ERRORS)
def test_error_page_needs_neither_actor_nor_database(code: int):
    page = fetch(f"/_components/error/{code}")
    assert f"Error {code}" in page.words
    assert page.tree.xpath("//main//a[@href]")


@pytest.mark.parametrize("code", [400, 403, 405, 409, 413, 429, 500, 503])
def test_error_page_says_that_nothing_was_changed(code: int):
    assert "Nothing was changed" in fetch(f"/_components/error/{code}").words


def test_buttons_that_write_vanish_in_the_past():
    today, past = fetch("/_components"), fetch("/_components?on=2015-06-30")
    assert today.tree.xpath("//main//form[@method='post']")
    assert not past.tree.xpath("//main//form[@method='post']")
    assert "Record a change" not in past.words


def test_page_has_landmarks_and_a_way_past_them():
    page = fetch("/_components", Actor("Ines Quillfeather"))
    assert page.tree.xpath("//body/a[1]/@href") == ["#main"]
    assert len(page.tree.xpath("//main[@id='main']")) == 1
    assert page.tree.xpath("//nav[@aria-label='Main']//a")


def test_wrong_field_is_tied_to_its_message_and_linked_from_the_summary():
    page = fetch("/_components/form")
    box = page.tree.xpath("//input[@name='first_day']")[0]
    assert box.get("value") == "31 31 2011"
    assert box.get("aria-invalid") == "true"
    described = box.get("aria-describedby").split()
    assert [bool(page.tree.xpath(f"//*[@id='{name}']")) for name in described] == [True, True]
    assert page.tree.xpath("//div[@role='alert']//a[@href='#first_day']")


def test_password_is_never_shown_again():
    box = fetch("/_components/form").tree.xpath("//input[@name='password']")[0]
    assert (box.get("type"), box.get("value")) == ("password", "")


def test_stale_form_offers_both_values_and_sends_the_new_version():
    page = fetch("/_components/form")
    assert "Lucan Okonjo-Vale Wen-hsin Kaolian" in page.words
    assert page.form_values()["version"] == "7"
    assert page.tree.xpath("//form//button[text()='Save mine instead']")
    assert not page.tree.xpath("//form//button[text()='Name alternate']")


def test_form_with_a_file_is_sent_in_parts():
    assert fetch("/_components/verb").tree.xpath("//main//form/@enctype") == ["multipart/form-data"]
