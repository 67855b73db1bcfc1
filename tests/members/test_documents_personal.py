"""The paper of what is held about someone, as it falls into pages."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.members.documents.personal import PaperHolding, PersonalReport, cell_words, personal_html
from app.web.pdf import print_pdf
from tests.papers import needs_pango, page_texts

MADE_AT = datetime(2016, 5, 24, 13, 3, tzinfo=UTC)
REPORT = PersonalReport("Thibault Ferronays", "Mouse Consortium", MADE_AT, ())


def holding(number: int) -> PaperHolding:
    return PaperHolding(f"Kind {number}.", f"Reason {number}.", "It stays.", ("Place",), ((f"Cell {number}.",),), 1)


@needs_pango
def test_a_reason_stands_on_the_page_where_what_it_explains_begins():
    for count in range(5):
        above = PaperHolding("Above", "First.", "It goes.", ("Place",), (("Paris",),) * count, count)
        pages = page_texts(print_pdf(personal_html(REPORT, [above, *map(holding, range(16))])))
        assert len(pages) > 1
        for page in pages:
            assert [f"Reason {number}." in page for number in range(16)] == [
                f"Cell {number}." in page for number in range(16)
            ]


def test_a_day_is_never_broken_over_two_lines():
    assert cell_words(date(2011, 9, 29)) == "29\u00a0Sep\u00a02011"
    assert cell_words(MADE_AT) == "24\u00a0May\u00a02016\u00a014:03"
    assert cell_words("Person taken up") == "Person taken up"
