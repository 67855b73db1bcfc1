"""The record of an institution: its facts, memberships, representatives, people, names, and its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.queries import HistoryRow, list_history, may_read_history
from app.audit.rules import Subject
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest, Table
from app.members.queries import (
    InstitutionRecord,
    get_institution,
    list_memberships_of,
    list_names,
    list_people_of,
    list_representations,
)
from app.members.queries.memberships import MembershipPeriod
from app.members.routes.blueprint import pages
from app.members.routes.facts import facts_of, lanes_of, sentence_of
from app.members.routes.sections import list_sections
from app.members.routes.tables import (
    HISTORY_COLUMNS,
    NAME_COLUMNS,
    PEOPLE_COLUMNS,
    STEP_COLUMNS,
    STEP_GROUNDS,
    representative_columns,
    step_lines,
)
from app.members.rules import ENDED_STATES, MembershipState
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.listing import Empty, Listing, list_page
from app.web.on_date import current_on, known_at

LATEST = PageRequest(size=8)
HISTORY = Listing(
    title="History",
    noun=("entry", "entries"),
    columns=HISTORY_COLUMNS,
    default_sort="at",
    descending=True,
    empty=Empty("Nothing recorded yet"),
)


@dataclass(frozen=True)
class Verb:
    """A form of a membership: its words, its endpoint."""

    label: str
    href: str


@pages.get("/members/<int:institution_id>")
@requires(Permission.INSTITUTION_LIST)
def institution(institution_id: int) -> ResponseReturnValue:
    """One institution on the day looked at."""
    record = get_institution(institution_id, the_actor(), on=current_on(), known=known_at())
    return render_template(
        "members/institution.html",
        record=record,
        sentence=sentence_of(record),
        **_related(record),
        sections=list_sections(institution_id),
        may=_rights(institution_id),
        history=latest_of(Subject("institution", institution_id)),
    )


@pages.get("/members/<int:institution_id>/history")
@requires(Permission.AUDIT_READ)
def institution_history(institution_id: int) -> ResponseReturnValue:
    """All that happened to an institution."""
    record = get_institution(institution_id, the_actor(), on=current_on(), known=known_at())
    crumbs = [
        ("Institutions", url("members.institutions")),
        (record.name, url("members.institution", institution_id=institution_id)),
    ]
    listing = replace(HISTORY, title=f"History of {record.name}", crumbs=crumbs)
    return list_page(listing, lambda _form, request: list_history(Subject("institution", institution_id), request))


def latest_of(subject: Subject) -> Page[HistoryRow] | None:
    """The latest entries about a record, None for those who may not read the trail."""
    return list_history(subject, LATEST) if may_read_history(the_actor()) else None


def _related(record: InstitutionRecord) -> dict[str, Any]:
    """The lists that hang on an institution, and what is told from them."""
    dated: Any = {"on": current_on(), "known": known_at(), "actor": the_actor()}
    memberships = list_memberships_of(record.id, **dated)
    voices, names = list_representations(record.id, **dated), list_names(record.id, known_at())
    steps = [*STEP_COLUMNS, *(STEP_GROUNDS if record.full else ())]
    return {
        "facts": facts_of(record, [row for row in voices if row.period.contains(current_on())], names),
        "lanes": lanes_of(memberships, voices),
        "verbs": [verb for row in memberships for verb in _verbs(row)],
        "tables": {
            "steps": Table("Memberships", steps, list(step_lines(memberships))),
            "voices": Table("Representatives", representative_columns(voices), voices),
            "people": Table("People", PEOPLE_COLUMNS, list_people_of(record.id, **dated)),
            "names": Table("Names", NAME_COLUMNS, names),
        },
    }


def _rights(institution_id: int) -> dict[str, bool]:
    actor = the_actor()
    return {
        "edit": actor.may(Permission.INSTITUTION_EDIT),
        "contact": actor.may(Permission.INSTITUTION_EDIT_CONTACT, institution_id=institution_id),
        "membership": actor.may(Permission.MEMBERSHIP_EDIT),
        "people": actor.may(Permission.PERSON_EDIT, institution_id=institution_id),
    }


def _verbs(membership: MembershipPeriod) -> list[Verb]:
    """What can be done to a membership today."""
    state = membership.state_on(current_on()) or MembershipState.ADMITTED
    if state in ENDED_STATES:
        return []
    turn = {
        MembershipState.ACTIVE: [("Suspend", "members.suspend")],
        MembershipState.SUSPENDED: [("Reinstate", "members.reinstate")],
    }
    offered = [*turn.get(state, []), ("Withdraw", "members.withdraw"), ("Correct first day", "members.correct")]
    named = membership.membership_class.name.lower()
    return [
        Verb(f"{label} as {named}", url(endpoint, membership_id=membership.membership_id))
        for label, endpoint in offered
    ]
