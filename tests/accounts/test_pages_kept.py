"""Nothing typed is lost when a session ends over a form: it is kept on the page, carried through sign-in, sent once."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.core.database import db
from app.core.permissions import Role
from tests.client import Browser, Page
from tests.late import OURS, end_sessions, let_hours_pass, press, send
from tests.signin import PASSWORD, in_office, make_user, sign_in, with_password

NEW = "/users/new"
TYPED = {"name": "Thaddeus Quarrie", "email": "thaddeus@muster.example"}
ENDED = "Your session has ended"
AGAIN = "You are signed in again"
STRANGE = [
    """"quotes" & 'others'""",
    "<script>alert(1)</script></form>",
    '"><input name="csrf_token" value="planted">',
    "{{ 7 * 7 }} {% raw %}",
    "\U0001f9a6\u200d\U0001f3fd caf\u00e9 \u202e",
    " spaces kept ",
    "",
]
NOT_TEXT = ["nul\x00byte", "\x01\x7f\x85", "\ufffe\uffff", b"\xff\xfe\xed\xa0\x80"]

End = Callable[[Browser, int], None]


@pytest.fixture
def user(browser: Browser) -> User:
    """Someone of the secretariat with a password, signed in."""
    signed_in = sign_in(browser, Role.SECRETARIAT)
    return in_office(browser, lambda: with_password(signed_in.id))


def by_the_clock(browser: Browser, _user_id: int) -> None:
    """End a session by two idle hours."""
    let_hours_pass(browser)


either_end = pytest.mark.parametrize("end", [by_the_clock, end_sessions])


def send_late(browser: Browser, user: User, typed: Mapping[str, Any] = TYPED, *, end: End = end_sessions) -> Page:
    """Open the form of a new user, let the session end, and send what was typed."""
    filled = {**browser.get(NEW).form_values(), **TYPED, **typed}
    end(browser, user.id)
    return send(browser, NEW, filled, status=401)


def sign_in_there(browser: Browser, page: Page, user: User, password: str = PASSWORD) -> Page:
    """Sign in on the page that keeps what was typed."""
    return press(browser, page, "Sign in", status=200, email=str(user.email), password=password)


def names(browser: Browser) -> list[str]:
    """The names of all users but those the tests sign in as."""
    with browser.app.app_context():
        found = list(db.session.scalars(select(User.name).where(User.password_hash.is_(None)).order_by(User.name)))
        db.session.remove()
    return found


@either_end
def test_a_late_form_is_answered_by_sign_in_that_keeps_it(browser: Browser, user: User, end: End):
    page = send_late(browser, user, end=end)
    assert page.heading == ENDED
    assert "Nothing was changed, and what you typed is kept on this page." in page.words
    labels = {label.text_content().strip() for label in page.tree.xpath("//label")}
    assert labels == {"E-mail", "Password"}
    assert not page.form_values()["email"], "the address in the kept form is not who signs in"
    assert names(browser) == []


@either_end
def test_after_sign_in_one_button_sends_it_and_it_is_done(browser: Browser, user: User, end: End):
    page = sign_in_there(browser, send_late(browser, user, end=end), user)
    assert page.heading == AGAIN
    assert f"You are signed in as {user.name}." in page.words
    assert page.tree.xpath("//main//button/text()") == ["Send it now"]
    assert names(browser) == []
    done = press(browser, page, "Send it now")
    assert TYPED["name"] == browser.follow(done).heading
    assert names(browser) == [TYPED["name"]]


def test_a_link_leads_to_the_page_without_sending(browser: Browser, user: User):
    page = sign_in_there(browser, send_late(browser, user), user)
    link = page.tree.xpath("//main//a[.='To the page without sending']/@href")
    assert link == [NEW]
    assert not browser.get(link[0]).form_values()["name"]
    assert names(browser) == []


def test_it_is_sent_with_its_own_key_and_a_token_of_today(browser: Browser, user: User):
    before = browser.get(NEW).form_values()
    end_sessions(browser, user.id)
    late = send(browser, NEW, before | TYPED, status=401)
    page = sign_in_there(browser, late, user)
    assert page.tree.xpath("//input[@name='idempotency_key']/@value") == [before["idempotency_key"]]
    after = page.form_values(NEW)
    assert after.pop("csrf_token") != before.pop("csrf_token")
    assert after == before | TYPED


def test_sent_twice_it_is_done_once(browser: Browser, user: User):
    page = sign_in_there(browser, send_late(browser, user), user)
    for _ in range(2):
        press(browser, page, "Send it now")
    assert "sent twice, it was done once" in browser.get("/users").words
    assert names(browser) == [TYPED["name"]]


def test_what_was_done_before_the_session_ended_is_not_done_again(browser: Browser, user: User):
    filled = browser.get(NEW).form_values() | TYPED
    send(browser, NEW, filled)
    end_sessions(browser, user.id)
    page = sign_in_there(browser, send(browser, NEW, filled, status=401), user)
    press(browser, page, "Send it now")
    assert names(browser) == [TYPED["name"]]


def test_a_wrong_password_shows_its_error_and_keeps_the_typing(browser: Browser, user: User):
    page = send_late(browser, user)
    for password in ("wrong password", "", "x" * 300):
        page = sign_in_there(browser, page, user, password)
        assert page.heading == ENDED
        assert page.tree.xpath("//*[@role='alert']//li")
        assert not page.form_values()["password"]
    press(browser, sign_in_there(browser, page, user), "Send it now")
    assert names(browser) == [TYPED["name"]]


def test_too_many_tries_have_to_wait_and_keep_the_typing(browser: Browser, user: User):
    page = send_late(browser, user)
    for _ in range(6):
        page = sign_in_there(browser, page, user, "wrong password")
    assert "There were too many tries" in page.words
    assert page.form_values()["kept.name"] == TYPED["name"]


def test_the_page_may_stay_open_for_hours_before_sign_in(browser: Browser, user: User):
    page = send_late(browser, user)
    let_hours_pass(browser)
    again = press(browser, page, "Sign in", status=401, email=str(user.email), password=PASSWORD)
    assert PASSWORD not in again.text
    press(browser, sign_in_there(browser, again, user), "Send it now")
    assert names(browser) == [TYPED["name"]]


def test_who_signed_in_again_in_another_tab_is_offered_to_send_it(browser: Browser, user: User):
    filled = browser.get(NEW).form_values() | TYPED
    let_hours_pass(browser)
    browser.submit("/sign-in", {"email": user.email, "password": PASSWORD})
    page = send(browser, NEW, filled, status=400)
    assert page.heading == AGAIN
    press(browser, page, "Send it now")
    assert names(browser) == [TYPED["name"]]


def test_who_signs_in_in_another_tab_need_not_sign_in_here(browser: Browser, user: User):
    page = send_late(browser, user)
    browser.submit("/sign-in", {"email": user.email, "password": PASSWORD})
    answer = press(browser, page, "Sign in", status=400, email="", password="")
    press(browser, answer, "Send it now")
    assert names(browser) == [TYPED["name"]]


def test_the_page_that_sends_may_stay_open_for_hours(browser: Browser, user: User):
    page = sign_in_there(browser, send_late(browser, user), user)
    let_hours_pass(browser)
    late = press(browser, page, "Send it now", status=401)
    press(browser, sign_in_there(browser, late, user), "Send it now")
    assert names(browser) == [TYPED["name"]]


def test_what_is_wrong_is_said_beside_its_field_by_the_page_itself(browser: Browser, user: User):
    page = sign_in_there(browser, send_late(browser, user, {"email": "nobody"}), user)
    answer = press(browser, page, "Send it now", status=200)
    assert answer.tree.xpath("//p[@id='email-error']")
    assert answer.form_values()["name"] == TYPED["name"]


def test_another_person_sends_with_their_own_rights_alone(browser: Browser, user: User):
    auditor = in_office(browser, lambda: with_password(make_user(Role.AUDITOR).id))
    page = sign_in_there(browser, send_late(browser, user), auditor)
    assert f"You are signed in as {auditor.name}." in page.words
    press(browser, page, "Send it now", status=403)
    assert names(browser) == []


@either_end
def test_a_button_without_fields_is_kept_too(browser: Browser, user: User, end: End):
    shown = f"/users/{in_office(browser, make_user).id}"
    filled = browser.get(shown).form_values(f"{shown}/invite")
    end(browser, user.id)
    headers = {**OURS, "Referer": f"http://localhost{shown}"}
    page = sign_in_there(browser, send(browser, f"{shown}/invite", filled, status=401, headers=headers), user)
    assert page.has_action(shown), "the page the button was on"
    press(browser, page, "Send it now")
    assert "Invite again" in browser.get(shown).words


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_form_of_another_site_is_answered_as_before_and_kept_nowhere(browser: Browser, user: User, origin: str):
    filled = browser.get(NEW).form_values() | TYPED
    end_sessions(browser, user.id)
    answer = send(browser, NEW, filled, headers={"Origin": origin})
    assert answer.response.location == "/sign-in"
    let_hours_pass(browser)
    answer = send(browser, NEW, filled, status=400, headers={"Origin": origin})
    sign_in(browser, Role.SECRETARIAT)
    late = send(browser, NEW, filled, status=400, headers={"Origin": origin})
    for page in (answer, late):
        assert "no longer valid" in page.words
        assert TYPED["name"] not in page.text


@either_end
def test_passwords_are_kept_nowhere(browser: Browser, user: User, end: End):
    filled = browser.get("/account/password").form_values() | {"present": PASSWORD, "new": "purple stairs whisper"}
    end(browser, user.id)
    answer = send(browser, "/account/password", filled, status=400 if end is by_the_clock else 302)
    sign_in(browser)
    late = send(browser, "/account/password", filled, status=400)
    for page in (answer, late):
        assert PASSWORD not in page.response.text
        assert "purple stairs whisper" not in page.response.text


def test_signing_out_when_signed_out_already_works_as_before(browser: Browser, user: User):
    token = browser.get("/account/password").form_values()["csrf_token"]
    end_sessions(browser, user.id)
    assert send(browser, "/sign-out", {"csrf_token": token}).response.location == "/sign-in"
    send(browser, "/sign-out", {"csrf_token": token}, status=400)


def test_a_sign_out_of_before_is_offered_to_who_is_signed_in_again(browser: Browser, user: User):
    token = browser.get("/account/password").form_values()["csrf_token"]
    let_hours_pass(browser)
    browser.submit("/sign-in", {"email": user.email, "password": PASSWORD})
    page = send(browser, "/sign-out", {"csrf_token": token}, status=400)
    assert press(browser, page, "Send it now").response.location == "/sign-in"


def test_sign_in_keeps_no_form_of_its_own(browser: Browser, user: User):
    let_hours_pass(browser)
    token = browser.get("/sign-in").form_values()["csrf_token"]
    assert send(browser, "/sign-in", {"csrf_token": token, "email": "x"}, status=200).heading == "Sign in"


def test_a_form_for_the_past_is_not_kept_since_the_past_is_read_only(browser: Browser, user: User):
    filled = browser.get(NEW).form_values() | TYPED
    send(browser, f"{NEW}?on=2015-06-30", filled, status=409)
    end_sessions(browser, user.id)
    assert send(browser, f"{NEW}?on=2015-06-30", filled).response.location == "/sign-in"


@pytest.mark.parametrize("address", ["https://evil.example/users/new", "//evil.example", "/\t/[", "/users", "/nowhere"])
def test_sign_in_offers_nothing_for_other_places(browser: Browser, user: User, address: str):
    late = send_late(browser, user).form_values() | {"email": str(user.email), "password": PASSWORD}
    answer = send(browser, "/sign-in", late | {"kept_address": address})
    assert answer.response.location == "/"


def test_lost_files_are_spoken_of_on_both_pages(browser: Browser, user: User):
    filled = browser.get(NEW).form_values() | TYPED
    end_sessions(browser, user.id)
    late = send(browser, NEW, filled | {"letter": (io.BytesIO(b"%PDF"), "letter.pdf")}, status=401)
    page = sign_in_there(browser, late, user)
    for each in (late, page):
        assert "Files cannot be kept." in each.words
    press(browser, page, "Send it now")
    assert names(browser) == [TYPED["name"]]
    without = send_late(browser, sign_in(browser, Role.SECRETARIAT))
    assert "Files" not in without.words


@pytest.mark.parametrize("text", STRANGE)
def test_strange_text_comes_through_unchanged(browser: Browser, user: User, text: str):
    late = send_late(browser, user, {"name": text, f"of {text}": text})
    page = sign_in_there(browser, sign_in_there(browser, late, user, "wrong password"), user)
    kept = page.form_values(NEW)
    assert kept["name"] == kept[f"of {text}"] == text
    assert set(kept) == {"csrf_token", "idempotency_key", "version", "name", "email", f"of {text}"}


def test_lines_come_through_as_lines(browser: Browser, user: User):
    page = sign_in_there(browser, send_late(browser, user, {"name": "two\r\nlines\r\n"}), user)
    assert page.form_values(NEW)["name"].splitlines() == ["two", "lines"]


@pytest.mark.parametrize("text", NOT_TEXT)
def test_what_is_no_text_breaks_nothing(browser: Browser, user: User, text: str):
    late = send_late(browser, user, {"name": text, str(text): "x"})
    page = sign_in_there(browser, sign_in_there(browser, late, user, text), user)
    assert page.heading == AGAIN
    assert Page(browser.client.post(NEW, data=page.form_values(NEW), headers=OURS)).status in {200, 302}
