"""Signing: in the program by an entitled signatory, or as a scan; the last signature puts the agreement in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.commands import Machine, Refused, confirm_password
from app.agreements.commands.executing import execute_where_signed
from app.agreements.commands.seals import seal_certificates, seal_key
from app.agreements.commands.steps import (
    NO_SUCH,
    held_agreement,
    locked_agreement,
    move,
    note,
    present_version,
    standing_of,
)
from app.agreements.commands.telling import tell_sides
from app.agreements.documents.sealing import FINDING_WORDS, SealFinding, check_copy, sealed_pdf
from app.agreements.models import Agreement, AgreementSignature, AgreementVersion, Signatory
from app.agreements.queries.entitled import find_entitlement
from app.agreements.queries.signatories import SignatoryRow, who_could_sign
from app.agreements.rules.signing import check_consent, check_signing_day, check_unsigned
from app.agreements.rules.states import SIDE_WORDS, SIGNABLE, STATE_WORDS, AgreementState, Side
from app.agreements.rules.terms import SignedHow
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import check_version
from app.files.commands import store_file
from app.files.models import StoredFile
from app.files.queries import get_file, read_file
from app.members.models import Person

PDF = "application/pdf"
PRESSING = "The PDF to be signed is being made: try again in a moment."


@dataclass(frozen=True)
class Consent:
    """What somebody types to sign: their own password once more, and the words of consent."""

    password: str
    words: str


@dataclass(frozen=True)
class Scan:
    """A signed copy that was brought: its bytes, what they are, and its name."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True)
class ScannedSignature:
    """A signature on a scan: for which side, by which signatory, on which day."""

    side: Side
    signatory_id: int
    signed_on: date


def sign_agreement(
    agreement_id: int, consent: Consent, *, side: Side, version: int, machine: Machine, actor: Actor
) -> Agreement | Refused:
    """Sign the present version in the program, as one entitled to today; refused in words where the password is wrong.

    What is kept is who signed, in which office, when, for which bytes; the PDF gets our seal beside its bytes.
    """
    agreement = held_agreement(agreement_id)
    signatory = find_entitlement(_institution(agreement, side), actor, clock.today())
    if signatory is None:
        raise NotFoundError(NO_SUCH)
    check_version(agreement, version)
    frozen, pressed = _to_be_signed(agreement, side)
    check_consent(consent.words)
    refused = confirm_password(consent.password, machine=machine, actor=actor)
    if refused is not None:
        return refused
    person = db.session.get_one(Person, signatory.person_id)
    file = _seal(frozen, person.name, side)
    signature = _signature(frozen, pressed, signatory, person, SignedHow.PROGRAM)
    signature.side, signature.signed_on, signature.recorded_by = side, clock.today(), actor.name
    signature.consent, signature.file_id, signature.file_sha256 = consent.words.strip(), file.id, file.sha256
    db.session.add(signature)
    _settle(agreement, frozen, [side], actor)
    return agreement


def record_signed_copy(
    agreement_id: int, scan: Scan, signed: Sequence[ScannedSignature], *, version: int, actor: Actor
) -> Agreement:
    """Keep a copy signed on paper or elsewhere, with who signed it on which day; each was entitled on that day.

    A copy that carries our seal is held against what was sealed, and refused where it does not hold.
    """
    agreement = locked_agreement(agreement_id, version, actor)
    if not signed:
        raise DomainError("Say who signed it, and on which day.", "signed_on")
    found = [_to_be_signed(agreement, each.side) for each in signed]
    frozen, pressed = found[0]
    _check_scan(scan, frozen)
    file = store_file(scan.content, scan.media_type, scan.name)
    for each in signed:
        signatory, person = _entitled(agreement, each)
        check_signing_day(each.signed_on, clock.local(frozen.approved_at).date(), clock.today())
        signature = _signature(frozen, pressed, signatory, person, SignedHow.SCAN)
        signature.side, signature.signed_on, signature.recorded_by = each.side, each.signed_on, actor.name
        signature.file_id, signature.file_sha256 = file.id, file.sha256
        db.session.add(signature)
    _settle(agreement, frozen, [each.side for each in signed], actor)
    return agreement


