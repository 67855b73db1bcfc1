"""A site that prints invoices and waits for a sign at the second: while it is drawn, or once its PDF is stored."""

import os
import time
from pathlib import Path

from app import create_app
from app.billing.commands import printing
from app.billing.documents import invoice_pdf
from app.files.commands import store_file
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SIGNS"])
SECOND = "INV-2016-0002"


def wait_at(stage):
    """Say that it has come so far, and wait until the test lets it go on."""
    (SIGNS / stage).touch()
    while not (SIGNS / f"{stage}-go").exists():
        time.sleep(0.02)


def draw_then_wait(content, *given):
    """Draw an invoice; nothing of it is kept yet."""
    pdf = invoice_pdf(content, *given)
    if content["number"] == SECOND:
        wait_at("drawn")
    return pdf


def store_then_wait(content, media_type, name):
    """Store a PDF, of which the invoice knows nothing yet."""
    stored = store_file(content, media_type, name)
    if name.startswith(SECOND):
        wait_at("stored")
    return stored


printing.invoice_pdf = draw_then_wait  # type: ignore[attr-defined]
printing.store_file = store_then_wait  # type: ignore[attr-defined]
