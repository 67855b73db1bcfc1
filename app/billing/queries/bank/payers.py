"""Payers as the bank speaks of them: by the account that earlier payments came from, or by what they are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from sqlalchemy import select

from app.audit.remembering import remembered
from app.billing.models import BankEntry, BankMatch, Payment
from app.core.bulk import in_chunks
from app.core.database import db
from app.core.folding import folded
from app.members.models import Institution, InstitutionAlias, InstitutionName
from app.members.queries import stands_alone
from app.members.rules import TwinKind

AT_ONCE = 1000
Payers = Mapping[int, str]


def payers_by_number(numbers: AbstractSet[str]) -> Mapping[str, Payers]:
    """Whose payments lines from these accounts were taken for, as it stands today; ids and names by account."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for chunk in in_chunks(sorted(numbers - {""}), AT_ONCE):
        asked = (
            select(BankEntry.counterparty_number, Institution.id, Institution.name)
            .join(BankMatch, BankMatch.entry_id == BankEntry.id)
            .join(Payment, Payment.id == BankMatch.payment_id)
            .join(Institution, Institution.id == Payment.payer_id)
            .where(
                BankEntry.counterparty_number.in_(chunk), BankMatch.undone_at.is_(None), BankMatch.refund_id.is_(None)
            )
            .distinct()
            .order_by(BankEntry.counterparty_number, Institution.id)
        )
        for number, payer_id, name in db.session.execute(asked):
            found[number][payer_id] = name
    return found


def payers_called(names: AbstractSet[str]) -> Mapping[str, Payers]:
    """The institutions that are or were called just so, or have such an alias; ids and names by the name asked for."""
    asked = {name: folded(name) for name in names - {""}}
    if not asked:
        return {}
    called = _called()
    return {name: dict(called[plain]) for name, plain in asked.items() if plain in called}


@remembered
def _called() -> Mapping[str, tuple[tuple[int, str], ...]]:
    """Every spelling of an institution that was not merged into another one, and whose it is."""
    named = select(InstitutionName.name, InstitutionName.short_name, Institution.id, Institution.name.label("now"))
    alias = select(InstitutionAlias.alias, InstitutionAlias.alias, Institution.id, Institution.name.label("now"))
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for asked in (
        named.join(Institution, Institution.id == InstitutionName.institution_id),
        alias.join(Institution, Institution.id == InstitutionAlias.institution_id),
    ):
        for long, short, payer_id, now in db.session.execute(asked.where(stands_alone(TwinKind.INSTITUTION))):
            found[folded(long)][payer_id] = found[folded(short)][payer_id] = now
    return {words: tuple(sorted(each.items())) for words, each in found.items() if words}
