"""Charts: one Vega-Lite specification is drawn by vega-embed on pages and by vl-convert on papers.

A specification names its colours by their part (`$accent`) and our own files by `asset:`. On a page the colours come
from its style sheet, so that a chart follows the theme; on a paper they are those of ink. What a chart shows is said in
words too, and stands beside it as a table: without a script nothing is missing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pycountry

from app.core.charts import Chart
from app.web.wording import join_words, plural

STATIC = Path(__file__).resolve().parents[1] / "static"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
PRESS = Path(__file__).with_name("chart_press.py")
MOST_SECONDS = 60
FINER_THAN_PRINT = re.compile(r"(\.\d)\d+")  # A tenth of a point is as fine as outlines are printed.
OURS = "asset:"
ATLAS = f"{OURS}vendor/countries-50m.json"
ANTARCTICA = "010"
BAR_HEIGHT = 220
INK = {
    "$canvas": "#ffffff",
    "$land": "#e3e6e9",
    "$low": "#a9c3df",
    "$high": "#17549b",
    "$bad": "#a3231f",
    "$ink": "#000000",
    "$ink-3": "#444444",
    "$accent": "#17549b",
    "$on-accent": "#ffffff",
    "$info": "#1b4f8f",
    "$info-bg": "#e7f0fa",
    "$bad-bg": "#fcebe9",
}


@dataclass(frozen=True)
class Bar:
    """A part of a bar: under which label it stands, which part it is, its size, and the size in words."""

    label: str
    part: str
    size: int
    shown: str


IN_LINES = "split(replace(datum.label, ' days', '|days'), '|')"  # So that ages stand side by side on a phone.
NOUGHT = "datum.value === 0 ? '0' : datum.label"


def stacked_bars(
    bars: Sequence[Bar], colours: Mapping[str, str], in_words: str, *, unit: str, by: str = "Year"
) -> Chart:
    """Bars side by side, each of parts one on another in the order of their colours.

    `unit` is what sizes are counted in, such as a currency, and `by` what each bar is of.
    """
    legend = {"title": f"In {unit}", "titleOrient": "left", "titleColor": "$ink-3", "titleFontWeight": "normal"}
    values = [{"label": bar.label, "part": bar.part, "size": bar.size, "shown": bar.shown} for bar in bars]
    parts = list(colours)
    order = [{**value, "order": parts.index(str(value["part"]))} for value in values]
    axis = {"title": None, "labelColor": "$ink-3", "domain": False, "ticks": False}
    spec = {
        "$schema": SCHEMA,
        "background": None,
        "height": BAR_HEIGHT,
        "data": {"values": order},
        "transform": [{"filter": "datum.size !== 0"}],  # A paper would draw nothing as a line.
        "mark": {"type": "bar", "size": 28},
        "encoding": {
            "x": {
                "field": "label",
                "type": "nominal",
                "sort": None,
                "scale": {"domain": list(dict.fromkeys(bar.label for bar in bars))},
                "axis": {**axis, "labelAngle": 0, "labelExpr": IN_LINES},
            },
            "y": {
                "field": "size",
                "type": "quantitative",
                "stack": "zero",
                "axis": {**axis, "gridColor": "$land", "tickCount": 4, "format": "~s", "labelExpr": NOUGHT},
            },
            "color": {
                "field": "part",
                "type": "nominal",
                "scale": {"domain": parts, "range": list(colours.values())},
                "legend": {**legend, "orient": "top", "labelColor": "$ink"},
            },
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": [
                {"field": "label", "title": by},
                {"field": "part", "title": "Part"},
                {"field": "shown", "title": "Amount"},
            ],
        },
        "config": {"view": {"stroke": None}},
    }
    return Chart(spec, in_words)


def country_map(numbers: Mapping[str, int], noun: tuple[str, str]) -> Chart:
    """A map of the world with the countries that have a number, by their code of two letters, shaded by it."""
    named = [(pycountry.countries.get(alpha_2=code), number) for code, number in sorted(numbers.items())]
    values = [
        {"id": country.numeric, "country": _name(country), "shown": plural(number, *noun), "number": number}
        for country, number in named
        if country is not None
    ]
    words = join_words(f"{value['country']} {value['number']}" for value in values)
    return Chart(_map_spec(values), f"{noun[1].capitalize()} by country: {words or 'none'}")


def is_drawn(code: str) -> bool:
    """Whether the map has the outline of a country; some are too small for it."""
    country = pycountry.countries.get(alpha_2=code)
    return country is not None and country.numeric in _outlined()


def chart_svg(chart: Chart, width: int, height: int) -> str:
    """The chart as a picture for a paper; the same chart gives the same bytes."""
    spec = {**filled(chart.spec, lambda _key, value: INK.get(value, value)), "width": width, "height": height}
    if str(spec["data"].get("url", "")).startswith(OURS):
        shapes = json.loads(_static(spec["data"]["url"]).read_bytes())
        spec["data"] = {"values": shapes, "format": spec["data"]["format"]}
    return _drawn(json.dumps(spec))


@lru_cache(maxsize=8)
def _drawn(spec: str) -> str:
    """The picture, drawn once for the same specification."""
    command = [sys.executable, "-I", str(PRESS)]
    done = subprocess.run(  # noqa: S603 - our own program, whose input is data
        command, input=spec, capture_output=True, encoding="utf-8", timeout=MOST_SECONDS, check=True
    )
    return FINER_THAN_PRINT.sub(r"\1", done.stdout)


def filled(node: Any, put: Callable[[str, str], Any], key: str = "") -> Any:
    """A copy of a specification, with each text as `put` has it, which is given the key it stands under too."""
    if isinstance(node, Mapping):
        return {name: filled(value, put, name) for name, value in node.items()}
    if isinstance(node, list):
        return [filled(value, put, key) for value in node]
    return put(key, node) if isinstance(node, str) else node


def _map_spec(values: list[dict[str, Any]]) -> dict[str, Any]:
    most = max((value["number"] for value in values), default=1)
    held = {"key": "id", "data": {"values": values}, "fields": ["country", "shown", "number"]}
    shade = {
        "field": "number",
        "type": "quantitative",
        "scale": {"type": "sqrt", "domain": [1, max(most, 2)], "range": ["$low", "$high"]},
        "legend": None,
    }
    return {
        "$schema": SCHEMA,
        "background": None,
        "data": {"url": ATLAS, "format": {"type": "topojson", "feature": "countries"}},
        "transform": [{"filter": f"datum.id != '{ANTARCTICA}'"}],
        "projection": {"type": "equalEarth"},
        "layer": [
            {"mark": {"type": "geoshape", "fill": "$land", "stroke": "$canvas", "strokeWidth": 0.5}},
            {
                "transform": [{"lookup": "id", "from": held}, {"filter": "isValid(datum.number)"}],
                "mark": {"type": "geoshape", "strokeWidth": 0.5},
                "encoding": {
                    "color": shade,
                    "stroke": shade,  # Small ones show by their edge.
                    "tooltip": [{"field": "country", "title": "Country"}, {"field": "shown", "title": "Here"}],
                },
            },
        ],
        "config": {"view": {"stroke": None}},
    }


def _name(country: Any) -> str:
    return str(getattr(country, "common_name", country.name))


def _static(name: str) -> Path:
    return STATIC / name.removeprefix(OURS)


@cache
def _outlined() -> frozenset[str]:
    path = _static(ATLAS)
    if not path.is_file():
        return frozenset()
    shapes = json.loads(path.read_bytes())["objects"]["countries"]["geometries"]
    return frozenset(str(shape["id"]) for shape in shapes if "id" in shape)