def _to_be_signed(agreement: Agreement, side: Side) -> tuple[AgreementVersion, str]:
    """The version a side may sign now, and the hash of its PDF."""
    if agreement.state not in SIGNABLE:
        raise DomainError(f"It is \u201c{STATE_WORDS[agreement.state].lower()}\u201d: there is nothing to sign.")
    check_unsigned(standing_of(agreement), side)
    if agreement.last_day is not None and agreement.last_day < clock.today():
        raise DomainError("Its last day is over: open it again and give it a later one.")
    frozen = present_version(agreement.id)
    if frozen is None or frozen.file_sha256 is None:
        raise DomainError(PRESSING)
    return frozen, frozen.file_sha256


def _seal(frozen: AgreementVersion, name: str, side: Side) -> StoredFile:
    """The PDF with one more seal, which tells of this signature; the bytes before it stay."""
    before = get_file(frozen.sealed_file_id or frozen.file_id or 0)
    reason = f"Signed by {name} for the {SIDE_WORDS[side].lower()}"
    content = sealed_pdf(read_file(before), seal_key(), SIDE_WORDS[side], reason)
    file = store_file(content, PDF, before.name)
    frozen.sealed_file_id = file.id
    return file


def _signature(
    frozen: AgreementVersion, pressed: str, signatory: Signatory | SignatoryRow, person: Person, how: SignedHow
) -> AgreementSignature:
    return AgreementSignature(
        version_id=frozen.id,
        person_id=person.id,
        name=person.name,
        office=signatory.office,
        signatory_id=signatory.id,
        how=how,
        signed_at=clock.now(),
        document_sha256=pressed,
    )


def _check_scan(scan: Scan, frozen: AgreementVersion) -> None:
    if scan.media_type != PDF:
        return
    sealed = get_file(frozen.sealed_file_id) if frozen.sealed_file_id else None
    if sealed is not None and read_file(sealed) == scan.content:
        raise DomainError(FINDING_WORDS[SealFinding.UNSIGNED], "file")
    pressed = read_file(get_file(frozen.file_id or 0))
    finding = check_copy(scan.content, pressed, seal_certificates())
    if finding in FINDING_WORDS:
        raise DomainError(FINDING_WORDS[finding], "file")


def _entitled(agreement: Agreement, signed: ScannedSignature) -> tuple[SignatoryRow, Person]:
    """The signatory of a side on the day of the signature; refused where they were not entitled then."""
    entitled = {each.id: each for each in who_could_sign(_institution(agreement, signed.side), on=signed.signed_on)}
    signatory = entitled.get(signed.signatory_id)
    if signatory is None:
        message = "They were not entitled to sign on this day: choose another day, or put it right under Signatories."
        raise DomainError(message, f"{signed.side.value}_signatory")
    return signatory, db.session.get_one(Person, signatory.person_id)


def _institution(agreement: Agreement, side: Side) -> int:
    return agreement.provider_id if side is Side.PROVIDER else agreement.recipient_id


def _settle(agreement: Agreement, frozen: AgreementVersion, sides: Sequence[Side], actor: Actor) -> None:
    """Write the signatures down as steps, and put the agreement in force where they were the last."""
    db.session.flush()
    if agreement.state is AgreementState.APPROVED and standing_of(agreement).unsigned:
        move(agreement, AgreementState.SIGNED, sides[0], actor=actor)
    said = {"version": frozen.number, "signed_for": [each.value for each in sides], "pdf_sha256": frozen.file_sha256}
    note("sign", agreement, "Signed an agreement", actor, after=said)
    execute_where_signed(agreement, sides[-1], actor)
    tell_sides(agreement, None, actor)
