from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
import segno
from PIL import Image

from app.billing.documents import invoice_pdf, thaw
from app.billing.documents.payment_codes import DOTS, transfer_picture, transfer_text
from app.core.money import Money
from tests.billing.einvoices import frozen, registered
from tests.papers import needs_pango

IBAN, BIC = "DE89370400440532013000", "COBADEFFXXX"
EURO = registered(
    frozen(("S", 1900, 123450), currency="EUR", bank={"holder": "Łódź", "iban": IBAN, "bic": BIC, "name": ""})
)


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


def test_code_says_a_transfer_as_the_guideline_writes_it():
    text = transfer_text("Consortium", "DE89 3704 0044 0532 0130 00", BIC, "RF51 INV2 0270 041", euros("1469.06"))
    assert text == f"BCD\n002\n1\nSCT\n{BIC}\nConsortium\n{IBAN}\nEUR1469.06\n\nRF51INV20270041"


@pytest.mark.parametrize(
    ("iban", "amount", "reference"),
    [
        (IBAN, Money.of("10", "GBP"), "RF51INV20270041"),
        ("US00370400440532013000", euros("10"), "RF51INV20270041"),
        (IBAN, euros("0"), "RF51INV20270041"),
        (IBAN, euros("1000000000.00"), "RF51INV20270041"),
        (IBAN, euros("10"), ""),
    ],
)
def test_what_no_sepa_transfer_pays_has_no_code(iban, amount, reference):
    assert transfer_text("Consortium", iban, BIC, reference, amount) == ""


def test_draft_has_no_code():
    draft = {key: value for key, value in EURO.items() if key not in {"number", "issued_on", "due_on", "issued_at"}}
    assert thaw(EURO).transfer
    assert not thaw(draft).transfer


def test_code_is_the_same_picture_every_time_and_holds_all_of_the_transfer():
    drawn = transfer_picture(thaw(EURO).transfer)
    assert drawn == transfer_picture(thaw(EURO).transfer)
    with Image.open(BytesIO(drawn)) as picture:
        code = segno.make_qr(thaw(EURO).transfer, error="m", boost_error=False, encoding="utf-8", mask=2)
        side = len(code.matrix)
        assert picture.size == (side * DOTS, side * DOTS)
        small = picture.resize((side, side), Image.Resampling.NEAREST)
        assert [bool(dot) for dot in small.tobytes()] == [not module & 1 for row in code.matrix for module in row]


@needs_pango
def test_code_on_paper_says_in_words_what_it_is():
    with pikepdf.open(BytesIO(invoice_pdf(EURO, "ab" * 32))) as pdf:
        told = [str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
    account = "DE89 3704 0044 0532 0130 00"
    assert told == [
        f"Payment code for banking apps: EUR\u00a01,469.06 to Łódź, {account}, reference RF51 INV2 0270 041"
    ]
