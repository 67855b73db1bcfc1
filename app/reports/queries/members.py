"""The register: who is a member on a day."""

from __future__ import annotations

from app.core.actor import Actor
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, PageRequest, Table
from app.members.queries import InstitutionFilters, InstitutionRow, search_institutions
from app.members.rules import LEAVING, MEMBER_STATES
from app.reports.queries.catalogue import reach_institutions, report
from app.reports.rules import Asked, Parameter
from app.web import wording

PRESENT = frozenset({*(state.value for state in MEMBER_STATES), LEAVING})
EVERYONE = PageRequest(size=0, sort="name")

COLUMNS = (
    Column[InstitutionRow]("name", "Institution", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
    Column[InstitutionRow]("short_name", "Short name", lambda row: row.short_name),
    Column[InstitutionRow]("country", "Country", lambda row: row.country, narrow=Narrow.META),
    Column[InstitutionRow]("kind", "Kind", lambda row: row.kind),
    Column[InstitutionRow]("classes", "Class", lambda row: ", ".join(row.standing.classes), narrow=Narrow.META),
    Column[InstitutionRow]("state", "State", lambda row: row.standing.state, Kind.STATE, narrow=Narrow.STATE),
    Column[InstitutionRow]("since", "Member since", lambda row: row.standing.since, Kind.DATE, narrow=Narrow.META),
    Column[InstitutionRow]("representative", "Votes through", lambda row: row.representative, narrow=Narrow.SAID),
)


@report(
    "register",
    title="Register of members",
    question="Who is a member on a day, in which class, and who votes for them?",
    audience=Permission.REPORT_MEMBERS,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
)
def register(asked: Asked, actor: Actor) -> Table[InstitutionRow]:
    """The members on the day, active or suspended, as the list of institutions has them."""
    reach = reach_institutions(Permission.REPORT_MEMBERS, asked, actor)
    found = search_institutions(InstitutionFilters(), EVERYONE, actor, on=asked.on, known=asked.known)
    rows = [row for row in found.rows if row.standing.state in PRESENT and (reach is None or row.id in reach)]
    return Table(f"Register of members on {wording.long_day(asked.on)}", COLUMNS, rows, notes=_notes(rows))


def _notes(rows: list[InstitutionRow]) -> list[str]:
    counts: dict[str, int] = {}
    for row in rows:
        for name in row.standing.classes:
            counts[name] = counts.get(name, 0) + 1
    in_classes = wording.join_words(f"{wording.count(number)} in the class {name}" for name, number in counts.items())
    members = wording.plural(len(rows), "member", "members")
    return [f"{members}: {in_classes}. Whoever is in two classes counts in both." if rows else members]
