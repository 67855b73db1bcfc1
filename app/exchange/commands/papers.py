"""Papers put to an exchange, and whom each side names to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.history import advance, lock
from app.core.permissions import Permission
from app.exchange.commands.reaching import lock_own
from app.exchange.commands.requesting import note
from app.exchange.models import Exchange, ExchangePaper
from app.exchange.rules.exchanges import BEFORE_SHIPMENT, PAPER_WORDS, PaperKind
from app.files.commands import store_file
from app.members.queries.belonging import institutions_of_people


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True)
class PaperValues:
    """What a paper is, the day of a report or the days of a permit, and what it is called."""

    kind: PaperKind
    first_day: date
    last_day: date | None = None
    reference: str | None = None
    sent: SentFile | None = None


def add_paper(exchange_id: int, values: PaperValues, *, version: int, actor: Actor) -> ExchangePaper:
    """Put a paper to an exchange that has not left yet."""
    exchange = _open(exchange_id, version, actor)
    _check(values)
    file = store_file(values.sent.content, values.sent.media_type, values.sent.name) if values.sent else None
    paper = ExchangePaper(
        exchange_id=exchange.id,
        kind=values.kind,
        reference=values.reference,
        first_day=values.first_day,
        last_day=values.last_day if values.kind is not PaperKind.HEALTH_REPORT else None,
        file_id=file.id if file else None,
        added_by=actor.name,
        added_at=clock.now(),
    )
    db.session.add(paper)
    advance(exchange)
    db.session.flush()
    said = {"kind": values.kind.value, "first_day": values.first_day.isoformat(), "paper_id": paper.id}
    note(exchange, "add_paper_to", f"{PAPER_WORDS[values.kind]} added.", actor, after=said)
    return paper


def withdraw_paper(paper_id: int, *, actor: Actor) -> ExchangePaper:
    """Take a paper back from an exchange that has not left yet; it stays on record."""
    found = db.session.get(ExchangePaper, paper_id)
    exchange = db.session.get(Exchange, found.exchange_id) if found else None
    if exchange is None:
        raise NotFoundError("There is no such paper.")
    exchange = _open(exchange.id, exchange.version, actor)
    paper = lock(ExchangePaper, paper_id)
    if paper.withdrawn_at is not None:
        raise DomainError("This paper was taken back already.")
    paper.withdrawn_by, paper.withdrawn_at = actor.name, clock.now()
    advance(exchange)
    db.session.flush()
    note(exchange, "withdraw_paper_of", f"{PAPER_WORDS[paper.kind]} taken back.", actor, before={"paper_id": paper.id})
    return paper


def name_contacts(
    exchange_id: int, *, giver_contact_id: int | None, taker_contact_id: int | None, version: int, actor: Actor
) -> Exchange:
    """Name who is asked about an exchange on each side; each side names its own."""
    exchange = lock_own(exchange_id, version=version, actor=actor)
    named = {"giver_contact_id": giver_contact_id, "taker_contact_id": taker_contact_id}
    before = {field: getattr(exchange, field) for field in named}
    for field, person_id in named.items():
        if person_id != before[field]:
            _check_contact(exchange, field, person_id, actor)
            setattr(exchange, field, person_id)
    db.session.flush()
    if named != before:
        note(exchange, "name_contacts_of", "Named whom to ask.", actor, before=before, after=named)
    return exchange


def _open(exchange_id: int, version: int, actor: Actor) -> Exchange:
    exchange = lock_own(exchange_id, version=version, actor=actor)
    if exchange.state not in BEFORE_SHIPMENT:
        raise DomainError("Its papers are those it left with, and stay as they are.")
    return exchange


def _check(values: PaperValues) -> None:
    if values.kind is PaperKind.HEALTH_REPORT and values.first_day > clock.today():
        raise DomainError("A health report tells of a day that is past.", "first_day")
    if values.kind is PaperKind.IMPORT_PERMIT and values.last_day is None:
        raise DomainError("Give the last day on which the permit holds.", "last_day")
    if values.last_day is not None and values.last_day < values.first_day:
        raise DomainError("The last day is before the first day.", "last_day")
    if values.reference is None and values.sent is None:
        raise DomainError("Give the paper's number, or its file.", "reference")


def _check_contact(exchange: Exchange, field: str, person_id: int | None, actor: Actor) -> None:
    institution_id = exchange.giver_id if field == "giver_contact_id" else exchange.taker_id
    if not actor.may(Permission.EXCHANGE_EDIT, institution_id=institution_id):
        raise AccessDeniedError("The other side names its contact itself.")
    if person_id is None:
        return
    if institution_id not in institutions_of_people([person_id], on=clock.today())[person_id]:
        raise DomainError("Choose somebody of this institution.", field)
