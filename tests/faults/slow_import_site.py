"""A site that writes an import and waits for a sign before it is done, to be killed there."""

import os
import time
from pathlib import Path

from app import create_app
from app.members.commands.imports import applying
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SIGNS"])
insert_rows = applying.insert_rows  # type: ignore[attr-defined]


def wait_then_insert(model, rows):
    """Say that nearly all is written, and wait until the test lets it go on."""
    (SIGNS / "half").touch()
    while not (SIGNS / "go").exists():
        time.sleep(0.02)
    insert_rows(model, rows)


applying.insert_rows = wait_then_insert  # type: ignore[attr-defined]
