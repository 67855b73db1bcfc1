"""Figures as a table of plain text: what was measured, what is wanted, and the floor of the same run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

HEADS = ("figure", "measured", "wanted", "", "floor", "what the floor is")


@dataclass(frozen=True)
class Figure:
    """One figure beside its floor; `is_met` None where nothing is wanted of it."""

    name: str
    measured: str
    wanted: str = ""
    is_met: bool | None = None
    floor: str = ""
    floor_is: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """Its line of the table."""
        verdict = {None: "", True: "met", False: "missed"}[self.is_met]
        return self.name, self.measured, self.wanted, verdict, self.floor, self.floor_is


def print_table(title: str, figures: Iterable[Figure]) -> int:
    """Print the figures of one kind under a title; how many missed what is wanted."""
    found = list(figures)
    print(f"\n{title}\n")
    rows = [HEADS, *(figure.cells for figure in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    for row in (rows[0], ["-" * width for width in widths], *rows[1:]):
        print("  ".join(_padded(row, widths)).rstrip(), flush=True)
    return sum(figure.is_met is False for figure in found)


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    return (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
