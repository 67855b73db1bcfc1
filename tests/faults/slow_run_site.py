"""A site that issues fee runs one invoice at a time, waiting for a sign in the middle of each, to be killed there."""

import os
import time
from pathlib import Path

from app import create_app
from app.billing.commands import issuing
from app.billing.commands.bookings import book
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SIGNS"])


def wait_then_book(bookings):
    """Say that a block is half done, wait until the test lets it go on, and book."""
    (SIGNS / f"half-{os.getpid()}-{time.monotonic_ns()}").touch()
    while not (SIGNS / "go").exists():
        time.sleep(0.02)
    book(bookings)


issuing.BLOCK = 1
issuing.book = wait_then_book  # type: ignore[attr-defined]
