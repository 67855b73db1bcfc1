"""Forms of signatures: in the program, and of a copy that was signed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from app.agreements.commands import Consent, Scan, ScannedSignature
from app.agreements.rules.signing import CONSENT
from app.agreements.rules.states import PARTIES, SIDE_WORDS, Side
from app.core.errors import DomainError
from app.files.forms import UploadField
from app.files.rules import PICTURES
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, PasswordTextField, TextField

SCANS = frozenset({"application/pdf"}) | PICTURES


class SignForm(MusterForm):
    """The words of consent, and one's own password once more."""

    words = TextField("Words of consent", hint=f"Type: {CONSENT}")
    password = PasswordTextField("Your password", hint="The one you sign in with: it says that it is you.")

    def consent(self) -> Consent:
        """What was typed."""
        return Consent(password=str(self.password.data or ""), words=str(self.words.data or ""))


class SignedCopyForm(MusterForm):
    """A copy that was signed elsewhere: the file, and for each side who signed it on which day."""

    file = UploadField("Signed copy", kinds=SCANS, most_megabytes=25)
    provider_signatory = ChoiceField("Signed for the provider by", optional=True)
    provider_day = DayField("Signed on", optional=True, part_of="by the provider")
    recipient_signatory = ChoiceField("Signed for the recipient by", optional=True)
    recipient_day = DayField("Signed on", optional=True, part_of="by the recipient")
    called: ClassVar[Mapping[str, str]] = {"signed_on": "recipient_day"}

    def scan(self) -> Scan:
        """The file that was sent."""
        sent = self.file.data
        return Scan(sent.content, sent.media_type, sent.name)

    def signatures(self) -> list[ScannedSignature]:
        """Who signed; a signatory without a day, or a day without a signatory, is refused."""
        found = [self._of(side) for side in PARTIES if f"{side.value}_signatory" in self]
        return [each for each in found if each is not None]

    def _of(self, side: Side) -> ScannedSignature | None:
        signatory, day = self[f"{side.value}_signatory"].chosen_id, self[f"{side.value}_day"].data
        if signatory is None and day is None:
            return None
        if signatory is None or day is None:
            missing = "signatory" if signatory is None else "day"
            raise DomainError(
                f"Say who signed for the {SIDE_WORDS[side].lower()}, and when.", f"{side.value}_{missing}"
            )
        return ScannedSignature(side, signatory, day)
