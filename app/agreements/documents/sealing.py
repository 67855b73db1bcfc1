"""The consortium's seal under PDFs: its key and certificate, sealing beside earlier bytes, checking copies."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from io import BytesIO

from cryptography import x509
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

YEARS = 50
LONGEST_COMMON_NAME = 64
BEGINNING = 1024
# What reading a damaged file ends in: the reader was not made for what people may do to one.
UNREADABLE = (
    *(PdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError),
    *(NotImplementedError, RecursionError, zlib.error),
)


@dataclass(frozen=True)
class SealKey:
    """The key the consortium seals with, and the certificate that names it."""

    certificate: bytes
    private: bytes


class SealFinding(StrEnum):
    """What a copy says of our seal."""

    NONE = "none"
    HOLDS = "holds"
    BROKEN = "broken"
    CHANGED = "changed"
    OTHER = "other"
    UNSIGNED = "unsigned"


FINDING_WORDS = {
    SealFinding.BROKEN: "Our seal in this copy does not hold: what is under it was changed, or it is damaged.",
    SealFinding.CHANGED: "This copy was changed after we sealed it; only further signatures may be added.",
    SealFinding.OTHER: "Our seal in this copy holds, but it is that of another paper or of another version.",
    SealFinding.UNSIGNED: "This is the paper as it left here: nobody has signed it.",
}
"""Why a copy is refused; what holds, and a scan without a seal of ours, is not."""


def new_seal_key(name: str, at: datetime) -> SealKey:
    """A key of the consortium's own, with a certificate that it has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:LONGEST_COMMON_NAME] or "Muster")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_documents(), critical=True)
        .sign(key, hashes.SHA256())
    )
    form, encoding = serialization.PrivateFormat.PKCS8, serialization.Encoding.DER
    private = key.private_bytes(encoding, form, serialization.NoEncryption())
    return SealKey(certificate.public_bytes(encoding), private)


def _signs_documents() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def locked_up(key: SealKey, secret: str) -> bytes:
    """The private key as it may be kept: read back only with the secret of the site."""
    return _lock(secret).encrypt(key.private)


def unlocked(kept: bytes, certificate: bytes, secret: str) -> SealKey | None:
    """The key that was locked up; None where the secret of the site is another one by now."""
    try:
        return SealKey(certificate, _lock(secret).decrypt(kept))
    except InvalidToken:
        return None


def _lock(secret: str) -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(b"seal of agreements|" + secret.encode()).digest()))


def sealed_pdf(content: bytes, key: SealKey, field: str, reason: str) -> bytes:
    """A PDF with one more seal, which says why it was given; the bytes it had stand before it unchanged."""
    signer = SimpleSigner.load_pkcs12_data(_packed(key), other_certs=[])
    told = PdfSignatureMetadata(
        field_name=field, reason=reason, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    writer = IncrementalPdfFileWriter(BytesIO(content))
    return bytes(PdfSigner(told, signer).sign_pdf(writer, output=BytesIO()).getvalue())


def _packed(key: SealKey) -> bytes:
    """Key and certificate in the one form that signers are made of."""
    private = serialization.load_der_private_key(key.private, password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        message = "This is no key of the consortium's seal."
        raise TypeError(message)
    certificate = x509.load_der_x509_certificate(key.certificate)
    return pkcs12.serialize_key_and_certificates(None, private, certificate, None, serialization.NoEncryption())


def check_copy(copy: bytes, pressed: bytes, certificates: Sequence[bytes]) -> SealFinding:
    """What a copy that came back says: whether our seals in it hold, over the same bytes, with nothing changed after.

    Further signatures that were added after ours are no change. A copy without any seal of ours is a scan.
    """
    if copy == pressed:
        return SealFinding.UNSIGNED
    is_same = copy.startswith(pressed)
    try:
        number, ours = _seals_in(copy, certificates)
    except UNREADABLE:
        is_ours = copy.startswith(pressed[:BEGINNING]) or b"/ByteRange" in copy
        return SealFinding.BROKEN if is_ours else SealFinding.NONE
    if not ours:
        is_ours = copy.startswith(pressed[:BEGINNING]) and not number
        return SealFinding.CHANGED if is_ours else SealFinding.NONE
    return next(filter(_is_wrong, ours), SealFinding.HOLDS if is_same else SealFinding.OTHER)


def _seals_in(copy: bytes, certificates: Sequence[bytes]) -> tuple[int, list[SealFinding]]:
    """How many signatures a PDF has in all, and what each of ours says."""
    found = list(PdfFileReader(BytesIO(copy)).embedded_signatures)
    return len(found), [_of_seal(each) for each in found if each.signer_cert.dump() in certificates]


def _is_wrong(finding: SealFinding) -> bool:
    return finding is not SealFinding.HOLDS


def _of_seal(seal: EmbeddedPdfSignature) -> SealFinding:
    """What one of our seals says; whose it is, its certificate has told: nobody else need vouch for us."""
    seal.compute_integrity_info()  # type: ignore[no-untyped-call]
    intact, valid = validate_sig_integrity(seal.signer_info, seal.signer_cert, "data", seal.compute_digest())
    if not (intact and valid):
        return SealFinding.BROKEN
    told = seal.summarise_integrity_info()
    changes = told["diff_result"]
    is_same = changes is None or (
        isinstance(changes, DiffResult) and changes.modification_level <= ModificationLevel.FORM_FILLING
    )
    whole = told["coverage"] >= SignatureCoverageLevel.ENTIRE_REVISION
    return SealFinding.HOLDS if is_same and whole and told["docmdp_ok"] is not False else SealFinding.CHANGED
