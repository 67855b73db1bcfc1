"""The table of rules: the first row that matches wins, whatever the rows are; found a second way, too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.rules.proposing import Asked, Material, Mismatch, RuleFacts, mismatches, propose
from app.core.periods import Period
from app.lines.rules import AlleleClass
from app.members.rules import InstitutionKind

DAY = date(2016, 5, 24)
CLASSES = (AlleleClass.REPORTER, AlleleClass.DELETION)
KINDS = (InstitutionKind.CORPORATION, InstitutionKind.RESEARCH_CENTRE)
days = st.integers(-2, 2).map(lambda number: DAY + timedelta(days=number))
WISHES: tuple[tuple[str, object], ...] = (
    *(("provider_id", each) for each in (1, 2)),
    *(("repository_id", each) for each in (1, 2)),
    *(("pipeline", each) for each in ("KOMP", "komp", "EUCOMM")),
    *(("allele_class", each) for each in CLASSES),
    *(("recipient_kind", each) for each in KINDS),
    ("usable", False),
    ("period", Period(DAY)),
    ("period", Period(DAY - timedelta(days=9), DAY)),
)
# Rows that ask for little, as those of a real table: most questions then have an answer, and often several.
rules = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 6), st.lists(st.sampled_from(WISHES), max_size=2)).map(
        lambda row: RuleFacts(
            **{"id": row[0], "position": row[1], "template_id": 1, "period": Period(DAY - timedelta(days=2))}
            | dict(row[2])  # type: ignore[arg-type]
        )
    ),
    max_size=6,
    unique_by=(lambda each: each.id, lambda each: each.position),
)
materials = st.builds(
    Material,
    st.none() | st.sampled_from(["KOMP", "EUCOMM"]),
    st.none() | st.sampled_from(CLASSES),
    st.frozensets(st.integers(1, 2)),
)
questions = st.builds(
    Asked,
    day=days,
    provider_id=st.none() | st.integers(1, 2),
    recipient_kind=st.none() | st.sampled_from(KINDS),
    material=st.lists(materials, max_size=2).map(tuple),
)


def wants(wish: object, have: object) -> bool:
    """Whether a wish of a row is met; none is met by anything."""
    return wish is None or wish == have


def suits(rule: RuleFacts, line: Material) -> bool:
    """Whether a line is what a row wants of lines."""
    same = (rule.pipeline and rule.pipeline.upper(), (line.pipeline or "").upper())
    kept = rule.repository_id is None or rule.repository_id in line.repository_ids
    return kept and wants(*same) and wants(rule.allele_class, line.allele_class)


def plainly_matches(rule: RuleFacts, asked: Asked) -> bool:
    """The same question answered as one reads the table: wish by wish, line by line."""
    wants_lines = [rule.repository_id, rule.pipeline, rule.allele_class] != [None] * 3
    if wants_lines and (not asked.material or not all(suits(rule, line) for line in asked.material)):
        return False
    parties = wants(rule.provider_id, asked.provider_id) and wants(rule.recipient_kind, asked.recipient_kind)
    return parties and rule.usable and rule.period.contains(asked.day)


@given(rules, questions)
def test_the_first_row_that_matches_wins(table: list[RuleFacts], asked: Asked):
    found = propose(table, asked)
    matching = [rule for rule in table if plainly_matches(rule, asked)]
    assert found.matched == min(matching, key=lambda rule: rule.position, default=None)
    before = [each for each in table if found.matched is None or each.position < found.matched.position]
    assert {each.rule.id for each in found.tried if each.against} == {each.id for each in before}


@given(rules, questions, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_read_does_not_matter(table: list[RuleFacts], asked: Asked, chance: object):
    shuffled = list(table)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert propose(shuffled, asked) == propose(table, asked)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"period": Period(DAY + timedelta(days=1))}, Mismatch.EARLY),
        ({"period": Period(date(2015, 1, 1), DAY - timedelta(days=1))}, Mismatch.LATE),
        ({"provider_id": 2}, Mismatch.PROVIDER),
        ({"repository_id": 2}, Mismatch.REPOSITORY),
        ({"pipeline": "EUCOMM"}, Mismatch.PIPELINE),
        ({"allele_class": AlleleClass.DELETION}, Mismatch.ALLELE_CLASS),
        ({"recipient_kind": InstitutionKind.CORPORATION}, Mismatch.RECIPIENT_KIND),
        ({"usable": False}, Mismatch.TEMPLATE),
        ({"provider_id": 1, "repository_id": 1, "pipeline": "komp", "allele_class": AlleleClass.REPORTER}, None),
    ],
)
def test_a_row_says_why_it_does_not_match(rule: dict[str, object], why: Mismatch | None):
    line = Material("KOMP", AlleleClass.REPORTER, frozenset({1}))
    asked = Asked(DAY, 1, InstitutionKind.RESEARCH_CENTRE, (line,))
    row = RuleFacts(**{"id": 1, "position": 1, "template_id": 1, "period": Period(DAY)} | rule)  # type: ignore[arg-type]
    assert mismatches(row, asked) == (() if why is None else (why,))
