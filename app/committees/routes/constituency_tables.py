"""Columns of constituencies, and what pages of seats and elections say of theirs."""

from __future__ import annotations

from collections.abc import Sequence

from app.committees.models import Constituency
from app.committees.queries.constituencies import (
    ConstituencyRow,
    ConstituencySeatRow,
    RuleRow,
    find_decides,
    get_constituency,
)
from app.committees.queries.constituency_members import ConstituentRow
from app.committees.queries.constituency_voters import find_electing
from app.core.tables import Column, Kind, Narrow
from app.web import wording
from app.web.access import the_actor
from app.web.addresses import record_link, url
from app.web.on_date import current_on, known_at

Fact = tuple[str | None, ...]
DECIDES_NOTHING = "decides nothing"
WITHOUT_RULES = "Nobody said who belongs to it: it decides nothing."


def institutions_words(number: int | None) -> str:
    """How many institutions belong, or that nobody said who."""
    return WITHOUT_RULES if number is None else wording.plural(number, "institution", "institutions")


def _closed(row: ConstituencyRow) -> str | None:
    return f"closed after {wording.day(row.closed_on)}" if row.closed_on else None


LIST_COLUMNS: Sequence[Column[ConstituencyRow]] = (
    Column(
        "name",
        "Constituency",
        lambda row: row.name,
        Kind.NAME,
        sortable=True,
        link=record_link("committees.constituency", "constituency_id", lambda row: row.id),
        aside=_closed,
        narrow=Narrow.NAME,
    ),
    Column(
        "institutions",
        "Institutions",
        lambda row: row.institutions if row.institutions is not None else DECIDES_NOTHING,
        Kind.NUMBER,
        sortable=True,
        narrow=Narrow.AMOUNT,
    ),
    Column("seats", "Seats", lambda row: "; ".join(row.seats) or None, narrow=Narrow.META),
)
CLOSED_COLUMN: Column[ConstituencyRow] = Column("closed", "Closed after", lambda row: row.closed_on, Kind.DATE)
MEMBER_COLUMNS: Sequence[Column[ConstituentRow]] = (
    Column(
        "name",
        "Institution",
        lambda row: row.name,
        Kind.NAME,
        link=record_link("members.institution", "institution_id", lambda row: row.id),
        aside=lambda row: row.short_name if row.short_name != row.name else None,
        narrow=Narrow.NAME,
    ),
    Column("country", "Country", lambda row: row.country, narrow=Narrow.META),
    Column("kind", "Kind", lambda row: row.kind),
    Column("class", "Class", lambda row: ", ".join(row.classes) or None, narrow=Narrow.META),
    Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
)
RULE_COLUMNS: Sequence[Column[RuleRow]] = (
    Column(
        "words",
        "Rule",
        lambda row: row.words,
        Kind.NAME,
        link=record_link("members.institution", "institution_id", lambda row: row.institution_id),
        narrow=Narrow.NAME,
    ),
    Column("by", "By", lambda row: row.goes_by, narrow=Narrow.META),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.META),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE, narrow=Narrow.AMOUNT),
)
SEAT_COLUMNS: Sequence[Column[ConstituencySeatRow]] = (
    Column(
        "committee",
        "Committee",
        lambda row: row.committee,
        Kind.NAME,
        link=record_link("committees.committee", "committee_id", lambda row: row.committee_id),
        narrow=Narrow.NAME,
    ),
    Column(
        "seat",
        "Seat",
        lambda row: f"{row.number}, {row.label}",
        link=record_link("committees.seat", "seat_id", lambda row: row.seat_id),
        narrow=Narrow.META,
    ),
    Column(
        "holder",
        "Holder",
        lambda row: row.holder or "Vacant",
        link=record_link("members.person", "person_id", lambda row: row.person_id),
        narrow=Narrow.META,
    ),
    Column("first_day", "Seat from", lambda row: row.first_day, Kind.DATE),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE, narrow=Narrow.AMOUNT),
)


def sentence_of(found: Constituency, number: int | None, members: int) -> str:
    """What stands under the name of a constituency: how many institutions it has on the day, and whether it goes on."""
    on = current_on()
    if found.closed_on is not None and found.closed_on < on:
        return f"Closed after {wording.long_day(found.closed_on)}."
    ends = f" It is closed after {wording.long_day(found.closed_on)}." if found.closed_on else ""
    if number is None:
        return f"{WITHOUT_RULES}{ends}"
    of_them = "all" if members == number else wording.count(members)
    voting = f", {of_them} of them members," if number > 1 else ""
    return f"{institutions_words(number)}{voting} on {wording.long_day(on)}.{ends}"


def constituency_fact(constituency_id: int) -> Fact:
    """The constituency of a seat on the day looked at, with the way to it and how many institutions belong."""
    found = get_constituency(constituency_id, the_actor())
    number = find_decides(constituency_id, on=current_on(), known=known_at())
    there = url("committees.constituency", constituency_id=constituency_id)
    return ("Constituency", found.name, there, institutions_words(number))


def constituency_said(constituency_id: int | None) -> list[tuple[str, str]]:
    """Whom a seat of a constituency is for, in a lead and a sentence; nothing of all other seats."""
    if constituency_id is None:
        return []
    _, name, _, words = constituency_fact(constituency_id)
    return [("Only some fit.", f"The seat is for {name}: {str(words)[0].lower()}{str(words)[1:].removesuffix('.')}.")]


def electing_words(election_id: int) -> str | None:
    """Who elects, where the seats of an election are a constituency's; None for all others."""
    constituency_id = find_electing(election_id)
    if constituency_id is None:
        return None
    name = get_constituency(constituency_id, the_actor()).name
    if find_decides(constituency_id, on=current_on()) is None:
        return f"Nobody said who belongs to {name}: who votes on the committee elects."
    return f"The members among the institutions of {name} elect, each by its voting representative."
