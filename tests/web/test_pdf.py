from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from app.core.errors import DomainError, UnavailableError
from app.core.money import Money
from app.core.tables import Column, Kind, Table
from app.web.pdf import (
    LARGEST_PAPER,
    AssetRefusedError,
    EmbeddedFile,
    MissingGlyphWarning,
    PdfUnavailableError,
    PrintWarning,
    TablePaper,
    eights,
    libraries,
    missing_libraries,
    press,
    print_pdf,
    table_html,
    time_parts,
)
from app.web.pdf.assets import LARGEST_DATA, read_asset
from app.web.pdf.templates import moment, number
from tests.papers import needs_pango, page_sizes, page_texts

MADE_AT = datetime(2016, 5, 24, 13, 3, tzinfo=UTC)
PAGE = '<html lang="en"><head><title>{0}</title></head><body><h1>{0}</h1>{1}</body></html>'
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@dataclass(frozen=True)
class Member:
    name: str
    since: date
    fee: Money
    lines: int = 1234


COLUMNS: list[Column[Member]] = [
    Column("name", "Institution", lambda row: row.name, Kind.NAME),
    Column("since", "Member since", lambda row: row.since, Kind.DATE),
    Column("fee", "Fee", lambda row: row.fee, Kind.MONEY, currency="GBP"),
]
FEE = Money.of("50000", "GBP")


def members(count: int) -> list[Member]:
    return [Member(f"Institute {index}", date(2011, 9, 29), FEE) for index in range(count)]


def report(rows: list[Member], columns: list[Column[Member]] | None = None) -> TablePaper:
    totals: dict[str, Any] = {"fee": Money(FEE.minor * len(rows), "GBP")}
    table = Table("Members and fees", columns or COLUMNS, rows, totals, ("Both days of a period are included.",))
    return TablePaper(table, "Mouse Consortium", MADE_AT, "as valid on 24 May 2016", facts=(("Year", "2016"),))


def opened(paper: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(paper))


@pytest.fixture(scope="module")
def paper() -> bytes:
    return print_pdf(table_html(report(members(3))))


@needs_pango
def test_paper_says_in_one_packet_that_it_is_archival_and_accessible(paper):
    pdf = opened(paper)
    packet = pdf.Root.Metadata.read_bytes().decode()
    assert packet.count("<rdf:RDF") == packet.count("<x:xmpmeta") == 1
    assert 'pdfaid:part="3"' in packet
    assert 'pdfaid:conformance="A"' in packet
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet
    assert "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>" in packet


@needs_pango
def test_metadata_can_be_read_without_unpacking_the_file(paper):
    assert b'pdfaid:part="3"' in paper


@needs_pango
def test_paper_carries_language_title_author_and_its_own_instant(paper):
    pdf = opened(paper)
    assert str(pdf.Root.Lang) == "en-GB"
    assert str(pdf.docinfo.Title) == "Members and fees"
    assert str(pdf.docinfo.Author) == "Mouse Consortium"
    assert str(pdf.docinfo.CreationDate) == str(pdf.docinfo.ModDate) == "D:20160524130300Z"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)


@needs_pango
def test_paper_is_tagged_with_one_heading_and_cells_that_name_their_heads(paper):
    pdf = opened(paper)
    assert bool(pdf.Root.MarkInfo.Marked)
    assert "/ParentTree" in pdf.Root.StructTreeRoot
    elements = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S")]
    tags = [str(each.S) for each in elements]
    assert tags.count("/H1") == 1
    assert {"/Document", "/Table", "/TR", "/TH", "/TD", "/P"} <= set(tags)
    assert all(len(each.A.Headers) for each in elements if str(each.S) == "/TD")


@needs_pango
def test_heads_and_feet_of_pages_are_artifacts_and_everything_else_is_tagged():
    with opened(print_pdf(table_html(report(members(60))))) as pdf:
        for place, page in enumerate(pdf.pages):
            marked = [str(step.operands) for step in pikepdf.parse_content_stream(page) if str(step.operator) == "BDC"]
            owners = pdf.Root.StructTreeRoot.ParentTree.Nums[2 * place + 1]
            tagged = [owner for owner in list(owners) if isinstance(owner, pikepdf.Dictionary)]
            assert sum("/Pagination" in each for each in marked) == len(marked) - len(tagged) >= 3
            assert all(hangs_in_the_tree(owner) for owner in tagged)


def hangs_in_the_tree(element: Any) -> bool:
    while str(element.S) != "/Document":
        if not any(getattr(child, "objgen", None) == element.objgen for child in element.P.K):
            return False
        element = element.P
    return True


@needs_pango
def test_colours_are_those_of_the_one_embedded_profile(paper):
    pdf = opened(paper)
    intents = pdf.Root.OutputIntents
    assert len(intents) == 1
    assert str(intents[0].S) == "/GTS_PDFA1"
    assert intents[0].DestOutputProfile.read_bytes()[36:40] == b"acsp"


