"""What `flask verify` proves of agreements: signed by all, by who was entitled, over the same bytes; numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from app.agreements.models import Agreement, AgreementSignature, AgreementVersion, Signatory
from app.agreements.rules.drafting import SERIES, content_hash
from app.agreements.rules.states import EVER_EXECUTED, PARTIES, AgreementState, Relation, Side, Standing
from app.core.database import db
from app.core.history import as_known
from app.core.numbering import place_in_series
from app.core.series import NumberSeries
from app.core.verification import verifies
from app.files.models import StoredFile

BLOCK = 500


@verifies("Each agreement in force is signed by everyone who must sign, under one version of it")
def check_executed() -> Iterator[str]:
    """Count the sides that signed the version which is not opened again, for each agreement that ever was in force."""
    asked = (
        select(Agreement.id, Agreement.number, Agreement.kind, Agreement.executed_on, AgreementSignature)
        .outerjoin(
            AgreementVersion,
            and_(AgreementVersion.agreement_id == Agreement.id, AgreementVersion.reopened_at.is_(None)),
        )
        .outerjoin(AgreementSignature, AgreementSignature.version_id == AgreementVersion.id)
        .where(Agreement.state.in_(EVER_EXECUTED))
        .order_by(Agreement.id, AgreementSignature.id)
    )
    for _, rows in groupby(db.session.execute(asked), key=lambda row: row.id):
        yield from _unsigned(list(rows))


def _unsigned(rows: Sequence[Any]) -> Iterator[str]:
    """What is wrong about the signatures of one agreement, which stand on a row each."""
    first, given = rows[0], [row.AgreementSignature for row in rows if row.AgreementSignature is not None]
    must = Standing(AgreementState.EXECUTED, first.kind, Side.CONSORTIUM).must_sign
    missing = [side for side in PARTIES if side in must - {each.side for each in given}]
    if missing:
        yield f"{first.number} is in force without the signature of the {' and the '.join(missing)}."
    elif max(each.signed_on for each in given) != first.executed_on:
        yield f"{first.number} is in force from another day than that of its last signature."


@verifies("Each signature under an agreement is by somebody entitled on its day, over the bytes that were approved")
def check_signatures() -> Iterator[str]:
    """Hold each signature against the signatories of its day and the PDF of its version."""
    entitled = (
        select(Signatory.id)
        .where(
            Signatory.id == AgreementSignature.signatory_id,
            as_known(Signatory),
            Signatory.first_day <= AgreementSignature.signed_on,
            or_(Signatory.last_day.is_(None), Signatory.last_day >= AgreementSignature.signed_on),
        )
        .exists()
    )
    asked = (
        select(
            AgreementSignature.id,
            AgreementSignature.document_sha256,
            AgreementSignature.file_sha256,
            AgreementVersion.file_sha256.label("pressed"),
            StoredFile.sha256.label("stored"),
            entitled.label("is_entitled"),
        )
        .join(AgreementVersion, AgreementVersion.id == AgreementSignature.version_id)
        .outerjoin(StoredFile, StoredFile.id == AgreementSignature.file_id)
        .order_by(AgreementSignature.id)
    )
    for row in db.session.execute(asked.execution_options(yield_per=BLOCK)):
        if not row.is_entitled:
            yield f"Signature {row.id} is by nobody who was entitled to sign on its day."
        if row.document_sha256 != row.pressed:
            yield f"Signature {row.id} is under other bytes than those of its version."
        if row.file_sha256 != row.stored:
            yield f"Signature {row.id} names another paper than it keeps."


@verifies("Each version of an agreement says what was approved, and its PDF is the one that was made of it")
def check_versions() -> Iterator[str]:
    """Hash what each says again, and hold the hash of its PDF against the stored file's."""
    asked = (
        select(
            AgreementVersion.id,
            AgreementVersion.content,
            AgreementVersion.sha256,
            AgreementVersion.file_sha256,
            StoredFile.sha256.label("stored"),
        )
        .outerjoin(StoredFile, StoredFile.id == AgreementVersion.file_id)
        .order_by(AgreementVersion.id)
    )
    for row in db.session.execute(asked.execution_options(yield_per=BLOCK)):
        if content_hash(row.content) != row.sha256:
            yield f"Version {row.id} of an agreement does not say what was approved."
        if row.file_sha256 != row.stored:
            yield f"Version {row.id} of an agreement names another paper than it keeps."


@verifies("The numbers of agreements have no holes and no twins")
def check_numbers() -> Iterator[str]:
    """Compare the numbers on record with how far each series has come."""
    found: dict[int, set[int]] = {}
    numbered = select(Agreement.number).where(Agreement.number.is_not(None)).order_by(Agreement.number)
    for number in db.session.scalars(numbered):
        place = place_in_series(number or "")
        if place is not None:
            found.setdefault(place[0], set()).add(place[1])
    series = select(NumberSeries.year, NumberSeries.last_number).where(NumberSeries.kind == SERIES)
    known = {row.year: row.last_number for row in db.session.execute(series.order_by(NumberSeries.year))}
    for year in sorted({*found, *known}):
        wrong = set(range(1, known.get(year, 0) + 1)) ^ found.get(year, set())
        yield from (
            f"Number {place} of the agreements of {year} is missing, or nobody gave it." for place in sorted(wrong)
        )


@verifies("What an amendment in force takes the place of holds no more from its first day on")
def check_amended() -> Iterator[str]:
    """An agreement and its amendment never hold on one day."""
    parent = aliased(Agreement)
    holds = (parent.ended_on >= Agreement.executed_on) & (parent.ended_on >= Agreement.first_day)
    asked = (
        select(parent.number, Agreement.number.label("by"))
        .join(parent, parent.id == Agreement.parent_id)
        .where(
            Agreement.relation == Relation.AMENDMENT,
            Agreement.executed_on.is_not(None),
            parent.ended_on.is_(None) | holds,
        )
        .order_by(Agreement.id)
    )
    for row in db.session.execute(asked):
        yield f"{row.number} still holds beside its amendment {row.by}."
