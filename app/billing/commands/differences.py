"""Billing the difference where a membership was put right after it was billed; what was posted stays."""

from __future__ import annotations

from collections import defaultdict

from app.billing.commands.charging import ChargeLine, draft_charge
from app.billing.commands.runs import lock_classes
from app.billing.models import Invoice
from app.billing.queries.differences import Addition, additions_of, draft_of_run
from app.billing.queries.mismatches import Mismatch, find_mismatch
from app.billing.rules import TaxCategory
from app.core.actor import Actor
from app.core.errors import DomainError
from app.core.permissions import Permission


def bill_difference(line_id: int, *, actor: Actor) -> list[Invoice]:
    """Draft what the membership that a line bills owes further for its fee year: one invoice for each payer."""
    actor.require(Permission.INVOICE_EDIT)
    lock_classes()
    found = find_mismatch(line_id, actor=actor)
    if found is None:
        raise DomainError("What is billed is what is due: the difference is billed already, or is none any more.")
    row, member, books = found
    if draft_of_run(row) is not None:
        raise DomainError("A draft of a fee run bills it: make that draft anew, or discard it.")
    by_payer: dict[int, list[Addition]] = defaultdict(list)
    for each in additions_of(row, member, books) if member else ():
        _refuse_without_number(each)
        by_payer[each.payer.id].append(each)
    if not by_payer:
        raise DomainError("Nothing is to be billed further: what is billed too much is credited.")
    return [
        draft_charge(payer_id, [_line(each, row) for each in additions], reason=row.why, actor=actor)
        for payer_id, additions in by_payer.items()
    ]


def _refuse_without_number(each: Addition) -> None:
    if each.terms.tax_category is TaxCategory.REVERSE_CHARGE and not each.payer.vat_number:
        raise DomainError(f"{each.payer.name} has no VAT number on record: reverse charge needs it.")


def _line(each: Addition, row: Mismatch) -> ChargeLine:
    return ChargeLine(
        description=each.description,
        amount=each.amount,
        first_day=each.days.first,
        last_day=each.days.last,
        tax_category=each.terms.tax_category,
        tax_basis_points=each.terms.tax_basis_points,
        tax_reason=each.terms.tax_reason,
        income_account=each.terms.income_account,
        schedule_id=each.terms.id,
        membership_id=row.membership_id,
        charge_key=each.key,
        owed=row.owed_then,
    )