@needs_pango
def test_every_font_is_embedded(paper):
    pdf = opened(paper)
    descriptors = [each for each in pdf.objects if is_descriptor(each)]
    assert len(descriptors) >= 3
    assert all({"/FontFile2", "/FontFile3"} & set(each.keys()) for each in descriptors)


def is_descriptor(each: object) -> bool:
    return isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"


@needs_pango
def test_same_html_gives_the_same_bytes_again(paper):
    assert print_pdf(table_html(report(members(3)))) == paper


@needs_pango
def test_bytes_do_not_depend_on_what_was_printed_before(paper):
    print_pdf(table_html(report([Member("東京 Łódź", date(2011, 9, 29), FEE)])))
    assert print_pdf(table_html(report(members(3)))) == paper


@needs_pango
def test_styles_kept_from_earlier_papers_change_no_byte(paper):
    """The first print of a process makes its styles; the papers after it take them over."""
    html = table_html(report(members(60)))
    kept = [print_pdf(html) for _ in range(2)]
    press._press.cache_clear()  # noqa: SLF001 - a new press keeps nothing yet
    assert [print_pdf(html), print_pdf(html)] == kept


@needs_pango
@pytest.mark.parametrize("seed", ["1", "2"])
def test_same_html_gives_the_same_bytes_in_another_process(paper, seed):
    code = "import sys; from app.web.pdf import print_pdf; sys.stdout.buffer.write(print_pdf(sys.stdin.read()))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=table_html(report(members(3))).encode(),
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1", "TZ": "Asia/Tokyo"},
    )
    assert hashlib.sha256(run.stdout).digest() == hashlib.sha256(paper).digest()


@needs_pango
def test_a_paper_is_the_same_whatever_was_printed_before_it():
    """Each two have elements that are the same but for what stands before, around or after them."""
    bodies = (
        '<table><tr><td class="n">a</td><td>b</td></tr></table><p class="after">x</p><p class="told">y</p>',
        '<table><tr><td class="n">a</td></tr></table><p>x</p><p class="told">y</p>',
    )
    papers = [f'<html lang="en"><head><title>Alone</title></head><body>{body}</body></html>' for body in bodies]
    alone = []
    for paper in papers:
        press._press.cache_clear()  # noqa: SLF001 - a new press keeps nothing yet
        alone.append(print_pdf(paper))
    assert [print_pdf(paper) for paper in papers * 2] == alone * 2


@needs_pango
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_forked_worker_makes_its_own_press(paper):
    with get_context("fork").Pool(1) as pool:
        assert pool.apply(print_pdf, (table_html(report(members(3))),)) == paper


@needs_pango
@pytest.mark.parametrize("name", ["Łódź", "Ελλάδα", "東京", "Ostrožná", "한국", "Київ", "ירושלים"])
def test_names_of_all_members_have_their_letters(name):
    paper = print_pdf(table_html(report([Member(name, date(2011, 9, 29), FEE)])))
    assert name in page_texts(paper)[0] or name[::-1] in page_texts(paper)[0]


@needs_pango
def test_letter_that_no_font_has_is_told():
    with pytest.warns(MissingGlyphWarning, match="U\\+10FFFD"):
        print_pdf(PAGE.format("\U0010fffd", ""))


@needs_pango
def test_whatever_else_is_left_out_of_a_paper_is_told():
    with pytest.warns(PrintWarning, match="alt"):
        print_pdf(PAGE.format("Picture", f'<img src="data:image/png;base64,{PIXEL}">'))


@needs_pango
@pytest.mark.parametrize(
    "source",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.png",
        "https://impc.example/x.png",
        "asset:../config.py",
        "asset:absent.png",
        "data:text/css,body{}",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "embedded:factur-x.xml",
        "ftp://impc.example/x.png",
    ],
)
def test_paper_that_asks_for_what_is_not_ours_is_not_printed(source):
    with pytest.raises(AssetRefusedError):
        print_pdf(PAGE.format("Theft", f'<img alt="" src="{source}">'))
    with pytest.raises(AssetRefusedError):
        print_pdf(PAGE.format("Theft", f'<style>@import url("{source}");</style>'))


@needs_pango
def test_small_picture_may_be_written_into_a_paper():
    paper = print_pdf(PAGE.format("Picture", f'<img alt="A dot" src="data:image/png;base64,{PIXEL}">'))
    assert b"/Image" in paper


def test_large_picture_written_into_a_paper_is_refused():
    with pytest.raises(AssetRefusedError):
        read_asset(f"data:image/png;base64,{'A' * LARGEST_DATA}")


@needs_pango
def test_embedded_files_are_listed_once_with_type_relationship_and_instant():
    files = [
        EmbeddedFile("b.xml", b"<b/>", "text/xml", "Alternative", MADE_AT),
        EmbeddedFile("a.csv", b"a,b", "text/csv", "Data", MADE_AT),
    ]
    pdf = opened(print_pdf(table_html(report(members(1))), files))
    listed = [(str(each.UF), str(each.AFRelationship)) for each in pdf.Root.AF]
    assert listed == [("a.csv", "/Data"), ("b.xml", "/Alternative")]
    stream = pdf.Root.AF[1].EF.F
    assert stream.read_bytes() == b"<b/>"
    assert str(stream.Subtype) == "/text/xml"
    assert str(stream.Params.CreationDate) == "D:20160524130300Z"
    assert list(pdf.attachments) == ["a.csv", "b.xml"]


