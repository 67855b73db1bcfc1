"""A site that issues fee runs one invoice at a time and waits for a sign in the middle of the third."""

import os
import time
from datetime import timedelta
from pathlib import Path

from app import create_app
from app.billing.commands import issuing
from app.billing.commands.bookings import book
from app.outbox import work
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SITE_FOLDER"])
THIRD = 3
booked: list[object] = []


def wait_then_book(bookings):
    """Book; of the third invoice say first that it is half done, and wait until the test lets it go on."""
    booked.append(bookings)
    if len(booked) == THIRD:
        (SIGNS / "half").touch()
        while not (SIGNS / "go").exists():
            time.sleep(0.02)
    book(bookings)


issuing.BLOCK = 1
issuing.book = wait_then_book  # type: ignore[attr-defined]
# A test has no time for the growing pauses: they have tests of their own.
work.pause_after = lambda tries: timedelta(seconds=min(tries, 1))  # type: ignore[attr-defined]
