"""A report as a paper: its table under its question, with the day it speaks of."""

from __future__ import annotations

from datetime import datetime

from app.core.tables import AnyTable
from app.reports.rules import Asked, Report
from app.web import wording
from app.web.pdf import TablePaper, moment


def report_paper(report: Report, table: AnyTable, asked: Asked, *, author: str, made_at: datetime) -> TablePaper:
    """The paper of a report's answer."""
    known = moment(asked.known or made_at)
    return TablePaper(
        table=table,
        author=author,
        made_at=made_at,
        state=f"as valid on {wording.long_day(asked.on)}, as recorded on {known}",
        lead=report.question,
    )
