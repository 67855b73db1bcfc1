"""A report as a paper: its chart and its table under its question, with the day it speaks of; and many as a pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.charts import Chart
from app.core.tables import AnyTable
from app.reports.rules import Asked, Report
from app.web import wording
from app.web.charts import chart_svg
from app.web.pdf import TablePaper, TableSetting, moment, paper_html, set_table, table_html

CHART_SIZE = (620, 140)
NOTHING = "Nothing to report for this day."


@dataclass(frozen=True)
class Answered:
    """A report with its answer."""

    report: Report
    table: AnyTable

    @property
    def setting(self) -> TableSetting:
        """Its table set for paper."""
        return set_table(self.table)

    @property
    def chart(self) -> Chart | None:
        """What it looks like, where that can be drawn."""
        return self.report.chart_of(self.table)

    @property
    def drawing(self) -> str:
        """The name of its picture."""
        return f"chart-{self.report.id}"


def report_html(report: Report, table: AnyTable, asked: Asked, *, author: str, made_at: datetime) -> str:
    """The HTML of a report's answer, ready for print_pdf with `drawings_of`."""
    paper = TablePaper(
        table=table,
        author=author,
        made_at=made_at,
        state=_state(asked, made_at),
        lead=report.question,
        empty=table.empty or NOTHING,
    )
    return table_html(paper, "answer", chart=report.chart_of(table), drawing=Answered(report, table).drawing)


def pack_html(answers: Sequence[Answered], asked: Asked, *, title: str, author: str, made_at: datetime) -> str:
    """The HTML of several reports as one paper with a list of what is in it, ready for print_pdf."""
    return paper_html(
        "pack",
        answers=answers,
        state=_state(asked, made_at),
        title=title,
        author=author,
        made_at=made_at,
        sheet="a4",
        foot=title,
        proof=f"Made on {moment(made_at)}",
    )


def drawings_of(answers: Sequence[Answered]) -> Mapping[str, str]:
    """The pictures of the charts of some reports, by their names."""
    charts = {each.drawing: each.chart for each in answers}
    return {name: chart_svg(chart, *CHART_SIZE) for name, chart in charts.items() if chart is not None}


def _state(asked: Asked, made_at: datetime) -> str:
    known = moment(asked.known or made_at)
    return f"as valid on {wording.long_day(asked.on)}, as recorded on {known}"