@needs_pango
def test_embedded_file_of_one_paper_is_gone_in_the_next():
    html = table_html(report(members(1)))
    print_pdf(html, [EmbeddedFile("a.csv", b"a,b", "text/csv", "Data", MADE_AT)])
    assert "/AF" not in opened(print_pdf(html)).Root


def test_missing_library_stops_printing_alone_and_is_named_in_one_line(monkeypatch):
    press._press.cache_clear()  # noqa: SLF001
    monkeypatch.setattr(libraries, "LIBRARIES", {"libpango-1.0-0": ("libabsent.so.0",)})
    assert missing_libraries() == ["libpango-1.0-0"]
    html = table_html(report(members(1)))
    with pytest.raises(PdfUnavailableError, match=r"^PDFs cannot be made on this machine: install libpango-1\.0-0\.$"):
        print_pdf(html)
    assert issubclass(PdfUnavailableError, UnavailableError)


def test_missing_font_is_named(monkeypatch):
    monkeypatch.setattr(libraries, "FONTS", {"fonts-absent": "Absent-Regular.*"})
    assert "fonts-absent" in missing_libraries()


@needs_pango
def test_time_of_one_paper_is_told_by_its_parts():
    parts = time_parts(table_html(report(members(3))))
    assert {"parse", "styles", "boxes", "layout", "draw", "fonts, tags"} == set(parts)
    assert all(spent >= 0 for spent in parts.values())


@needs_pango
def test_long_report_repeats_its_head_on_every_page_and_totals_on_the_last():
    pages = page_texts(print_pdf(table_html(report(members(60)))))
    assert len(pages) == 3
    assert all("Member since" in page and f"Page {place} of 3" in page for place, page in enumerate(pages, 1))
    assert "3,000,000.00" in pages[-1]
    assert "3,000,000.00" not in pages[0]
    assert "Made on 24 May 2016 14:03" in pages[0]


@needs_pango
def test_note_under_a_report_never_stands_on_a_page_without_a_row():
    last = [page_texts(print_pdf(table_html(report(members(count)))))[-1] for count in range(22, 26)]
    assert all("Institute" in page and "Both days" in page for page in last)


@needs_pango
def test_wide_report_is_printed_across():
    wide = [*COLUMNS, *(Column(f"more{place}", f"Lines {place}", lambda row: row.lines) for place in range(9))]
    assert page_sizes(print_pdf(table_html(report(members(1))))) == [(595, 842)]
    assert page_sizes(print_pdf(table_html(report(members(1), wide)))) == [(842, 595)]


def test_report_longer_than_a_paper_is_refused_with_its_count():
    with pytest.raises(DomainError, match="at most 500 rows; this has 501"):
        table_html(report(members(LARGEST_PAPER + 1)))


def test_report_without_rows_says_so():
    assert "No rows." in table_html(report([]))


def test_state_is_worded_on_paper_as_on_the_page():
    states = [Column[Member]("state", "State", lambda _row: "part_paid", Kind.STATE)]
    assert '<th scope="row">Part paid</th>' in table_html(report(members(1), states))


def test_money_of_mixed_currencies_names_its_currency_in_each_cell():
    mixed = [Column[Member]("fee", "Fee", lambda row: row.fee, Kind.MONEY)]
    html = table_html(report(members(1), mixed))
    assert html.count("£50,000.00") == 2  # In the row and in the total, as pages say it.


def test_a_total_in_several_currencies_has_a_line_for_each():
    mixed = [Column[Member]("fee", "Fee", lambda row: row.fee, Kind.MONEY)]
    paper = report(members(1), mixed)
    totalled = replace(paper, table=replace(paper.table, totals={"fee": "€1.00 + £2.00"}))
    assert '<th scope="row" class="n sums">€1.00\n+ £2.00</th>' in table_html(totalled)


def test_names_are_text_never_markup():
    html = table_html(report([Member('<img src="file:///etc/passwd">', date(2011, 9, 29), FEE)]))
    assert "<img" not in html


def test_hash_stands_in_groups_of_eight():
    assert eights("0123456789abcdef" * 4).split() == ["SHA-256", *(["01234567", "89abcdef"] * 4)]


@pytest.mark.parametrize(
    ("value", "words"), [(1234, "1,234"), (-5, "\u22125"), (Decimal("2.50"), "2.5"), (Decimal(100), "100")]
)
def test_plain_numbers_are_grouped_and_have_no_idle_zeros(value, words):
    assert number(value) == words


def test_instant_on_paper_names_its_zone():
    assert moment(MADE_AT) == "24 May 2016 14:03\u00a0BST"
