from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask.ctx import AppContext

from app.core import clock
from app.core.money import Money
from app.core.tables import Column, Kind, Narrow, Table
from app.web import wording
from app.web.table_view import table_view
from tests.client import Page, inspect_page
from tests.web.small_app import Shelf, small_app


class Visit:
    def __init__(self) -> None:
        self.shelf = Shelf()
        self.app = small_app(self.shelf)
        self.client = self.app.test_client()

    def get(self, path: str) -> Page:
        page = Page(self.client.get(path))
        assert page.status == 200
        if page.response.mimetype == "text/html":
            inspect_page(page)
        return page

    def links(self, page: Page) -> dict[str, str]:
        found = page.tree.xpath("//main//a[@href]")
        return {(link.get("aria-label") or link.text_content()).strip(): link.get("href") for link in found}


@pytest.fixture
def visit() -> Iterator[Visit]:
    with clock.clock_at(datetime(2016, 5, 24, 11, tzinfo=UTC)):
        yield Visit()


def test_list_shows_fifty_rows_and_the_count_of_all(visit: Visit):
    page = visit.get("/lines")
    assert len(page.rows()) == 50
    assert "120 lines" in page.words
    assert "1 to 50 of 120" in page.words
    assert "Page 1 of 3" in page.words


def test_total_line_is_of_all_rows_of_the_filter_not_of_the_page(visit: Visit):
    assert "Total of all 120 GBP 120.00" in visit.get("/lines").words


def test_page_links_keep_filter_sort_and_day(visit: Visit):
    page = visit.get("/lines?state=active&sort=name&dir=desc&on=2015-06-30")
    assert visit.links(page)["Next"] == "?state=active&sort=name&dir=desc&on=2015-06-30&page=2"


def test_last_page_is_shown_where_the_page_asked_for_does_not_exist(visit: Visit):
    assert "101 to 120 of 120" in visit.get("/lines?page=999").words


@pytest.mark.parametrize("page", ["0", "-1", "x", "١", "9" * 40, ""])
def test_page_that_is_no_number_is_the_first_page(visit: Visit, page: str):
    assert "1 to 50 of 120" in visit.get(f"/lines?page={page}").words


def test_sorting_turns_round_on_the_second_press(visit: Visit):
    heads = visit.get("/lines?sort=name&dir=asc").tree.xpath("//th[@aria-sort]")
    assert [head.get("aria-sort") for head in heads] == ["ascending"]
    assert heads[0].find("a").get("href") == "?sort=name&dir=desc"


@pytest.mark.parametrize("sort", ["since", "secret", "' or 1=1"])
def test_unknown_sort_is_the_default_order(visit: Visit, sort: str):
    visit.get(f"/lines?sort={sort}&dir=desc")
    assert (visit.shelf.asked[0].sort, visit.shelf.asked[0].descending) == ("name", False)


def test_filter_is_a_chip_that_can_be_taken_off(visit: Visit):
    page = visit.get("/lines?state=active&page=2&sort=name")
    assert "State Active" in page.words
    assert visit.links(page)["Remove filter State"] == "?sort=name"


def test_filter_that_cannot_be_read_is_said_plainly_and_left_out(visit: Visit):
    page = visit.get("/lines?since=rubbish")
    assert "Member since: Write the day as 24 May 2016 or 2016-05-24. This filter was left out." in page.words
    assert page.tree.xpath("//input[@id='since']/@value") == ["rubbish"]
    assert "120 lines" in page.words


def test_filter_form_keeps_day_and_order_but_not_the_page(visit: Visit):
    page = visit.get("/lines?sort=name&dir=desc&on=2015-06-30&page=2")
    hidden = page.tree.xpath("//form[contains(@class, 'filters')]/input[@type='hidden']/@name")
    assert hidden == ["sort", "dir", "on"]


def test_no_match_says_which_filter_empties_the_list(visit: Visit):
    page = visit.get("/lines?state=gone&since=2010-01-01")
    assert "None of 120 lines matches these filters" in page.words
    assert "State Gone\u201d alone has 0" in page.words
    assert "Member since 2010-01-01\u201d alone has 120" in page.words
    assert visit.links(page)["Clear filters"] == "/lines"


def test_empty_list_says_what_comes_first(visit: Visit):
    visit.shelf.rows = []
    page = visit.get("/lines")
    assert "No lines yet Add the first one." in page.words
    assert visit.links(page)["Add line"] == "/lines/add"
    assert not page.tree.xpath("//table")


