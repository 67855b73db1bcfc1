"""The balance of rosters: by country, kind and class of membership, and institution, on any day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.committees.queries import balance_of
from app.committees.queries.balance import NO_INSTITUTION, NO_MEMBER
from app.core.periods import Period
from app.core.transaction import transaction
from app.members.commands import Admission, InstitutionFacts, add_class, add_institution, admit_member
from app.members.rules import ClassFacts, InstitutionKind
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, institution, person, seat, sits

pytestmark = pytest.mark.usefixtures("context")


def labels(rows: object) -> list[tuple[str, int, int]]:
    return [(row.label, row.held, row.votes) for row in rows]  # type: ignore[attr-defined]


def test_seats_count_for_the_institution_of_their_holder_and_vacant_ones_for_none():
    with transaction():
        harwell = institution()
        jackson = add_institution(
            InstitutionFacts("The Jackson Laboratory", "JAX", InstitutionKind.FUNDER, "US"), actor=OFFICE
        )
        partner = add_class(ClassFacts("Associate", votes=True, is_billed=True), actor=OFFICE)
        admit_member(harwell.id, Admission(partner.id, FOUNDED), actor=OFFICE)
        finance = committee()
        sits(seat(finance, by=harwell), person(at=harwell))
        sits(seat(finance, "Second", votes=False), person(at=harwell))
        sits(seat(finance, "Third"), person(at=jackson))
        sits(seat(finance, "Fourth"), person())
        seat(finance, "Vacant", by=jackson)
    found = balance_of(finance.id, on=TODAY)
    assert (found.held, found.votes, found.vacant) == (4, 3, 1)
    assert labels(found.countries) == [("United Kingdom", 2, 1), ("United States", 1, 1), (NO_INSTITUTION, 1, 1)]
    assert labels(found.kinds) == [("Research centre", 2, 1), ("Funder", 1, 1), (NO_INSTITUTION, 1, 1)]
    assert labels(found.classes) == [("Associate", 2, 1), (NO_MEMBER, 1, 1), (NO_INSTITUTION, 1, 1)]
    assert labels(found.institutions)[0] == ("MRC Harwell", 2, 1)
    assert [row.share for row in found.countries] == [Decimal("0.5000"), Decimal("0.2500"), Decimal("0.2500")]
    for rows in (found.countries, found.kinds, found.classes, found.institutions):
        assert sum(row.held for row in rows) == found.held


def test_the_balance_of_all_committees_adds_up_those_of_each_on_its_day():
    with transaction():
        harwell = institution()
        one, other = committee("One"), committee("Other")
        sits(seat(one), person(at=harwell), Period(date(2015, 1, 1), date(2015, 12, 31)))
        sits(seat(other), person(at=harwell), Period(date(2015, 1, 1)))
    assert balance_of(None, on=date(2015, 6, 1)).held == 2
    assert balance_of(None, on=TODAY).held == 1
    nobody = balance_of(one.id, on=TODAY)
    assert (nobody.held, nobody.vacant, list(nobody.countries)) == (0, 1, [])
