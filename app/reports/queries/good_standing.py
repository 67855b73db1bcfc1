"""Good standing on a day: who is not, why and since when, and what follows for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.billing.queries.good_standing import standings_on
from app.billing.queries.policies import standing_terms_on
from app.billing.rules import CONSEQUENCE_WORDS, MemberStanding
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.members.models import Institution
from app.reports.queries.catalogue import reach_institutions, report
from app.reports.rules import Asked, Parameter
from app.web import wording


@dataclass(frozen=True)
class StandingRow:
    """A member of whom something overdue counts, and how it stands by that."""

    name: str
    short_name: str
    standing: MemberStanding


COLUMNS = (
    Column[StandingRow]("name", "Institution", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
    Column[StandingRow]("short_name", "Short name", lambda row: row.short_name),
    Column[StandingRow]("standing", "Standing", lambda row: _standing(row.standing), narrow=Narrow.META),
    Column[StandingRow]("since", "Since", lambda row: row.standing.since, Kind.DATE, narrow=Narrow.META),
    Column[StandingRow]("invoice", "By invoice", lambda row: row.standing.number, Kind.DOCUMENT, narrow=Narrow.META),
    Column[StandingRow]("late", "Days late", lambda row: row.standing.days_late, Kind.NUMBER, narrow=Narrow.SAID),
    Column[StandingRow]("overdue", "Overdue", lambda row: _overdue(row.standing), Kind.MONEY, narrow=Narrow.AMOUNT),
    Column[StandingRow]("next", "Follows", lambda row: _next(row.standing)),
    Column[StandingRow]("next_day", "Follows on", lambda row: row.standing.next_day, Kind.DATE),
)


@report(
    "good-standing",
    title="Not in good standing",
    question="Who is not in good standing on a day, by which invoice, since when, and what follows?",
    audience=Permission.REPORT_MONEY,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
)
def not_in_good_standing(asked: Asked, actor: Actor) -> Table[StandingRow]:
    """The members of whom something overdue counts by the policy of the day; all others are in good standing."""
    reach = reach_institutions(Permission.REPORT_MONEY, asked, actor)
    found = {each: one for each, one in standings_on(asked.on).items() if reach is None or each in reach}
    named = select(Institution.id, Institution.name, Institution.short_name).where(among(Institution.id, found))
    rows = [
        StandingRow(name, short_name, found[institution_id])
        for institution_id, name, short_name in db.session.execute(
            named.order_by(Institution.sort_name, Institution.id)
        )
    ]
    title = f"Not in good standing on {wording.long_day(asked.on)}"
    return Table(title, COLUMNS, rows, notes=_notes(asked, rows))


def _standing(standing: MemberStanding) -> str:
    return standing.consequence.value.capitalize() if standing.consequence else "Good, but overdue"


def _overdue(standing: MemberStanding) -> str:
    return wording.join_words(wording.money(each) for each in standing.overdue)


def _next(standing: MemberStanding) -> str:
    return standing.next_step.value if standing.next_step else ""


def _notes(asked: Asked, rows: Sequence[StandingRow]) -> list[str]:
    terms = standing_terms_on(asked.on)
    steps = wording.join_words(
        f"after {wording.plural(days, 'day', 'days')} {CONSEQUENCE_WORDS[consequence]}"
        for days, consequence in terms.steps
    )
    good = "Everyone else is in good standing." if rows else "Everyone is in good standing."
    return [f"{good} Overdue: {steps}."]
