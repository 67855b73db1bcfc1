"""Rows of billing that the trail has sealed: what is added or taken away beside it is named, and pages tell of it."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from app.audit.models import AuditEntry
from app.audit.queries import get_entry, get_head
from app.audit.seals import check_seals, ids_of, words_of_ids
from app.billing.commands import ConcessionTerms, correct_concession
from app.billing.models import FeeConcession
from app.billing.rules import ConcessionKind
from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from tests.billing.world import World
from tests.trailed import beside_the_trail


@given(ids=st.sets(st.integers(1, 60), min_size=1))
def test_ids_are_told_by_runs_and_read_again(ids: set[int]):
    assert ids_of(words_of_ids(ids)) == sorted(ids)


def test_a_row_that_was_added_beside_the_trail_is_named(world: World):
    granted = world.concede("MRC", "waiver")
    row = db.session.execute(select(*FeeConcession.__table__.c).where(FeeConcession.id == granted.id)).mappings().one()
    with beside_the_trail():
        added = {**row, "id": granted.id + 7, "institution_id": world.members["NIH"]}
        db.session.execute(insert(FeeConcession).values(added))
    assert list(check_seals()) == [
        f"Fee concession {granted.id + 7} is on record, and no entry of the trail tells of it."
    ]


def test_rows_from_before_there_were_seals_are_not_named_when_one_of_them_changes(world: World):
    """A database that was upgraded: none of its concessions has a seal until it is changed."""
    before = [world.concede(name, "waiver") for name in ("MRC", "NIH")]
    with beside_the_trail():
        db.session.execute(update(AuditEntry).values(after={}))
    terms = ConcessionTerms(ConcessionKind.WAIVER, date(2016, 2, 1), reason="Later", approved_by="Finance Committee")
    with transaction():
        correct_concession(before[0].id, terms, actor=world.office)
    assert list(check_seals()) == []
    world.concede("Wellcome", "waiver")
    assert list(check_seals()) == []


def test_a_row_that_was_deleted_beside_the_trail_is_named(world: World):
    granted = world.concede("MRC", "waiver")
    with beside_the_trail():
        db.session.execute(delete(FeeConcession))
    assert list(check_seals()) == [f"Fee concession {granted.id} is gone, and no entry of the trail tells of that."]


def test_a_row_is_held_against_the_last_entry_that_changed_it(world: World):
    """The first fee ends where the second begins, and the copy of what was known before is sealed as well."""
    with clock.clock_at(clock.now().replace(hour=12)):
        world.adopt("funder", "60000.00", date(2017, 1, 1))
    assert list(check_seals()) == []


def test_an_entry_tells_which_rows_it_sealed_without_their_digests(world: World):
    granted = world.concede("MRC", "waiver")
    told = {change.name: change.after for change in get_entry(get_head().sequence, world.office).changes}
    assert told["Rows sealed"] == f"fee concession {granted.id}"
