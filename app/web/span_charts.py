"""Bars over years as a chart: one lane a row, bars of several kinds, gaps at a glance, and a line on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.charts import Chart
from app.core.periods import ONE_DAY
from app.web.charts import SCHEMA

LANE, FRAME = 30, 64
LONGEST_LANE = 112
MOST_YEARS = 8
LETTER = 6.6  # Pixels of a letter at 12 pixels.


@dataclass(frozen=True)
class Stretch:
    """A bar: on which lane, of which kind, from when to when (both days included), its text, and a shorter one."""

    lane: str
    kind: str
    first: date
    last: date
    text: str
    short: str
    shown: str


@dataclass(frozen=True)
class Look:
    """How bars of a kind are drawn: ground, edge and text, by the parts of the style sheet."""

    ground: str
    edge: str
    ink: str


def lanes_chart(
    stretches: Sequence[Stretch], looks: Mapping[str, Look], in_words: str, *, on: date, on_words: str
) -> Chart:
    """The bars on their lanes, in the order in which lanes first come; a line stands on a day, under its words."""
    lanes = list(dict.fromkeys(each.lane for each in stretches))
    values = [_value(each) for each in stretches]
    first = min([*(each.first for each in stretches), on])
    last = max([*(each.last for each in stretches), on]) + ONE_DAY
    scale = {"nice": False}
    step = 1 + (last.year - first.year) // MOST_YEARS
    spec: dict[str, Any] = {
        "$schema": SCHEMA,
        "background": None,
        "height": LANE * len(lanes) + FRAME,
        "data": {"values": values},
        "encoding": {
            "y": {
                "field": "lane",
                "type": "nominal",
                "sort": None,
                "scale": {"domain": lanes, "paddingInner": 0.3, "paddingOuter": 0.2},
                "axis": {
                    "title": None, "labelColor": "$ink", "labelLimit": LONGEST_LANE, "domain": False, "ticks": False,
                },
            },
        },
        "layer": [_bars(looks, scale, step), _texts(looks, scale, (last - first).days), *_line(on, on_words, scale)],
        "resolve": {"scale": {"color": "independent"}, "legend": {"color": "independent"}},
        "config": {"view": {"stroke": None}, "axis": {"labelFontSize": 12}, "legend": {"labelFontSize": 12}},
    }  # fmt: skip
    return Chart(spec, in_words)


def _value(stretch: Stretch) -> dict[str, Any]:
    return {
        "lane": stretch.lane,
        "kind": stretch.kind,
        "start": stretch.first.isoformat(),
        "end": (stretch.last + ONE_DAY).isoformat(),
        "days": (stretch.last - stretch.first).days + 1,
        "text": stretch.text,
        "short": stretch.short,
        "shown": stretch.shown,
    }


def _bars(looks: Mapping[str, Look], scale: Mapping[str, Any], step: int) -> dict[str, Any]:
    legend = {"title": None, "orient": "top", "labelColor": "$ink", "symbolType": "square", "offset": 14, "columns": 2}
    return {
        "mark": {"type": "bar", "cornerRadius": 2, "strokeWidth": 1},
        "encoding": {
            "x": {
                "field": "start",
                "type": "temporal",
                "scale": scale,
                "axis": {
                    "title": None, "labelColor": "$ink-3", "gridColor": "$land", "domain": False, "ticks": False,
                    "format": "%Y", "tickCount": {"interval": "year", "step": step},
                    "labelOverlap": "greedy",
                },
            },
            "x2": {"field": "end"},
            "fill": {"field": "kind", "type": "nominal", "scale": _scale(looks, "ground"), "legend": legend},
            "stroke": {"field": "kind", "type": "nominal", "scale": _scale(looks, "edge"), "legend": legend},
            "tooltip": [
                {"field": "lane", "title": "Seat"},
                {"field": "text", "title": "Who"},
                {"field": "shown", "title": "When"},
            ],
        },
    }  # fmt: skip


def _texts(looks: Mapping[str, Look], scale: Mapping[str, Any], days: int) -> dict[str, Any]:
    """What a bar says: all of it where that has room, else the shorter text, else nothing."""
    room = f"datum.days / {days} * width - 10"
    fits = f"({room} > length(datum.text) * {LETTER}) ? datum.text"
    return {
        "transform": [
            {"calculate": f"{fits} : ({room} > length(datum.short) * {LETTER}) ? datum.short : ''", "as": "words"}
        ],
        "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12},
        "encoding": {
            "x": {"field": "start", "type": "temporal", "scale": scale},
            "text": {"field": "words"},
            "color": {"field": "kind", "type": "nominal", "scale": _scale(looks, "ink"), "legend": None},
        },
    }


def _line(on: date, words: str, scale: Mapping[str, Any]) -> list[dict[str, Any]]:
    here = {"values": [{"on": on.isoformat(), "words": words}]}
    place = {"x": {"field": "on", "type": "temporal", "scale": scale}, "y": None}
    text = {"type": "text", "y": 0, "baseline": "bottom", "dy": -3, "color": "$ink", "fontWeight": 600}
    return [
        {"data": here, "mark": {"type": "rule", "color": "$ink", "strokeWidth": 1.5}, "encoding": place},
        {"data": here, "mark": text, "encoding": {**place, "text": {"field": "words"}}},
    ]


def _scale(looks: Mapping[str, Look], part: str) -> dict[str, Any]:
    return {"domain": list(looks), "range": [getattr(look, part) for look in looks.values()]}
