"""A site that writes or undoes an import and waits for a sign before it is done, to be killed there."""

import os
import time
from pathlib import Path

from app import create_app
from app.members.commands.imports import applying, undoing
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SIGNS"])


def waiting(last_of_it):
    """The last thing that is done, once nearly all is said to be written and the test has let it go on."""

    def wait_then_do(*given):
        (SIGNS / "half").touch()
        while not (SIGNS / "go").exists():
            time.sleep(0.02)
        last_of_it(*given)

    return wait_then_do


applying.insert_rows = waiting(applying.insert_rows)  # type: ignore[attr-defined]
undoing._forget_values = waiting(undoing._forget_values)  # noqa: SLF001
