"""A site that erases people one by one, waiting for a sign in the middle of each, to be killed there."""

import os
import time
from pathlib import Path

from app import create_app
from app.members.commands import retention
from app.members.commands.erasure import erase_person
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SIGNS"])


def erase_then_wait(person_id, **values):
    """Erase somebody, say that the commit is still to come, and wait until the test lets it go on."""
    erased = erase_person(person_id, **values)
    (SIGNS / f"half-{os.getpid()}-{time.monotonic_ns()}").touch()
    while not (SIGNS / "go").exists() and not (SIGNS / f"one-{person_id}").exists():
        time.sleep(0.02)
    return erased


retention.erase_person = erase_then_wait  # type: ignore[attr-defined]
