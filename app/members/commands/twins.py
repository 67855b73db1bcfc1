"""Looking for records that are likely the same, and saying of two that they are not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, or_

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor, program
from app.core.bulk import in_chunks
from app.core.database import db, upsert
from app.core.errors import DomainError
from app.core.history import lock
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.models import DistinctPair, Institution, LikelyTwins, Person
from app.members.queries.twins import all_pairs
from app.members.rules import TwinKind, pair_of, weight_of
from app.outbox.commands import Payload, enqueue, handles

LOOK = "members.look_for_twins"
EACH_DAY = timedelta(days=1)
CHUNK = 500
MODELS: dict[TwinKind, type[Institution | Person]] = {
    TwinKind.INSTITUTION: Institution,
    TwinKind.PERSON: Person,
}


def ask_for_twins(*, actor: Actor) -> None:
    """Let the worker look for records that are likely the same; from then on it looks again each day."""
    actor.require(Permission.REGISTER_MERGE)
    enqueue(LOOK, {}, unique_key=LOOK)


def find_twins(*, actor: Actor) -> int:
    """Write anew which records are likely the same; how many pairs there are."""
    actor.require(Permission.REGISTER_MERGE)
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "kind": kind,
            "one_id": one,
            "other_id": other,
            "weight": weight_of(grounds),
            "grounds": " ".join(sorted(grounds)),
            "found_at": now,
        }
        for kind in TwinKind
        for (one, other), grounds in all_pairs(kind).items()
    ]
    db.session.execute(delete(LikelyTwins))
    if rows:
        db.session.execute(insert(LikelyTwins), rows)
    return len(rows)


def tell_apart(kind: TwinKind, one_id: int, other_id: int, *, reason: str, actor: Actor) -> None:
    """Say that two records are not the same, and why: they are not suggested again."""
    actor.require(Permission.REGISTER_MERGE)
    one, other = pair_of(one_id, other_id)
    if one == other:
        raise DomainError("A record is the same as itself.")
    lock(MODELS[kind], one)
    lock(MODELS[kind], other)
    said = {"reason": reason, "said_by": actor.name, "said_at": clock.now()}
    row = upsert(DistinctPair).values(kind=kind, one_id=one, other_id=other, **said)
    db.session.execute(row.on_conflict_do_update(index_elements=["kind", "one_id", "other_id"], set_=said))
    db.session.execute(
        delete(LikelyTwins).where(LikelyTwins.kind == kind, LikelyTwins.one_id == one, LikelyTwins.other_id == other)
    )
    record(
        "members.tell_apart",
        Subject(kind, one),
        summary=f"Not the same as {kind} {other}",
        after={"other": other},
        reason=reason,
        actor=actor,
    )


@handles(LOOK)
def _look(_payload: Payload) -> None:
    with transaction():
        find_twins(actor=program("Search for twins"))
        enqueue(LOOK, {}, unique_key=f"{LOOK} {clock.today() + EACH_DAY}", run_at=clock.now() + EACH_DAY)


def forget_pairs(kind: TwinKind, ids: Iterable[int]) -> int:
    """Take away of which others these were likely the same, and from whom they were told apart; how many pairs."""
    return sum(_drop(model, kind, ids) for model in (DistinctPair, LikelyTwins))


def forget_likely(kind: TwinKind, record_id: int) -> None:
    """One that was merged is likely the same as no other any more."""
    _drop(LikelyTwins, kind, [record_id])


def _drop(model: type[DistinctPair | LikelyTwins], kind: TwinKind, ids: Iterable[int]) -> int:
    dropped = 0
    for chunk in in_chunks(sorted(ids), CHUNK):
        of_them = model.kind == kind, or_(model.one_id.in_(chunk), model.other_id.in_(chunk))
        gone = delete(model).where(*of_them).returning(model.one_id).execution_options(synchronize_session=False)
        dropped += len(db.session.execute(gone).all())
    return dropped
