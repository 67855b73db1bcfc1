"""Undoing an import of institutions after the import of their memberships was undone."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.database import db
from app.core.history import valid
from app.core.verification import run_checks
from app.members.commands import Admission, admit_member
from app.members.models import Institution, Membership, MembershipStep
from app.members.rules.imports import ImportKind
from tests.conftest import TODAY
from tests.members.importing import undo, written
from tests.members.world import class_id, do, on

pytestmark = pytest.mark.usefixtures("context")
CNR = {"Name": "CNR Monterotondo", "Short name": "CNR", "Kind": "research centre", "Country": "Italy"}
JOINS = {"Institution": "CNR", "Class": "Partner", "Member from": "2012-01-01"}
TOMORROW = date(2016, 5, 25)


def brought() -> tuple[int, int]:
    """The imports of an institution and of its membership."""
    return written(ImportKind.INSTITUTIONS, [CNR]), written(ImportKind.MEMBERSHIPS, [JOINS])


def counted(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def problems() -> list[str]:
    found = [problem for finding in run_checks() for problem in finding.problems]
    db.session.rollback()
    return found


def members_known_at(instant: datetime | None) -> int:
    return len(db.session.scalars(select(Membership).where(valid(Membership, TODAY, instant))).all())


def test_memberships_undone_on_the_day_they_came_go_with_their_institutions():
    institutions, memberships = brought()
    assert undo(memberships) == "undone: "
    assert (counted(Membership), counted(MembershipStep)) == (1, 1)
    assert undo(institutions) == "undone: "
    assert (counted(Institution), counted(Membership), counted(MembershipStep)) == (0, 0, 0)
    assert problems() == []
    kept = set(db.session.scalars(select(AuditEntry.action)))
    assert {"members.admit_member", "members.undo_import", "members.remove_institution"} <= kept


def test_memberships_undone_on_a_later_day_stay_for_what_was_known_between_and_the_page_says_so():
    institutions, memberships = brought()
    with on(TOMORROW):
        undo(memberships)
        assert undo(institutions) == (
            "applied: CNR Monterotondo: a membership, recorded on 24 May 2016 and taken back on 25 May 2016,"
            " stays on record for what was known between."
        )
    assert members_known_at(None) == 0
    assert members_known_at(clock.end_of(TODAY)) == 1
    assert problems() == []


def test_memberships_on_record_still_hold_their_institutions():
    institutions, _ = brought()
    assert undo(institutions) == "applied: CNR Monterotondo: 1 of membership."
    assert counted(Membership) == 1


def test_a_membership_entered_by_hand_still_holds_an_institution_whose_imported_one_was_taken_back():
    institutions, memberships = brought()
    undo(memberships)
    cnr = db.session.scalars(select(Institution)).one()
    do(admit_member, cnr.id, Admission(class_id("partner"), date(2016, 1, 1)))
    assert undo(institutions) == "applied: CNR Monterotondo: 1 of membership."
    assert (counted(Institution), counted(Membership)) == (1, 2)


def test_the_same_tables_can_be_brought_again_after_both_were_undone():
    institutions, memberships = brought()
    undo(memberships)
    undo(institutions)
    brought()
    assert (counted(Institution), members_known_at(None)) == (1, 1)
    assert problems() == []
