"""Rosters of two days beside each other, and that of one day as it was known then beside what is known now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.committees.forms import CompareForm, CorrectedForm
from app.committees.queries import Comparison, DifferenceRow, Moment, compare_rosters, get_committee, names_on
from app.committees.routes.blueprint import pages
from app.committees.routes.ways import committee_tabs, tabs_of_committees
from app.committees.rules import DIFFERENCE_WORDS, Difference
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.on_date import current_on, known_at
from app.web.table_files import asks_for_file, tables_page

KNOWLEDGE = "knowledge"
OF_THEM_ALL = (Difference.FOUNDED, Difference.DISSOLVED, Difference.SEAT_ADDED, Difference.SEAT_ENDED)


def _person(row: DifferenceRow) -> str | None:
    return url("members.person", person_id=row.person_id) if row.person_id else None


def _who(row: DifferenceRow) -> str:
    """The person; of a change that is about nobody, the seat or the committee."""
    return row.who or (f"Seat {row.seat}" if row.seat else row.committee)


WHO: Column[DifferenceRow] = Column("who", "Who", _who, link=_person, narrow=Narrow.NAME)
COMMITTEE: Column[DifferenceRow] = Column(
    "committee",
    "Committee",
    lambda row: row.committee,
    link=lambda row: url("committees.committee", committee_id=row.committee_id),
    narrow=Narrow.META,
)
WHAT: Column[DifferenceRow] = Column(
    "what", "What", lambda row: DIFFERENCE_WORDS[row.difference], Kind.NAME, narrow=Narrow.STATE
)
REST: Sequence[Column[DifferenceRow]] = (
    Column("seat", "Seat", lambda row: row.seat),
    Column("before", "Before", lambda row: row.before, narrow=Narrow.SAID),
    Column("after", "After", lambda row: row.after, narrow=Narrow.SAID),
)


@pages.get("/committees/compare")
@requires(Permission.COMMITTEE_READ)
def compare_all() -> ResponseReturnValue:
    """What differs between the rosters of all committees on two days, or as known on two."""
    crumbs = [("Committees", url("committees.committees"))]
    return _compare(None, tabs=tabs_of_committees("committees.compare_all"), crumbs=crumbs, name="All committees")


@pages.get("/committees/<int:committee_id>/compare")
@requires(Permission.COMMITTEE_READ)
def compare(committee_id: int) -> ResponseReturnValue:
    """What differs between two rosters of a committee."""
    found = get_committee(committee_id, the_actor())
    name = names_on([found.id], on=current_on(), known=known_at())[found.id]
    here = url("committees.committee", committee_id=committee_id)
    crumbs = [("Committees", url("committees.committees")), (name, here)]
    return _compare(committee_id, tabs=committee_tabs(committee_id, "committees.compare"), crumbs=crumbs, name=name)


def _compare(committee_id: int | None, *, name: str, **said: Any) -> ResponseReturnValue:
    by_knowledge = request.args.get("by") == KNOWLEDGE
    form = _form(by_knowledge=by_knowledge)
    said |= {"form": form, "name": name, "ways": _ways(committee_id, by_knowledge=by_knowledge)}
    if not form.validate():
        return abort(400, "The days cannot be read.") if asks_for_file() else _page(None, said)
    before, after = _moments(form, by_knowledge=by_knowledge)
    comparison = compare_rosters(committee_id, before, after, the_actor())
    table = _table(comparison, before, after, with_committee=committee_id is None)
    said |= {"sub": _sub(before, after), "figures": _figures(comparison)}
    if asks_for_file():
        return tables_page("committees/compare.html", {"content": table})
    return _page(table, said)


def _page(table: Table[DifferenceRow] | None, said: dict[str, Any]) -> ResponseReturnValue:
    if table is None:
        return render_template("committees/compare.html", content=None, sub="", figures=[], **said)
    return tables_page("committees/compare.html", {"content": table}, **said)


def _form(*, by_knowledge: bool) -> CompareForm:
    """The form of this page: from the first day of the year, or of the one before, to the day looked at."""
    day = current_on()
    first = date(day.year if (day.month, day.day) != (1, 1) else day.year - 1, 1, 1)
    return CorrectedForm.proposing(first, first) if by_knowledge else CompareForm.proposing(first, day)


def _moments(form: CompareForm, *, by_knowledge: bool) -> tuple[Moment, Moment]:
    first, second = form.first.data, form.second.data
    if by_knowledge:
        return Moment(second, clock.end_of(first)), Moment(second)
    return Moment(first, known_at()), Moment(second, known_at())


def _table(comparison: Comparison, before: Moment, after: Moment, *, with_committee: bool) -> Table[DifferenceRow]:
    columns = (WHAT, WHO, *((COMMITTEE,) if with_committee else ()), *REST)
    return Table(_title(before, after), columns, comparison.rows)


def _title(before: Moment, after: Moment) -> str:
    if before.on == after.on and before.known is not None:
        return f"Corrected of {after.on.isoformat()} since {clock.local(before.known).date().isoformat()}"
    return f"Rosters of {before.on.isoformat()} and {after.on.isoformat()}"


def _sub(before: Moment, after: Moment) -> str:
    if before.on == after.on and before.known is not None:
        known = wording.long_day(clock.local(before.known).date())
        return f"{wording.long_day(after.on)} as it was known on {known}, and as it is known now"
    return f"{wording.long_day(before.on)} and {wording.long_day(after.on)}"


def _figures(comparison: Comparison) -> list[tuple[str, str, str]]:
    counted = (
        ("Came", (Difference.CAME,)),
        ("Went", (Difference.WENT,)),
        ("Changed", (Difference.CHANGED, Difference.RENAMED)),
        (
            "Seats and committees",
            (Difference.FOUNDED, Difference.DISSOLVED, Difference.SEAT_ADDED, Difference.SEAT_ENDED),
        ),
    )
    return [(label, wording.count(comparison.count(*kinds)), "") for label, kinds in counted]


def _ways(committee_id: int | None, *, by_knowledge: bool) -> list[tuple[str, str, bool]]:
    """The two ways to compare: by valid days, and by days of knowledge."""
    endpoint = "committees.compare" if committee_id else "committees.compare_all"
    given = {"committee_id": committee_id} if committee_id else {}
    return [
        ("Two days", url(endpoint, **given), not by_knowledge),
        ("What was corrected since", url(endpoint, by=KNOWLEDGE, **given), by_knowledge),
    ]
