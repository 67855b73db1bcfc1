"""What exchanges hold about a person, when that stands against an erasure, and texts that may name them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.core.database import db
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, forbids_erasure, held_rows, holds
from app.exchange.models import Exchange, ExchangePaper, HealthLimit, Holding
from app.exchange.rules.exchanges import OPEN_STATES, STATE_WORDS
from app.files.models import StoredFile

SIGNED: tuple[tuple[str, Any, Any], ...] = (
    ("Material asked for", Exchange.requested_by, Exchange.requested_at),
    ("Exchange decided", Exchange.decided_by, Exchange.decided_at),
    ("Material sent", Exchange.shipped_by, Exchange.shipped_on),
    ("Material received", Exchange.received_by, Exchange.received_on),
    ("Paper added", ExchangePaper.added_by, ExchangePaper.added_at),
    ("Paper taken back", ExchangePaper.withdrawn_by, ExchangePaper.withdrawn_at),
    ("Custody put on record", Holding.noted_by, Holding.recorded_at),
    ("Limit of health reports", HealthLimit.noted_by, HealthLimit.recorded_at),
)
GROUND = "Who asked for material is part of its chain of custody; it names a number from then on"


@holds("exchange.exchanges", place=31)
def exchanges_of(subject: DataSubject) -> Held | None:
    """The exchanges for a person, and those they are asked about."""
    asked = select(Exchange).where(_theirs(subject)).order_by(Exchange.requested_at, Exchange.id)
    rows = [
        {
            "Exchange": row.number or f"Request {row.id}",
            "Asked": row.requested_at,
            "State": STATE_WORDS[row.state],
            "For them": "Yes" if row.person_id == subject.person_id else "No",
            "Purpose": row.purpose,
        }
        for row in db.session.scalars(asked)
    ]
    why = "Material is asked for somebody who works with it, and somebody is asked about it."
    return held_rows("Exchanges of material", why, rows, Fate.KEPT, ground=GROUND, until="without the name")


@holds("exchange.recorded", place=84)
def records_made(subject: DataSubject) -> Held | None:
    """What of exchanges says who recorded it."""
    rows = [
        {"What": what, "Day": day}
        for what, by, day_of in SIGNED
        for (day,) in db.session.execute(select(day_of).where(by.in_(subject.signatures)).order_by(day_of))
    ]
    why = "Exchanges, their papers and holdings say who recorded them."
    return held_rows("Records made of exchanges", why, rows, Fate.REPLACED)


@forbids_erasure("exchange.exchanges")
def open_exchanges(subject: DataSubject, on: date) -> list[Obstacle]:  # noqa: ARG001 - what is open is open now
    """An exchange that is under way for a person stands against an erasure: nobody could be asked."""
    asked = select(Exchange.id, Exchange.number).where(_theirs(subject), Exchange.state.in_(OPEN_STATES))
    return [
        Obstacle(f"{row.number or f'Request {row.id}'} is under way for them: end it first.", "exchange", row.id)
        for row in db.session.execute(asked.order_by(Exchange.id))
    ]


@free_texts("exchange.exchanges")
def texts_of_exchanges(subject: DataSubject) -> Sequence[AnySelect]:  # noqa: ARG001 - whoever they name
    """What material is for, why it was not sent, how it went, its papers, and why somebody has it no more."""
    of, paper = Exchange, ExchangePaper
    files = free_text("Name of a paper's file", "exchange", paper.exchange_id, StoredFile.name)
    evidence = free_text("Name of an evidence's file", "holding", Holding.id, StoredFile.name)
    return [
        free_text("Purpose of an exchange", "exchange", of.id, of.purpose),
        free_text("Why an exchange ended", "exchange", of.id, of.closed_because),
        free_text("Carrier", "exchange", of.id, of.carrier),
        free_text("Tracking number", "exchange", of.id, of.tracking),
        free_text("Number of a paper", "exchange", paper.exchange_id, paper.reference),
        files.join(paper, paper.file_id == StoredFile.id),
        free_text("Why a holding ended", "holding", Holding.id, Holding.end_reason),
        evidence.join(Holding, Holding.end_evidence_id == StoredFile.id),
    ]


def _theirs(subject: DataSubject) -> Any:
    ids = (Exchange.person_id, Exchange.giver_contact_id, Exchange.taker_contact_id)
    return or_(*(each == (subject.person_id or 0) for each in ids))
