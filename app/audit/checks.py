"""Proving that nobody changed the trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select

from app.audit.models import AuditEntry, AuditPersonalValue
from app.audit.queries import get_head
from app.audit.rules import START, Head, digest_of, digests_in, seal
from app.core.database import db
from app.core.verification import verifies

BLOCK = 1000


@verifies("The audit trail is one unbroken chain")
def check_chain() -> Iterator[str]:
    """Seal every entry anew, in order, and compare; then the head."""
    previous = Head(0, START)
    asked = select(*AuditEntry.__table__.c).order_by(AuditEntry.sequence)
    entries: Iterable[Any] = db.session.execute(asked.execution_options(yield_per=BLOCK)).mappings()
    for entry in entries:
        sequence = entry["sequence"]
        if sequence != previous.sequence + 1:
            yield f"Entries {previous.sequence + 1} to {sequence - 1} are missing."
        if entry["previous_hash"] != previous.hash:
            yield f"Entry {sequence} does not follow the entry before it."
        if seal(entry) != entry["hash"]:
            yield f"Entry {sequence} was changed after it was sealed."
        previous = Head(sequence, entry["hash"])
    if get_head() != previous:
        yield f"The trail ends at {previous}, its head says {get_head()}."


@verifies("Personal values beside the audit trail are those it was sealed with")
def check_personal_values() -> Iterator[str]:
    """Compare each value with its digest, and each digest with the entry that names it."""
    named = select(AuditPersonalValue, AuditEntry.before, AuditEntry.after).join(
        AuditEntry, AuditEntry.sequence == AuditPersonalValue.sequence
    )
    ordered = named.order_by(AuditPersonalValue.sequence, AuditPersonalValue.digest)
    for kept, before, after in db.session.execute(ordered.execution_options(yield_per=BLOCK)):
        if digest_of(kept.salt, kept.value) != kept.digest:
            yield f"A personal value of entry {kept.sequence} was changed."
        elif kept.digest not in {*digests_in(before), *digests_in(after)}:
            yield f"Entry {kept.sequence} does not name a personal value kept with it."
        db.session.expunge(kept)


def check_head(known: Head) -> Iterator[str]:
    """Whether the chain still goes through a head that was written down earlier."""
    if known.sequence == 0:
        return
    found = db.session.scalar(select(AuditEntry.hash).where(AuditEntry.sequence == known.sequence))
    if found is None:
        yield f"Entry {known.sequence}, once the last one, is gone: the trail was cut."
    elif found != known.hash:
        yield f"Entry {known.sequence} is not the one that was the head then: the trail was rewritten."
