"""The tabs of an institution's record, each with its own address and right for any day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.audit.queries import may_read_history
from app.core.permissions import Permission
from app.core.tables import Table
from app.members.queries import (
    InstitutionRecord,
    MembershipPeriod,
    get_institution,
    list_aliases,
    list_documents,
    list_memberships_of,
    list_mergers_into,
    list_names,
    list_notes,
    list_people_of,
    list_representations,
    list_units,
)
from app.members.routes.blueprint import pages
from app.members.routes.facts import lanes_of, sentence_of
from app.members.routes.mergers import to_survivor
from app.members.routes.sections import Section, Verb, list_parts
from app.members.routes.tables import (
    ALIAS_COLUMNS,
    DOCUMENT_COLUMNS,
    LOGO_COLUMNS,
    MERGED_COLUMNS,
    NOTE_COLUMNS,
    PEOPLE_COLUMNS,
    STEP_COLUMNS,
    STEP_GROUNDS,
    name_columns,
    representative_columns,
    step_corrections,
    step_lines,
    unit_columns,
)
from app.members.rules import ENDED_STATES, MembershipState, TwinKind
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.on_date import current_on, known_at
from app.web.wording import day

OVERVIEW = "members.institution"
OWN_TABS = (
    ("Overview", OVERVIEW),
    ("People", "members.institution_people"),
    ("Memberships", "members.institution_memberships"),
)
LATER_TABS = (("Names", "members.institution_names"),)
FULL_TABS = (("Documents", "members.institution_documents"),)
HISTORY_TAB = ("History", "members.institution_history")
Tab = tuple[str, str, int | None, bool]


def tabs_of(institution_id: int, current: str) -> list[Tab]:
    """The tabs this reader sees; `current` is an endpoint, or the path of a part that a feature adds."""
    parts: list[Tab] = [
        (
            part.label,
            url("members.institution_part", institution_id=institution_id, part=part.path),
            None,
            part.path == current,
        )
        for part in list_parts(institution_id)
    ]
    reads = the_actor().may(Permission.INSTITUTION_READ, institution_id=institution_id)
    history = [HISTORY_TAB] if may_read_history(the_actor()) else []
    later = [*LATER_TABS, *(FULL_TABS if reads else ()), *history]
    return [*_own(OWN_TABS, institution_id, current), *parts, *_own(later, institution_id, current)]


def _own(tabs: Sequence[tuple[str, str]], institution_id: int, current: str) -> list[Tab]:
    return [
        (label, url(endpoint, institution_id=institution_id), None, endpoint == current) for label, endpoint in tabs
    ]


def frame_of(record: InstitutionRecord, current: str) -> dict[str, Any]:
    """What every tab shows of the institution: its name, state and place, and the tabs."""
    return {
        "title": record.name,
        "state": record.standing.state,
        "sub": sentence_of(record),
        "crumbs": [("Institutions", url("members.institutions"))],
        "here_is": record.short_name,
        "tabs": tabs_of(record.id, current),
    }


@pages.get("/members/<int:institution_id>/people")
@requires(Permission.INSTITUTION_LIST)
def institution_people(institution_id: int) -> ResponseReturnValue:
    """Who represents an institution, and who works there."""
    buttons = [
        *_offer("Add a person", "members.add_person", Permission.PERSON_EDIT, institution_id, "institution"),
        *_offer("Name a representative", "members.name_representative", Permission.INSTITUTION_EDIT, institution_id),
    ]
    sections = [_voices(institution_id), _people(institution_id)]
    return _tab(institution_id, "members.institution_people", sections, buttons=buttons)


@pages.get("/members/<int:institution_id>/memberships")
@requires(Permission.INSTITUTION_LIST)
def institution_memberships(institution_id: int) -> ResponseReturnValue:
    """Every membership with its steps."""
    dated = _dated()
    memberships = list_memberships_of(institution_id, **dated)
    reads = the_actor().may(Permission.INSTITUTION_READ, institution_id=institution_id)
    lines = list(step_lines(memberships))
    columns = [*STEP_COLUMNS, *(STEP_GROUNDS if reads else ()), *step_corrections(lines)]
    table = Table("Steps", columns, lines)
    lanes = lanes_of(memberships, list_representations(institution_id, **dated))
    main, menus = _ways_on(institution_id, memberships)
    return _tab(
        institution_id,
        "members.institution_memberships",
        [Section("Steps", table, empty="It never was a member.")],
        buttons=main,
        menus=menus,
        lanes=lanes,
        lanes_label="Memberships and votes",
    )


@pages.get("/members/<int:institution_id>/names")
@requires(Permission.INSTITUTION_LIST)
def institution_names(institution_id: int) -> ResponseReturnValue:
    """What an institution is and was called, other spellings that mean it, and its units."""
    names = list_names(institution_id, known_at())
    units = list_units(institution_id, known=known_at(), actor=the_actor())
    sections = [
        Section("Names", Table("Names", name_columns(), names)),
        Section("Also meant by", _aliases(institution_id), empty="No other spelling.", verb=REMOVE_ALIAS),
        Section("Units", Table("Units", unit_columns(units), units)),
        *_merged(institution_id),
    ]
    buttons = [
        *_offer("Add a unit", "members.add_unit", Permission.INSTITUTION_EDIT, institution_id),
        *_offer("Add an alias", "members.add_alias", Permission.INSTITUTION_EDIT, institution_id),
        *_offer("Rename", "members.rename", Permission.INSTITUTION_EDIT, institution_id),
    ]
    return _tab(institution_id, "members.institution_names", sections, buttons=buttons)


@pages.get("/members/<int:institution_id>/documents")
@requires(Permission.INSTITUTION_READ)
def institution_documents(institution_id: int) -> ResponseReturnValue:
    """The documents, the notes and the logo of an institution on the day looked at; for its full readers."""
    if not the_actor().may(Permission.INSTITUTION_READ, institution_id=institution_id):
        abort(404)
    buttons = [
        *_offer("Set the logo", "members.set_logo", Permission.INSTITUTION_EDIT, institution_id),
        *_offer("Note something", "members.add_note", Permission.INSTITUTION_EDIT, institution_id),
        *_offer("Add a document", "members.add_document", Permission.INSTITUTION_EDIT, institution_id),
    ]
    sections = [_documents(institution_id), _notes(institution_id), *_logo(institution_id)]
    return _tab(institution_id, "members.institution_documents", sections, buttons=buttons)


@pages.get("/members/<int:institution_id>/<part>")
@requires(Permission.INSTITUTION_LIST)
def institution_part(institution_id: int, part: str) -> ResponseReturnValue:
    """A tab that a feature above adds, such as seats and money."""
    found = next((each for each in list_parts(institution_id) if each.path == part), None)
    if found is None:
        abort(404)
    sections = found.sections_of(institution_id)
    return _tab(institution_id, part, sections, buttons=found.buttons_of(institution_id))


REMOVE_ALIAS = ("Remove", "members.remove_alias", "alias_id")
REMOVE_LOGO = ("Remove", "members.remove_logo", "institution_id")
STRIKE_NOTE = ("Strike", "members.strike_note", "note_id")


def _voices(institution_id: int) -> Section:
    rows = list_representations(institution_id, **_dated())
    table = Table("Representatives", representative_columns(rows), rows)
    today = sum(row.period.contains(current_on()) for row in rows)
    return Section("Representatives", table, aside=today, empty="Nobody represents it yet.")


def _people(institution_id: int) -> Section:
    rows = list_people_of(institution_id, **_dated())
    table = Table("People", PEOPLE_COLUMNS, rows)
    cards = ("vCards", url("members.institution_cards", institution_id=institution_id)) if rows else None
    return Section("People", table, cards, len(rows), "Nobody works here on record.")


def _documents(institution_id: int) -> Section:
    rows = list_documents(institution_id, **_dated())
    table = Table("Documents", DOCUMENT_COLUMNS, rows)
    return Section("Documents", table, aside=len(rows), empty="No document is kept with it.")


def _notes(institution_id: int) -> Section:
    rows = list_notes(institution_id, **_dated())
    table = Table("Notes", NOTE_COLUMNS, rows, row_id=_id_for_editors)
    return Section("Notes", table, aside=len(rows), empty="Nothing is noted.", verb=STRIKE_NOTE)


def _logo(institution_id: int) -> list[Section]:
    record = get_institution(institution_id, the_actor(), on=current_on(), known=known_at())
    if record.logo_id is None:
        return []
    return [Section("Logo", Table("Logo", LOGO_COLUMNS, [record], row_id=_id_for_editors), verb=REMOVE_LOGO)]


def _id_for_editors(row: Any) -> str | None:
    """The id a button of the row is for, None for those who only read."""
    return str(row.id) if the_actor().may(Permission.INSTITUTION_EDIT) else None


def _aliases(institution_id: int) -> Table[Any]:
    rows = list_aliases(institution_id, the_actor())
    return Table("Aliases", ALIAS_COLUMNS, rows, row_id=_id_for_editors)


def _merged(institution_id: int) -> list[Section]:
    """The names of what was merged into an institution, where anything was: they mean it too."""
    rows = list_mergers_into(TwinKind.INSTITUTION, institution_id, known_at())
    return [Section("Merged into it", Table("Merged into it", MERGED_COLUMNS, rows))] if rows else []


def verbs_of(membership: MembershipPeriod) -> list[Verb]:
    """What can be done to a membership today."""
    state = membership.state_on(current_on()) or MembershipState.ADMITTED
    leaving = any(step.state is MembershipState.WITHDRAWN for step in membership.steps)
    possible = (
        ("Suspend", "members.suspend", state is MembershipState.ACTIVE),
        ("Reinstate", "members.reinstate", state is MembershipState.SUSPENDED),
        ("Renew", "members.renew", membership.may_be_renewed_on(current_on())),
        ("Withdraw", "members.withdraw", state not in ENDED_STATES),
        ("Call off the withdrawal", "members.keep", leaving and state not in ENDED_STATES),
        ("Change class", "members.change_class", state not in ENDED_STATES),
    )
    named, key = membership.membership_class.name.lower(), {"membership_id": membership.membership_id}
    return [Verb(f"{label} as {named}", url(endpoint, **key)) for label, endpoint, is_offered in possible if is_offered]


def _ways(membership: MembershipPeriod) -> list[Verb]:
    """What can be done to a membership, and the ways to put it right, for those who may."""
    if not the_actor().may(Permission.MEMBERSHIP_EDIT):
        return []
    return [*verbs_of(membership), *_corrections(membership)]


def _ways_on(institution_id: int, memberships: Iterable[MembershipPeriod]) -> tuple[list[Verb], list[Verb]]:
    """The main way on from what it is a member as, which leads a suspended one back, and the further ones."""
    ways = [verb for membership in memberships for verb in _ways(membership)]
    paths = {url("members.reinstate", membership_id=each.membership_id) for each in memberships}
    main = [verb for verb in ways if verb.href in paths][:1]
    further = [verb for verb in ways if verb not in main]
    return main or _offer("Admit in a class", "members.admit", Permission.MEMBERSHIP_EDIT, institution_id), further


def _corrections(membership: MembershipPeriod) -> list[Verb]:
    named, key = membership.membership_class.name.lower(), {"membership_id": membership.membership_id}
    since = day(membership.period.first)
    return [
        Verb(f"Correct the {what} as {named} since {since}", url(endpoint, **key))
        for what, endpoint in (
            ("first day", "members.correct"),
            ("last day", "members.correct_end"),
            ("class", "members.correct_class"),
        )
    ]


def _dated() -> dict[str, Any]:
    return {"on": current_on(), "known": known_at(), "actor": the_actor()}


def _offer(
    label: str, endpoint: str, permission: Permission, institution_id: int, name: str = "institution_id"
) -> list[Verb]:
    """A button for those who may, as a list of one or none."""
    may = the_actor().may(permission, institution_id=institution_id)
    return [Verb(label, url(endpoint, **{name: institution_id}))] if may else []


def _tab(
    institution_id: int, current: str, sections: Sequence[Section], *, buttons: Sequence[Verb] = (), **more: Any
) -> ResponseReturnValue:
    if moved := to_survivor(TwinKind.INSTITUTION, institution_id):
        return moved
    record = get_institution(institution_id, the_actor(), on=current_on(), known=known_at())
    frame = frame_of(record, current)
    return render_template("layouts/tab.html", **frame, sections=sections, buttons=buttons, **more)
