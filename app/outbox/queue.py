"""The bell that wakes workers: Huey carries ids of jobs; a lost one is found by the sweep, so losing it is no loss."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.exceptions import ConfigurationError, HueyException
from huey.registry import Message
from huey.serializer import Serializer
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

NAME = "muster"
ROOM = 64
UNREACHABLE = (sqlite3.Error, psycopg.Error, RedisError, OSError, HueyException)


class JsonSerializer(Serializer):  # type: ignore[misc]
    """Messages as JSON: whoever can write to the queue can only name jobs, never bring code."""

    def _serialize(self, message: Any) -> bytes:
        return json.dumps(message._asdict() if isinstance(message, Message) else message, default=str).encode()

    def _deserialize(self, text: bytes) -> Any:
        found = json.loads(text)
        return Message(**found) if isinstance(found, dict) else found


def ring(url: str, job_ids: Iterable[int]) -> None:
    """Hand ids of jobs to the workers; where the queue cannot be reached, the sweep will find the jobs."""
    if not url:
        return
    try:
        queue = open_queue(url)
        for job_id in islice(job_ids, max(ROOM - queue.pending_count(), 0)):
            queue.enqueue(queue.run_job.s(job_id))
    except UNREACHABLE as error:
        log.warning("The queue cannot be reached, jobs wait for the sweep: %s", error)


def open_queue(url: str) -> Huey:
    """The queue at an address, opened once in each process."""
    return _open(url, os.getpid())


@cache
def _open(url: str, _process: int) -> Huey:
    return make_queue(url, _leave)


def _leave(_job_id: int) -> None:
    """Stand in for the worker's function in processes that only ring."""


def make_queue(url: str, run: Callable[[int], None]) -> Huey:
    """A queue whose one task runs a job by its id."""
    queue = _store(url)

    def run_job(job_id: int) -> None:
        run(job_id)

    queue.run_job = queue.task(name="run_job")(run_job)
    return queue


def _store(url: str) -> Huey:
    options: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
    kind = urlsplit(url).scheme.partition("+")[0]
    if kind == "sqlite":
        return SqliteHuey(NAME, filename=unquote(url.partition(":///")[2]), fsync=False, **options)
    if kind in {"postgresql", "postgres"}:
        return PostgresHuey(NAME, dsn=url.replace("+psycopg", "", 1), **options)
    if kind in {"redis", "rediss"}:
        return RedisHuey(NAME, url=url, **options)
    message = "QUEUE_URL must begin with sqlite:///, postgresql:// or redis://."
    raise ConfigurationError(message)
