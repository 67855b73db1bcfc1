"""Tables that more than one page of accounts shows."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts.queries import GrantRow
from app.accounts.rules import GrantSource
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.web.access import the_actor
from app.web.addresses import url
from app.web.on_date import current_on, is_past
from app.web.wording import day, pill_word

SOURCES = {
    GrantSource.HAND: "Given by hand",
    GrantSource.APPOINTMENT: "Follows an appointment",
    GrantSource.REPRESENTATION: "Follows a representation",
    GrantSource.DEPUTYSHIP: "Follows a deputyship",
}


def _days_of(row: GrantRow) -> str:
    if row.last_day is None:
        return f"from {day(row.first_day)}"
    return f"{day(row.first_day)} to {day(row.last_day)}"


GRANT_COLUMNS: tuple[Column[GrantRow], ...] = (
    Column("role", "Role", lambda row: pill_word(row.role), Kind.NAME, narrow=Narrow.NAME),
    Column("scope", "For", lambda row: row.scope, narrow=Narrow.META),
    Column("state", "State", lambda row: row.state(current_on()), Kind.STATE, narrow=Narrow.STATE),
    Column("days", "Days", _days_of, narrow=Narrow.META),
    Column("source", "Why", lambda row: row.reason or SOURCES[row.source], narrow=Narrow.META),
)
END_COLUMN: Column[GrantRow] = Column(
    "end",
    "Change",
    lambda row: "End role" if _may_end(row) else "",
    link=lambda row: url("accounts.end_grant", grant_id=row.id) if _may_end(row) else None,
    narrow=Narrow.AMOUNT,
)


def grants_table(title: str, grants: Sequence[GrantRow]) -> AnyTable:
    """Roles to be read."""
    return Table(title, GRANT_COLUMNS, grants)


def endable_grants_table(title: str, grants: Sequence[GrantRow]) -> AnyTable:
    """Roles with a way to end those given by hand, for who may."""
    may_change = the_actor().may(Permission.ACCOUNT_EDIT) and not is_past()
    shown = (*GRANT_COLUMNS, END_COLUMN) if may_change and any(_may_end(row) for row in grants) else GRANT_COLUMNS
    return Table(title, shown, grants)


def _may_end(row: GrantRow) -> bool:
    return row.source is GrantSource.HAND and (row.last_day is None or row.last_day >= clock.today())
