"""A chart made ready for a page: our own files at their addresses, its colours left to the style sheet."""

from __future__ import annotations

from typing import Any

from app.core.charts import Chart
from app.web.addresses import asset
from app.web.charts import OURS, filled


def page_spec(chart: Chart) -> dict[str, Any]:
    """The specification that the script of charts draws."""

    def put(key: str, value: str) -> str:
        return asset(value.removeprefix(OURS)) if key == "url" and value.startswith(OURS) else value

    ready: dict[str, Any] = filled(chart.spec, put)
    return ready
