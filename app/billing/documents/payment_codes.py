"""The code that a banking app reads off an invoice: a SEPA transfer by EPC069-12, as a QR code."""

from __future__ import annotations

from io import BytesIO

import segno

from app.billing.documents.einvoices import SEPA
from app.core.money import Money

CURRENCY = "EUR"
LARGEST = Money(99_999_999_999, CURRENCY)
LONGEST_HOLDER = 70
HIGHEST_VERSION = 13


def transfer_text(holder: str, iban: str, bic: str, reference: str, amount: Money) -> str:
    """What the code says, line by line (EPC069-12, version 002, UTF-8); empty where no SEPA transfer can pay it."""
    account = iban.replace(" ", "")
    can_be = amount.currency == CURRENCY and 0 < amount.minor <= LARGEST.minor and account[:2] in SEPA
    if not (can_be and reference):
        return ""
    paid = f"{CURRENCY}{amount.amount}"
    lines = ("BCD", "002", "1", "SCT", bic, holder[:LONGEST_HOLDER], account, paid, "", reference.replace(" ", ""))
    return "\n".join(lines)


def transfer_svg(text: str) -> str:
    """The code as a drawing of one path, with medium correction, as the guideline asks."""
    drawn = BytesIO()
    code = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8")
    code.save(drawn, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True, border=0)
    return drawn.getvalue().decode()
