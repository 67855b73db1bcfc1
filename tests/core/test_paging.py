"""Lists: a page with the count of all rows of its filter, everything as a stream, and folded search."""

from __future__ import annotations

import pytest
from flask.ctx import AppContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import User
from app.core import clock
from app.core.database import db
from app.core.folding import folded
from app.core.paging import fetch_page, matches
from app.core.tables import Page, PageRequest
from app.core.transaction import transaction

pytestmark = pytest.mark.usefixtures("sample_users")


@pytest.fixture
def seven(context: AppContext) -> None:
    """Seven users, three of them with the same name."""
    with transaction():
        for number, name in enumerate(("B", "A", "C", "B", "B", "E", "D")):
            db.session.add(User(name=name, email=f"{number}@b.example", created_at=clock.now()))


def listed(request: PageRequest) -> Page[tuple[str, str]]:
    # The columns alone name the table: counting must not lose it.
    return fetch_page(
        select(User.name, User.email),
        request,
        sorts={"name": User.name, "email": User.email},
        key=User.id,
        build=tuple,
    )


def test_a_page_counts_all_rows_of_the_filter(seven: None) -> None:
    page = listed(PageRequest(number=2, size=3))
    assert [name for name, _ in page.rows] == ["B", "C", "D"]
    assert (page.total, page.first, page.last) == (7, 4, 6)
    assert page.has_next
    assert page.has_previous


def test_equal_rows_keep_one_order_over_pages(seven: None) -> None:
    emails = [email for number in (1, 2, 3) for _, email in listed(PageRequest(number=number, size=3)).rows]
    assert emails == ["1@b.example", "0@b.example", *(f"{n}@b.example" for n in (3, 4, 2, 6, 5))]


def test_a_page_may_run_backwards(seven: None) -> None:
    rows = listed(PageRequest(size=3, sort="email", descending=True)).rows
    assert [email for _, email in rows] == ["6@b.example", "5@b.example", "4@b.example"]


def test_everything_comes_as_a_stream(seven: None) -> None:
    assert len(list(listed(PageRequest(size=0)).rows)) == 7


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Ostrožná", "ostrozna"), ("Łódź  Ø", "lodz o"), ("Ελλάδα", "ελλαδα"), ("東京", "東京"), ("Straße", "strasse")],
)
def test_folded_text_has_no_accents_and_no_capitals(text: str, plain: str) -> None:
    assert folded(text) == plain


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_words_typed_are_found_in_any_order_and_percent_is_no_wildcard(seven: None) -> None:
    found = select(func.count(User.id)).where(*matches(User.email, "example 3@"))
    assert db.session.scalar(found) == 1
    assert db.session.scalar(select(func.count(User.id)).where(*matches(User.email, "%"))) == 0
