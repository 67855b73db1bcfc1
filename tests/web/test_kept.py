"""What may be kept of a form that came too late: from our own pages only, for our own pages only, never a password."""

from __future__ import annotations

import ast
import io
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.web.forms import PasswordTextField
from app.web.kept import ADDRESS, FIELD, MOST_FIELDS, Kept, find_kept, password_names
from tests.architecture.source import dotted, modules
from tests.late import OURS

if TYPE_CHECKING:
    from app.web.requests import House

TYPED = {"name": "Odile", "idempotency_key": "k1", "csrf_token": "of yesterday"}


def kept_of(
    house: House, path: str = "/users/new", values: Any = TYPED, headers: Mapping[str, str] = OURS, **options: Any
) -> Kept | None:
    """What is kept of a form sent there."""
    with house.test_request_context(path, method="POST", data=values, headers=dict(headers), **options):
        return find_kept()


@pytest.mark.parametrize("headers", [OURS, {"Sec-Fetch-Site": "same-origin"}])
def test_all_that_was_typed_on_our_pages_is_kept_but_the_token(house: House, headers: dict[str, str]) -> None:
    kept = kept_of(house, "/users/new?from=list", headers=headers)
    wanted = (("name", "Odile"), ("idempotency_key", "k1"))
    assert kept == Kept("/users/new?from=list", "/users/new?from=list", wanted, has_lost_files=False)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "https://localhost"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": "http://localhost/users/new"},
    ],
)
def test_nothing_is_kept_of_what_may_come_from_elsewhere(house: House, headers: dict[str, str]) -> None:
    assert kept_of(house, headers=headers) is None


def test_our_own_origin_is_the_sites_address_and_the_host_it_was_asked_by(house: House) -> None:
    inside = "http://127.0.0.1:8000"
    for origin in ("http://localhost", inside):
        assert kept_of(house, headers={"Origin": origin}, base_url=inside) is not None
    assert kept_of(house, headers={"Origin": "https://127.0.0.1:8000"}, base_url=inside) is None


def carried(address: str, **values: str) -> dict[str, str]:
    """The hidden fields by which the sign-in form carries a form on."""
    return {ADDRESS: address, "kept_page": "/users", f"{FIELD}name": "Odile", **values}


def test_the_sign_in_form_carries_it_on_with_nothing_of_its_own(house: House) -> None:
    secrets = {"email": "odile@muster.example", "password": "unlikely otters juggle", "csrf_token": "t"}
    planted = {f"{FIELD}csrf_token": "of yesterday", "kept_files": "lost"}
    kept = kept_of(house, "/sign-in", carried("/users/new", **secrets, **planted))
    assert kept == Kept("/users/new", "/users", (("name", "Odile"),), has_lost_files=True)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "users/new",
        "https://evil.example/users/new",
        "//evil.example/users/new",
        "///evil.example/users/new",
        "/\\evil.example",
        "/\t/evil.example",
        "/\t/[",
        "javascript:alert(1)",
        "/nowhere",
        "/users",
        "/users/99999999999999999999",
        "/users/new\x00",
        "/users/new?on=2015-06-30",
        "/users/new?known=2015-06-30",
    ],
)
def test_it_goes_to_our_own_forms_alone_and_never_to_the_past(house: House, address: str) -> None:
    assert kept_of(house, "/sign-in", carried(address)) is None


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "/\t/[", "/sign-out", ""])
def test_the_way_on_without_sending_leads_to_our_own_pages_alone(house: House, page: str) -> None:
    kept = kept_of(house, "/sign-in", carried("/users/new", kept_page=page))
    assert kept is not None
    assert kept.page == "/"


