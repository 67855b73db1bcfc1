"""A site that sends reminders, waiting for a sign in the middle of each, to be killed there."""

import os
import time
from pathlib import Path

from app import create_app
from app.billing.commands import reminders
from app.billing.commands.reminder_charges import charge_reminder
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SIGNS"])


def charge_then_wait(*given, **named):
    """Charge a reminder, say that it is half done, and wait until the test lets it go on."""
    charged = charge_reminder(*given, **named)
    (SIGNS / f"half-{os.getpid()}-{time.monotonic_ns()}").touch()
    while not (SIGNS / "go").exists():
        time.sleep(0.02)
    return charged


reminders.charge_reminder = charge_then_wait  # type: ignore[attr-defined]
reminders.print_pdf = lambda html: html.encode()  # type: ignore[assignment, attr-defined, misc]
