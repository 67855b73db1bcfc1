"""Measuring: wall and processor time of a call, once or many times."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles


@dataclass
class Timing:
    """Milliseconds of wall time and of this process's processor time, of each run."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """The wall time that nineteen of twenty runs stay under."""
        return percentile(self.wall, 95)

    @property
    def words(self) -> str:
        """Median and 95th percentile, with processor time in brackets."""
        walls = f"{percentile(self.wall, 50):.1f} / {self.p95:.1f} ms"
        return f"{walls} ({percentile(self.cpu, 50):.1f} / {percentile(self.cpu, 95):.1f})"

    @property
    def short(self) -> str:
        """Median and 95th percentile of wall time."""
        return f"{percentile(self.wall, 50):.1f} / {self.p95:.1f} ms"

    @contextmanager
    def lap(self) -> Iterator[None]:
        """Time what happens inside as one run."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.cpu.append((time.process_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)

    @property
    def seconds(self) -> float:
        """All wall time together, in seconds."""
        return sum(self.wall) / 1000

    @property
    def cpu_seconds(self) -> float:
        """All processor time together, in seconds."""
        return sum(self.cpu) / 1000


def percentile(values: list[float], share: int) -> float:
    """The value that `share` per cent of the values stay under."""
    return values[0] if len(values) == 1 else quantiles(values, n=100, method="inclusive")[share - 1]


def timed(*calls: Callable[[], object], times: int, warm: int = 3) -> list[Timing]:
    """The calls, turn by turn so that a busy moment meets all of them alike, after some runs that do not count."""
    timings = [Timing() for _ in calls]
    for _ in range(warm):
        for call in calls:
            call()
    gc.collect()
    for _ in range(times):
        for call, timing in zip(calls, timings, strict=True):
            with timing.lap():
                call()
    return timings


def load() -> str:
    """How busy the machine is, in the words of uptime."""
    return ", ".join(f"{value:.2f}" for value in os.getloadavg())


def additions() -> float:
    """Milliseconds that a plain loop takes just now: two runs compare by it, since a busy core is a slower one."""
    timing, total = Timing(), 0
    with timing.lap():
        for number in range(3_000_000):
            total += number
    return timing.cpu[0]


def megabytes_of(pid: int | str, line: str = "VmRSS") -> float:
    """Memory of a process that is really in use, or with the line VmHWM the most it ever was: since it began by itself.

    The greatest size that getrusage tells is inherited from the process that started it.
    """
    lines = dict(each.split(":", 1) for each in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in each)
    return int(lines[line].split()[0]) / 1024
