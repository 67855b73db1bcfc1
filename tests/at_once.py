"""Several who do something at the same moment, each in a thread and a transaction of their own."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Barrier, Thread
from typing import TYPE_CHECKING

from app.core.database import db
from app.core.errors import DomainError
from app.core.transaction import transaction

if TYPE_CHECKING:
    from app.web.requests import House

PATIENCE = 30
"""Seconds."""


def at_once(app: House, *works: Callable[[], object]) -> list[str]:
    """What becomes of each, sorted: "done", or what it is told, behind whatever was done. All see the same clock."""
    start, outcomes = Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    work()
                outcomes.append("done")
            except DomainError as refused:
                outcomes.append(refused.message)
            finally:
                db.session.remove()

    threads = [Thread(target=copy_context().run, args=(run, work)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    return sorted(outcomes, key=lambda outcome: (outcome != "done", outcome))
