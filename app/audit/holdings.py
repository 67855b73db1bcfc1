"""What the trail holds about a person: values beside the chain, and the entries of what they did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import func, select

from app.audit.commands import forget_people
from app.audit.models import AuditEntry, AuditPersonalValue
from app.core.database import db
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, erases, holds
from app.core.tables import Cell

BLOCK = 1000
WHY = "Every change is on record with who made it, when and why."


@holds("audit.about", place=90)
def entries_about(subject: DataSubject) -> Held | None:
    """The values about a person that lie beside the chain, with the entry each belongs to."""
    if subject.person_id is None:
        return None
    wanted = AuditPersonalValue.person_id == subject.person_id
    total = db.session.scalar(select(func.count()).where(wanted)) or 0
    if not total:
        return None
    asked = (
        select(AuditEntry.sequence, AuditEntry.at, AuditEntry.action, AuditEntry.summary, AuditPersonalValue.value)
        .join(AuditEntry, AuditEntry.sequence == AuditPersonalValue.sequence)
        .where(wanted)
        .order_by(AuditEntry.sequence, AuditPersonalValue.digest)
        .execution_options(yield_per=BLOCK)
    )

    def rows() -> Iterator[Mapping[str, Cell]]:
        for sequence, at, action, summary, value in db.session.execute(asked):
            yield {"Entry": sequence, "When": at, "Action": action, "What": summary, "Value": value}

    return Held("Values in the audit trail", WHY, rows(), total, Fate.REMOVED)


@holds("audit.by", place=91)
def entries_by(subject: DataSubject) -> Held | None:
    """The entries of what the user changed: they carry the user's name in the chain itself."""
    wanted = AuditEntry.actor_id == subject.user_id
    total = db.session.scalar(select(func.count()).where(wanted)) or 0
    if not total:
        return None
    asked = (
        select(AuditEntry.sequence, AuditEntry.at, AuditEntry.action, AuditEntry.summary, AuditEntry.reason)
        .where(wanted)
        .order_by(AuditEntry.sequence)
        .execution_options(yield_per=BLOCK)
    )

    def rows() -> Iterator[Mapping[str, Cell]]:
        for sequence, at, action, summary, reason in db.session.execute(asked):
            yield {"Entry": sequence, "When": at, "Action": action, "What": summary, "Why": reason}

    return Held(
        "Entries of the audit trail",
        WHY,
        rows(),
        total,
        Fate.KEPT,
        ground="The chain proves who changed what; a name taken out of it would break it (GDPR Art. 5(2), 17(3)(e))",
        until="as long as there is the trail",
    )


@erases("values in the audit trail")
def erase_values(subject: DataSubject) -> int:
    """Erase what lies beside the chain; what the erasure itself records of the person is not kept either."""
    return forget_people([subject.person_id]) if subject.person_id is not None else 0


@free_texts("audit.entries")
def texts_of_entries(_subject: DataSubject) -> Sequence[AnySelect]:
    """Why something was changed, and the line that says what: sealed into the chain, they stay."""
    entry = AuditEntry
    return [
        free_text("Reason in the audit trail", entry.subject_kind, entry.subject_id, entry.reason),
        free_text("Line of the audit trail", entry.subject_kind, entry.subject_id, entry.summary),
    ]
