"""Pages of audit: the trail as a list, and one entry with its values and its seal."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.audit.forms import TrailForm
from app.audit.queries import FieldChange, TrailRow, get_entry, search_trail
from app.audit.subjects import address_of, words_of
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest, Table
from app.web.access import requires, the_actor
from app.web.addresses import record_link
from app.web.listing import Empty, Listing, list_page

pages = Blueprint("audit", __name__)

COLUMNS: tuple[Column[TrailRow], ...] = (
    Column(
        "sequence",
        "Entry",
        lambda row: row.sequence,
        Kind.NUMBER,
        sortable=True,
        link=record_link("audit.entry", "sequence", lambda row: row.sequence),
        narrow=Narrow.STATE,
    ),
    Column("at", "When", lambda row: row.at, Kind.INSTANT, narrow=Narrow.META),
    Column("who", "Who", lambda row: row.who, sortable=True, narrow=Narrow.META),
    Column("summary", "What", lambda row: row.summary, narrow=Narrow.NAME),
    Column("subject", "About", lambda row: words_of(row.subject), link=lambda row: address_of(row.subject)),
    Column("action", "Action", lambda row: row.action, Kind.CODE),
    Column("reason", "Why", lambda row: row.reason),
    Column("seal", "Seal", lambda row: row.seal[:6], Kind.CODE),
)
LISTING: Listing[TrailRow] = Listing(
    title="Audit trail",
    noun=("entry", "entries"),
    columns=COLUMNS,
    default_sort="sequence",
    descending=True,
    empty=Empty("Nothing has happened yet", "Every change is written here with who made it, when and why."),
    filters_form=TrailForm,
)
CHANGES: tuple[Column[FieldChange], ...] = (
    Column("name", "Value", lambda change: change.name, Kind.NAME, narrow=Narrow.NAME),
    Column("before", "Before", lambda change: change.before or None, narrow=Narrow.META),
    Column("after", "After", lambda change: change.after or None, narrow=Narrow.AMOUNT),
)


@pages.get("/audit")
@requires(Permission.AUDIT_READ)
def trail() -> ResponseReturnValue:
    """The trail, the newest entry first."""
    return list_page(LISTING, _search)


def _search(form: TrailForm, wanted: PageRequest) -> Page[TrailRow]:
    return search_trail(form.wanted, wanted, the_actor())


@pages.get("/audit/<int:sequence>")
@requires(Permission.AUDIT_READ)
def entry(sequence: int) -> ResponseReturnValue:
    """One entry: what was, what is, why, and whether its seal holds."""
    shown = get_entry(sequence, the_actor())
    return render_template(
        "audit/entry.html",
        entry=shown,
        about=words_of(shown.row.subject),
        address=address_of(shown.row.subject),
        values=Table("Values", CHANGES, shown.changes),
    )
