"""A roster over the years, in its balance, and as addresses: timeline, balance, vCards, address list."""

from __future__ import annotations

from collections.abc import Sequence
from email.headerregistry import Address
from typing import Any

from flask.typing import ResponseReturnValue

from app.committees.documents import span_words, timeline_chart
from app.committees.models import Committee
from app.committees.queries import (
    BalanceRow,
    SeatedPerson,
    SeatSpan,
    balance_of,
    get_committee,
    list_seated,
    seat_spans,
)
from app.committees.routes.blueprint import pages
from app.committees.routes.ways import committee_tabs, tabs_of_committees
from app.committees.rules import OFFICE_WORDS
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.members.routes.cards import send_cards
from app.web import wording
from app.web.access import may_open, requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_bytes
from app.web.on_date import current_on, is_past, known_at, known_in_name
from app.web.table_files import tables_page

PLAIN = "text/plain; charset=utf-8"


def _person(row: SeatSpan) -> str | None:
    return url("members.person", person_id=row.person_id) if row.person_id else None


SPAN_COLUMNS: Sequence[Column[SeatSpan]] = (
    Column("seat", "Seat", lambda row: row.seat, Kind.NAME, narrow=Narrow.SAID),
    Column("holder", "Holder", lambda row: row.holder or "Vacant", link=_person, narrow=Narrow.NAME),
    Column("office", "Office", lambda row: OFFICE_WORDS[row.office] if row.office else None, narrow=Narrow.META),
    Column("first_day", "From", lambda row: row.period.first, Kind.DATE),
    Column("last_day", "To", lambda row: row.period.last or "open", Kind.DATE, narrow=Narrow.AMOUNT),
    Column("days", "Days", lambda row: row.period.days if row.period.last else None, Kind.NUMBER),
)
SHARES: Sequence[Column[BalanceRow]] = (
    Column("held", "Seats", lambda row: row.held, Kind.NUMBER, narrow=Narrow.SAID),
    Column("votes", "With a vote", lambda row: row.votes, Kind.NUMBER),
    Column("share", "Share", lambda row: row.share, Kind.SHARE, narrow=Narrow.AMOUNT),
)
ADDRESS_COLUMNS: Sequence[Column[SeatedPerson]] = (
    Column(
        "holder",
        "Holder",
        lambda each: each.row.holder,
        Kind.NAME,
        link=lambda each: url("members.person", person_id=each.card.id),
        narrow=Narrow.NAME,
    ),
    Column("office", "Office", lambda each: OFFICE_WORDS[each.row.office] if each.row.office else None),
    Column("institution", "Institution", lambda each: each.row.institution, narrow=Narrow.META),
    Column("email", "E-mail", lambda each: each.email, narrow=Narrow.META),
    Column("phone", "Telephone", lambda each: each.card.phone),
)


@pages.get("/committees/<int:committee_id>/timeline")
@requires(Permission.COMMITTEE_READ)
def timeline(committee_id: int) -> ResponseReturnValue:
    """The seats of a committee over the years, as bars and as a table."""
    committee = get_committee(committee_id, the_actor())
    spans = seat_spans(committee_id, on=current_on(), known=known_at())
    return tables_page(
        "committees/timeline.html",
        {"content": Table(f"Timeline of {committee.name}", SPAN_COLUMNS, spans)},
        drawing=timeline_chart(spans, current_on()) if spans else None,
        sub=span_words(spans, current_on()),
        **_of_one(committee, "committees.timeline"),
    )


@pages.get("/committees/<int:committee_id>/balance")
@requires(Permission.COMMITTEE_READ)
def balance(committee_id: int) -> ResponseReturnValue:
    """The balance of a committee's roster on the day looked at."""
    committee = get_committee(committee_id, the_actor())
    return _balance(committee_id, committee.name, **_of_one(committee, "committees.balance"))


@pages.get("/committees/balance")
@requires(Permission.COMMITTEE_READ)
def balance_of_all() -> ResponseReturnValue:
    """The balance of all rosters on the day looked at."""
    crumbs = [("Committees", url("committees.committees"))]
    return _balance(None, "all committees", tabs=tabs_of_committees("committees.balance_of_all"), crumbs=crumbs)


