"""How long a process takes until it can answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.output import Figure
from benchmarks.site import Site
from benchmarks.timing import timed

ROOT = Path(__file__).resolve().parents[2]


def measure_starting(site: Site) -> Iterator[Figure]:
    """A Python that makes the application, beside one that only loads the libraries."""
    ours, libraries = timed(
        lambda: _run("import wsgi", site),
        lambda: _run("import flask_sqlalchemy, flask_migrate, flask_wtf, sqlalchemy.orm", site),
        times=5,
        warm=1,
    )
    yield Figure(
        "start of a web process, until it can answer",
        f"{min(ours.wall):.0f} ms",
        floor=f"{min(libraries.wall):.0f} ms",
        floor_is="a Python that loads Flask, SQLAlchemy and their extensions",
    )


def _run(statement: str, site: Site) -> None:
    subprocess.run([sys.executable, "-c", statement], check=True, cwd=ROOT, env=os.environ | site.environment)
