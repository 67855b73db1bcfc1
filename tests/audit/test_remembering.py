"""What was found on record holds until the next entry of the trail, and only for who reads."""

import pytest
from sqlalchemy import func, select, update

from app.audit.commands import Subject, record
from app.audit.models import AuditEntry
from app.audit.remembering import remembered
from app.committees.models import Committee
from app.committees.rules import CommitteeKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db, reading_only
from app.core.transaction import transaction
from app.members.models import MembershipClass
from app.outbox.models import Job
from tests.conftest import TODAY
from tests.trailed import beside_the_trail

asked: list[str] = []


@remembered
def count_of(kind: str) -> int:
    asked.append(kind)
    counted = select(func.count()).select_from(AuditEntry).where(AuditEntry.subject_kind == kind)
    return db.session.scalar(counted) or 0


def write(kind: str, actor: Actor) -> None:
    db.session.remove()
    with transaction():
        record("members.rename", Subject(kind, 3), summary="Renamed", actor=actor)


def read(kind: str) -> tuple[int, int]:
    """What a reader finds, and how often it was looked up."""
    asked.clear()
    db.session.remove()
    with reading_only():
        return count_of(kind), len(asked)


def test_what_was_found_is_not_looked_up_again_until_something_is_recorded(context, office):
    write("institution", office)
    assert (read("institution"), read("institution")) == ((1, 1), (1, 0))
    write("person", office)
    assert read("institution") == (1, 1)
    write("institution", office)
    assert read("institution") == (2, 1)


def test_other_arguments_are_looked_up_for_themselves(context, office):
    write("institution", office)
    assert (read("institution"), read("person")) == ((1, 1), (0, 1))


def test_a_change_sees_what_it_has_changed_so_far_and_leaves_nothing_behind(context, office):
    write("institution", office)
    assert read("institution") == (1, 1)
    asked.clear()
    db.session.remove()
    with transaction():
        assert (count_of("institution"), count_of("institution")) == (1, 1)
    assert len(asked) == 2


def test_a_transaction_that_reads_keeps_to_the_state_it_first_saw_and_the_next_one_does_not(context, office):
    write("institution", office)
    db.session.remove()
    with reading_only():
        before = count_of("institution")
        assert count_of("institution") == before
    write("institution", office)
    assert (before, read("institution")[0]) == (1, 2)


def test_what_is_remembered_is_asked_by_places(context):
    with pytest.raises(TypeError, match="not by names: kind"), reading_only():
        count_of(kind="institution")


def test_nothing_is_kept_where_nothing_has_been_recorded_yet(context):
    assert (read("institution"), read("institution")) == ((0, 1), (0, 1))


@remembered
def count_jobs() -> int:
    return db.session.scalar(select(func.count()).select_from(Job)) or 0


def test_no_test_passes_that_remembers_what_changes_without_an_entry(context, office):
    write("institution", office)
    db.session.remove()
    with pytest.raises(pytest.fail.Exception, match="hangs on a table that changes without an entry"), reading_only():
        count_jobs()


def test_no_test_passes_that_changes_the_record_without_an_entry(context):
    changed = update(MembershipClass).values(version=1)
    with pytest.raises(pytest.fail.Exception, match="without an entry of the trail: membership_class"), transaction():
        db.session.execute(changed)
    with beside_the_trail():
        db.session.execute(changed)
    with pytest.raises(pytest.fail.Exception, match="without an entry of the trail: committee"), transaction():
        for name in ("Finance", "Steering"):
            added = Committee(name=name, sort_name=name, search_text=name, kind=CommitteeKind.GOVERNING)
            added.founded_on, added.created_at = TODAY, clock.now()
            db.session.add(added)
