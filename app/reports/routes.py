"""The catalogue of reports, and each report as page, PDF, XLSX, CSV and JSON of the same table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.queries import find_profile
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.members.routes import ask_institution
from app.reports.documents import Answered, drawings_of, pack_html, report_html
from app.reports.forms import ParameterForm
from app.reports.queries import get_report, list_committees, list_pack, list_reports, list_years
from app.reports.rules import Asked, Parameter, Report
from app.web import exports, wording
from app.web.access import requires, the_actor
from app.web.addresses import here, plain_path, url
from app.web.downloads import send_bytes
from app.web.on_date import answer_as_known_now, current_on, is_past, known_at, known_in_name
from app.web.pdf import print_pdf

pages = Blueprint("reports", __name__)

FORMATS = (("PDF", "pdf"), ("XLSX", "xlsx"), ("CSV", "csv"), ("JSON", "json"))
UNREADABLE = "What the report is asked for cannot be read."
ROSTER_BOOK = "roster-book"
PACK_ASKS = frozenset({Parameter.YEAR, Parameter.DAY})
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
    if not chosen.looks_back:
        answer_as_known_now()
    form = _form(chosen.parameters, chosen)
    wanted = request.args.get("format")
    if not form.is_right():
        return abort(400, UNREADABLE) if wanted else _page(chosen, form, None)
    if Parameter.DAY in request.args:
        return redirect(_on_the_day(form))
    asked = form.fill(_asked())
    table = chosen.answer(asked, the_actor())
    if wanted is None:
        return _page(chosen, form, table)
    write = WRITERS.get(wanted) or abort(404)
    return write(chosen, table, asked)


@pages.get("/reports/finance-pack")
@requires(Permission.PAYMENT_READ)
def finance_pack() -> ResponseReturnValue:
    """The reports of the finance committee together, as a page or one PDF."""
    answer_as_known_now()
    reports = list_pack(the_actor())
    form, wanted = _form(PACK_ASKS), request.args.get("format")
    if not form.is_right():
        return abort(400, UNREADABLE) if wanted else render_template("reports/finance_pack.html", form=form, answers=[])
    if Parameter.DAY in request.args:
        return redirect(_on_the_day(form))
    asked = form.fill(_asked())
    answers = [Answered(each, each.answer(asked, the_actor())) for each in reports]
    if wanted == "pdf":
        return _print_pack(answers, asked)
    ways = [("PDF", here(format="pdf"))]
    return render_template("reports/finance_pack.html", form=form, answers=answers, ways=ways, year=asked.year)


def _asked() -> Asked:
    return Asked(on=current_on(), known=known_at(), year=current_on().year)


def _form(asks: frozenset[Parameter], chosen: Report | None = None) -> ParameterForm:
    form = ParameterForm(formdata=request.args, data={"year": str(current_on().year)})
    form.narrow_to(asks)
    form.show_day(current_on())
    if Parameter.YEAR in asks:
        form.year.choices = [(str(year), str(year)) for year in list_years()]
    if chosen and Parameter.INSTITUTION in asks:
        ask_institution(form.institution, permission=chosen.audience)
    if chosen and Parameter.COMMITTEE in asks:
        form.committee.offer(list_committees(chosen, _asked(), the_actor()), empty="All")
    return form


def _on_the_day(form: ParameterForm) -> str:
    """This page on the day that was typed."""
    return request.path + here(day=None, on=form.day.data.isoformat())


def _paper_elsewhere(chosen: Report, asked: Asked) -> str | None:
    """Where the PDF of a report is made that is a paper of its own: that of all rosters is a book, by the worker."""
    if chosen.id != ROSTER_BOOK:
        return None
    if asked.committee_id is not None:
        return url("committees.roster_pdf", committee_id=asked.committee_id)
    known = {"as_known": clock.local(asked.known).date().isoformat()} if asked.known else {}
    return f"{plain_path('committees.books')}?{urlencode({'day': asked.on.isoformat(), **known})}"


def _page(chosen: Report, form: ParameterForm, table: AnyTable | None) -> ResponseReturnValue:
    ways = [(label, here(format=name)) for label, name in FORMATS]
    drawing = chosen.chart_of(table) if table else None
    return render_template("reports/report.html", report=chosen, form=form, content=table, drawing=drawing, ways=ways)


def _print(chosen: Report, table: AnyTable, asked: Asked) -> ResponseReturnValue:
    elsewhere = _paper_elsewhere(chosen, asked)
    if elsewhere:
        return redirect(elsewhere)
    html = report_html(chosen, table, asked, author=_author(asked), made_at=clock.now())
    pdf = print_pdf(html, drawings=drawings_of([Answered(chosen, table)]))
    return send_bytes(pdf, "application/pdf", f"{_file_name(table)}.pdf")


def _print_pack(answers: Sequence[Answered], asked: Asked) -> ResponseReturnValue:
    title = f"Finance pack {asked.year}"
    html = pack_html(answers, asked, title=title, author=_author(asked), made_at=clock.now())
    name = f"{title} on {asked.on.isoformat()}.pdf"
    return send_bytes(print_pdf(html, drawings=drawings_of(answers)), "application/pdf", name)


def _author(asked: Asked) -> str:
    profile = find_profile(asked.on)
    return profile.name if profile else "Muster"


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
