"""Approving: the number is taken, the text frozen with its hash, its PDF pressed; and opening an approved one again."""

from __future__ import annotations

from app.agreements.commands.steps import (
    acting_side,
    index,
    locked_agreement,
    may_lead,
    move,
    note,
    present_version,
    take,
)
from app.agreements.commands.telling import tell_sides
from app.agreements.documents.pressed import version_pdf
from app.agreements.models import Agreement, AgreementVersion
from app.agreements.queries.contents import frozen_content, values_of, words_of_draft
from app.agreements.queries.versions import newest_number
from app.agreements.rules.drafting import SERIES, check_whole, content_hash, number_of
from app.agreements.rules.states import Verb
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.history import lock
from app.core.series import take_numbers
from app.core.transaction import transaction
from app.files.commands import store_file
from app.outbox.commands import Payload, enqueue, handles

PRESS_AGREEMENT = "agreements.press"
PDF = "application/pdf"


def approve_agreement(agreement_id: int, *, comment: str | None, version: int, actor: Actor) -> Agreement:
    """Approve a text in review: it takes its number if it has none, is frozen as a version, and can be signed."""
    agreement = locked_agreement(agreement_id, version, actor)
    values = values_of(agreement)
    check_whole(agreement.kind, values, clock.today())
    to = may_lead(agreement, Verb.APPROVE, actor)
    agreement.number = agreement.number or _next_number()
    move(agreement, to, acting_side(agreement, actor), actor=actor, comment=comment)
    frozen = _freeze(agreement, actor)
    index(agreement, words_of_draft(values)["Material"] or "")
    said = {"number": agreement.number, "version": frozen.number, "sha256": frozen.sha256}
    note("approve", agreement, "Approved an agreement and froze its text", actor, after=said)
    enqueue(PRESS_AGREEMENT, {"version_id": frozen.id})
    tell_sides(agreement, comment, actor)
    return agreement


def reopen_agreement(agreement_id: int, *, reason: str, version: int, actor: Actor) -> Agreement:
    """Open an approved text again for changes: what is approved next is another version, and nobody has signed it."""
    agreement = locked_agreement(agreement_id, version, actor)
    take(agreement, Verb.REOPEN, reason, actor=actor)
    frozen = present_version(agreement.id)
    if frozen is not None:
        frozen.reopened_at = clock.now()
    said = {"version": frozen.number if frozen else None}
    note("reopen", agreement, "Opened an approved agreement again", actor, after=said)
    tell_sides(agreement, reason, actor)
    return agreement


def _next_number() -> str:
    today = clock.today()
    (place,) = take_numbers(SERIES, year=today.year, count=1, day=today)
    return number_of(today.year, place)


def _freeze(agreement: Agreement, actor: Actor) -> AgreementVersion:
    number = newest_number(agreement.id) + 1
    content = frozen_content(agreement, number, clock.now())
    frozen = AgreementVersion(
        agreement_id=agreement.id,
        number=number,
        content=content,
        sha256=content_hash(content),
        approved_by=actor.name,
        approved_at=clock.now(),
    )
    db.session.add(frozen)
    db.session.flush()
    return frozen


@handles(PRESS_AGREEMENT)
def press_agreement(payload: Payload) -> None:
    """Make the PDF of an approved version from its frozen content and keep it; done twice, nothing changes."""
    version_id = int(payload["version_id"])
    found = db.session.get(AgreementVersion, version_id)
    frozen = None if found is None or found.file_id is not None else (dict(found.content), found.sha256)
    db.session.rollback()
    if frozen is None:
        return
    pdf = version_pdf(*frozen)
    with transaction():
        version = lock(AgreementVersion, version_id)
        if version.file_id is not None:
            return
        keep_pdf(version, pdf)


def keep_pdf(version: AgreementVersion, pdf: bytes) -> None:
    """Keep the PDF of an approved version with its hash: these are the bytes that everyone signs."""
    called = f"{version.content['number']} version {version.content['version']}"
    stored = store_file(pdf, PDF, f"{called}.pdf")
    version.file_id, version.file_sha256 = stored.id, stored.sha256
    record(
        "agreements.press",
        Subject("agreement", version.agreement_id),
        summary=f"{called} printed and its PDF kept",
        after={"pdf_sha256": stored.sha256},
        actor=program("Printing of agreements"),
    )
