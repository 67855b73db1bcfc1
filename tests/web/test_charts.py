"""Charts: countries by their ISO numbers, colours by their part, the same picture every time."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from app.core.charts import Chart
from app.web.charts import ATLAS, STATIC, Bar, chart_svg, country_map, filled, is_drawn, stacked_bars

HAS_ATLAS = (STATIC / ATLAS.removeprefix("asset:")).is_file()
needs_atlas = pytest.mark.skipif(not HAS_ATLAS, reason="The front-end packages are not installed: run make assets.")
BARS = Chart(
    {
        "data": {"values": [{"year": "2015", "members": 3}, {"year": "2016", "members": 5}]},
        "mark": {"type": "bar", "color": "$high"},
        "encoding": {"x": {"field": "year", "type": "nominal"}, "y": {"field": "members", "type": "quantitative"}},
    },
    "Members by year: 2015 3 and 2016 5",
)


def held(chart: Chart) -> dict[str, Any]:
    """What the map knows of each country, by its number."""
    values = chart.spec["layer"][1]["transform"][0]["from"]["data"]["values"]
    return {value["id"]: value for value in values}


def test_countries_stand_on_the_map_by_their_iso_number():
    chart = country_map({"HK": 1, "TW": 2, "US": 1204, "AF": 1}, ("member", "members"))
    numbers = {code: (value["country"], value["shown"]) for code, value in held(chart).items()}
    assert numbers == {
        "004": ("Afghanistan", "1 member"),
        "158": ("Taiwan", "2 members"),
        "344": ("Hong Kong", "1 member"),
        "840": ("United States", "1,204 members"),
    }
    assert chart.in_words == "Members by country: Afghanistan 1, Hong Kong 1, Taiwan 2 and United States 1204"


def test_a_code_that_is_no_country_is_left_off_the_map():
    assert held(country_map({"XX": 3}, ("member", "members"))) == {}
    assert country_map({}, ("member", "members")).in_words == "Members by country: none"


@needs_atlas
def test_the_atlas_has_hong_kong_and_taiwan_and_says_what_it_has_not():
    assert is_drawn("HK")
    assert is_drawn("TW")
    assert not is_drawn("GI")
    assert not is_drawn("XX")


@needs_atlas
def test_the_map_is_drawn_for_paper_with_each_member_country():
    svg = chart_svg(country_map({"FR": 3, "TW": 1}, ("member", "members")), 400, 200)
    labels = re.findall(r'aria-label="number: ([^"]*)"[^>]* fill="([^"]*)"', svg)
    assert labels == [
        ("1; Country: Taiwan; Here: 1 member", "rgb(169, 195, 223)"),
        ("3; Country: France; Here: 3 members", "rgb(23, 84, 155)"),
    ]
    assert len(re.findall(r'fill="#e3e6e9"', svg)) > 200


def test_the_same_chart_gives_the_same_picture():
    assert chart_svg(BARS, 200, 100) == chart_svg(BARS, 200, 100)
    assert "#17549b" in chart_svg(BARS, 200, 100)


def test_filling_changes_texts_alone():
    spec = {"a": [1, None, "$ink"], "b": {"url": "asset:x"}}
    seen = filled(spec, lambda key, value: f"{key}={value}")
    assert json.dumps(seen) == '{"a": [1, null, "a=$ink"], "b": {"url": "url=asset:x"}}'


def test_a_part_that_is_nothing_is_not_drawn_and_its_place_stays():
    bars = [Bar("Not due", "Open", 0, ""), Bar("31 to 60 days", "Open", 5, "")]
    drawn = chart_svg(stacked_bars(bars, {"Open": "$high"}, "Open by age", unit="GBP"), 620, 220)
    assert "In GBP" in drawn
    assert len(re.findall('aria-roledescription="bar"', drawn)) == 1
    assert ">Not due</text>" in drawn
    assert ">31 to 60</tspan>" in drawn  # The days stand below, so that ages fit side by side on a phone.
