"""Heatmaps: how much goes from each of some things to each of others, as fields that are darker the more it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.charts import Chart
from app.web.charts import SCHEMA

STEP = 30


@dataclass(frozen=True)
class Cell:
    """A field: its row, its column, and how much there is."""

    row: str
    column: str
    size: int


def heatmap(cells: Sequence[Cell], in_words: str, *, rows: str, columns: str) -> Chart:
    """Fields in rows and columns, both in the order of their sums; each says its number."""
    values = [{"row": cell.row, "column": cell.column, "size": cell.size} for cell in cells]
    most = max((cell.size for cell in cells), default=1)
    axis: dict[str, Any] = {"labelColor": "$ink-3", "titleColor": "$ink-3", "domain": False, "ticks": False}
    order = {"op": "sum", "field": "size", "order": "descending"}
    across = {"field": "column", "type": "nominal", "sort": order}
    across |= {"axis": axis | {"title": columns, "orient": "top", "labelAngle": -45}}
    down = {"field": "row", "type": "nominal", "sort": order, "axis": axis | {"title": rows}}
    scale = {"range": ["$land", "$high"], "domain": [0, most]}
    dark = {"test": f"datum.size > {most / 2}", "value": "$on-accent"}
    number = {"field": "size", "type": "quantitative"}
    spec = {
        "$schema": SCHEMA,
        "background": None,
        "width": {"step": STEP},
        "height": {"step": STEP},
        "data": {"values": values},
        "encoding": {"x": across, "y": down},
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 2},
                "encoding": {"color": {**number, "scale": scale, "legend": None}},
            },
            {
                "mark": {"type": "text", "fontSize": 11},
                "encoding": {"text": number, "color": {"condition": dark, "value": "$ink"}},
            },
        ],
        "config": {"view": {"stroke": None}},
    }
    return Chart(spec, in_words)