def test_export_holds_all_rows_of_the_filter_in_the_order_shown(visit: Visit):
    page = visit.get("/lines?state=active&sort=name&dir=desc&page=2")
    assert "60 rows, these columns" in page.words
    answer = visit.client.get("/lines" + visit.links(page)["CSV60 rows, these columns"])
    assert len(answer.text.splitlines()) == 61
    assert (visit.shelf.asked[-1].size, visit.shelf.asked[-1].descending) == (0, True)


def test_unknown_format_is_the_page(visit: Visit):
    assert visit.get("/lines?format=exe").response.mimetype == "text/html"


def test_names_are_escaped_and_lead_to_their_records(visit: Visit):
    page = visit.get("/lines")
    assert "&lt;Line 1&gt;" in page.text
    assert visit.links(page)["<Line 1>"] == "/lines/1"


def test_rows_can_be_chosen_and_are_sent_with_a_token(visit: Visit):
    page = visit.get("/lines")
    boxes = page.tree.xpath("//input[@name='chosen']")
    assert [box.get("value") for box in boxes[:2]] == ["1", "2"]
    assert {box.get("form") for box in boxes} == {"bulk"}
    assert page.tree.xpath("//form[@id='bulk']//button/@formaction") == ["/lines/add"]


def test_past_has_a_banner_and_nothing_to_write_with(visit: Visit):
    page = visit.get("/lines?on=2015-06-30")
    assert "as it was on 30 June 2015" in page.words
    assert page.tree.findtext(".//title").startswith("Lines on 30")
    assert not page.tree.xpath("//main//form[@method='post']|//input[@name='chosen']|//a[text()='Add line']")
    assert visit.links(page)["<Line 1>"] == "/lines/1?on=2015-06-30"
    file = visit.get("/lines?on=2015-06-30&known=2015-07-01&format=csv").response.headers["Content-Disposition"]
    assert "Lines 2015-06-30 known 2015-07-01.csv" in file


def test_past_leads_back_to_today_and_to_what_was_known_then(visit: Visit):
    banner = visit.get("/lines?state=active&on=2015-06-30").tree.xpath("//div[@class='banner']//a/@href")
    assert banner == ["?state=active", "?state=active&on=2015-06-30&known=2015-06-30"]


def test_related_table_words_every_kind_of_cell():
    table = Table(
        "Sample",
        (
            Column("name", "Name", lambda row: row, Kind.NAME, narrow=Narrow.NAME),
            Column("place", "Place", lambda _row: "Oxford", narrow=Narrow.META),
            Column("role", "Role", lambda _row: "Partner", narrow=Narrow.META),
            Column("many", "Many", lambda _row: 1204, Kind.NUMBER),
            Column("paid", "Paid", lambda _row: Money.of("-5", "EUR"), Kind.MONEY),
            Column("none", "None", lambda _row: None, Kind.DATE),
        ),
        ["A"],
        {"many": 1204},
    )
    view = table_view(table)
    assert [cell.text for cell in view.rows[0].cells] == [
        "A",
        "Oxford",
        "Partner",
        "1,204",
        "\u2212\u20ac5.00",
        "\u2013",
    ]
    assert view.rows[0].cells[1].more == "Partner"
    assert [(foot.text, foot.span) for foot in view.foot] == [("Total", 3), ("1,204", 1), ("", 1), ("", 1)]


def test_state_of_no_known_tone_is_a_mistake_and_shown_as_a_quiet_ring(visit: Visit):
    visit.shelf.rows = [replace(visit.shelf.rows[0], state="Bewildered")]
    with pytest.warns(UserWarning, match="Bewildered"):
        page = visit.get("/lines")
    assert page.tree.xpath("//td//span[text()='Bewildered']/@class") == ["pill "]


def test_a_count_in_the_place_of_an_amount_says_on_a_phone_what_it_counts():
    columns = (
        Column[int]("name", "Committee", lambda row: f"No. {row}", Kind.NAME, narrow=Narrow.NAME),
        Column[int]("vacant", "Vacant", lambda row: row or None, Kind.NUMBER, narrow=Narrow.AMOUNT),
    )
    row, empty = table_view(Table("Seats", columns, [3, 0])).rows
    assert (row.cells[1].text, row.cells[1].head) == ("3", "Vacant")
    assert (empty.cells[1].text, empty.cells[1].head) == ("\u2013", "")
    assert row.cells[0].head == ""


