"""The record of an exchange: its steps, items with what the papers say of each, papers, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.clock import local, today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.exchange.models import Exchange, ExchangePaper
from app.exchange.queries.exchanges import ItemView, get_exchange, items_with_answers, list_papers
from app.exchange.queries.outliving import outlived_on
from app.exchange.routes.blueprint import history_of, name_of, pages
from app.exchange.routes.ways import Way, ways_out
from app.exchange.rules.exchanges import (
    BEFORE_SHIPMENT,
    PAPER_WORDS,
    PAYER_WORDS,
    STATE_WORDS,
    ExchangeState,
    Verb,
    may_take,
)
from app.lines.rules import FORM_WORDS
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.navigation import has_page

PATH = (ExchangeState.REQUESTED, ExchangeState.APPROVED, ExchangeState.SHIPPED, ExchangeState.RECEIVED)
Facts = list[tuple[str | None, ...]]

ITEM_COLUMNS: Sequence[Column[ItemView]] = (
    Column(
        "line",
        "Line",
        lambda row: row.symbol,
        Kind.SYMBOL,
        link=record_link("exchange.custody", "line_id", lambda row: row.item.line_id),
        aside=lambda row: row.colony,
        narrow=Narrow.NAME,
    ),
    Column("form", "Form", lambda row: FORM_WORDS[row.item.form], narrow=Narrow.META),
    Column("quantity", "Asked for", lambda row: row.item.quantity, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("received", "Received", lambda row: row.item.received_quantity, Kind.NUMBER),
)
PAPER_COLUMNS: Sequence[Column[ExchangePaper]] = (
    Column("kind", "Paper", lambda row: PAPER_WORDS[row.kind], Kind.NAME, narrow=Narrow.NAME),
    Column("reference", "Number", lambda row: row.reference, narrow=Narrow.META),
    Column("first_day", "Day", lambda row: row.first_day, Kind.DATE, narrow=Narrow.AMOUNT),
    Column("last_day", "Until", lambda row: row.last_day, Kind.DATE),
    Column(
        "file",
        "File",
        lambda row: row.file.name if row.file else None,
        link=record_link("exchange.paper", "paper_id", lambda row: row.id if row.file else None),
        narrow=Narrow.META,
    ),
    Column("by", "Added by", lambda row: row.added_by),
    Column(
        "state",
        "",
        lambda row: "Withdrawn" if row.withdrawn_at else "In force",
        Kind.STATE,
        narrow=Narrow.STATE,
    ),
)


@pages.get("/exchanges/<int:exchange_id>")
@requires(Permission.EXCHANGE_READ)
def exchange(exchange_id: int) -> ResponseReturnValue:
    """An exchange on one page."""
    found = get_exchange(exchange_id, the_actor())
    items = items_with_answers(found)
    return render_template(
        "exchange/exchange.html",
        exchange=found,
        name=name_of(found),
        state=STATE_WORDS[found.state],
        facts=_facts(found),
        items=Table("Material", ITEM_COLUMNS, items),
        papers=Table("Papers", PAPER_COLUMNS, list_papers(exchange_id), row_id=_withdrawable(found)),
        is_open=found.state in BEFORE_SHIPMENT,
        verbs=_verbs(found),
        history=history_of(exchange_id),
        **_standing(found, items),
    )


def _standing(found: Exchange, items: Sequence[ItemView]) -> dict[str, Any]:
    """How far it has come, what the papers say of it, and the ways to those that are missing."""
    return {
        "steps": _steps(found),
        "now": PATH.index(found.state) if found.state in PATH else None,
        "answers": _answers(items),
        "ways": _ways(found, items),
        "outlived": _outlived(found, items),
    }


def _steps(found: Exchange) -> list[tuple[str, str]]:
    """The steps of the way, each with its day."""
    asked, decided = wording.day(local(found.requested_at).date()), found.decided_at
    return [
        (STATE_WORDS[ExchangeState.REQUESTED], asked),
        (STATE_WORDS[ExchangeState.APPROVED], wording.day(local(decided).date()) if decided else "by the giver"),
        ("Sent", wording.day(found.shipped_on) if found.shipped_on else "with a permission"),
        (STATE_WORDS[ExchangeState.RECEIVED], wording.day(found.received_on) if found.received_on else "by the taker"),
    ]


def _facts(found: Exchange) -> Facts:
    contacts = [each.name for each in (found.giver_contact, found.taker_contact) if each]
    shown: Facts = [
        ("From", found.giver.name, _institution(found.giver_id)),
        ("To", found.taker.name, _institution(found.taker_id)),
        ("For", found.person.name, url("members.person", person_id=found.person_id)),
        ("Pays", PAYER_WORDS[found.payer]),
        ("To be asked", ", ".join(contacts)),
        ("Asked by", found.requested_by, None, wording.day(local(found.requested_at).date())),
    ]
    if found.decided_at:
        verb = "Declined by" if found.state is ExchangeState.DECLINED else "Approved by"
        shown.append((verb, found.decided_by, None, wording.day(local(found.decided_at).date())))
    if found.shipped_on:
        carried = ", ".join(part for part in (found.carrier, found.tracking) if part)
        shown.append(("Sent by", found.shipped_by, None, carried or None))
        shown.append(("Under", found.agreement.number if found.agreement else None, _agreement(found.agreement_id)))
    if found.received_by:
        shown.append(("Received by", found.received_by))
    return shown


def _institution(institution_id: int) -> str | None:
    return url("members.institution", institution_id=institution_id) if has_page("members.institution") else None


def _agreement(agreement_id: int | None) -> str | None:
    there = agreement_id is not None and has_page("agreements.agreement")
    return url("agreements.agreement", agreement_id=agreement_id) if there else None


def _answers(items: Sequence[ItemView]) -> list[tuple[str, str, str]]:
    """What the papers say, each sentence once: its tone, the lines it is of, and the sentence."""
    said: dict[tuple[bool, str], list[str]] = {}
    for each in items:
        if each.said:
            said.setdefault((each.allowed, each.said), []).append(each.colony)
    return [("good" if allowed else "bad", ", ".join(lines), words) for (allowed, words), lines in said.items()]


def _ways(found: Exchange, items: Sequence[ItemView]) -> list[Way]:
    answers = [each.answer for each in items if each.answer]
    return ways_out(answers, found.giver_id, found.taker_id)


def _withdrawable(found: Exchange) -> Callable[[ExchangePaper], str | None] | None:
    if found.state not in BEFORE_SHIPMENT or not _sides(found)[2]:
        return None
    return lambda row: None if row.withdrawn_at else str(row.id)


def _sides(found: Exchange) -> tuple[bool, bool, bool]:
    """Whether the reader acts for the giver, for the taker, for any."""
    gives = the_actor().may(Permission.EXCHANGE_EDIT, institution_id=found.giver_id)
    takes = the_actor().may(Permission.EXCHANGE_EDIT, institution_id=found.taker_id)
    return gives, takes, gives or takes


def _verbs(found: Exchange) -> frozenset[str]:
    """What the reader may do with it now."""
    gives, takes, either = _sides(found)
    verbs = {each.value for each in Verb if may_take(each, found.state, gives=gives, takes=takes)}
    return frozenset(verbs | ({"paper", "contacts"} if either and found.state in BEFORE_SHIPMENT else set()))


def _outlived(found: Exchange, items: Sequence[ItemView]) -> str:
    """That an agreement ended while it was, or is, on the way."""
    ended = found.outlived_on
    if found.state is ExchangeState.SHIPPED:
        ended = outlived_on([each.item.agreement_id for each in items if each.item.agreement_id], today())
    return f"Its agreement ended on {wording.long_day(ended)}, while it was on the way." if ended else ""
