from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

from app.core.actor import Actor
from app.core.money import Money
from app.web import navigation, wording
from app.web.addresses import asset, here, record_link, url
from app.web.drawings import Lane, Span, draw_timeline
from tests.web.small_app import Shelf, small_app


@pytest.fixture
def pages() -> Flask:
    return small_app(Shelf(), Actor("Ines Quillfeather"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (wording.day(date(2015, 6, 3)), "3 Jun 2015"),
        (wording.day(None), "\u2013"),
        (wording.long_day(date(2015, 6, 30)), "30\u00a0June 2015"),
        (wording.instant(datetime(2026, 7, 19, 13, 7, tzinfo=UTC)), "19 Jul 2026 14:07"),
        (wording.amount(Money.of(50000, "GBP")), "50,000.00"),
        (wording.money(Money.of(-50000, "GBP")), "\u2212\u00a350,000.00"),
        (wording.money(Money.of(5, "CHF")), "CHF\u00a05.00"),
        (wording.count(1204), "1,204"),
        (wording.plural(1, "member", "members"), "1 member"),
        (wording.plural(0, "member", "members"), "0 members"),
        (wording.all_of(1, "invoice", "invoices"), "1 invoice"),
        (wording.all_of(1204, "invoice", "invoices"), "All 1,204 invoices"),
        (wording.hash6("9c41e07b"), "9c41e0"),
        (wording.pill_word("part_paid"), "Part paid"),
        (wording.join_words(["a", "b", "c"]), "a, b and c"),
        (wording.join_words([]), ""),
    ],
)
def test_values_are_worded_one_way(words: str, expected: str):
    assert words == expected


def test_undefined_name_in_a_template_is_an_error(pages: Flask):
    with pages.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ nothing_of_this_name }}")


def test_text_is_escaped_where_it_is_shown(pages: Flask):
    with pages.test_request_context():
        assert render_template_string("{{ word }}", word="<b>") == "&lt;b&gt;"


def test_address_keeps_the_day_looked_at(pages: Flask):
    with pages.test_request_context("/?on=2015-06-30&known=2015-07-01"):
        pages.preprocess_request()
        assert url("lines") == "/lines?on=2015-06-30&known=2015-07-01"
        assert url("lines", on=None) == "/lines?known=2015-07-01"
        assert record_link("line", "number", lambda row: row)(7) == "/lines/7?on=2015-06-30&known=2015-07-01"


def test_record_without_a_key_has_no_link(pages: Flask):
    with pages.test_request_context():
        pages.preprocess_request()
        assert record_link("line", "number", lambda row: row)(None) is None


def test_here_changes_the_query_and_stays_on_the_path(pages: Flask):
    with pages.test_request_context("//evil.test?a=1&b=2&b=3"):
        assert here(a=None, c="x y") == "?b=2&b=3&c=x+y"


def test_asset_address_changes_with_its_content(pages: Flask):
    with pages.test_request_context():
        assert asset("muster.css").startswith("/static/muster.css?v=")
        assert asset("muster.css") != asset("muster.js").replace("js", "css")


@pytest.mark.parametrize(("cookie", "shown"), [("dark", "dark"), ("light", "light"), ('"><script>', "light")])
def test_theme_is_taken_from_the_cookie_and_from_nothing_else(pages: Flask, cookie: str, shown: str):
    client = pages.test_client()
    client.set_cookie("theme", cookie)
    assert f'data-bs-theme="{shown}"' in client.get("/lines").text


def test_rail_shows_only_pages_that_exist_with_their_counts(pages: Flask):
    navigation.register_badge(pages, "members.institutions", lambda: "23")
    with pages.test_request_context("/members"):
        pages.preprocess_request()
        (_, [today]), (heading, [members]) = navigation.rail()
    assert (today.title, heading, members.title) == ("Today", "Members", "Institutions")
    assert (members.badge, members.current, today.current) == ("23", True, False)


def test_rail_has_no_counts_in_the_past(pages: Flask):
    navigation.register_badge(pages, "members.institutions", lambda: "23")
    with pages.test_request_context("/members?on=2015-06-30"):
        pages.preprocess_request()
        (_, _), (_, [members]) = navigation.rail()
    assert (members.badge, members.href) == ("", "/members?on=2015-06-30")


def test_timeline_lies_within_its_axis_and_speaks():
    lanes = [
        Lane("Funder", [Span(date(2011, 9, 24), None, "fee")]),
        Lane("Votes", [Span(date(2012, 1, 1), date(2012, 1, 1))]),
        Lane("None", []),
    ]
    drawing = draw_timeline(lanes, date(2016, 5, 24))
    for lane in drawing.lanes:
        assert all(0 <= span.at < span.at + span.width <= 100.5 for span in lane.spans)
    assert drawing.in_words == "Funder fee since 24 Sep 2011; Votes 1 Jan 2012 to 1 Jan 2012; None none"


@pytest.mark.parametrize(
    ("looked_at", "anchor"), [(date(2001, 1, 1), "start"), (date(2013, 1, 1), "middle"), (date(2026, 1, 1), "end")]
)
def test_the_day_looked_at_is_written_within_the_axis(looked_at: date, anchor: str):
    lanes = [Lane("Funder", [Span(date(2005, 1, 1), date(2020, 12, 31))])]
    assert draw_timeline(lanes, looked_at).today.anchor == anchor


def test_timeline_leaves_out_on_a_phone_what_would_touch_or_has_no_room():
    spans = [Span(date(2013, 6, 1), date(2025, 9, 30), "active"), Span(date(2025, 10, 1), None, "suspended")]
    drawing = draw_timeline([Lane("Partner", spans)], date(2026, 11, 26))
    assert [(mark.text, mark.roomy) for mark in drawing.years][-2:] == [("2022", False), ("2025", True)]
    assert [span.roomy for span in drawing.lanes[0].spans] == [False, True]


def test_timeline_draws_spans_of_a_lane_that_share_days_below_each_other():
    votes, bills = Span(date(2012, 1, 1), None, "Votes"), Span(date(2013, 1, 1), date(2014, 1, 1), "Bills")
    later = Span(date(2015, 1, 1), None, "Bills")
    lanes = draw_timeline([Lane("ICS", [votes, later, bills])], date(2016, 5, 24)).lanes
    assert [(lane.label, [span.text for span in lane.spans]) for lane in lanes] == [
        ("ICS", ["Votes"]),
        ("", ["Bills", "Bills"]),
    ]


def test_timeline_of_nothing_is_still_a_drawing():
    assert draw_timeline([], date(2016, 5, 24)).lanes == []
