"""A site whose web server waits where a statement is half booked, and again where it is done and nobody knows yet."""

import os
import time
from pathlib import Path

from app import create_app
from app.billing.commands.bank import certain
from app.billing.commands.receipts import record_receipts
from config import Config

SIGNS = Path(os.environ["SITE_FOLDER"])
IMPORT = "/bank/import"
site = create_app(Config.from_environment())


def wait_at(stage):
    """Say that it has come so far, and wait until the test lets it go on; later ones need not wait."""
    (SIGNS / stage).touch()
    while not (SIGNS / f"{stage}-go").exists():
        time.sleep(0.02)


def record_half(receipts, *, actor):
    """The lines are written and the payments are recorded; the rest of the booking waits."""
    found = record_receipts(receipts, actor=actor)
    wait_at("half")
    return found


certain.record_receipts = record_half  # type: ignore[attr-defined]


def app(environ, start_response):
    """The site, which keeps the answer to an import back."""
    answer = site(environ, start_response)
    if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == IMPORT:
        wait_at("unanswered")
    return answer