def test_a_number_that_leads_the_second_line_of_a_phone_says_what_it_counts():
    columns = (
        Column[int]("name", "Institution", lambda row: f"No. {row}", Kind.NAME, narrow=Narrow.NAME),
        Column[int]("line", "Line", lambda row: row, Kind.NUMBER, narrow=Narrow.META),
        Column[int]("told", "What and why", lambda row: f"Row {row} is refused", narrow=Narrow.META),
    )
    name, line, _ = table_view(Table("Outcomes", columns, [7])).rows[0].cells
    assert (line.head, line.text, line.more) == ("Line", "7", "Row 7 is refused")
    assert name.head == ""


def test_a_phone_shows_ways_to_act_and_leaves_out_what_is_not_known():
    columns = (
        Column[str | None]("name", "Step", lambda row: row or "Active", Kind.NAME, narrow=Narrow.NAME),
        Column[str | None]("day", "From", lambda _row: date(2015, 6, 30), Kind.DATE, narrow=Narrow.META),
        Column[str | None]("why", "Why", lambda row: row, narrow=Narrow.META),
        Column[str | None]("correct", "", lambda _row: "Correct", link=lambda _row: "/steps/1", narrow=Narrow.ACT),
    )
    told, untold = table_view(Table("Steps", columns, ["Fee unpaid", None])).rows
    assert (told.cells[1].more, untold.cells[1].more) == ("Fee unpaid", "")
    assert (told.cells[3].css, told.cells[3].href) == ("act", "/steps/1")


def test_a_row_without_an_id_has_nothing_to_be_done_to():
    columns = (Column[int]("name", "Name", lambda row: f"No. {row}", Kind.NAME),)
    table = Table("Sessions", columns, [1, 2], row_id=lambda row: None if row == 1 else str(row))
    assert [row.chosen_as for row in table_view(table).rows] == [None, "2"]


def test_a_phone_leaves_away_cells_of_what_is_not_known():
    columns = (
        Column[str | None]("name", "Person", lambda _row: "Ada", Kind.NAME, narrow=Narrow.NAME),
        Column[str | None]("position", "As", lambda row: row, narrow=Narrow.META),
        Column[str | None]("email", "E-mail", lambda row: row, narrow=Narrow.STATE),
        Column[str | None]("until", "Until", lambda _row: None, Kind.DATE, narrow=Narrow.AMOUNT),
    )
    told, *others = table_view(Table("People", columns, ["told", None, "\u2013"])).rows
    assert [cell.css for cell in told.cells[1:]] == ["meta", "st", "n nowrap bal hide"]
    for untold in others:
        assert [cell.css for cell in untold.cells[1:]] == ["meta hide", "st hide", "n nowrap bal hide"]


def test_a_second_line_of_a_phone_begins_with_the_first_that_is_known_and_names_its_numbers():
    columns = (
        Column[int]("name", "Class", lambda _row: "Full", Kind.NAME, narrow=Narrow.NAME),
        Column[int]("as", "As", lambda _row: None, narrow=Narrow.META),
        Column[int]("seats", "Seats", lambda row: row, Kind.NUMBER, narrow=Narrow.META),
    )
    lead = table_view(Table("Classes", columns, [2])).rows[0].cells[1]
    assert (lead.unknown, lead.more) == (True, "Seats\u00a02")


def test_one_of_several_amounts_says_on_a_phone_which_it_is():
    total = Column[Money]("total", "Total", lambda row: row, Kind.MONEY)
    still = Column[Money]("open", "Open", lambda row: row, Kind.MONEY, narrow=Narrow.AMOUNT)
    tables = [Table("Invoices", shown, [Money(0, "GBP")]) for shown in ([still], [total, still])]
    heads = [table_view(each).rows[0].cells[-1].head for each in tables]
    assert heads == ["", "Open"]


def test_what_does_not_say_itself_what_it_is_has_its_head_on_a_phone():
    columns = (
        Column[str]("name", "Person", lambda _row: "Ada", Kind.NAME, narrow=Narrow.NAME),
        Column[str]("seat", "Seat", lambda row: row, narrow=Narrow.SAID),
        Column[str]("told", "Told", lambda _row: "no", narrow=Narrow.SAID),
        Column[str]("fee", "Fee", lambda _row: Money(500, "GBP"), Kind.MONEY, narrow=Narrow.META, currency="GBP"),
    )
    table = Table("Seats", columns, ["2", "Seat 3", "\u2013"])
    leads = [row.cells[1] for row in table_view(table).rows]
    assert [(lead.head, lead.text, lead.unknown) for lead in leads[:2]] == [("Seat", "2", False), ("", "Seat 3", False)]
    assert [lead.more.replace("\u00a0", " ") for lead in leads] == ["Told no \u00b7 \u00a35.00"] * 3
    assert leads[2].unknown
    alone = table_view(Table("Seats", columns[:2], ["2"])).rows[0].cells[1]
    assert (alone.head, alone.plain) == ("Seat", False)


