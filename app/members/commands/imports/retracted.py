"""Memberships at institutions about to go: of those taken back, what goes with them and what stays on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, select

from app.core import clock
from app.core.bulk import in_chunks
from app.core.database import db
from app.members.models import ImportEffect, Institution, Membership, MembershipStep, RegisterImport
from app.members.rules import day_words
from app.members.rules.imports import ImportState

CHUNK = 500

_BY_UNDONE_IMPORT = exists(
    select(ImportEffect.record_id)
    .join(RegisterImport, RegisterImport.id == ImportEffect.import_id)
    .where(
        ImportEffect.subject == "membership",
        ImportEffect.record_id == Membership.id,
        ImportEffect.is_new.is_(True),
        RegisterImport.state == ImportState.UNDONE,
    )
).label("by_undone_import")


def retracted_within_a_day(institution_ids: Iterable[int]) -> set[int]:
    """Memberships that an import brought and its undoing took back on one day: no `known=` day answers with them."""
    return {
        row.id
        for row in _memberships_of(institution_ids)
        if row.by_undone_import and row.superseded_at and _day(row.recorded_at) == _day(row.superseded_at)
    }


def memberships_that_stay(institution_ids: Iterable[int], going: set[int]) -> Iterator[str]:
    """In words, the memberships that hold their institutions: on record, or taken back after a day had known them."""
    on_record = Counter[str]()
    for row in _memberships_of(institution_ids):
        if row.id in going:
            continue
        if row.superseded_at is None:
            on_record[row.name] += 1
            continue
        days = f"{day_words(_day(row.recorded_at))} and taken back on {day_words(_day(row.superseded_at))}"
        yield f"{row.name}: a membership, recorded on {days}, stays on record for what was known between."
    for name, number in on_record.items():
        yield f"{name}: {number} of membership."


def remove_memberships(ids: Iterable[int]) -> None:
    """Take memberships away with all their steps."""
    for chunk in in_chunks(sorted(ids), CHUNK):
        for model, key in ((MembershipStep, MembershipStep.membership_id), (Membership, Membership.id)):
            db.session.execute(delete(model).where(key.in_(chunk)).execution_options(synchronize_session=False))


def _memberships_of(institution_ids: Iterable[int]) -> Iterator[Any]:
    for chunk in in_chunks(sorted(institution_ids), CHUNK):
        yield from _among(chunk)


def _among(institution_ids: Sequence[int]) -> Sequence[Any]:
    asked = (
        select(Membership.id, Membership.recorded_at, Membership.superseded_at, Institution.name, _BY_UNDONE_IMPORT)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(Membership.institution_id.in_(institution_ids))
        .order_by(Institution.sort_name, Institution.id, Membership.id)
    )
    return db.session.execute(asked).all()


def _day(instant: Any) -> date:
    return clock.local(instant).date()
