"""The list of committees, indented as their tree."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue

from app.committees.forms import CommitteeFilterForm
from app.committees.queries import CommitteeFilters, CommitteeRow, search_committees
from app.committees.routes.blueprint import pages
from app.committees.routes.tables import INDENT
from app.committees.routes.ways import tabs_of_committees
from app.committees.rules import COMMITTEE_WORDS, CommitteeKind, Existence
from app.core.folding import folded
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import record_link
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on, known_at


def _aside(row: CommitteeRow) -> str | None:
    """What stands beside a name: that it is dissolved, or by which former name it was found."""
    if row.dissolved_on is not None:
        return f"dissolved after {wording.day(row.dissolved_on)}"
    words = folded(request.args.get("q", "")).split()
    former = [each for each in row.formerly if any(word in folded(each) for word in words)]
    return f"formerly {former[0]}" if former and not all(word in row.sort_name for word in words) else None


def _name(row: CommitteeRow) -> str:
    """The name, set in by its depth on the page; a file has the column Part of."""
    return row.name if "format" in request.args else f"{INDENT * row.depth}{row.name}"


COLUMNS: Sequence[Column[CommitteeRow]] = (
    Column(
        "name",
        "Committee",
        _name,
        Kind.NAME,
        sortable=True,
        link=record_link("committees.committee", "committee_id", lambda row: row.id),
        aside=_aside,
        narrow=Narrow.NAME,
    ),
    Column("kind", "Kind", lambda row: COMMITTEE_WORDS[row.kind], sortable=True, narrow=Narrow.META),
    Column("parent", "Part of", lambda row: row.parent_name),
    Column("chair", "Chair", lambda row: row.chair, narrow=Narrow.META),
    Column("founded", "Founded", lambda row: row.founded_on, Kind.DATE, sortable=True),
    Column("seats", "Seats", lambda row: row.seats, Kind.NUMBER, sortable=True),
    Column("filled", "Filled", lambda row: row.filled, Kind.NUMBER, sortable=True),
    Column("vacant", "Vacant", lambda row: row.vacant, Kind.NUMBER, sortable=True, narrow=Narrow.AMOUNT),
)


def _sub(page: Page[CommitteeRow]) -> str:
    seats, vacant = int(str(page.totals["seats"])), int(str(page.totals["vacant"]))
    said = f"{wording.plural(page.total, 'committee', 'committees')} with {wording.plural(seats, 'seat', 'seats')}"
    return f"{said}, {wording.count(vacant)} of them vacant" if vacant else f"{said}, all of them filled"


LISTING: Listing[CommitteeRow] = Listing(
    title="Committees",
    noun=("committee", "committees"),
    columns=COLUMNS,
    default_sort="tree",
    of_a_day=True,
    only_exported=(
        Column("dissolved", "Dissolved", lambda row: row.dissolved_on, Kind.DATE),
        Column("formerly", "Formerly", lambda row: "; ".join(row.formerly) or None),
    ),
    empty=Empty(
        "No committee yet",
        "A committee has seats; whoever is appointed to one has its rights from the first to the last day.",
        "Found a committee",
        "committees.found",
    ),
    filters_form=CommitteeFilterForm,
    action=Action("Found a committee", "committees.found"),
    sub=_sub,
)


@pages.get("/committees")
@requires(Permission.COMMITTEE_READ)
def committees() -> ResponseReturnValue:
    """All committees of the day looked at."""
    return list_page(LISTING, _search, {"tabs": tabs_of_committees("committees.committees")})


def _search(form: CommitteeFilterForm, wanted: PageRequest) -> Page[CommitteeRow]:
    filters = CommitteeFilters(
        words=form.q.data or "",
        kind=CommitteeKind(form.kind.data) if form.kind.data else None,
        vacancies=form.seats.data == "vacant",
        existence=Existence(form.existence.data) if form.existence.data else Existence.EXISTING,
    )
    return search_committees(filters, wanted, the_actor(), on=current_on(), known=known_at())
