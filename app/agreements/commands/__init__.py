"""Every write of agreements: drafting, negotiating, approving, signing, and how they end."""

from app.agreements.commands import erasing, template_erasing
from app.agreements.commands.approving import approve_agreement, press_agreement, reopen_agreement
from app.agreements.commands.drafting import change_draft, draft_agreement
from app.agreements.commands.ending import expire_agreements, note_publication, terminate_agreement
from app.agreements.commands.negotiating import (
    answer_changes,
    ask_for_changes,
    reject_agreement,
    send_for_review,
    withdraw_agreement,
)
from app.agreements.commands.signing import Consent, Scan, ScannedSignature, record_signed_copy, sign_agreement

__all__ = [
    "Consent",
    "Scan",
    "ScannedSignature",
    "answer_changes",
    "approve_agreement",
    "ask_for_changes",
    "change_draft",
    "draft_agreement",
    "erasing",
    "expire_agreements",
    "note_publication",
    "press_agreement",
    "record_signed_copy",
    "reject_agreement",
    "reopen_agreement",
    "send_for_review",
    "sign_agreement",
    "template_erasing",
    "terminate_agreement",
    "withdraw_agreement",
]
