"""What billing tells of an institution that leaves: its invoices as they stand, and what is open in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from app.billing.documents import StatementLine
from app.billing.queries.balances import balance_of
from app.billing.queries.invoices import InvoiceFilters, search_invoices
from app.billing.rules import Standing
from app.core import clock
from app.core.actor import Actor
from app.core.tables import PageRequest
from app.members.queries import register_balance_words
from app.web.pdf import LARGEST_PAPER
from app.web.wording import join_words, money

ALL_OF_THEM = PageRequest(size=LARGEST_PAPER, sort="number")


def list_issued_of(payer_id: int, actor: Actor) -> Sequence[StatementLine]:
    """The issued invoices of a payer as they stand today."""
    page = search_invoices(InvoiceFilters(payer_id=payer_id), ALL_OF_THEM, on=clock.today(), actor=actor)
    return [
        StatementLine(row.called, row.issue_day, row.due_day, row.gross, row.outstanding)
        for row in page.rows
        if row.standing is not Standing.DRAFT
    ]


@register_balance_words
def balance_words(payer_id: int, actor: Actor) -> str:
    """What a payer owes today, as a letter says it."""
    owed = [money(each.owed) for each in balance_of(payer_id, actor=actor) if each.owed]
    return f"Of our invoices {join_words(owed)} is still open." if owed else "Of our invoices nothing is open."
