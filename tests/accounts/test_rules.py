"""Passwords, waits, gaps and numbers, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import (
    FREE_TRIES,
    LONGEST_WAIT,
    address_of,
    browser_in_words,
    check_bic,
    check_email,
    check_iban,
    check_name,
    check_password,
    check_scope,
    check_vat_number,
    check_website,
    first_gap,
    machine_of,
    wait_after,
    wait_in_words,
)
from app.core.actor import Granted
from app.core.errors import DomainError
from app.core.periods import Period
from app.core.permissions import Role

EXPECTED = ["Odile Fennimore", "odile.fennimore@harwell.example", "International Mouse Phenotyping Consortium", "IMPC"]


@pytest.mark.parametrize(
    "password",
    [
        "unlikely otters juggle",
        "d8#kq0Zp!2vLx7w",
        "пятнадцать знаков и ещё",
        "十五文字以上の長いパスワードです。安全",
        "               x y z otters juggle",
    ],
)
def test_any_characters_make_a_password(password: str):
    assert check_password(password, EXPECTED) == password


def test_a_password_has_fifteen_characters_at_least():
    with pytest.raises(DomainError, match="At least 15"):
        check_password("d8#kq0Zp!2vLx7", EXPECTED)


def test_a_password_has_256_characters_at_most():
    assert check_password("d8#kq0Zp!2vLx7w?" * 1 + "otters juggle " * 17, EXPECTED)
    with pytest.raises(DomainError, match="At most 256"):
        check_password("otters juggle " * 19, EXPECTED)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "PasswordPassword1!",
        "odile.fennimore@harwell",
        "Odile Fennimore 2016",
        "IMPC Mouse Phenotyping",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabcabc",
        "123456789012345678",
        "abcdefghijklmnopqrstuvwxyz",
        "zyxwvutsrqponmlkjihg",
        "qwertyuiopasdfghjkl",
        "welcome summer 2016!",
        "muster muster muster",
    ],
)
def test_what_one_would_try_first_is_no_password(password: str):
    with pytest.raises(DomainError, match="easily guessed"):
        check_password(password, EXPECTED)


def test_a_password_is_the_same_from_every_keyboard():
    assert check_password("caf\u0065\u0301 otters juggle", []) == "caf\u00e9 otters juggle"


@given(st.text(max_size=300))
def test_every_text_is_a_password_or_refused_in_words(text: str):
    assert refusal(text) or 15 <= len(check_password(text, EXPECTED)) <= 256


def refusal(text: str) -> str:
    """What is said of a password, empty where it is taken."""
    try:
        check_password(text, EXPECTED)
    except DomainError as error:
        return error.message
    return ""


def test_waits_grow_and_never_last_for_ever():
    waits = [wait_after(failures, FREE_TRIES) for failures in range(200)]
    assert waits[:FREE_TRIES] == [timedelta()] * FREE_TRIES
    assert waits[FREE_TRIES] == timedelta(seconds=15)
    assert waits[FREE_TRIES + 1] == timedelta(seconds=30)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


@pytest.mark.parametrize(
    ("wait", "words"),
    [(0.2, "1 second"), (15, "15 seconds"), (59.5, "1 minute"), (61, "2 minutes"), (1800, "30 minutes")],
)
def test_a_wait_is_said_in_words(wait: float, words: str):
    assert wait_in_words(timedelta(seconds=wait)) == words


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.7, <script>", "127.0.0.1"),
        ("198.51.100.4", "192.0.2.7", "198.51.100.4"),
        ("unknown", "192.0.2.7", "unknown"),
    ],
)
def test_only_a_proxy_on_this_machine_says_for_whom_it_speaks(peer: str, forwarded: str, address: str):
    assert address_of(peer, forwarded) == address


def test_a_machine_is_an_address_or_a_network_of_version_six():
    assert machine_of("192.0.2.7") == "192.0.2.7"
    assert machine_of("2001:db8::1") == machine_of("2001:db8::ffff") == "2001:db8::/64"
    assert machine_of("nonsense\x00") == "unknown"


def test_a_browser_is_named_as_its_user_would():
    assert (
        browser_in_words("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0") == "Firefox on Linux"
    )
    assert browser_in_words("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140") == "Edge on Windows"
    assert browser_in_words("") == "Other browser"


def day(number: int) -> date:
    return date(2016, 1, number)


def test_a_gap_is_a_day_that_was_covered_and_is_no_more():
    forever, week = Period(day(1)), Period(day(1), day(7))
    assert first_gap([forever], [forever], day(3)) is None
    assert first_gap([forever], [], day(3)) == day(3)
    assert first_gap([forever], [week], day(3)) == day(8)
    assert first_gap([forever], [week, Period(day(8))], day(3)) is None
    assert first_gap([forever], [week, Period(day(9))], day(3)) == day(8)
    assert first_gap([Period(day(10))], [], day(3)) == day(10)
    assert first_gap([week], [week], day(9)) is None
    assert first_gap([], [], day(1)) is None


PERIODS = st.lists(
    st.tuples(st.integers(1, 20), st.none() | st.integers(0, 10)).map(
        lambda pair: Period(day(pair[0]), None if pair[1] is None else day(pair[0] + pair[1]))
    ),
    max_size=4,
)


@given(PERIODS, PERIODS, st.integers(1, 25))
def test_the_first_gap_is_what_looking_at_every_day_finds(before: list[Period], after: list[Period], start: int):
    days = [date.fromordinal(day(start).toordinal() + number) for number in range(60)]
    lost = [each for each in days if held(before, each) and not held(after, each)]
    assert first_gap(before, after, day(start)) == (lost[0] if lost else None)


def held(periods: list[Period], on: date) -> bool:
    """Whether any period contains the day."""
    return any(period.contains(on) for period in periods)


@pytest.mark.parametrize(
    "granted",
    [
        Granted(Role.SECRETARIAT),
        Granted(Role.REPRESENTATIVE, institution_id=1),
        Granted(Role.CHAIR, committee_id=1),
    ],
)
def test_a_role_is_for_what_it_needs(granted: Granted):
    check_scope(granted)


@pytest.mark.parametrize(
    "granted",
    [
        Granted(Role.SECRETARIAT, institution_id=1),
        Granted(Role.REPRESENTATIVE),
        Granted(Role.CHAIR, institution_id=1),
        Granted(Role.COMMITTEE_MEMBER),
    ],
)
def test_a_role_is_for_nothing_else_than_it_needs(granted: Granted):
    with pytest.raises(DomainError):
        check_scope(granted)


def test_numbers_of_banks_and_of_tax_are_checked_where_given():
    assert check_iban("GB82 WEST 1234 5698 7654 32") == "GB82WEST12345698765432"
    assert check_bic("barcgb22") == "BARCGB22"
    assert check_vat_number("GB", "GB 980 7806 84") == "GB980780684"
    assert check_vat_number("GB", "980 7806 84") == "980780684"
    assert check_vat_number("GR", "EL 094259216") == "EL094259216"
    assert check_vat_number("US", "anything goes") == "anything goes"
    assert check_iban("") == check_bic(" ") == check_vat_number("DE", "") == ""


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (lambda: check_iban("GB82 WEST 1234 5698 7654 33"), "iban"),
        (lambda: check_iban("\x00" * 5000), "iban"),
        (lambda: check_bic("BARC"), "bic"),
        (lambda: check_vat_number("DE", "DE123"), "vat_number"),
        (lambda: check_email("nobody"), "email"),
        (lambda: check_email("\u00fcn\u00ef@muster.example"), "email"),
        (lambda: check_name(" "), "name"),
        (lambda: check_name("Two\nlines"), "name"),
        (lambda: check_name("x" * 201), "name"),
        (lambda: check_website("javascript:alert(1)"), "website"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(check, field: str):
    with pytest.raises(DomainError) as refused:
        check()
    assert refused.value.field == field
