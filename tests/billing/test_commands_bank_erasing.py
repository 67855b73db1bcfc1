"""What is held about a person by statements of banks, and how it forgets who imported or decided something."""

from __future__ import annotations

import pytest

from app.billing.commands.bank import ignore_line
from app.billing.commands.bank.erasing import erase_signatures
from app.billing.queries.bank.holdings import lines_of_person, records_made
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.mentions import list_mentions
from app.core.permissions import Role
from app.core.personal_data import DataSubject
from app.core.transaction import transaction
from tests.billing.bank_world import FEE, adopt, bring_lines, entries
from tests.billing.statement_files import Line
from tests.billing.world import World

ADA = DataSubject(
    "Ada Mor\u00e9au", 7, 7, signatures=frozenset({"Ada Mor\u00e9au"}), full_names=frozenset({"Ada Mor\u00e9au"})
)
ACTOR = Actor("Ada Mor\u00e9au", 7, (Granted(Role.FINANCE),))


@pytest.fixture
def banked(world: World) -> World:
    """Two lines, one from a person, one that this person left out."""
    adopt(world)
    (theirs, other) = bring_lines(world, Line(FEE, "Gift", name="ADA MOREAU"), Line(100, "From Ada Mor\u00e9au's hat"))
    with transaction():
        ignore_line(other.id, "Ada Mor\u00e9au paid it in by mistake", actor=ACTOR)
    assert theirs.state == "open"
    return world


def test_lines_that_came_from_a_person_are_handed_out_and_kept_with_the_books(banked: World):
    assert banked.members
    held = lines_of_person(ADA)
    assert held is not None
    assert [row["Other party"] for row in held.rows] == ["ADA MOREAU"]
    assert held.ground


def test_texts_of_lines_that_name_a_person_are_listed(banked: World):
    assert banked.members
    assert {(each.what, each.kind) for each in list_mentions(ADA)} >= {
        ("Text of a line of a bank", "bank_entry"),
        ("Other party of a line of a bank", "bank_entry"),
        ("Why a line of a bank is left out", "bank_entry"),
    }


def test_who_decided_a_line_is_forgotten_and_the_line_is_kept(banked: World):
    assert banked.members
    held = records_made(ADA)
    assert held is not None
    assert [row["What"] for row in held.rows] == ["Line of a bank decided"]
    assert erase_signatures(ADA) == 1
    assert [entry.decided_by for entry in entries()] == [None, "Erased person 7"]
    db.session.rollback()
