"""A committee's record on the day looked at, its roster as a paper and as files."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.queries import find_profile
from app.audit.commands import Subject
from app.audit.queries import HistoryRow, list_history, may_read_history
from app.billing.queries.good_standing import standing_words, standings_on, step_words
from app.billing.rules import SOON
from app.committees.documents import roster_html, roster_paper
from app.committees.forms import GRANTED
from app.committees.queries import CommitteeView, get_committee_view
from app.committees.routes.blueprint import pages
from app.committees.routes.bylaws import bylaws_fact
from app.committees.routes.tables import FILE_COLUMNS, TERM_COLUMNS, coming_columns, roster_columns
from app.committees.rules import COMMITTEE_WORDS
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import AnyTable, PageRequest, Table
from app.web import exports, wording
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_bytes
from app.web.on_date import current_on, is_past, known_at, known_in_name
from app.web.pdf import print_pdf

HISTORY_LINES = 10
FILES = (("CSV", "csv"), ("XLSX", "xlsx"))


@pages.get("/committees/<int:committee_id>")
@requires(Permission.COMMITTEE_READ)
def committee(committee_id: int) -> ResponseReturnValue:
    """A committee on the day looked at: what it is for, who sits on it, who did and who will."""
    view = _view(committee_id)
    may_edit = the_actor().may(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    return render_template(
        "committees/committee.html",
        view=view,
        facts=_facts(view),
        sub=_sub(view),
        may_edit=may_edit,
        tables=_tables(view, may_change=may_edit and not is_past()),
        suspended=_suspended(view) if may_edit else [],
        exports=_exports(committee_id),
        history=_history(committee_id),
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
    return write(FILE_COLUMNS, view.roster, _file_name(view))


def _view(committee_id: int) -> CommitteeView:
    return get_committee_view(committee_id, the_actor(), on=current_on(), known=known_at())


def _file_name(view: CommitteeView) -> str:
    return f"{view.committee.name} roster {current_on().isoformat()}{known_in_name()}"


def _sub(view: CommitteeView) -> str:
    kind = COMMITTEE_WORDS[view.committee.kind]
    part = f", part of {view.parent.name}" if view.parent else ""
    seats = f"{wording.count(view.filled)} of {wording.plural(len(view.roster), 'seat', 'seats')} filled"
    return f"{kind}{part}. {seats if view.roster else 'No seats'} on {wording.long_day(current_on())}."


def _facts(view: CommitteeView) -> list[tuple[str | None, ...]]:
    committee, parent, chair = view.committee, view.parent, view.chair
    role = committee.grants_role
    return [
        ("Kind", COMMITTEE_WORDS[committee.kind]),
        ("Part of", parent.name, url("committees.committee", committee_id=parent.id)) if parent else ("Part of", None),
        ("Chair", chair.holder if chair else None),
        ("Founded", wording.long_day(committee.founded_on)),
        ("Rights of its members", GRANTED.get(role, role.value) if role else "its own pages"),
        ("E-mail", committee.contact_email),
        ("Bylaws", *bylaws_fact(committee.id)),
    ]


def _tables(view: CommitteeView, *, may_change: bool) -> dict[str, AnyTable]:
    return {
        "roster": Table("Roster", roster_columns(with_changes=may_change), view.roster),
        "coming": Table("Terms to come", coming_columns(with_changes=may_change), view.coming),
        "past": Table("Past terms", TERM_COLUMNS, view.past),
    }


def _exports(committee_id: int) -> list[tuple[str, str]]:
    paper = ("PDF", url("committees.roster_pdf", committee_id=committee_id))
    files = [(label, url("committees.roster_file", committee_id=committee_id, format=name)) for label, name in FILES]
    return [paper, *files]


def _history(committee_id: int) -> list[HistoryRow] | None:
    if not may_read_history(the_actor()):
        return None
    found = list_history(Subject("committee", committee_id), PageRequest(size=HISTORY_LINES))
    return list(found.rows)
