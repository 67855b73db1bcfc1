"""Spreadsheets someone sends: read whatever they were saved with, bounded before they are parsed, refused in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.core.tables import Column
from app.files import spreadsheets
from app.files.forms import SpreadsheetField
from app.files.rules import CSV, XLSX
from app.files.spreadsheets import Sheet, read_spreadsheet, spreadsheet_type
from app.web.exports import csv_lines
from app.web.forms import MusterForm
from app.web.requests import House

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CENTRE = ("Helmholtz Zentrum München", "DE")


def workbook(write: Callable[[xlsxwriter.Workbook, Any], object]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        write(book, book.add_worksheet())
    return target.getvalue()


def with_sheet(rows: bytes, place: str = "worksheets/sheet1.xml") -> bytes:
    """A workbook whose sheet holds this XML, wherever in the archive it lies."""
    source, target = io.BytesIO(workbook(lambda _, sheet: sheet.write_string(0, 0, "Name"))), io.BytesIO()
    xml = b'<worksheet xmlns="%s"><dimension ref="A1:XFD1048576"/>%s</worksheet>' % (MAIN.encode(), rows)
    with ZipFile(source) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part == "xl/worksheets/sheet1.xml":
                new.writestr(f"xl/{place}", xml)
            else:
                new.writestr(part, old.read(part).replace(b"worksheets/sheet1.xml", place.encode()))
    return target.getvalue()


def of_two_kinds(other: str, content: str) -> bytes:
    """An archive that says it is an Excel table but holds a workbook of another kind."""
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr(
            "META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("xl/workbook.xml", "none")
        archive.writestr(other, content)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_file_is_read_in_its_encoding_with_its_delimiter_and_its_line_ends(
    encoding: str, delimiter: str, end: str
):
    lines = [("Name", "Country"), CENTRE, ("CNR; Monterotondo, |Rome", "IT")]
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=end).writerows(lines)
    sheet = read_spreadsheet(target.getvalue().encode(encoding))
    assert sheet == Sheet(("Name", "Country"), [(2, CENTRE), (3, lines[2])])


@pytest.mark.parametrize("said", ["sep=;\r\n", '"SEP=;"\r\n', "\ufeffsep=;\r\n"])
def test_a_first_line_that_names_the_delimiter_is_no_line_of_heads(said: str):
    sheet = read_spreadsheet(f"{said}Name;Country, in full\r\nICS;France, Alsace\r\n".encode())
    assert sheet == Sheet(("Name", "Country, in full"), [(3, ("ICS", "France, Alsace"))])


def test_a_value_may_have_several_lines_and_the_next_row_keeps_its_line_number():
    sheet = read_spreadsheet(b'Name,Address\nICS,"1 rue\nIllkirch"\n\nCNR,Rome\n')
    assert sheet.rows == [(2, ("ICS", "1 rue\nIllkirch")), (5, ("CNR", "Rome"))]
    assert sheet.sample(1) == ["1 rue\nIllkirch", "Rome"]


@given(st.lists(st.tuples(st.text("'=+-@a\"\n,;é ", max_size=6).map(str.strip), st.just("x")), min_size=1, max_size=5))
def test_what_our_own_export_wrote_is_read_as_it_was(rows: list[tuple[str, str]]):
    columns: list[Column[tuple[str, str]]] = [
        Column("a", "A", lambda row: row[0]),
        Column("b", "B", lambda row: row[1]),
    ]
    content = "".join(csv_lines(columns, rows)).encode()
    assert [cells for _, cells in read_spreadsheet(content).rows] == rows


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n....", "neither a CSV nor an Excel file"),
        (b"PK\x03\x04broken", "neither a CSV nor an Excel file"),
        (b"\x00\x01\x02", "neither a CSV nor an Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "save it as .xlsx without one"),
        (b"\n\n", "The file is empty"),
        (b"Name,Country\n", "a line of heads and no row"),
        (b'Name,Country\nICS,FR\n"CNR,IT\n', "A quotation mark opened on line 3 is never closed"),
        (b'Name,Country\n"I"CS,FR\n', "Line 2 cannot be read"),
        (b"Name,Country\nICS,FR,Illkirch\n", "Line 2 has more cells than the line of heads"),
        (b"a," * 300 + b"\nx\n", "more than 200 columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content: bytes, words: str):
    with pytest.raises(DomainError, match=words):
        read_spreadsheet(content)


def test_heads_that_are_missing_merged_or_doubled_get_names_of_their_own():
    def write(_book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 1, "Place")
        sheet.write_string(0, 3, "Place")
        sheet.write_row(1, 0, ["Rome", "IT", "x", "again"])

    assert read_spreadsheet(workbook(write)).head == ("Place", "Column 2", "Column 3", "Place (2)")


def test_a_workbook_gives_days_numbers_and_values_of_formulas_as_text():
    def write(book: Any, sheet: Any) -> None:
        book.add_worksheet("Empty")
        sheet.write_row(2, 1, ["Day", "Early", "Number", "Share", "Sum", "Yes", "Text"])
        sheet.write_datetime(3, 1, datetime(2016, 5, 24), book.add_format({"num_format": "d mmm yyyy"}))  # noqa: DTZ001
        sheet.write_string(3, 2, "1850-01-31")
        sheet.write_number(3, 3, 33400000000)
        sheet.write_number(3, 4, 0.5)
        sheet.write_formula(3, 5, "=1+1", None, 2)
        sheet.write_boolean(3, 6, True)  # noqa: FBT003 - xlsxwriter names it otherwise
        sheet.write_string(3, 7, "=1+1")

    sheet = read_spreadsheet(workbook(write))
    assert sheet.rows == [(4, ("2016-05-24", "1850-01-31", "33400000000", "0.5", "2", "yes", "=1+1"))]


def test_the_first_sheet_that_holds_anything_is_read():
    def write(book: Any, _sheet: Any) -> None:
        book.add_worksheet().write_column(0, 0, ["Name", "ICS"])

    assert read_spreadsheet(workbook(write)).rows == [(2, ("ICS",))]


def test_a_small_workbook_that_claims_a_million_rows_is_read_by_what_it_holds():
    rows = (
        b'<sheetData><row r="1"><c r="A1" t="str"><v>Name</v></c></row><row><c t="str"><v>ICS</v></c></row></sheetData>'
    )
    assert read_spreadsheet(with_sheet(rows)).rows == [(2, ("ICS",))]


@pytest.mark.parametrize("place", [b"A1048576", b"XFD30000", b"AAAAAAAAA1"])
def test_a_cell_far_out_is_refused_before_anything_is_parsed(place: bytes):
    rows = b'<sheetData><row><c r="A1"><v>1</v></c></row><row><c r="%s"><v>1</v></c></row></sheetData>' % place
    with pytest.raises(DomainError, match=r"A cell stands on row|The sheet reaches over"):
        read_spreadsheet(with_sheet(rows))


@pytest.mark.parametrize("part", ["foo/sheet1.xml", "sheet1.dat", "worksheets/SHEET1.XML"])
def test_a_cell_far_out_is_refused_wherever_in_the_archive_its_sheet_lies(part: str):
    # The row is one too many but narrow, so that nothing breaks where it is not refused.
    rows = b'<sheetData><row><c r="A1"><v>1</v></c></row><row><c r="A200002"><v>1</v></c></row></sheetData>'
    with pytest.raises(DomainError, match="A cell stands on row 200,002"):
        read_spreadsheet(with_sheet(rows, part))


@pytest.mark.parametrize(("blanks", "words"), [(5000, "A cell stands on row 200,002"), (3 << 20, "damaged")])
def test_a_cell_far_out_is_refused_also_where_blanks_part_it_between_two_pieces(blanks: int, words: str):
    start = b'<sheetData><row><c r="A1"><v>1</v></c></row>'
    before = b"<!--%s-->" % (b"x" * (spreadsheets.CHUNK - len(start) - 1000))
    rows = start + before + b'<row><c r%s="A200002"><v>1</v></c></row></sheetData>' % (b" " * blanks)
    with pytest.raises(DomainError, match=words):
        read_spreadsheet(with_sheet(rows))


def test_an_archive_that_holds_a_workbook_of_another_kind_too_is_refused():
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    names = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in ("office", "table", "text")
    )
    rows = f"<table:table-row>{cell}</table:table-row>" * 2
    table = f'<table:table table:name="S">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    content = f"<office:document-content {names}>{body}</office:document-content>"
    for other in ("content.xml", "xl\\workbook.bin", "XL/workbook.bin"):
        with pytest.raises(DomainError, match="two kinds at once"):
            read_spreadsheet(of_two_kinds(other, content))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch):
    content = with_sheet(b" " * 5_000_000)
    assert len(content) < 20_000
    monkeypatch.setattr(spreadsheets, "MOST_UNPACKED", 4_000_000)
    with pytest.raises(DomainError, match="unpacks to more than"):
        read_spreadsheet(content)


def test_a_workbook_whose_packed_bytes_are_spoiled_is_refused():
    content = bytearray(with_sheet(b"<row/>" * 100_000))
    packed = content.index(b"sheet1.xml") + len(b"sheet1.xml")
    content[packed : packed + 40] = b"\xff" * 40
    with pytest.raises(DomainError, match="damaged"):
        read_spreadsheet(bytes(content))


def test_a_workbook_that_lies_about_its_sizes_is_refused():
    content = bytearray(with_sheet(b" " * 100_000))
    place = content.index(b"PK\x01\x02", content.index(b"sheet1.xml"))
    while content.find(b"sheet1.xml", place) != place + 46 + len(b"xl/worksheets/"):
        place = content.index(b"PK\x01\x02", place + 1)
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with pytest.raises(DomainError, match="damaged"):
        read_spreadsheet(bytes(content))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 2)
    with pytest.raises(DomainError, match="more than 2 rows"):
        read_spreadsheet(b"Name\na\nb\nc\n")


def test_the_field_takes_tables_in_any_encoding_and_nothing_else(house: House):
    class TableForm(MusterForm):
        class Meta:
            csrf = False

        table = SpreadsheetField("Table", most_megabytes=1)

    def sent(content: bytes) -> TableForm:
        parts = {"table": (io.BytesIO(content), "members.csv")}
        with house.test_request_context("/", method="POST", data=parts, content_type="multipart/form-data"):
            form = TableForm()
            form.validate()
            return form

    upload = sent("Name;Land\nMünchen;DE\n".encode("cp1252")).table.upload
    assert upload is not None
    assert (upload.name, upload.media_type) == ("members.csv", CSV)
    assert spreadsheet_type(workbook(lambda _, sheet: sheet.write(0, 0, "a"))) == XLSX
    assert sent(b"%PDF-1.7\n").table.errors == ["By its content this file is none of these: CSV table and Excel table."]
