"""What a chart is: a Vega-Lite specification, drawn by web.charts on pages and papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Chart:
    """A specification, and what it shows in a sentence."""

    spec: Mapping[str, Any]
    in_words: str
