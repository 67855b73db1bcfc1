"""Values as JSON: the form of which hashes are made, and the one that columns hold."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.canonical import canonical, kept

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20)
FIRST_FORM = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass
class Thing:
    name: str


@given(VALUES)
def test_the_form_is_that_of_which_the_first_hashes_were_made(value: object):
    assert canonical(value) == FIRST_FORM.encode(value).encode()


@pytest.mark.parametrize("value", [date(2027, 1, 1), datetime(2027, 1, 1, tzinfo=UTC), Thing("x"), b"x", {1, 2}])
def test_what_has_no_form_of_its_own_in_json_is_refused(value: object):
    for form in (canonical, kept):
        with pytest.raises(TypeError):
            form({"value": value})


@given(VALUES)
def test_what_a_column_holds_is_read_as_it_was_given(value: object):
    assert json.loads(kept(value)) == value


def test_a_column_keeps_the_order_of_names_and_knows_those_that_are_numbers():
    assert kept({"b": 1, "a": [2], 3: "x"}) == '{"b":1,"a":[2],"3":"x"}'