@pages.get("/committees/<int:committee_id>/addresses")
@requires(Permission.COMMITTEE_READ)
def addresses(committee_id: int) -> ResponseReturnValue:
    """How those on a roster are written to, as far as the reader may see it."""
    committee = get_committee(committee_id, the_actor())
    seated = _seated(committee_id)
    return tables_page(
        "committees/addresses.html",
        {"content": Table(f"Addresses of {committee.name}", ADDRESS_COLUMNS, seated)},
        found=seated,
        lines=address_lines(seated),
        hidden=sum(not each.is_open for each in seated),
        cards=url("committees.roster_cards", committee_id=committee_id),
        file=url("committees.address_list", committee_id=committee_id),
        mailing=_mailing(seated),
        sub=f"Those on the roster on {wording.long_day(current_on())}",
        **_of_one(committee, "committees.addresses"),
    )


@pages.get("/committees/<int:committee_id>/addresses.txt")
@requires(Permission.COMMITTEE_READ)
def address_list(committee_id: int) -> ResponseReturnValue:
    """The addresses as one line each, as a mail programme takes them."""
    committee = get_committee(committee_id, the_actor())
    text = "".join(f"{line}\n" for line in address_lines(_seated(committee_id)))
    return send_bytes(text.encode(), PLAIN, f"{committee.name} addresses {_day()}.txt")


@pages.get("/committees/<int:committee_id>/roster.vcf")
@requires(Permission.COMMITTEE_READ)
def roster_cards(committee_id: int) -> ResponseReturnValue:
    """Those on the roster for an address book."""
    committee = get_committee(committee_id, the_actor())
    return send_cards([each.card for each in _seated(committee_id)], f"{committee.name} roster {_day()}")


def address_lines(seated: Sequence[SeatedPerson]) -> list[str]:
    """Each address once, with its name quoted where a mail programme needs it: `Name <address>`."""
    named = {each.email: each.row.holder or "" for each in reversed(seated) if each.email}
    return [str(Address(name, addr_spec=email)) for email, name in reversed(named.items())]


def _balance(committee_id: int | None, name: str, **said: Any) -> ResponseReturnValue:
    found = balance_of(committee_id, on=current_on(), known=known_at())
    tables = {
        "countries": _shares(f"Countries of {name}", "Country", found.countries),
        "classes": _shares(f"Kinds of member of {name}", "Kind of member", found.classes),
        "institutions": _shares(f"Institutions of {name}", "Institution", found.institutions),
        "kinds": _shares(f"Kinds of institution of {name}", "Kind of institution", found.kinds),
    }
    figures = [
        ("Seats held", wording.count(found.held), f"of {wording.count(found.held + found.vacant)}"),
        ("With a vote", wording.count(found.votes), ""),
        ("Countries", wording.count(len(found.countries)), ""),
        ("Institutions", wording.count(sum(row.institution_id is not None for row in found.institutions)), ""),
    ]
    sub = f"Who the seats of {name} are held by on {wording.long_day(current_on())}"
    return tables_page("committees/balance.html", tables, found=found, figures=figures, sub=sub, **said)


def _shares(title: str, head: str, rows: Sequence[BalanceRow]) -> Table[BalanceRow]:
    label = Column[BalanceRow]("label", head, lambda row: row.label, Kind.NAME, link=_institution, narrow=Narrow.NAME)
    return Table(title, (label, *SHARES), rows)


def _institution(row: BalanceRow) -> str | None:
    linked = row.institution_id is not None and may_open("members.institution")
    return url("members.institution", institution_id=row.institution_id) if linked else None


def _seated(committee_id: int) -> list[SeatedPerson]:
    return list_seated(committee_id, the_actor(), on=current_on(), known=known_at())


def _mailing(seated: Sequence[SeatedPerson]) -> str | None:
    """Where everybody on the roster is written to by templates; only of today, and for who may."""
    if is_past() or not seated or not may_open("members.write_to_people"):
        return None
    return url("members.write_to_people", chosen=list(dict.fromkeys(each.card.id for each in seated)))


def _of_one(committee: Committee, endpoint: str) -> dict[str, Any]:
    here = url("committees.committee", committee_id=committee.id)
    crumbs = [("Committees", url("committees.committees")), (committee.name, here)]
    return {"tabs": committee_tabs(committee.id, endpoint), "crumbs": crumbs}


def _day() -> str:
    return f"{current_on().isoformat()}{known_in_name()}"
