"""Sign-in and one's own account in a browser: cookies, redirects, sessions, rights of this moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner
from sqlalchemy import select

from app.accounts.commands import Machine, disable_user, end_grant, invite_user, start_session
from app.accounts.models import Grant, SignInSession, User
from app.accounts.routes import TOKEN_KEY
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.outbox.models import Mail
from tests.client import Browser
from tests.conftest import TODAY
from tests.signin import PASSWORD, in_office, make_user, sign_in, with_password

NOON = datetime(2016, 5, 24, 11, tzinfo=UTC)
NUL, LONG = "nul\x00byte", "x" * 10_000


@pytest.fixture
def user(browser: Browser) -> User:
    """Someone who can sign in and administer the site."""
    return in_office(browser, lambda: with_password(make_user(Role.SECRETARIAT).id))


def credentials(user: User, password: str = PASSWORD) -> dict[str, str]:
    """What the user types."""
    return {"email": str(user.email), "password": password}


def test_sign_in_leads_to_the_start(browser: Browser, user: User):
    assert browser.submit("/sign-in", credentials(user)).response.location == "/"
    assert user.name in browser.get("/account").words


def test_the_fields_are_called_e_mail_and_password(browser: Browser):
    page = browser.get("/sign-in")
    labels = {label.text_content().strip(): label.get("for") for label in page.tree.xpath("//label")}
    assert set(labels) == {"E-mail", "Password"}
    assert page.tree.xpath("//input[@id=$id]/@type", id=labels["Password"]) == ["password"]


def test_the_cookie_is_the_servers_alone(browser: Browser, user: User):
    cookie = browser.submit("/sign-in", credentials(user)).response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    with browser.client.session_transaction() as kept:
        assert kept.permanent
        assert set(kept) <= {TOKEN_KEY, "_permanent", "csrf_token"}


def test_what_the_cookie_held_before_is_gone_after_sign_in(browser: Browser, user: User):
    with browser.client.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
    before = browser.get("/sign-in").form_values()["csrf_token"]
    browser.submit("/sign-in", credentials(user))
    with browser.client.session_transaction() as cookie:
        assert "planted" not in cookie
    browser.post("/account/sessions/end-others", {"csrf_token": before}, status=400)


def test_a_wrong_password_keeps_the_address_and_not_the_password(browser: Browser, user: User):
    page = browser.submit("/sign-in", credentials(user, "wrong password"), status=200)
    assert "is not right" in page.words
    assert page.form_values()["email"] == user.email
    assert not page.form_values()["password"]
    assert "wrong password" not in page.text


def test_failures_survive_and_the_wait_is_said(browser: Browser, user: User):
    for _ in range(5):
        browser.submit("/sign-in", credentials(user, "wrong"), status=200)
    assert "Wait 15 seconds" in Browser(browser.app).submit("/sign-in", credentials(user), status=200).words


@pytest.mark.parametrize(
    "values",
    [
        {"email": NUL, "password": PASSWORD},
        {"email": LONG, "password": PASSWORD},
        {"email": "", "password": ""},
        {"email": "someone@muster.example", "password": NUL},
        {"email": "someone@muster.example", "password": LONG},
        {"email": b"\xed\xa0\x80", "password": b"\xed\xa0\x80"},
    ],
)
def test_nonsense_at_sign_in_gets_words(browser: Browser, values: dict[str, str]):
    assert "Nothing was changed" in browser.submit("/sign-in", values, status=200).words


@pytest.mark.parametrize(
    "target",
    [
        "/\\evil.test",
        "///evil.test",
        "//evil.test",
        "https:evil",
        "https://evil.test/",
        "javascript:alert(1)",
        "/\t/evil.test",
        "/nowhere",
        "/sign-out",
        "evil",
    ],
)
def test_sign_in_leads_nowhere_else(browser: Browser, user: User, target: str):
    token = browser.get("/sign-in").form_values()
    answer = browser.client.post("/sign-in", query_string={"next": target}, data=token | credentials(user))
    assert (answer.status_code, answer.location) == (302, "/")


def test_sign_in_leads_back_to_the_page_that_was_wanted(browser: Browser, user: User):
    asked = browser.get("/users?state=active", status=302).response.location
    assert asked == "/sign-in?next=/users?state%3Dactive"
    assert browser.submit(asked, credentials(user)).response.location == "/users?state=active"


def test_who_is_signed_in_needs_no_sign_in(browser: Browser):
    sign_in(browser)
    assert browser.get("/sign-in?next=/account", status=302).response.location == "/account"


def test_a_form_without_its_token_does_nothing(browser: Browser, user: User):
    browser.post("/sign-in", credentials(user), status=400)
    sign_in(browser)
    browser.post("/sign-out", {}, status=400)
    browser.get("/account")


def test_signing_out_ends_the_session_itself(browser: Browser):
    sign_in(browser)
    stolen = Browser(browser.app)
    with browser.client.session_transaction() as cookie, stolen.client.session_transaction() as copy:
        copy.update(cookie)
    stolen.get("/account")
    browser.post("/sign-out", {"csrf_token": browser.get("/account/password").form_values()["csrf_token"]})
    assert "signed out" in browser.get("/sign-in").words
    assert stolen.get("/account", status=302).response.location.startswith("/sign-in")


def test_twelve_hours_end_the_session(browser: Browser):
    sign_in(browser)
    with clock.clock_at(NOON + timedelta(hours=11, minutes=59)):
        browser.get("/account")
    with clock.clock_at(NOON + timedelta(hours=12)):
        browser.get("/account", status=302)


@pytest.mark.parametrize(("age", "status"), [(timedelta(minutes=119), 200), (timedelta(minutes=121), 302)])
def test_two_idle_hours_end_the_session(browser: Browser, age: timedelta, status: int):
    sign_in(browser)
    with browser.client.session_transaction() as cookie:
        kept = dict(cookie)
    serializer = SecureCookieSessionInterface().get_signing_serializer(browser.app)
    assert serializer
    serializer.signer = signer_of_age(age)
    browser.client.set_cookie("muster", str(serializer.dumps(kept)))
    browser.get("/account", status=status)


def signer_of_age(age: timedelta) -> type[TimestampSigner]:
    """What signs a cookie as it was signed some time ago."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - int(age.total_seconds())

    return Signer


