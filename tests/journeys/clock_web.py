"""A site whose clock stands where a file says, so that a test can let a minute pass."""

import os
from datetime import datetime
from pathlib import Path

from app import create_app
from app.core.clock import clock_at
from config import Config

CLOCK = Path(os.environ["SITE_FOLDER"]) / "clock"
site = create_app(Config.from_environment())


def app(environ, start_response):
    """The site at the instant of the file."""
    with clock_at(datetime.fromisoformat(CLOCK.read_text())):
        return [b"".join(site(environ, start_response))]
