"""The record of an institution: the first of its tabs, and the last, its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.queries import HistoryRow, list_history, may_read_history
from app.audit.rules import Subject
from app.core.clock import end_of
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest, Table
from app.members.queries import (
    InstitutionRecord,
    get_institution,
    list_aliases,
    list_memberships_of,
    list_names,
    list_representations,
    list_units,
)
from app.members.routes.blueprint import pages
from app.members.routes.facts import Known, facts_of, lanes_of
from app.members.routes.mergers import to_survivor
from app.members.routes.sections import list_sections
from app.members.routes.tables import (
    HISTORY_COLUMNS,
    representative_columns,
)
from app.members.routes.tabs import OVERVIEW, frame_of, tabs_of, verbs_of
from app.members.rules import TwinKind
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.listing import Empty, Listing, list_page
from app.web.on_date import current_on, is_past, known_at

LATEST = PageRequest(size=8)
HISTORY = Listing(
    title="History",
    noun=("entry", "entries"),
    columns=HISTORY_COLUMNS,
    default_sort="at",
    of_a_day=True,
    descending=True,
    empty=Empty("Nothing recorded yet"),
)


@pages.get("/members/<int:institution_id>")
@requires(Permission.INSTITUTION_LIST)
def institution(institution_id: int) -> ResponseReturnValue:
    """One institution on the day looked at; one that was merged leads to its survivor."""
    if moved := to_survivor(TwinKind.INSTITUTION, institution_id):
        return moved
    record = get_institution(institution_id, the_actor(), on=current_on(), known=known_at())
    return render_template(
        "members/institution.html",
        record=record,
        **frame_of(record, OVERVIEW),
        **_related(record),
        sections=list_sections(institution_id),
        may=_rights(institution_id),
        history=latest_of(Subject("institution", institution_id)),
    )


@pages.get("/members/<int:institution_id>/history")
@requires(Permission.AUDIT_READ)
def institution_history(institution_id: int) -> ResponseReturnValue:
    """All that happened to an institution, by the end of the day looked at, as far as it was known."""
    record = get_institution(institution_id, the_actor(), on=current_on(), known=known_at())
    subject, until = Subject("institution", institution_id), _seen_until()
    crumbs = [
        ("Institutions", url("members.institutions")),
        (record.name, url("members.institution", institution_id=institution_id)),
    ]
    listing = replace(HISTORY, title=f"History of {record.name}", crumbs=crumbs)
    return list_page(
        listing,
        lambda _form, request: list_history(subject, request, until=until),
        {"tabs": tabs_of(institution_id, "members.institution_history")},
    )


def latest_of(subject: Subject) -> Page[HistoryRow] | None:
    """The latest entries about a record, None for those who may not read the trail."""
    return list_history(subject, LATEST, until=_seen_until()) if may_read_history(the_actor()) else None


def _seen_until() -> datetime | None:
    """The end of the day looked at, or of the one it is known on, if that is sooner; None for today."""
    until = end_of(current_on())
    return min(until, known_at() or until) if is_past() else None


def _related(record: InstitutionRecord) -> dict[str, Any]:
    """The lists that hang on an institution, and what is told from them."""
    dated: Any = {"on": current_on(), "known": known_at(), "actor": the_actor()}
    memberships = list_memberships_of(record.id, **dated)
    voices = list_representations(record.id, **dated)
    here = [row for row in voices if row.period.contains(current_on())]
    units = list_units(record.id, known=known_at(), actor=the_actor())
    known = Known(
        voices=here,
        names=list_names(record.id, known_at()),
        aliases=[row.alias for row in list_aliases(record.id, the_actor())],
        units=[row.name for row in units if row.period.contains(current_on())],
    )
    return {
        "facts": facts_of(record, known),
        "lanes": lanes_of(memberships, voices),
        "verbs": [verb for row in memberships for verb in verbs_of(row)],
        "voices": Table("Representatives", representative_columns(here), here),
    }


def _rights(institution_id: int) -> dict[str, bool]:
    actor = the_actor()
    return {
        "edit": actor.may(Permission.INSTITUTION_EDIT),
        "contact": actor.may(Permission.INSTITUTION_EDIT_CONTACT, institution_id=institution_id),
        "membership": actor.may(Permission.MEMBERSHIP_EDIT),
        "people": actor.may(Permission.PERSON_EDIT, institution_id=institution_id),
    }
