"""Statements that share days: nothing is booked twice, and no equal payment is lost without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.billing.commands.bank import FileBrought, Imported, bring_statements, read_table_file
from app.billing.models import BankEntry
from app.billing.rules.bank.heads import look_at
from app.core.database import db
from app.core.errors import DomainError
from app.core.verification import run_checks
from tests.billing.bank_world import adopt, bring, entries
from tests.billing.statement_files import Line, camt
from tests.billing.world import World

ONE, TWO, THREE = (date(2016, 5, day) for day in (2, 3, 4))
RENT, PAID, LATE = Line(-900, "Rent", day=ONE), Line(5_000, "Fee", day=TWO), Line(70, "Gift", day=THREE)
NOON = Line(-40, "Coffee", day=TWO)


@pytest.fixture
def banked(world: World) -> World:
    """A consortium with an account of a bank."""
    adopt(world)
    return world


def amounts() -> list[int]:
    return sorted(each.amount_minor for each in entries())


def test_of_two_equal_payments_the_one_after_the_cut_is_added(banked: World):
    """The first file was cut off at noon of the second day, the second one has all of it."""
    assert bring(banked, camt(RENT, PAID)).added == 2
    imported = bring(banked, camt(PAID, PAID, LATE, opening=-900))
    assert (imported.added, imported.unproved) == (2, 0)
    assert amounts() == [-900, 70, 5_000, 5_000]


@pytest.mark.parametrize("is_whole_day_known", [False, True])
def test_an_equal_payment_of_the_afternoon_alone_is_known_by_the_balances(banked: World, *, is_whole_day_known: bool):
    bring(banked, camt(RENT, PAID))
    if is_whole_day_known:
        bring(banked, camt(PAID, PAID, LATE, opening=-900))
    imported = bring(banked, camt(PAID, opening=4_100))
    assert (imported.added, imported.unproved) == (0 if is_whole_day_known else 1, 0)
    assert amounts().count(5_000) == 2


def test_an_equal_payment_is_not_lost_after_a_statement_without_it(banked: World):
    """Three statements of one day follow on from each other; the first and the last have the same payment."""
    bring(banked, camt(RENT, PAID))
    bring(banked, camt(NOON, opening=4_100))
    assert bring(banked, camt(PAID, opening=4_060)).added == 1


def test_an_equal_payment_of_the_morning_is_added_when_it_is_brought_after_the_afternoon(banked: World):
    bring(banked, camt(PAID, LATE, opening=4_100))
    assert bring(banked, camt(RENT, PAID)).added == 2


def test_an_equal_payment_is_not_lost_after_a_statement_that_repeats_the_first(banked: World):
    bring(banked, camt(RENT, PAID))
    bring(banked, camt(PAID, NOON, opening=-900))
    assert bring(banked, camt(PAID, LATE, opening=4_060)).added == 2


def test_what_the_balances_neither_prove_nor_fit_is_refused_with_the_reason(banked: World):
    """Something between noon and three is missing: the payment after it may be the one before it."""
    bring(banked, camt(RENT, PAID))
    with pytest.raises(DomainError, match="Bring the statement of the whole days first"):
        bring(banked, camt(PAID, opening=4_060))
    assert amounts() == [-900, 5_000]
    assert bring(banked, camt(PAID, NOON, PAID, opening=-900)).added == 2


def test_a_missing_amount_that_a_line_explains_proves_it_new(banked: World):
    """The last statement says that something was missing: it is the payment of the afternoon."""
    bring(banked, camt(RENT, PAID))
    bring(banked, camt(LATE, opening=9_100))
    imported = bring(banked, camt(NOON, PAID, Line(40, "Coffee back", day=TWO), opening=4_100))
    assert (imported.added, imported.unproved) == (3, 0)


def test_without_balances_it_is_told_what_was_taken_for_known_by_its_words(banked: World):
    table = b"Date;Text;Amount\n03.05.2016;Fee;50,00\n"
    (account_id,) = {each.account_id for each in _brought(banked, camt(PAID))}
    waiting = bring(banked, table).waiting_id
    read = read_table_file(waiting or 0, account_id, look_at(table).guess, actor=banked.office)
    assert (read.added, read.unproved) == (0, 1)
    again = bring_statements(FileBrought("table", table, "text/csv"), account_id, actor=banked.office)
    assert (again.added, again.unproved) == (0, 1)
    db.session.rollback()


def test_an_overlapping_statement_with_references_needs_no_proof(banked: World):
    known = Line(5_000, "Fee", day=TWO, bank_reference="B-1")
    bring(banked, camt(RENT, known))
    imported = bring(banked, camt(known, Line(5_000, "Fee", day=TWO, bank_reference="B-2"), opening=-900))
    assert (imported.added, imported.unproved) == (1, 0)


def _brought(world: World, content: bytes) -> list[BankEntry]:
    bring(world, content)
    return entries()


HISTORIES = st.lists(
    st.tuples(st.sampled_from([5_000, 70, -40]), st.sampled_from(["Fee", "Gift"]), st.integers(0, 2)),
    min_size=1,
    max_size=7,
)
CUTS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=4)


@given(history=HISTORIES, cuts=CUTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_of_a_history_in_any_order_never_add_more_than_it_nor_lose_a_line_in_silence(
    banked: World, history: Sequence[tuple[int, str, int]], cuts: Sequence[tuple[int, int]]
):
    in_order = sorted(history, key=lambda one: one[2])
    lines = [Line(amount, text, day=ONE + timedelta(day)) for amount, text, day in in_order]
    parts = [cut for cut in ((min(cut), min(max(cut), len(lines))) for cut in cuts) if cut[0] < cut[1]]
    try:
        told = [_tells(banked, lines, first, last) for first, last in parts]
        there, wanted = Counter(map(_said, entries())), _of(lines, parts)
        assert not there - wanted
        assert any(told) or there == wanted
        assert [line for finding in run_checks() for line in finding.problems] == []
    finally:
        db.session.rollback()
        db.session.expunge_all()


def _said(entry: BankEntry) -> tuple[int, str, date]:
    return entry.amount_minor, entry.text, entry.booking_day


def _of(lines: Sequence[Line], parts: Sequence[tuple[int, int]]) -> Counter[tuple[int, str, date]]:
    """What the parts of a history hold together."""
    brought = {place for first, last in parts for place in range(first, last)}
    return Counter((lines[place].amount, lines[place].text, lines[place].day) for place in brought)


def _tells(world: World, lines: Sequence[Line], first: int, last: int) -> bool:
    """Bring a part of a history; whether it is refused, or something of it is said to be without proof."""
    content = camt(*lines[first:last], opening=sum(line.amount for line in lines[:first]), number=f"{first}-{last}")
    try:
        imported: Imported = bring_statements(FileBrought("statement", content, "text/xml"), actor=world.office)
    except DomainError:
        return True
    return imported.unproved > 0


def test_a_part_of_a_day_whose_many_lines_are_all_known_adds_nothing(banked: World):
    """Ten lines of the morning and twenty of the afternoon, of which the sums are too many to try."""
    day = [Line(-(3**number), f"Line {number}", day=TWO) for number in range(30)]
    bring(banked, camt(*day))
    imported = bring(banked, camt(*day[:10]))
    assert (imported.added, imported.unproved) == (0, 0)


def test_where_the_sums_are_too_many_to_try_the_lines_are_taken_for_known_and_told(banked: World):
    day = [Line(-(3**number), f"Line {number}", day=TWO) for number in range(30)]
    bring(banked, camt(*day))
    imported = bring(banked, camt(*day[10:20], opening=-1))
    assert (imported.added, imported.unproved) == (0, 10)
