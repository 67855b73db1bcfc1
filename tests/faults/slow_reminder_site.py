"""A site that sends reminders, waiting for a sign in the middle of each, to be killed there."""

import os
import time
from pathlib import Path

from app import create_app
from app.billing.commands import reminders
from app.outbox.commands import send_mail
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SIGNS"])


def wait_then_write(*given, **named):
    """Say that a reminder is half done, wait until the test lets it go on, and write its mail."""
    (SIGNS / f"half-{os.getpid()}-{time.monotonic_ns()}").touch()
    while not (SIGNS / "go").exists():
        time.sleep(0.02)
    return send_mail(*given, **named)


reminders.send_mail = wait_then_write  # type: ignore[attr-defined]
reminders.print_pdf = lambda html: html.encode()  # type: ignore[assignment, attr-defined, misc]
