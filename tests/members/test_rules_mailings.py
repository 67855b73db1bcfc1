"""The places of a mail template: known ones are filled, unknown ones refused, what is put in is not read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError, SeveralError
from app.members.rules import (
    MOST_RECIPIENTS,
    PLACEHOLDERS,
    check_number,
    check_places,
    filled_in,
    filled_subject,
)


def test_unknown_places_are_told_all_at_once_each_at_its_field():
    text = "Dear {person} of {instituton}, {foo} and {instituton}"
    with pytest.raises(SeveralError) as refused:
        check_places({"subject": "{bar}", "text": text, "name": "{class}"}, PLACEHOLDERS)
    subject, body = refused.value.refusals
    assert (subject.field, body.field) == ("subject", "text")
    assert subject.message.startswith("Nobody fills in {bar}. These are filled in: {person}, ")
    assert body.message.startswith("Nobody fills in {instituton}, {foo}. These")


def test_known_places_and_lone_braces_pass():
    text = "{person} {institution} {class} {consortium} { } } {"
    with pytest.raises(DomainError):
        check_places({"text": "{ }"}, PLACEHOLDERS)
    check_places({"text": text.replace("{ }", "")}, PLACEHOLDERS)


def test_the_person_may_also_be_called_the_name():
    check_places({"text": "{name}"}, PLACEHOLDERS)
    assert filled_in("{name}, {person}", {"person": "Ada {class}", "class": "x"}) == "Ada {class}, Ada {class}"
    with pytest.raises(DomainError, match=r"Nobody fills in \{name\}"):
        check_places({"text": "{name}"}, ["institution"])


@given(st.text(), st.sampled_from(sorted(PLACEHOLDERS)))
def test_what_is_put_in_is_never_read_for_places_again(value: str, name: str):
    told = f"{value}{{person}}{{class}}"
    assert filled_in(f"<{{{name}}}>", {name: told}) == f"<{told}>"


@given(st.text(max_size=300), st.text(max_size=900))
def test_a_filled_subject_is_one_line_of_at_most_500_characters(subject: str, value: str):
    line = filled_subject(f"{subject}{{institution}}", {"institution": value})
    assert len(line) <= 500
    assert "\n" not in line
    assert "\r" not in line


def test_a_mailing_goes_to_at_most_a_thousand():
    check_number(range(MOST_RECIPIENTS))
    with pytest.raises(DomainError, match="At most 1,000 people at once; these are 1,001"):
        check_number(range(MOST_RECIPIENTS + 1))
