"""All that waits in the committees one keeps, whole: terms, vacancies, freed seats, missing chairs, plans, limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue

from app.committees.models import LimitWaiver, SuccessionPlan
from app.committees.queries import RosterRow
from app.committees.queries.desk import (
    FreedSoon,
    HeldOver,
    Leaderless,
    list_freed_soon,
    list_holding_over,
    list_leaderless,
    list_old_vacancies,
    list_terms_ending,
)
from app.committees.queries.plans import list_open_plans
from app.committees.queries.waivers import list_waiting_waivers
from app.committees.routes.blueprint import pages
from app.committees.routes.plan_tables import PLAN_COLUMNS
from app.committees.routes.waiver_tables import WAIVER_COLUMNS
from app.committees.routes.ways import tabs_of_committees
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.table_files import tables_page


def _desk(row: Any) -> str:
    return url("committees.desk", committee_id=row.committee_id)


COMMITTEE: Column[Any] = Column(
    "committee", "Committee", lambda row: row.committee, Kind.NAME, link=_desk, narrow=Narrow.NAME
)
ENDING: Sequence[Column[RosterRow]] = (
    COMMITTEE,
    Column("seat", "Seat", lambda row: f"Seat {row.seat}", narrow=Narrow.META),
    Column("holder", "Holder", lambda row: row.holder, narrow=Narrow.META),
    Column("ends", "Term ends", lambda row: row.ends, Kind.DATE, narrow=Narrow.AMOUNT),
)
OVER: Sequence[Column[HeldOver]] = (
    COMMITTEE,
    Column("seat", "Seat", lambda row: f"Seat {row.number}", narrow=Narrow.META),
    Column("holder", "Holder", lambda row: row.holder, narrow=Narrow.META),
    Column("ended", "Term ended", lambda row: row.term_ends, Kind.DATE, narrow=Narrow.AMOUNT),
)
FREED: Sequence[Column[FreedSoon]] = (
    COMMITTEE,
    Column("seat", "Seat", lambda row: f"Seat {row.number}", narrow=Narrow.META),
    Column("holder", "Holder", lambda row: row.holder or "Vacant", narrow=Narrow.META),
    Column("why", "Why", lambda row: row.said(today()), narrow=Narrow.META),
    Column("ends", "Last day", lambda row: row.last_day, Kind.DATE, narrow=Narrow.AMOUNT),
)
VACANT: Sequence[Column[RosterRow]] = (
    COMMITTEE,
    Column("seat", "Seat", lambda row: f"Seat {row.seat}", narrow=Narrow.META),
    Column("since", "Vacant since", lambda row: row.vacant_since, Kind.DATE, narrow=Narrow.AMOUNT),
)
LED: Sequence[Column[Leaderless]] = (
    COMMITTEE,
    Column("chair", "Chair", lambda row: f"{row.chair}, on leave" if row.chair else "None", narrow=Narrow.SAID),
    Column("acts", "Acts", lambda row: f"{row.deputy}, deputy" if row.deputy else "Secretariat", narrow=Narrow.SAID),
)
OF_COMMITTEE: Column[Any] = Column(
    "committee", "Committee", lambda row: row.committee.name, link=_desk, narrow=Narrow.META
)
PLANS: Sequence[Column[SuccessionPlan]] = (PLAN_COLUMNS[0], OF_COMMITTEE, *PLAN_COLUMNS[1:3])
LIMITS: Sequence[Column[LimitWaiver]] = (WAIVER_COLUMNS[0], OF_COMMITTEE, *WAIVER_COLUMNS[1:])


@pages.get("/committees/waiting")
@requires(Permission.COMMITTEE_EDIT)
def waiting() -> ResponseReturnValue:
    """What waits for a step in every committee the reader keeps, whole, table by table."""
    actor = the_actor()
    return tables_page(
        "committees/waiting.html",
        {
            "ending": Table("Terms ending without a successor", ENDING, list_terms_ending(actor)),
            "over": Table("Holding over", OVER, list_holding_over(actor)),
            "freed": Table("Seats that will be free", FREED, list_freed_soon(actor)),
            "vacant": Table("Vacant for long", VACANT, list_old_vacancies(actor)),
            "led": Table("Without a chair", LED, list_leaderless(actor)),
            "planned": Table("Plans of succession", PLANS, list_open_plans(actor)),
            "limits": Table("Limits of terms", LIMITS, list_waiting_waivers(actor)),
        },
        tabs=tabs_of_committees("committees.waiting"),
    )
