"""A site whose jobs wait for a sign, so that a test can end the worker in their middle."""

import os
import time
from pathlib import Path

from app import create_app
from app.audit.commands import Subject, record
from app.core.actor import program
from app.core.transaction import transaction
from app.outbox.commands import handles
from config import Config

app = create_app(Config.from_environment())
SIGNS = Path(os.environ["SIGNS"])


@handles("test.patient")
def wait_for_the_sign(payload):
    """Say that the job has begun, wait, and leave a mark in the trail."""
    number = payload["n"]
    (SIGNS / f"begun-{number}-{os.getpid()}").touch()
    while not (SIGNS / "go").exists():
        time.sleep(0.02)
    with transaction():
        record("test.work", Subject("test_record", number), summary="Worked", actor=program("worker"))
