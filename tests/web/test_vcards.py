"""vCards: what goes in comes out of them again, and no line is too long for the standard."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.web.vcards import LONGEST_LINE, Card, escaped, folded_line, vcard, vcards

PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=120)
TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def read(text: str) -> list[tuple[str, str]]:
    """The properties of a vCard, unfolded: name and value as it stands there."""
    lines = text.replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    return [(name, value) for name, _, value in (line.partition(":") for line in lines)]


def plain(value: str) -> str:
    """A value without its escapes."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)


@given(PRINTABLE, PRINTABLE, PRINTABLE)
def test_what_goes_into_a_card_comes_out_of_it_again(given_name: str, family_name: str, organisation: str):
    card = Card("https://muster.example/people/1", given_name, family_name, organisations=(organisation,))
    found = dict(read(vcard(card)))
    assert plain(found["FN"]) == f"{given_name} {family_name}"
    family, given_part, *rest = re.split(r"(?<!\\)(?:\\\\)*;", found["N"])
    assert "\n" not in found["ORG"]
    assert plain(found["ORG"]) == organisation
    assert len(rest) >= 3
    assert plain(found["N"]) == f"{family_name};{given_name};;;"
    assert family is not None
    assert given_part is not None


@given(TYPED)
def test_no_line_has_more_than_75_octets_and_unfolding_gives_it_back(text: str):
    line = f"NOTE:{escaped(text)}"
    parts = folded_line(line).split("\r\n")
    assert all(len(part.encode()) <= LONGEST_LINE for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line


@given(TYPED)
def test_no_text_begins_a_property_of_its_own(text: str):
    value = escaped(text)
    assert "\n" not in value
    assert "\r" not in value
    assert plain(value).count("\n") == len(re.findall(r"\r\n|\r|\n", text))


def test_a_line_is_broken_only_between_characters():
    broken = folded_line("FN:" + "\U0001f42d" * 40).split("\r\n")
    assert [len(part) for part in broken] == [21, 19, 5]


def test_a_full_card_has_the_order_and_the_end_the_standard_asks_for():
    card = Card(
        "https://muster.example/people/7",
        "Ambrož",
        "Tillinghast; Jr",
        title="Dr",
        organisations=("Institute, Prague",),
        position="Head",
        roles=("Voting, Institute",),
        email="a@ip.example",
        phone="+420 1",
        url="https://orcid.org/0000-0002-1825-0097",
    )
    assert vcard(card).split("\r\n") == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:individual",
        "UID:https://muster.example/people/7",
        "FN:Ambrož Tillinghast\\; Jr",
        "N:Tillinghast\\; Jr;Ambrož;;Dr;",
        "ORG:Institute\\, Prague",
        "ROLE:Voting\\, Institute",
        "TITLE:Head",
        "EMAIL:a@ip.example",
        "TEL:+420 1",
        "URL:https://orcid.org/0000-0002-1825-0097",
        "END:VCARD",
        "",
    ]
    assert b"".join(vcards([card, card])).count(b"BEGIN:VCARD") == 2
