"""Columns and facts of requests to let a limit of terms not hold."""

from __future__ import annotations

from collections.abc import Sequence

from app.committees.models import LimitWaiver
from app.committees.rules.plans import capital, seat_words
from app.committees.rules.waivers import WaiverState
from app.core.clock import local
from app.core.tables import Column, Kind, Narrow
from app.web import wording
from app.web.addresses import url

WAIVER_COLUMNS: Sequence[Column[LimitWaiver]] = (
    Column(
        "who",
        "For whom",
        lambda row: row.person.name,
        Kind.NAME,
        link=lambda row: url("committees.waiver", waiver_id=row.id),
        narrow=Narrow.NAME,
    ),
    Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
    Column("seat", "Seat", lambda row: capital(seat_words(row.seat.position, row.seat.label)), narrow=Narrow.META),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.AMOUNT),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE),
    Column("by", "Asked by", lambda row: row.asked_by),
    Column("why", "Why", lambda row: row.answer or row.decision or row.reason, narrow=Narrow.META),
)


def facts_of_waiver(waiver: LimitWaiver) -> list[tuple[str | None, ...]]:
    """What stands beside a request."""
    found: list[tuple[str | None, ...]] = [
        ("Who", waiver.person.name, url("members.person", person_id=waiver.person_id)),
        ("Seat", capital(seat_words(waiver.seat.position, waiver.seat.label))),
        ("First day", wording.long_day(waiver.first_day)),
        ("Last day", wording.long_day(waiver.last_day) if waiver.last_day else "open"),
        ("Asked by", waiver.asked_by, None, wording.day(local(waiver.asked_at).date())),
    ]
    if waiver.decided_at:
        verb = "Revoked by" if waiver.state is WaiverState.REVOKED else "Decided by"
        found.append((verb, waiver.decided_by, None, wording.day(local(waiver.decided_at).date())))
    if waiver.decision:
        found.append(("Decision", waiver.decision))
    return found
