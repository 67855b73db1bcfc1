"""What a contact route may look like, and languages read by name or code."""

from __future__ import annotations

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.members.rules import RouteKind, language_names, read_languages, read_route

TWO_LETTERS = sorted(each.alpha_2 for each in pycountry.languages if hasattr(each, "alpha_2"))
EVERY_CODE = sorted(getattr(each, "alpha_2", each.alpha_3) for each in pycountry.languages)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("English, fra; german", "en fr de"),
        ("en,EN , English", "en"),
        ("Greek", "el"),
        ("Chinese\nyue", "zh yue"),
        (" , ", None),
        ("en fr, German", "en fr de"),
    ],
)
def test_languages_are_kept_as_codes_in_the_order_of_preference(typed, kept):
    assert read_languages(typed) == kept


def test_what_is_no_language_of_the_standard_is_named_in_the_refusal():
    with pytest.raises(DomainError, match="Klingonish") as caught:
        read_languages("English, Klingonish")
    assert caught.value.field == "languages"


def test_every_language_is_read_again_by_the_name_it_is_shown_under():
    shown = {code: ", ".join(language_names(code)) for code in EVERY_CODE}
    assert {code: name for code, name in shown.items() if read_languages(name) != code} == {}
    assert (shown["el"], shown["ain"], shown["cla"]) == ("Modern Greek", "Ainu (Japan)", "cla")


@given(st.lists(st.sampled_from(EVERY_CODE), unique=True, max_size=10))
def test_languages_keep_their_order_by_the_names_they_are_shown_under(codes):
    kept = " ".join(codes) or None
    assert read_languages(", ".join(language_names(kept))) == kept


def test_more_than_ten_languages_are_refused():
    with pytest.raises(DomainError, match="At most 10"):
        read_languages(",".join(TWO_LETTERS[:11]))


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (RouteKind.EMAIL, " Office@ICS.example ", "office@ics.example"),
        (RouteKind.TELEPHONE, "+33 3  88 65 35 00", "+33 3 88 65 35 00"),
        (RouteKind.TELEPHONE, "020 7946 0000 ext 12", "020 7946 0000 ext 12"),
        (RouteKind.ADDRESS, " Accounts \n\n 2 rue Exemple\r\nStrasbourg ", "Accounts\n2 rue Exemple\nStrasbourg"),
    ],
)
def test_a_route_is_kept_in_one_form(kind, typed, kept):
    assert read_route(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (RouteKind.EMAIL, "nobody"),
        (RouteKind.EMAIL, "a@b@c.example"),
        (RouteKind.EMAIL, "\u00fcn\u00ef@muster.example"),
        (RouteKind.TELEPHONE, "ask at the desk"),
        (RouteKind.TELEPHONE, "12"),
        (RouteKind.TELEPHONE, "\u0661\u0662\u0663\u0664\u0665"),
        (RouteKind.ADDRESS, " \n "),
        (RouteKind.ADDRESS, "x" * 1001),
    ],
)
def test_what_is_no_route_of_its_kind_is_refused_beside_its_field(kind, typed):
    with pytest.raises(DomainError) as caught:
        read_route(kind, typed)
    assert caught.value.field == "text"
    if kind is RouteKind.EMAIL:
        assert caught.value.message == "This is not an e-mail address. Write it as name@example.org."
