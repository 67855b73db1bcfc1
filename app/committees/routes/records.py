"""A committee's record on the day looked at, its roster as a paper and as files."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.queries import find_profile
from app.audit.commands import Subject
from app.billing.queries.good_standing import standing_words, standings_on, step_words
from app.billing.rules import SOON
from app.committees.documents import roster_html, roster_paper
from app.committees.queries import CommitteeView, get_committee_view
from app.committees.routes.blueprint import history_of, pages
from app.committees.routes.facts import facts_of_committee
from app.committees.routes.framing import frame_of
from app.committees.routes.tables import (
    FACTS_COLUMNS,
    FILE_COLUMNS,
    PART_COLUMNS,
    TERM_COLUMNS,
    alternates_column,
    coming_columns,
    name_columns,
    roster_columns,
)
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import AnyTable, Table
from app.web import exports
from app.web.access import may_open, requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_bytes
from app.web.on_date import current_on, is_past, known_at, known_in_name
from app.web.pdf import print_pdf

FILES = (("CSV", "csv"), ("XLSX", "xlsx"))


@pages.get("/committees/<int:committee_id>")
@requires(Permission.COMMITTEE_READ)
def committee(committee_id: int) -> ResponseReturnValue:
    """A committee on the day looked at: what it is for, who sits on it, who did and who will."""
    view = _view(committee_id)
    may_edit = the_actor().may(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    return render_template(
        "committees/committee.html",
        **frame_of(view, "committees.committee"),
        view=view,
        facts=facts_of_committee(view),
        may_edit=may_edit,
        menus=_menus(view) if may_edit and not is_past() else [],
        tables=_tables(view, may_change=may_edit and not is_past()),
        suspended=_suspended(view) if may_edit else [],
        exports=_exports(committee_id),
        history=history_of(Subject("committee", committee_id)),
    )


def _suspended(view: CommitteeView) -> list[tuple[str, str, str]]:
    """The members on the roster whose votes or seats are suspended on the day or soon, for who keeps the roster."""
    seated = {row.institution_id: row.institution or "" for row in view.roster if row.institution_id and row.holder}
    seated |= {row.seat_institution_id: row.seat_institution or "" for row in view.roster if row.seat_institution_id}
    on = current_on()
    standings = standings_on(on)
    late = [(name, standings[each]) for each, name in seated.items() if each in standings]
    return [
        (
            "warn" if each.keeps_seats else "bad",
            name,
            "; ".join(filter(None, (standing_words(each), step_words(each, on)))),
        )
        for name, each in sorted(late, key=lambda row: row[0])
        if each.is_suspended_by(on + SOON)
    ]


@pages.get("/committees/<int:committee_id>/roster.pdf")
@requires(Permission.COMMITTEE_READ)
def roster_pdf(committee_id: int) -> ResponseReturnValue:
    """The roster on the day looked at, as a paper."""
    view = _view(committee_id)
    on, known = current_on(), known_at() or clock.now()
    profile = find_profile(on)
    paper = roster_paper(view, profile.name if profile else "Muster", on=on, known_at=known)
    return send_bytes(print_pdf(roster_html(paper)), "application/pdf", f"{_file_name(view)}.pdf")


@pages.get("/committees/<int:committee_id>/roster")
@requires(Permission.COMMITTEE_READ)
def roster_file(committee_id: int) -> ResponseReturnValue:
    """The roster on the day looked at, as CSV or XLSX."""
    write = exports.WRITERS.get(request.args.get("format", "csv")) or abort(404)
    view = _view(committee_id)
    return write([*FILE_COLUMNS, *alternates_column(view.alternates)], view.roster, _file_name(view))


def _view(committee_id: int) -> CommitteeView:
    return get_committee_view(committee_id, the_actor(), on=current_on(), known=known_at())


def _file_name(view: CommitteeView) -> str:
    return f"{view.committee.name} roster {current_on().isoformat()}{known_in_name()}"


def _menus(view: CommitteeView) -> list[tuple[str, str]]:
    """What else can be done with a committee: its chair changes what it is for, all else is the secretariat's."""
    key, last = {"committee_id": view.committee.id}, view.committee.dissolved_on
    ending = (
        ("Dissolve", "committees.dissolve", last is None),
        ("Call off that it is dissolved", "committees.call_off_dissolution", last is not None and last >= current_on()),
    )
    ways = (("Edit", "committees.edit", True), ("Rename", "committees.rename", last is None), *ending)
    links = [(label, url(endpoint, **key)) for label, endpoint, is_offered in ways if is_offered and may_open(endpoint)]
    if len(view.names) == 1 and may_open("committees.correct_name"):
        links.insert(2, ("Correct its name", url("committees.correct_name", name_id=view.names[0].id)))
    return links


def _tables(view: CommitteeView, *, may_change: bool) -> dict[str, AnyTable]:
    return {
        "roster": Table("Roster", roster_columns(view.alternates, with_changes=may_change), view.roster),
        "coming": Table("Terms to come", coming_columns(with_changes=may_change), view.coming),
        "past": Table("Past terms", TERM_COLUMNS, view.past),
        "parts": Table("Its parts", PART_COLUMNS, view.below),
        "facts": Table("Kind, place and remit", FACTS_COLUMNS, view.facts),
        "names": Table("Names", name_columns(view.names), view.names),
    }


def _exports(committee_id: int) -> list[tuple[str, str]]:
    paper = ("PDF", url("committees.roster_pdf", committee_id=committee_id))
    files = [(label, url("committees.roster_file", committee_id=committee_id, format=name)) for label, name in FILES]
    return [paper, *files]
