"""Columns of imports: guessed from many heads, read with a remedy in each refusal, and written down as they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import check_email
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.texts import parse_day
from app.members.rules.imports import (
    COLUMNS,
    IMPORT_WORDS,
    FormerName,
    ImportKind,
    Institutions,
    Outcome,
    ReadRow,
    check_mapping,
    column_of,
    guess_columns,
    plan_institutions,
)
from app.members.rules.imports.cells import (
    account_number_of,
    day_of,
    email_of,
    former_names_of,
    joined_lines,
    joined_names,
    names_of,
    number_of,
    state_of,
    steps_of,
    text_of,
    units_of,
    yes_or_no,
)
from app.members.rules.imports.countries import ALSO, country_of

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "imports.md"


@pytest.mark.parametrize("kind", ImportKind)
def test_the_documentation_has_every_column_with_what_it_accepts(kind: ImportKind):
    text = DOCUMENTATION.read_text(encoding="utf-8")
    part = text.partition(f"### {IMPORT_WORDS[kind]}\n")[2].partition("\n#")[0]
    wanted = [
        f"| {column.title} | {'yes' if column.is_needed else ''} | {column.accepts.replace('|', chr(92) + '|')} |"
        for column in COLUMNS[kind]
    ]
    assert [line for line in part.splitlines() if line.startswith("| ")][2:] == wanted


@pytest.mark.parametrize("kind", ImportKind)
def test_the_heads_of_our_own_export_are_guessed_exactly(kind: ImportKind):
    titles = [column.title for column in COLUMNS[kind]]
    assert guess_columns(kind, titles) == {place: column.key for place, column in enumerate(COLUMNS[kind])}


def test_other_heads_are_guessed_by_their_meaning_and_each_column_once():
    head = ("E-Mail-Address", "Last  NAME", "first_name", "Surname", "Employer", "Shoe size", "Since")
    assert guess_columns(ImportKind.PEOPLE, head) == {
        0: "email",
        1: "family_name",
        2: "given_name",
        4: "institution_id",
        6: "first_day",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FR", "FR"),
        ("fra", "FR"),
        ("France", "FR"),
        ("Côte d'Ivoire", "CI"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("the U.S.A.", "US"),
        ("Great Britain", "GB"),
        ("The Netherlands", "NL"),
        ("Russia", "RU"),
        ("TURKEY", "TR"),
        ("Republic of Korea", "KR"),
        ("Democratic Republic of the Congo", "CD"),
        ("Republic of the Congo", "CG"),
        ("US Virgin Islands", "VI"),
        ("Falkland Islands", "FK"),
        ("Trinidad & Tobago", "TT"),
    ],
)
def test_a_country_is_found_by_code_or_any_of_its_names(text: str, code: str):
    assert country_of(text) == code


def test_other_names_of_countries_are_of_countries_and_take_no_code_or_name_from_another():
    names = {folded(str(value)): country.alpha_2 for country in pycountry.countries for _, value in country}
    assert {name for name, code in ALSO.items() if names.get(folded(name), code) != code} == set()
    assert set(ALSO.values()) <= set(names.values())


@pytest.mark.parametrize("text", ["Korea", "Virgin Islands", "Kosovo", "Deutschland", "."])
def test_what_names_no_country_or_several_is_refused(text: str):
    with pytest.raises(DomainError, match="write its name in English or its code"):
        country_of(text)


@pytest.mark.parametrize("text", ["M-0004", "m-0004", "M-00004", " M-000000004 "])
def test_one_account_number_is_read_however_many_zeros_it_has(text: str):
    assert account_number_of(text) == "M-0004"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2016-05-24", date(2016, 5, 24)),
        ("24 May 2016", date(2016, 5, 24)),
        ("24.5.2016", date(2016, 5, 24)),
        ("2016-05-24 00:00:00", date(2016, 5, 24)),
    ],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(text: str, day: date):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (day_of, "31.02.2016", "write it as 2016-05-24"),
        (day_of, "42514", "or as a date of the spreadsheet"),
        (day_of, "1600-01-01", "Days from 1800 to 2999"),
        (account_number_of, "4", "looks like M-0004"),
        (account_number_of, "M-0000", "looks like M-0004"),
        (number_of, "M-4", "is in digits"),
        (yes_or_no, "maybe", "Write yes or no"),
        (state_of, "gone", "applied, admitted, active"),
        (text_of(3), "abcd", "At most 3 characters; this has 4"),
        (text_of(9), "a\0b", "cannot be printed"),
        (former_names_of, "Old|O", "has its name and its last day"),
        (former_names_of, "A|A||2012-01-01\nB|B|2013-01-01|2014-01-01", "begins on the day after"),
        (former_names_of, "A|A|2012-01-01|2011-01-01", "before the first day"),
        (former_names_of, "A|B|C|D|E", "Write one a line"),
        (steps_of, "active", "has its state and its first day"),
        (steps_of, "active|2012-01-01|2012-02-01\nsuspended|2012-03-01", "begins on the day after"),
    ],
)
def test_what_a_cell_may_not_say_is_refused_with_a_remedy(read: object, text: str, words: str):
    with pytest.raises(DomainError) as refused:
        read(text)  # type: ignore[operator]
    assert words in refused.value.message


def test_ends_of_lines_that_do_not_show_are_spaces_in_a_cell_and_take_nothing_with_them():
    assert text_of(9)("a \u2028 b\u2029c") == "a b c"
    assert names_of('"Al;ias\u2028z"; B\u2029b') == ("Al;ias z", "B b")
    assert steps_of("active|2012-01-01||Why\u2028not")[0].reason == "Why not"
    (unit,) = units_of(joined_lines([('Un|it "q"\u2028z', "2012-01-01", None)]))
    assert unit.name == 'Un|it "q" z'
    assert steps_of('active|2012-01-01||"By\nletter"\n')[0].reason == "By letter"


@given(st.lists(st.text("aé|\"\\ ,;'", min_size=1, max_size=8).map(str.strip).filter(bool), min_size=1, max_size=3))
def test_former_names_come_back_whatever_signs_they_hold(names: list[str]):
    last = [date(2000 + number, 12, 31) for number in range(len(names))]
    first = [None, *(date(2001 + number, 1, 1) for number in range(len(names) - 1))]
    formers = tuple(FormerName(*each) for each in zip(names, names, first, last, strict=True))
    text = joined_lines((each.name, each.short_name, each.first_day, each.last_day) for each in formers)
    assert former_names_of(text) == formers


@given(st.lists(st.text("aé|\"\\ ,;'=", min_size=1, max_size=8).map(str.strip).filter(bool), max_size=4))
def test_names_between_semicolons_come_back_whatever_signs_they_hold(names: list[str]):
    assert names_of(joined_names(names)) == tuple(names)


@given(st.from_regex(r"[A-Za-z0-9.+_-]{1,70}@[a-z0-9.-]{1,20}(example|test|c|1)?", fullmatch=True))
def test_an_address_is_read_as_on_the_pages_though_each_domain_is_looked_at_once(text: str):
    def outcome(read: object) -> str:
        try:
            return str(read(text))  # type: ignore[operator]
        except DomainError:
            return "refused"

    assert outcome(email_of) == outcome(check_email)


def test_every_column_has_a_title_and_a_key_of_its_own():
    for kind, columns in COLUMNS.items():
        assert len({column.title for column in columns}) == len({column.key for column in columns}) == len(columns)
        assert column_of(kind, columns[0].key) is columns[0]
    assert parse_day("2016-05-24") == date(2016, 5, 24)


def test_a_column_of_names_is_not_taken_for_numbers_of_people():
    head = ["Institution", "Person", "As", "From"]
    names = [["ICS"], ["Ada Lovelace", "Mary Lyon"], ["voting"], ["2015"]]
    assert guess_columns(ImportKind.REPRESENTATIVES, head, names)[1] == "name"
    names[1] = ["12", "Mary Lyon"]
    assert guess_columns(ImportKind.REPRESENTATIVES, head, names)[1] == "number"


def test_a_column_every_row_needs_is_chosen_before_anything_is_tried():
    head = {0: "number", 1: "purpose", 2: "kind", 3: "text"}
    with pytest.raises(DomainError, match="is \u201cFrom\u201d: every row needs it"):
        check_mapping(ImportKind.CONTACT_ROUTES, head)
    check_mapping(ImportKind.PEOPLE, {0: "number"})


class Counted(dict[int, Any]):
    """How often records are looked up."""

    times = 0

    def __getitem__(self, key: int) -> Any:
        self.times += 1
        return super().__getitem__(key)


def test_rows_with_numbers_of_their_own_and_one_short_name_do_not_look_at_one_another():
    facts = {"short_name": "n/a", "kind": "funder", "country": "FR"}
    rows = [
        ReadRow(line, {"account_number": f"M-{line:04}", "name": f"Institute {line}", **facts}, [], set())
        for line in range(2, 202)
    ]
    register = Institutions([])
    register.by_id = counted = Counted()
    assert {plan.outcome for plan in plan_institutions(rows, register, date(2016, 5, 24))} == {Outcome.ADDED}
    assert counted.times <= 10 * len(rows)
