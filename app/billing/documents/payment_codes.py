"""The code that a banking app reads off an invoice: a SEPA transfer by EPC069-12, as a QR code."""

from __future__ import annotations

from io import BytesIO

import segno
from PIL import Image

from app.billing.documents.einvoices import SEPA
from app.core.money import Money

CURRENCY = "EUR"
LARGEST = Money(99_999_999_999, CURRENCY)
LONGEST_HOLDER = 70
MASK = 2  # All eight read alike; to weigh them took longer than the rest of the code, and this is nearly always best.
LIGHT = 255
DOTS = 4  # A side of each module, so that no screen smooths its edges away.


def transfer_text(holder: str, iban: str, bic: str, reference: str, amount: Money) -> str:
    """What the code says, line by line (EPC069-12, version 002, UTF-8); empty where no SEPA transfer can pay it."""
    account = iban.replace(" ", "")
    can_be = amount.currency == CURRENCY and 0 < amount.minor <= LARGEST.minor and account[:2] in SEPA
    if not (can_be and reference):
        return ""
    paid = f"{CURRENCY}{amount.amount}"
    lines = ("BCD", "002", "1", "SCT", bic, holder[:LONGEST_HOLDER], account, paid, "", reference.replace(" ", ""))
    return "\n".join(lines)


def transfer_picture(text: str) -> bytes:
    """The code as a PNG, with medium correction, as the guideline asks."""
    code = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8", mask=MASK)
    rows = [bytes(LIGHT * (not module & 1) for module in row) for row in code.matrix]
    side, drawn = len(rows), BytesIO()
    plain = Image.frombytes("L", (side, side), b"".join(rows))
    plain.resize((side * DOTS, side * DOTS), Image.Resampling.NEAREST).save(drawn, "PNG")
    return drawn.getvalue()
