"""The catalogue of reports, and each report as page, PDF, XLSX, CSV and JSON of the same table."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.queries import find_profile
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.members.routes import ask_institution
from app.reports.documents import report_paper
from app.reports.forms import ParameterForm
from app.reports.queries import get_report, list_committees, list_reports, list_years
from app.reports.rules import Asked, Parameter, Report
from app.web import exports, wording
from app.web.access import requires, the_actor
from app.web.addresses import here, url
from app.web.downloads import send_bytes
from app.web.on_date import current_on, is_past, known_at, known_in_name
from app.web.pdf import print_pdf, table_html

pages = Blueprint("reports", __name__)

FORMATS = (("PDF", "pdf"), ("XLSX", "xlsx"), ("CSV", "csv"), ("JSON", "json"))
CATALOGUE = (
    Column[Report](
        "title",
        "Report",
        lambda row: row.title,
        Kind.NAME,
        link=lambda row: url("reports.report", report_id=row.id),
        narrow=Narrow.NAME,
    ),
    Column[Report]("question", "The question it answers", lambda row: row.question, narrow=Narrow.META),
)


@pages.get("/reports")
@requires(Permission.REPORT_LIST)
def catalogue() -> ResponseReturnValue:
    """The reports this reader may open."""
    return render_template("reports/catalogue.html", content=Table("Reports", CATALOGUE, list_reports(the_actor())))


@pages.get("/reports/<report_id>")
@requires(Permission.REPORT_LIST)
def report(report_id: str) -> ResponseReturnValue:
    """A report on the day looked at, in the form asked for."""
    chosen = get_report(report_id, the_actor())
    form = _form(chosen)
    wanted = request.args.get("format")
    if not form.is_right():
        return abort(400, "What the report is asked for cannot be read.") if wanted else _page(chosen, form, None)
    if Parameter.DAY in request.args:
        return redirect(request.path + here(day=None, on=form.day.data.isoformat()))
    asked = form.fill(_asked())
    table = chosen.answer(asked, the_actor())
    if wanted is None:
        return _page(chosen, form, table)
    write = WRITERS.get(wanted) or abort(404)
    return write(chosen, table, asked)


def _asked() -> Asked:
    return Asked(on=current_on(), known=known_at(), year=current_on().year)


def _form(chosen: Report) -> ParameterForm:
    form = ParameterForm(formdata=request.args, data={"year": str(current_on().year)})
    form.narrow_to(chosen)
    form.show_day(current_on())
    if chosen.asks_for(Parameter.YEAR):
        form.year.choices = [(str(year), str(year)) for year in list_years()]
    if chosen.asks_for(Parameter.INSTITUTION):
        ask_institution(form.institution, permission=chosen.audience)
    if chosen.asks_for(Parameter.COMMITTEE):
        form.committee.offer(list_committees(chosen, _asked(), the_actor()), empty="All")
    return form


def _page(chosen: Report, form: ParameterForm, table: AnyTable | None) -> ResponseReturnValue:
    ways = [(label, here(format=name)) for label, name in FORMATS]
    return render_template("reports/report.html", report=chosen, form=form, content=table, ways=ways)


def _print(chosen: Report, table: AnyTable, asked: Asked) -> ResponseReturnValue:
    profile = find_profile(asked.on)
    author = profile.name if profile else "Muster"
    paper = report_paper(chosen, table, asked, author=author, made_at=clock.now())
    return send_bytes(print_pdf(table_html(paper)), "application/pdf", f"{_file_name(table)}.pdf")


def _file_name(table: AnyTable) -> str:
    """The title, with the day where the page looks at another than today and the title does not name it.

    Where it answers by what was known on another day, it names that day too.
    """
    title = table.title.replace(wording.NO_BREAK, " ")
    names_day = wording.long_day(current_on()) in table.title
    day = f" {current_on().isoformat()}" if is_past() and not names_day else ""
    return f"{title}{day}{known_in_name()}"


WRITERS: dict[str, Callable[[Report, AnyTable, Asked], ResponseReturnValue]] = {
    "pdf": _print,
    "xlsx": lambda _chosen, table, _asked: exports.xlsx_response(table.columns, table.rows, _file_name(table)),
    "csv": lambda _chosen, table, _asked: exports.csv_response(table.columns, table.rows, _file_name(table)),
    "json": lambda _chosen, table, _asked: exports.json_response(table, _file_name(table)),
}