def test_each_total_that_a_phone_shows_says_of_which_amount_it_is():
    columns = (
        Column[int]("name", "Member", lambda _row: "MRC", Kind.NAME, narrow=Narrow.NAME),
        Column[int]("fee", "Fee", lambda row: Money(row, "GBP"), Kind.MONEY, narrow=Narrow.META, currency="GBP"),
        Column[int]("open", "Open", lambda row: Money(row, "GBP"), Kind.MONEY, narrow=Narrow.AMOUNT, currency="GBP"),
    )
    foot = table_view(Table("Fees", columns, [1], {"fee": Money(1, "GBP"), "open": Money(1, "GBP")})).foot
    assert [(cell.head, cell.text) for cell in foot] == [("", "Total"), ("Fee, GBP", "0.01"), ("Open, GBP", "0.01")]


def test_few_words_such_as_a_country_are_kept_on_one_line():
    columns = (Column[str]("name", "Name", lambda row: row), Column[str]("country", "Country", lambda row: row))
    rows = table_view(Table("Countries", columns, ["United Kingdom", "Korea", "Bosnia and Herzegovina"])).rows
    assert ["short" in row.cells[1].css for row in rows] == [True, False, False]


def test_few_words_give_way_where_a_long_grey_word_stands_beside_them():
    columns = (
        Column[str]("name", "Name", lambda row: row),
        Column[str]("to", "Goes to", lambda _row: "Odette Marchmain", aside=lambda row: row),
    )
    rows = table_view(Table("Reminded", columns, ["odette.marchmain@genome-canada.example", ""])).rows
    assert ["short" in row.cells[1].css for row in rows] == [False, True]


def test_an_amount_whose_currency_stands_in_the_head_says_it_itself_on_a_phone():
    amount = Money.of("5000", "GBP")
    named = Column[Money]("n", "Amount", lambda row: row, kind=Kind.MONEY, narrow=Narrow.AMOUNT, currency="GBP")
    name = Column[Money]("name", "Name", lambda _row: "MRC", narrow=Narrow.NAME)
    view = table_view(Table("T", [name, named], [amount], totals={"n": amount}))
    cell = view.rows[0].cells[1]
    assert (cell.text, cell.there, cell.head) == ("5,000.00", "\u00a35,000.00", "")
    assert (view.foot[1].head, view.foot[1].text) == ("GBP", "5,000.00")


def test_one_of_several_amounts_or_a_day_that_leads_the_second_line_says_on_a_phone_which_it_is():
    amount, on = Money.of("5000", "GBP"), date(2016, 5, 24)
    owed = Column[int]("owed", "Owed", lambda _row: amount, kind=Kind.MONEY, narrow=Narrow.AMOUNT)
    unused = Column[int]("unused", "Unallocated", lambda _row: amount, kind=Kind.MONEY, narrow=Narrow.META)
    due = Column[int]("due", "Due", lambda _row: on, kind=Kind.DATE, narrow=Narrow.META)
    assert table_view(Table("T", [owed, unused], [1])).rows[0].cells[1].head == "Unallocated"
    assert table_view(Table("T", [due, owed], [1])).rows[0].cells[0].head == ""
    assert table_view(Table("T", [due, unused, owed], [1])).rows[0].cells[0].head == "Due"


def test_a_total_of_several_currencies_begins_with_that_of_the_books_and_tells_none_of_nothing(context: AppContext):
    assert context is not None
    euros, pounds, yen = Money.of(777, "EUR"), Money.of("-51175.50", "GBP"), Money.of(-5, "JPY")
    assert wording.sum_of([euros, pounds, yen]) == "\u2212£51,175.50 + €777.00 \u2212 JP¥5"
    assert wording.sum_of([Money.zero("EUR"), pounds]) == pounds
    assert wording.sum_of([Money.zero("EUR"), Money.zero("GBP")]) == Money.zero("GBP")
    assert wording.sum_of([]) == ""