def test_a_forged_cookie_is_nobody(browser: Browser):
    for forged in ("x", "x" * 5000, 7, ["a"], "\x00"):
        with browser.client.session_transaction() as cookie:
            cookie[TOKEN_KEY] = forged
        browser.get("/account", status=302)


def test_rights_begin_and_end_with_the_days_of_the_role_at_the_next_click(browser: Browser):
    midnight = datetime(2016, 5, 24, 23, tzinfo=UTC)  # of the site, in summer
    tomorrow = TODAY + timedelta(days=1)
    for period, before, after in ((Period(tomorrow), 403, 200), (Period(TODAY, TODAY), 200, 403)):
        with clock.clock_at(midnight - timedelta(seconds=1)):
            sign_in(browser, Role.AUDITOR, period=period)
            browser.get("/users", status=before)
        with clock.clock_at(midnight):
            browser.get("/users", status=after)


def test_a_role_that_is_ended_is_gone_at_the_next_click(browser: Browser, user: User, office: Actor):
    signed_in = sign_in(browser, Role.AUDITOR)
    browser.get("/users")

    yesterday = TODAY - timedelta(days=1)
    in_office(browser, lambda: end_grant(grant_of(signed_in.id).id, last_day=yesterday, actor=office))
    browser.get("/users", status=403)


def grant_of(user_id: int) -> Grant:
    """The one role of a user."""
    return db.session.scalars(select(Grant).where(Grant.user_id == user_id)).one()


def test_a_disabled_user_is_out_at_the_next_click(browser: Browser, user: User, office: Actor):
    signed_in = sign_in(browser, Role.SECRETARIAT)
    in_office(browser, lambda: disable_user(signed_in.id, reason="Because", actor=office))
    browser.get("/account", status=302)


def test_ones_account_says_who_one_is_and_what_one_may(browser: Browser):
    user = sign_in(browser, Role.FINANCE, Role.AUDITOR)
    page = browser.get("/account")
    assert page.heading == "Your account"
    assert str(user.email) in page.words
    assert [row[0] for row in page.rows()[:2]] == ["Auditor", "Finance"]
    assert "this one" in page.words


