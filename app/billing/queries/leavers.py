"""What billing tells of an institution that leaves: its invoices as they stand, and what is open in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.billing.documents import FinalStatement, StatementLine
from app.billing.documents.phrases import speech
from app.billing.models import Invoice, InvoiceLine
from app.billing.queries.balances import balance_of
from app.billing.queries.contents import contacts_on, party_to_bill
from app.billing.queries.invoices import InvoiceFilters, search_invoices
from app.billing.queries.parties import addressed_in, places_to_pay, writer_in
from app.billing.rules import InvoiceKind, InvoiceState, Standing, creditor_reference
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.languages import Language
from app.core.money import Money
from app.core.permissions import Permission
from app.core.tables import PageRequest
from app.members.models import Departure
from app.members.queries import register_balance_words, writing_profile
from app.members.rules import sheet_for
from app.web.pdf import LARGEST_PAPER
from app.web.wording import join_words


@dataclass(frozen=True)
class LaterDraft:
    """A draft that charges only for days after the last one of a membership."""

    id: int
    gross: Money
    first_day: date | None
    last_day: date | None


ALL_OF_THEM = PageRequest(size=LARGEST_PAPER, sort="number")


def final_statement(departure: Departure, actor: Actor) -> FinalStatement:
    """The final statement of a leaver as of today, to whoever got its bills on its last day."""
    payer, profile = departure.institution, writing_profile()
    contact = contacts_on([payer.id], departure.last_day).get(payer.id)
    language = payer.document_language or profile.language
    lines = list_issued_of(payer.id, actor)
    return FinalStatement(
        seller=writer_in(profile, language),
        buyer=addressed_in(language, party_to_bill(payer, contact, profile.country), payer.vat_number),
        places=places_to_pay(profile, [(each.still_open, each.reference) for each in lines], clock.today()),
        case_number=departure.number,
        account_number=payer.account_number,
        last_day=departure.last_day,
        lines=lines,
        unallocated=[each.unallocated for each in balance_of(payer.id, actor=actor) if each.unallocated],
        made_at=clock.now(),
        sheet=sheet_for(payer.country),
        language=language,
    )


def list_issued_of(payer_id: int, actor: Actor) -> Sequence[StatementLine]:
    """The issued invoices of a payer as they stand today; what it was credited beyond them is unallocated."""
    page = search_invoices(InvoiceFilters(payer_id=payer_id), ALL_OF_THEM, on=clock.today(), actor=actor)
    return [
        StatementLine(
            row.called, row.issue_day, row.due_day, row.gross, row.outstanding, creditor_reference(row.called)
        )
        for row in page.rows
        if row.kind is InvoiceKind.INVOICE and row.standing not in {Standing.DRAFT, Standing.VOID}
    ]


def list_later_drafts(payer_id: int, last_day: date, actor: Actor) -> Sequence[LaterDraft]:
    """Drafts of a payer all of whose lines begin after a day."""
    actor.require(Permission.INVOICE_READ)
    days = (func.min(InvoiceLine.first_day).label("first_day"), func.max(InvoiceLine.last_day).label("last_day"))
    asked = (
        select(Invoice.id, Invoice.currency, Invoice.gross_minor, *days)
        .outerjoin(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(Invoice.payer_id == payer_id, Invoice.state == InvoiceState.DRAFT)
        .group_by(Invoice.id, Invoice.currency, Invoice.gross_minor)
        .having(func.coalesce(func.min(InvoiceLine.first_day), date.max) > last_day)
        .order_by(Invoice.id)
    )
    return [
        LaterDraft(row.id, Money(row.gross_minor, row.currency), row.first_day, row.last_day)
        for row in db.session.execute(asked)
    ]


@register_balance_words
def balance_words(payer_id: int, actor: Actor) -> str:
    """What a payer owes today, as a letter says it."""
    say = speech(Language.ENGLISH)
    owed = [say.money(each.owed) for each in balance_of(payer_id, actor=actor) if each.owed]
    return f"Of our invoices {join_words(owed)} is still open." if owed else "Of our invoices nothing is open."
