"""Pages a second from a server with two web processes, and what memory a process takes."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from benchmarks.figures.floors import LISTS
from benchmarks.figures.pages import find_path
from benchmarks.output import Figure
from benchmarks.timing import megabytes_of
from benchmarks.visitor import Visitor

ROOT = Path(__file__).resolve().parents[2]
SECONDS, WARM_SECONDS = 8.0, 2.0
CONNECTIONS = 8
LEAST_A_SECOND, MOST_MEGABYTES = 150, 200
BARE_APP = """
from flask import Flask
app = Flask("bare")
@app.get("/<path:any>")
def page(any):
    return "<!doctype html><title>Bare</title>" + "<p>row</p>" * 2000
"""


def measure_serving(visitor: Visitor) -> Iterator[Figure]:
    """List pages in turn from eight connections on this machine, and the memory of the processes afterwards."""
    paths = [path for endpoint in LISTS if (path := find_path(visitor, endpoint)) is not None]
    with _server("wsgi:app", visitor.site.environment) as (port, process):
        asyncio.run(_fetch_for(port, paths, visitor.cookie, WARM_SECONDS))
        rate = asyncio.run(_fetch_for(port, paths, visitor.cookie, SECONDS))
        megabytes = max(megabytes_of(pid) for pid in _children(process.pid))
    bare = visitor.site.folder / "bare.py"
    bare.write_text(BARE_APP)
    with _server("bare:app", {"PYTHONPATH": str(visitor.site.folder)}) as (port, process):
        asyncio.run(_fetch_for(port, paths, visitor.cookie, 0.5))
        floor = asyncio.run(_fetch_for(port, paths, visitor.cookie, SECONDS / 2))
        bare_megabytes = max(megabytes_of(pid) for pid in _children(process.pid))
    yield Figure(
        f"list pages a second, two web processes ({len(paths)} lists in turn)",
        f"{rate:.0f}/s",
        f"≥ {LEAST_A_SECOND}/s",
        rate >= LEAST_A_SECOND,
        f"{floor:.0f}/s",
        "a bare Flask page of 24 kB, same server, same client",
    )
    yield Figure(
        "memory of a web process after that load",
        f"{megabytes:.0f} MB",
        f"< {MOST_MEGABYTES} MB",
        megabytes < MOST_MEGABYTES,
        f"{bare_megabytes:.0f} MB",
        "the bare Flask page's process",
    )


@contextmanager
def _server(application: str, settings: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = _free_port()
    kind = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *kind, "--bind", f"127.0.0.1:{port}", "--log-level", "warning", application],
        cwd=ROOT,
        env=os.environ | settings,
    )
    try:
        _wait_for(port)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    message = "The server did not start."
    raise TimeoutError(message)


async def _fetch_for(port: int, paths: list[str], cookie: str, seconds: float) -> float:
    """Fetch the paths in turn over some connections; how many whole pages a second."""
    wanted = cycle(paths)
    until = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_fetch_until(port, wanted, cookie, until) for _ in range(CONNECTIONS)))
    return sum(counts) / seconds


async def _fetch_until(port: int, wanted: Iterator[str], cookie: str, until: float) -> int:
    count = 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    while time.perf_counter() < until:
        request = f"GET {next(wanted)} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nCookie: {cookie}\r\n\r\n"
        writer.write(request.encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            message = f"The server answers {head[:40]!r}"
            raise LookupError(message)
        await reader.readexactly(int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]))
        count += 1
    writer.close()
    return count


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