def test_behind_a_proxy_the_machine_is_the_visitors(browser: Browser, user: User):
    token = browser.get("/sign-in").form_values()
    browser.client.post("/sign-in", data=token | credentials(user), headers={"X-Forwarded-For": "192.0.2.7"})
    assert "192.0.2.7" in browser.get("/account").words


def test_one_ends_another_session_of_ones_own(browser: Browser):
    user = sign_in(browser)
    in_office(browser, lambda: start_session(user.id, Machine("192.0.2.9", "Chrome on Windows")))
    page = browser.get("/account")
    action = page.tree.xpath(
        "//main//form[starts-with(@action, '/account/sessions/') and not(contains(@action, 'others'))]/@action"
    )
    assert len(action) == 1
    browser.press("/account", action[0])
    assert "Chrome" not in browser.get("/account").words


def test_one_ends_all_other_sessions_of_ones_own(browser: Browser):
    user = sign_in(browser)
    in_office(browser, lambda: start_session(user.id, Machine("192.0.2.9", "Chrome on Windows")))
    browser.press("/account", "/account/sessions/end-others")
    assert len(browser.get("/account").tree.xpath("//table[caption='Where you are signed in']/tbody/tr")) == 1


def test_nobody_ends_sessions_of_others(browser: Browser, user: User):
    in_office(browser, lambda: start_session(user.id, Machine()))
    with browser.app.app_context():
        session_id = db.session.scalars(select(SignInSession.id)).one()
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    token = browser.get("/account/password").form_values()
    browser.post(f"/account/sessions/{session_id}/end", token, status=404)


def test_changing_the_password_says_what_is_wrong_beside_its_field(browser: Browser):
    user = sign_in(browser)
    in_office(browser, lambda: with_password(user.id))
    said = browser.submit("/account/password", {"present": "wrong", "new": "purple stairs whisper"}, status=200)
    assert "not your present password" in said.words
    said = browser.submit("/account/password", {"present": PASSWORD, "new": "short"}, status=200)
    assert "At least 15 characters" in said.words
    done = browser.submit("/account/password", {"present": PASSWORD, "new": "purple stairs whisper"})
    assert "Your password is changed" in browser.follow(done).words


def test_an_invitation_is_opened_often_and_used_once(browser: Browser, office: Actor):
    user = in_office(browser, lambda: invite_user(make_user(Role.FINANCE).id, office))
    with browser.app.app_context():
        body = db.session.scalars(select(Mail)).one().body
        db.session.remove()
    path = re.search(r"http://localhost(/link/\S+)", body)
    assert path
    for _ in range(3):
        assert browser.get(path[1]).heading == "Choose your password"
    assert "easily guessed" in browser.submit(path[1], {"password": "passwordpassword"}, status=200).words
    sent = browser.get(path[1]).form_values() | {"password": PASSWORD}
    assert browser.post(path[1], sent).response.location == "/sign-in"
    assert browser.get(path[1], status=410).heading == "This link no longer works"
    assert browser.post(path[1], sent).response.location == "/sign-in"  # the very same form, sent twice
    browser.post(path[1], sent | {"password": "another long password"}, status=410)
    browser.submit("/sign-in", credentials(user))


def test_made_up_links_do_not_work(browser: Browser):
    for token in ("x", "%00", "%ed%a0%80", "x" * 5000):
        browser.get(f"/link/{token}", status=410)


def test_a_forgotten_password_gets_the_same_answer_for_everybody(browser: Browser, user: User):
    said = set()
    for email in (str(user.email), "nobody@muster.example"):
        answer = browser.submit("/forgotten-password", {"email": email})
        said.add(browser.follow(answer).words)
    assert len(said) == 1
    assert "is on its way" in said.pop()


@pytest.mark.parametrize("email", ["", NUL, LONG, "nobody"])
def test_nonsense_for_a_forgotten_password_gets_words(browser: Browser, email: str):
    assert "Nothing was changed" in browser.submit("/forgotten-password", {"email": email}, status=200).words
