"""The charts of the finance pack as they are drawn on its paper: a bar for each figure, as high as the figure says."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pypdfium2
import pytest
from flask.ctx import AppContext

from app.core.clock import clock_at
from app.reports.documents import Answered, drawings_of, pack_html
from app.reports.queries import list_pack
from app.reports.rules import Asked
from app.web.pdf import print_pdf
from tests.billing.world import World
from tests.committees.sitting import OFFICE
from tests.papers import needs_pango

PATH = pypdfium2.raw.FPDF_PAGEOBJ_PATH
HIGH, LOW, BAD = "#17549b", "#a9c3df", "#a3231f"
YEAR_END = date(2016, 12, 31)


@dataclass(frozen=True)
class Bar:
    """A bar as it is drawn: its colour and its edges."""

    colour: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From below to its top."""
        return self.top - self.bottom


@pytest.fixture
def world(context: AppContext) -> Iterator[World]:
    """Three funders owe 50,000.00 pounds since June, of which 30,000.00 are paid, two partners since Advent."""
    assert context is not None
    with clock_at(datetime(2016, 12, 31, 12, tzinfo=UTC)):
        found = World.found(OFFICE, since=date(2011, 1, 1))
        found.issue()
        found.pay("MRC", "30000.00", YEAR_END)
        found.adopt("partner", "40000.00", date(2012, 1, 1), last_day=YEAR_END)
        found.issue(day=date(2016, 12, 1), due=date(2016, 12, 20))
        found.adopt("partner", "75000.00", date(2018, 1, 1))
        yield found


def charts_of_the_pack() -> list[list[Bar]]:
    """The bars of each chart of the pack of 2016, as its paper has them: there is one on a page."""
    asked = Asked(on=YEAR_END, known=None, year=2016)
    answers = [Answered(report, report.answer(asked, OFFICE)) for report in list_pack(OFFICE)]
    html = pack_html(answers, asked, title="Finance pack", author="IMPC", made_at=datetime(2017, 1, 2, tzinfo=UTC))
    with pypdfium2.PdfDocument(print_pdf(html, drawings=drawings_of(answers))) as document:
        return [bars for page in document if (bars := _bars_on(page))]


def _bars_on(page: pypdfium2.PdfPage) -> list[Bar]:
    """The bars on a page from left to right and from below; the squares of a legend are narrower than they are."""
    drawn = [(_colour(each), *each.get_bounds()) for each in page.get_objects([PATH])]
    found = [Bar(*each) for each in drawn if each[0] in {HIGH, LOW, BAD}]
    widest = max((bar.width for bar in found), default=0)
    return sorted((bar for bar in found if bar.width > widest / 2), key=lambda bar: (round(bar.left), bar.bottom))


def _colour(drawn: pypdfium2.PdfObject) -> str:
    parts = [ctypes.c_uint() for _ in range(4)]
    pypdfium2.raw.FPDFPageObj_GetFillColor(drawn.raw, *map(ctypes.byref, parts))
    return "#" + "".join(f"{each.value:02x}" for each in parts[:3])


def in_thousands(bars: Sequence[Bar], *, tallest: int) -> list[tuple[str, int]]:
    """The colour of each bar and what its height says, where the tallest column is so many thousand pounds."""
    high = max(bar.top for bar in bars) - min(bar.bottom for bar in bars)
    return [(bar.colour, round(bar.height * tallest / high)) for bar in bars]


@needs_pango
def test_each_bar_of_the_packs_charts_is_as_high_as_its_amount_in_the_colour_of_its_part(world: World):
    assert world.members
    invoiced, ageing, forecast = charts_of_the_pack()
    assert in_thousands(invoiced, tallest=230) == [(HIGH, 30), (BAD, 200)]
    assert in_thousands(ageing, tallest=120) == [(HIGH, 80), (HIGH, 120)]
    assert in_thousands(forecast, tallest=300) == [(LOW, 150), (LOW, 300), (LOW, 300)]


@needs_pango
def test_parts_of_a_column_stand_one_on_the_other_and_columns_side_by_side(world: World):
    assert world.members
    (collected, overdue), (young, old), years = charts_of_the_pack()
    assert overdue.left == pytest.approx(collected.left)
    assert overdue.bottom == pytest.approx(collected.top, abs=0.2)
    assert young.right < old.left
    first, second, third = (year.left for year in years)
    assert second - first == pytest.approx(third - second, abs=0.2)
    assert second > years[0].right
