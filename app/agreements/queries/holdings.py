"""What agreements hold about a person: their signatures, the agreements they answer for, the steps they took."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.agreements.models import Agreement, AgreementItem, AgreementSignature, AgreementStep, AgreementVersion
from app.agreements.rules.states import OPEN_STATES, SIDE_WORDS
from app.core.database import db
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, forbids_erasure, held_rows, holds

GROUND = "An agreement and who signed it, for which office and on which day, are proof between the institutions"
SIGNED: tuple[tuple[str, Any, Any, Any], ...] = (
    ("Agreement drafted", Agreement.drafted_by, Agreement.created_at, Agreement.id),
    ("Step of an agreement", AgreementStep.by, AgreementStep.at, AgreementStep.agreement_id),
    ("Agreement approved", AgreementVersion.approved_by, AgreementVersion.approved_at, AgreementVersion.agreement_id),
    ("Signature recorded", AgreementSignature.recorded_by, AgreementSignature.signed_at, AgreementSignature.version_id),
)


@holds("agreements.signatures", place=31)
def signatures_of(subject: DataSubject) -> Held | None:
    """Every agreement somebody has signed."""
    asked = (
        select(AgreementSignature, Agreement.number, Agreement.title)
        .join(AgreementVersion, AgreementVersion.id == AgreementSignature.version_id)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .where(AgreementSignature.person_id == subject.person_id)
        .order_by(AgreementSignature.signed_on, AgreementSignature.id)
    )
    rows = [
        {
            "Agreement": number,
            "Title": title,
            "For": SIDE_WORDS[row.side],
            "Name": row.name,
            "Office": row.office,
            "Signed on": row.signed_on,
            "Words of consent": row.consent,
        }
        for row, number, title in db.session.execute(asked)
    ]
    why = "Who has signed an agreement is kept with it."
    return held_rows("Signatures under agreements", why, rows, Fate.KEPT, ground=GROUND, until="as long as it is kept")


@holds("agreements.scientists", place=32)
def answers_for(subject: DataSubject) -> Held | None:
    """The agreements a person is named in as the scientist of a party."""
    named = or_(
        Agreement.provider_scientist_id == subject.person_id, Agreement.recipient_scientist_id == subject.person_id
    )
    asked = select(Agreement.id, Agreement.number, Agreement.title, Agreement.created_at).where(named)
    rows = [
        {"Agreement": row.number or f"Draft {row.id}", "Title": row.title, "Drafted": row.created_at}
        for row in db.session.execute(asked.order_by(Agreement.id))
    ]
    why = "Agreements name who answers for the material on each side."
    return held_rows("Agreements as a scientist", why, rows, Fate.KEPT, ground=GROUND, until="under a number")


@holds("agreements.steps", place=33)
def steps_of(subject: DataSubject) -> Held | None:
    """What somebody did with agreements, by their name."""
    rows = [
        {"What": what, "When": row.at, "Record": row.record}
        for what, name, at, record in SIGNED
        for row in db.session.execute(
            select(at.label("at"), record.label("record")).where(name.in_(subject.signatures)).order_by(at, record)
        )
    ]
    why = "Each step of an agreement says who took it."
    return held_rows("Steps taken with agreements", why, rows, Fate.REPLACED)


@forbids_erasure("agreements under way")
def open_agreements(subject: DataSubject, _on: date) -> Iterator[Obstacle]:
    """Whoever an agreement under way names as a scientist is replaced in it first."""
    named = or_(
        Agreement.provider_scientist_id == subject.person_id, Agreement.recipient_scientist_id == subject.person_id
    )
    asked = select(Agreement.id, Agreement.title).where(named, Agreement.state.in_(OPEN_STATES)).order_by(Agreement.id)
    for row in db.session.execute(asked):
        sentence = f"The agreement {row.title} is under way and names them as a scientist: name somebody else first."
        yield Obstacle(sentence, "agreement", row.id)


@free_texts("agreements")
def texts_of(_subject: DataSubject) -> Sequence[AnySelect]:
    """Everything people typed about agreements."""
    of = Agreement
    own = (
        ("Title of an agreement", of.title),
        ("Purpose of an agreement", of.purpose),
        ("Citation of an agreement", of.citation),
        ("Fees of an agreement", of.fees),
        ("Law of an agreement", of.law),
        ("Text of an agreement", of.body),
        ("Why an agreement was terminated", of.end_reason),
    )
    return [
        *(free_text(what, "agreement", of.id, column) for what, column in own),
        free_text("Material of an agreement", "agreement", AgreementItem.agreement_id, AgreementItem.description),
        free_text("Said of an agreement", "agreement", AgreementStep.agreement_id, AgreementStep.comment),
    ]
