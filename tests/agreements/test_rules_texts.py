from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.rules.texts import PLACES, BlockKind, TemplateText, blocks_of, check_body, filled, text_hash
from app.core.errors import DomainError


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "Write the text."),
        ("Fine.\nFor {institute}.", "Line 2: nobody fills in {institute}."),
        ("{provider\ngives", "Line 1: a brace without the other one."),
        ("a } b", "Line 1: a brace without the other one."),
        ("{{provider}}", "Line 1: a brace without the other one."),
        ("{provider.name}", "Line 1: nobody fills in {provider.name}."),
        ("{ provider }", "Line 1: nobody fills in { provider }."),
        ("{}\n\n{law!r}", "Line 1: nobody fills in {}. Line 3: nobody fills in {law!r}."),
    ],
)
def test_a_brace_that_is_no_place_is_refused_with_its_line(body: str, told: str):
    with pytest.raises(DomainError, match=re.escape(told)) as refused:
        check_body(body)
    assert refused.value.field == "body"


def test_every_place_of_the_list_may_stand_in_a_text():
    check_body(" ".join(f"{{{name}}}" for name in PLACES))


PLACED = st.sampled_from([f"{{{name}}}" for name in sorted(PLACES)])


@given(st.dictionaries(st.sampled_from(sorted(PLACES)), st.text() | PLACED, min_size=1))
def test_what_is_put_in_is_text_whatever_it_holds(values: dict[str, str]):
    body = "\n".join(f"{{{name}}}" for name in values)
    assert filled(body, values) == "\n".join(values.values())


def test_a_value_with_markup_makes_no_clause_and_no_point():
    found = blocks_of("# {provider}\n{purpose}", {"provider": "# A {law}", "purpose": "# x\n- y\n\n{law}"})
    assert [(each.kind, each.text, each.number) for each in found] == [
        (BlockKind.HEADING, "# A {law}", 1),
        (BlockKind.PARAGRAPH, "# x\n- y\n\n{law}", 0),
    ]


def test_clauses_are_numbered_and_paragraphs_part_at_an_empty_line():
    found = blocks_of("Before.\n# One\nfirst\nline\n\nsecond\n- a\n- b\n## Two\nlast")
    assert [(each.kind.value[0], each.text, each.number) for each in found] == [
        ("p", "Before.", 0),
        ("h", "One", 1),
        ("p", "first\nline", 0),
        ("p", "second", 0),
        ("i", "a", 0),
        ("i", "b", 0),
        ("h", "Two", 2),
        ("p", "last", 0),
    ]


def test_the_hash_of_a_text_tells_any_change_of_it():
    texts = [
        TemplateText("Text", {"onward": "free"}),
        TemplateText("Text ", {"onward": "free"}),
        TemplateText("Text", {"onward": "forbidden"}),
        TemplateText("Text", {"onward": "free"}, law="Law"),
        TemplateText("Text", {"onward": "free"}, fees="Law"),
    ]
    assert len({text_hash(each) for each in texts}) == len(texts)
