"""The worker processes: Huey's consumer with a sweep for its scheduler; they end when their parent ends."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from huey.consumer import Consumer, Scheduler, Worker
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import UnavailableError
from app.outbox.queue import make_queue

log = logging.getLogger(__name__)

SWEEP_SECONDS = 3
LONGEST_WAIT = 1.0


@dataclass(frozen=True)
class Duties:
    """What a worker process does: begin after the fork, run one job, sweep."""

    begin: Callable[[], None]
    run: Callable[[int], None]
    sweep: Callable[[], None]


class HouseWorker(Worker):  # type: ignore[misc]
    """A process that runs jobs; it ends when the process that started it is gone."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parent = os.getpid()

    def loop(self, now: Any = None) -> None:
        """Run the next job, unless nobody would tell this process to stop any more."""
        if os.getppid() != self.parent:
            self.stop_flag.set()
            return
        super().loop(now)


class Sweeper(Scheduler):  # type: ignore[misc]
    """A process that hands over every few seconds what the queue does not know of."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parent = os.getpid()

    def initialize(self) -> None:
        """Begin as the workers do."""
        self.huey.duties.begin()

    def loop(self, now: Any = None) -> None:  # noqa: ARG002 - Huey's own signature
        """Sweep once and wait; a database that cannot be reached is tried again."""
        if os.getppid() != self.parent:
            self.stop_flag.set()
            return
        began = time.monotonic()
        try:
            self.huey.duties.sweep()
        except (SQLAlchemyError, UnavailableError) as error:
            log.warning("The sweep failed and is tried again: %s", error)
        self.sleep_for_interval(began, SWEEP_SECONDS)


class HouseConsumer(Consumer):  # type: ignore[misc]
    """Huey's consumer with our two kinds of processes."""

    worker_class = HouseWorker
    scheduler_class = Sweeper


def serve(url: str, duties: Duties, processes: int) -> None:
    """Run jobs in processes of their own until told to stop; SIGTERM lets running jobs end first."""
    queue = make_queue(url, duties.run)
    queue.duties = duties
    queue.on_startup("begin")(duties.begin)
    consumer = HouseConsumer(
        queue,
        workers=processes,
        worker_type="process",
        periodic=False,
        max_delay=LONGEST_WAIT,
        health_check_interval=1,
        graceful_signal="TERM",
    )
    consumer.run()
