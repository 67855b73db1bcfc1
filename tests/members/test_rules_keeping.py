"""Whom a table names: told from its words as it would be from its rows, one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.folding import folded
from app.members.rules.imports import names_somebody, words_of_table
from app.members.rules.imports.keeping import ORCID_ADDRESS, WORD

Rows = Sequence[Sequence[str]]
CELLS = st.text(alphabet="aáAbł .,;@\n/", max_size=8)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=5)


def row_by_row(rows: Rows, names: Collection[str], signs: Collection[str]) -> bool:
    called = [wanted for name in names if (wanted := set(WORD.findall(folded(name))))]
    marked = {folded(sign) for sign in signs}
    return any(
        not marked.isdisjoint(folded(cell).removeprefix(ORCID_ADDRESS) for cell in cells)
        or any(wanted <= set(WORD.findall(folded(*cells))) for wanted in called)
        for cells in rows
    )


@given(ROWS, st.lists(CELLS, max_size=2), st.lists(CELLS.filter(folded), max_size=2))
def test_the_words_of_a_table_tell_the_same_as_its_rows(rows: Rows, names: list[str], signs: list[str]):
    assert names_somebody(words_of_table(rows), names, signs) == row_by_row(rows, names, signs)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (["Łukasz", "Ostrožná"], "named"),
        (["OSTROZNA, lukasz", "Dr"], "named"),
        (["Lukasz", "Ostroznar"], "not"),
        (["", " L.O@ics.example "], "named"),
        (["", "xl.o@ics.example"], "not"),
        (["", "write to l.o@ics.example"], "not"),
        (["https://orcid.org/0000-0002-1825-0097", ""], "named"),
        (["0000-0002-1825-0097", ""], "named"),
    ],
)
def test_names_are_known_by_their_words_and_signs_by_their_whole_cell(row: list[str], says: str):
    signs = ["l.o@ics.example", "0000-0002-1825-0097"]
    table = words_of_table([["Given name", "Family name"], row, ["Ada", "Moreau"]])
    assert names_somebody(table, ["Łukasz Ostrožná"], signs) is (says == "named")


def test_words_of_a_name_in_two_rows_name_nobody():
    assert not names_somebody(words_of_table([["Ada", "Fenn"], ["Bea", "Moreau"]]), ["Ada Moreau"], [])
