"""Bars over years: one lane each, of several kinds, drawn the same on pages and papers."""

from __future__ import annotations

from datetime import date

from app.web.charts import chart_svg
from app.web.span_charts import Look, Stretch, lanes_chart

LOOKS = {"Held": Look("$info-bg", "$canvas", "$info"), "Vacant": Look("$bad-bg", "$bad", "$bad")}
STRETCHES = [
    Stretch("1, Chair", "Held", date(2012, 1, 1), date(2015, 12, 31), "Elspeth Marrow", "Marrow", "1 Jan 2012 on"),
    Stretch("1, Chair", "Vacant", date(2016, 1, 1), date(2016, 1, 9), "Vacant", "", "1 Jan 2016 on"),
    Stretch("2", "Held", date(2014, 1, 1), date(2017, 12, 31), "Rhys Pendarvis", "Pendarvis", "1 Jan 2014 on"),
]
CHART = lanes_chart(STRETCHES, LOOKS, "Two seats", on=date(2016, 5, 24), on_words="today")


def test_a_bar_ends_with_its_last_day():
    [first, *_] = CHART.spec["data"]["values"]
    assert (first["start"], first["end"], first["days"]) == ("2012-01-01", "2016-01-01", 1461)


def test_lanes_stand_in_the_order_in_which_they_come():
    assert CHART.spec["encoding"]["y"]["scale"]["domain"] == ["1, Chair", "2"]


def test_a_bar_says_as_much_as_it_has_room_for_on_paper():
    wide, narrow = chart_svg(CHART, 700, 140), chart_svg(CHART, 120, 140)
    assert ">Elspeth Marrow<" in wide
    assert ">Elspeth Marrow<" not in narrow
    assert ">Marrow<" in narrow
    assert ">Vacant<" not in wide.split(">Vacant<", 1)[1], "nine days have no room for a word beside the legend"
    assert ">today<" in wide
