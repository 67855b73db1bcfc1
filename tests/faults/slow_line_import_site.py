"""A site that writes an import of lines and waits for a sign before it is done, to be killed there."""

import os
import time
from pathlib import Path

from app import create_app
from app.lines.commands.imports import writing
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SIGNS"])
index_lines = writing.index_lines  # type: ignore[attr-defined]


def wait_then_index(ids):
    """The last thing that is done of lines, once the rest is written and the test has let it go on."""
    (SIGNS / "half").touch()
    while not (SIGNS / "go").exists():
        time.sleep(0.02)
    index_lines(ids)


writing.index_lines = wait_then_index  # type: ignore[attr-defined]