@pytest.mark.parametrize(
    ("came_from", "page"),
    [
        ("http://localhost/users/7?tab=roles", "/users/7?tab=roles"),
        ("http://localhost/sign-out", "/"),
        ("http://evil.example/users/7", "/"),
        ("http://localhost//evil.example/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_a_button_without_a_page_leads_back_to_the_page_it_was_on(house: House, came_from: str, page: str) -> None:
    kept = kept_of(house, "/users/7/invite", headers={**OURS, "Referer": came_from})
    assert kept is not None
    assert kept.page == page


def names_of_password_fields() -> set[str]:
    """The names that the source gives to password fields, in whatever form they stand."""
    return {
        node.targets[0].id
        for module in modules("app")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if isinstance(node.value, ast.Call) and dotted(node.value.func).endswith("PasswordTextField")
    }


def test_no_form_with_a_password_is_ever_kept(house: House) -> None:
    names = names_of_password_fields()
    assert names >= {"password", "present", "new"}
    for name in (*names, *(f"part-{name}" for name in names)):
        assert kept_of(house, values=TYPED | {name: "unlikely otters juggle"}) is None, name
        assert kept_of(house, "/sign-in", carried("/users/new") | {FIELD + name: "otters"}) is None, name


def test_no_other_field_is_called_like_a_password_and_so_lost() -> None:
    kinds = {(form, name): getattr(getattr(form, name), "field_class", None) for form in forms() for name in dir(form)}
    secret = {key for key, kind in kinds.items() if kind and issubclass(kind, PasswordTextField)}
    others = {(form.__name__, name) for (form, name), kind in kinds.items() if kind and (form, name) not in secret}
    assert {each for each in others if each[1] in password_names()} == set()


def forms(base: type[Form] = Form) -> list[type[Form]]:
    """Every form there is."""
    return [each for derived in base.__subclasses__() for each in (derived, *forms(derived))]


def test_no_password_field_is_of_a_kind_we_do_not_watch() -> None:
    kinds = Counter(name for module in modules("app") for _, name in module.calls() if name.endswith("PasswordField"))
    assert kinds == Counter()


def test_lost_files_are_remembered_and_an_empty_choice_of_file_is_none(house: House) -> None:
    for name, is_lost in (("letter.pdf", True), ("", False)):
        kept = kept_of(house, values={"name": "Odile", "letter": (io.BytesIO(b"%PDF"), name)})
        assert kept is not None
        assert kept.fields == (("name", "Odile"),)
        assert kept.has_lost_files is is_lost


def test_a_field_given_twice_is_kept_twice_in_its_order(house: House) -> None:
    kept = kept_of(house, values=MultiDict([("chosen", "2"), ("chosen", "1"), ("chosen", "")]))
    assert kept is not None
    assert kept.fields == (("chosen", "2"), ("chosen", "1"), ("chosen", ""))


def test_no_more_is_kept_than_the_sign_in_form_can_carry(house: House) -> None:
    assert kept_of(house, values={"note": "x" * 1_000_000}) is not None
    assert kept_of(house, values={"note": "x" * (1024 * 1024 - 100)}) is None
    several = {str(number): "x" for number in range(MOST_FIELDS)}
    assert kept_of(house, values=several) is not None
    assert kept_of(house, values=several | {"one more": "x"}) is None


def test_emoji_sent_in_parts_are_measured_as_they_will_be_carried(house: House) -> None:
    parts = {"note": "\U0001f9a6" * 100_000, "letter": (io.BytesIO(), "")}  # 400 kB here, 1.2 MB in the next form
    assert kept_of(house, values=parts) is None


def test_what_is_no_form_is_not_kept(house: House) -> None:
    with house.test_request_context("/users/new", method="POST", json={"name": "Odile"}, headers=OURS):
        assert find_kept() is None
    with house.test_request_context("/users/new", method="PUT", data=TYPED, headers=OURS):
        assert find_kept() is None


@given(st.binary(max_size=60), st.binary(max_size=20))
def test_no_bytes_break_the_keeping(house: House, body: bytes, query: bytes) -> None:
    sent = {"content_type": "application/x-www-form-urlencoded", "query_string": query.decode("latin1")}
    with house.test_request_context("/users/new", method="POST", data=b"a=" + body, headers=OURS, **sent):
        kept = find_kept()
        assert kept is None or kept.endpoint == "accounts.new_user"
