from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.core.money import Money
from app.core.tables import Cell, Column, Kind, Table
from app.core.texts import FORMULA_STARTS, guarded, unguarded
from app.web import exports

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def column(key: str, kind: Kind = Kind.TEXT, currency: str | None = None) -> Column[dict[str, Cell]]:
    return Column(key, key.title(), lambda row: row[key], kind, currency=currency)


def csv_of(columns: list[Column[dict[str, Cell]]], *rows: dict[str, Cell]) -> list[list[str]]:
    text = "".join(exports.csv_lines(columns, rows))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def cells_of(columns: list[Column[dict[str, Cell]]], *rows: dict[str, Cell]) -> list[list[tuple[str | None, str]]]:
    """Type and text of each cell of the sheet."""
    target = io.BytesIO()
    exports.write_xlsx(target, columns, rows)
    with zipfile.ZipFile(target) as book:
        tree = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    lines = tree.iter(f"{SHEET}row")
    return [[(cell.get("t"), "".join(cell.itertext())) for cell in line.iter(f"{SHEET}c")] for line in lines]


@pytest.mark.parametrize("start", list("=+-@\t\r＝＋－＠"))
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str):
    assert csv_of([column("name")], {"name": f"{start}cmd"})[1] == [f"'{start}cmd"]


@given(st.text())
def test_guarding_only_ever_adds_an_apostrophe(text: str):
    assert guarded(text) in {text, f"'{text}"}
    assert not guarded(text).startswith(FORMULA_STARTS)
    assert unguarded(guarded(text)) == text


@given(st.text("'=+-@x", max_size=5))
def test_what_was_guarded_comes_back_even_with_apostrophes_of_its_own(text: str):
    assert unguarded(guarded(text)) == text


def test_negative_numbers_stay_numbers():
    columns = [column("sum", Kind.MONEY, "GBP"), column("many", Kind.NUMBER)]
    assert csv_of(columns, {"sum": Money.of("-50000", "GBP"), "many": -3})[1] == ["-50000.00", "GBP", "-3"]


def test_days_are_iso_and_moments_carry_their_offset():
    moment = datetime(2016, 5, 24, 11, tzinfo=UTC)
    row: dict[str, Cell] = {"day": date(2016, 5, 24), "at": moment, "none": None}
    columns = [column("day", Kind.DATE), column("at", Kind.INSTANT), column("none")]
    assert csv_of(columns, row)[1] == ["2016-05-24", "2016-05-24T12:00:00+01:00", ""]


def test_amounts_of_one_currency_share_its_column():
    columns = [column("fee", Kind.MONEY, "GBP"), column("open", Kind.MONEY, "GBP")]
    row: dict[str, Cell] = {"fee": Money.of(1, "GBP"), "open": Money.of(0, "GBP")}
    assert csv_of(columns, row) == [["Fee", "Open", "Currency"], ["1.00", "0.00", "GBP"]]


def test_amounts_of_mixed_currencies_each_name_theirs():
    columns = [column("fee", Kind.MONEY), column("open", Kind.MONEY)]
    row: dict[str, Cell] = {"fee": Money.of(1, "GBP"), "open": Money.of(500, "JPY")}
    assert csv_of(columns, row) == [
        ["Fee", "Fee currency", "Open", "Open currency"],
        ["1.00", "GBP", "500", "JPY"],
    ]


def test_state_is_worded_as_on_the_page():
    assert csv_of([column("state", Kind.STATE)], {"state": "part_paid"})[1] == ["Part paid"]


def test_sheet_keeps_text_as_text_and_numbers_as_numbers():
    columns = [column("name"), column("many", Kind.NUMBER), column("day", Kind.DATE)]
    row: dict[str, Cell] = {"name": "=1+1", "many": 7, "day": date(2016, 5, 24)}
    assert cells_of(columns, row)[1] == [("inlineStr", "=1+1"), (None, "7"), (None, "42514")]


def test_sheet_loses_no_penny_of_a_great_amount():
    columns = [column("sum", Kind.MONEY, "GBP")]
    great, small = Money(10**15 + 1, "GBP"), Money(10**15 - 1, "GBP")
    written = cells_of(columns, {"sum": great}, {"sum": small})
    assert written[1][0] == ("inlineStr", "10000000000000.01")
    assert Decimal(written[2][0][1]) == Decimal("9999999999999.99")


def test_sheet_writes_a_day_before_its_calendar_as_text():
    assert cells_of([column("day", Kind.DATE)], {"day": date(1899, 12, 31)})[1] == [("inlineStr", "1899-12-31")]


def test_sheet_survives_characters_that_xml_may_not_hold():
    assert len(cells_of([column("name")], {"name": "a\x00\x0b\ufffe b"})) == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Members and fees 2016", 'attachment; filename="Members and fees 2016.csv"'),
        ('../../x"; evil="y', 'attachment; filename="_.._x_ evil=_y.csv"'),
        ("a\r\nSet-Cookie: b", 'attachment; filename="aSet-Cookie_ b.csv"'),
        ("Ostrožná", "attachment; filename=\"Ostrozna.csv\"; filename*=UTF-8''Ostro%C5%BEn%C3%A1.csv"),
        ("日本", "attachment; filename=\"document.csv\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.csv"),
        ("x" * 300, f'attachment; filename="{"x" * 100}.csv"'),
    ],
)
def test_file_name_is_safe_and_keeps_its_letters(name: str, expected: str):
    with Flask("x").test_request_context():
        headers = exports.csv_response([], [], name).headers
    assert headers["Content-Disposition"] == expected
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_csv_is_sent_while_rows_are_read():
    taken: list[int] = []

    def rows() -> Any:
        for number in range(5000):
            taken.append(number)
            yield {"name": str(number)}

    lines = exports.csv_lines([column("name")], rows())
    next(lines)
    next(lines)
    assert len(taken) == exports.ROWS_A_CHUNK


def test_json_keeps_amounts_exact_and_names_the_columns():
    columns = (column("name"), column("sum", Kind.MONEY, "GBP"))
    rows: list[dict[str, Cell]] = [{"name": "A", "sum": Money.of("0.1", "GBP")}]
    table: Table[dict[str, Cell]] = Table("Fees", columns, rows, {"sum": Money.of("0.1", "GBP")}, ("A note.",))
    with Flask("x").test_request_context():
        body = json.loads(exports.json_response(table, "fees").get_data(as_text=True))
    assert body["rows"] == [{"name": "A", "sum": {"amount": "0.10", "currency": "GBP"}}]
    assert body["totals"] == {"sum": {"amount": "0.10", "currency": "GBP"}}
    assert [each["kind"] for each in body["columns"]] == ["text", "money"]
