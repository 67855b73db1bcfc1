"""How a roster is balanced: seats by the country, the kind and the class of membership of institutions, and by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, select

from app.committees.queries.roster import RosterRow, roster
from app.core.bulk import in_chunks
from app.core.database import db, prepared
from app.core.history import valid
from app.core.paging import AnySelect
from app.members.models import InstitutionParticulars
from app.members.queries.memberships import step_facts
from app.members.rules import KIND_WORDS, InstitutionKind, country_name, standing_on

BLOCK = 1000
EXACT = Decimal("0.0001")
NO_INSTITUTION = "No institution on record"
NO_MEMBER = "No member"


@dataclass(frozen=True)
class BalanceRow:
    """How many seats are held by one country, kind, class or institution: how many vote, and its share of all held."""

    label: str
    held: int
    votes: int
    share: Decimal
    institution_id: int | None = None


@dataclass(frozen=True)
class Balance:
    """The seats held on a day by country, kind of institution, class of membership, and institution; the most first."""

    held: int
    votes: int
    vacant: int
    countries: Sequence[BalanceRow]
    kinds: Sequence[BalanceRow]
    classes: Sequence[BalanceRow]
    institutions: Sequence[BalanceRow]


@dataclass(frozen=True)
class _Seen:
    """What is on record of an institution on the day."""

    country: str
    kind: InstitutionKind


def balance_of(committee_id: int | None, *, on: date, known: datetime | None = None) -> Balance:
    """The balance of a committee, of all for None, on a day; a holder counts for the institution of the roster."""
    rows = roster(committee_id, on=on, known=known)
    held = [row for row in rows if row.holder is not None]
    ids = sorted({row.institution_id for row in held if row.institution_id is not None})
    seen, steps = _seen(ids, on, known), step_facts(ids, known)
    classes = {each: ", ".join(standing_on(steps.get(each, []), on).classes) or NO_MEMBER for each in ids}
    return Balance(
        held=len(held),
        votes=sum(row.votes for row in held),
        vacant=len(rows) - len(held),
        countries=_counted(held, {each: country_name(found.country) for each, found in seen.items()}.get),
        kinds=_counted(held, {each: KIND_WORDS[found.kind] for each, found in seen.items()}.get),
        classes=_counted(held, classes.get),
        institutions=_by_institution(held),
    )


def _counted(held: Sequence[RosterRow], label_of: Callable[[int], str | None]) -> list[BalanceRow]:
    """Seats by a label of the holder's institution."""
    seats: Counter[str] = Counter()
    votes: Counter[str] = Counter()
    for row in held:
        label = (label_of(row.institution_id) if row.institution_id is not None else None) or NO_INSTITUTION
        seats[label] += 1
        votes[label] += row.votes
    rows = [BalanceRow(label, number, votes[label], _share(number, len(held))) for label, number in seats.items()]
    return sorted(rows, key=lambda row: (-row.held, row.label == NO_INSTITUTION, row.label))


def _by_institution(held: Sequence[RosterRow]) -> list[BalanceRow]:
    seats = Counter((row.institution_id, row.institution or NO_INSTITUTION) for row in held)
    votes = Counter(row.institution_id for row in held if row.votes)
    rows = [
        BalanceRow(name, number, votes[institution_id], _share(number, len(held)), institution_id)
        for (institution_id, name), number in seats.items()
    ]
    return sorted(rows, key=lambda row: (-row.held, row.institution_id is None, row.label))


def _share(number: int, whole: int) -> Decimal:
    return (Decimal(number) / whole).quantize(EXACT)


def _seen(institution_ids: Sequence[int], on: date, known: datetime | None) -> Mapping[int, _Seen]:
    found: dict[int, _Seen] = {}
    for some in in_chunks(institution_ids, BLOCK):
        for row in db.session.execute(_particulars(on, known), {"institution_ids": list(some)}):
            found[row.institution_id] = _Seen(row.country, row.kind)
    return found


@prepared
def _particulars(on: date, known: datetime | None) -> AnySelect:
    return (
        select(InstitutionParticulars.institution_id, InstitutionParticulars.country, InstitutionParticulars.kind)
        .where(
            InstitutionParticulars.institution_id.in_(bindparam("institution_ids", expanding=True)),
            valid(InstitutionParticulars, on, known),
        )
        .order_by(InstitutionParticulars.institution_id, InstitutionParticulars.id)
    )
