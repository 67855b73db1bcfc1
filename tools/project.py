"""Where the parts of the project lie, and how a set-up step remembers that it is done."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
VAR = ROOT / "var"


class SetUpError(Exception):
    """A step that cannot go on, with one line for the person at the terminal."""


def say(line: str) -> None:
    """Print one line at once, also into a pipe."""
    print(line, flush=True)


def fail(error: SetUpError) -> int:
    """Print why a step stopped; the exit status for it."""
    print(f"muster: {error}", file=sys.stderr, flush=True)
    return 1


def fingerprint(*files: Path) -> str:
    """A hash over the contents of files: it differs when any of them does."""
    total = hashlib.sha256()
    for file in files:
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def is_done(stamp: Path, mark: str) -> bool:
    """Whether a step left this mark when it last ended well."""
    return stamp.is_file() and stamp.read_text(encoding="ascii") == mark


def mark_done(stamp: Path, mark: str) -> None:
    """Remember that a step ended well."""
    stamp.write_text(mark, encoding="ascii")


def call(command: Sequence[str | Path], problem: str) -> None:
    """Run a command in the project's folder without input, or stop with `problem`."""
    try:
        subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        message = f"{problem} ({error})"
        raise SetUpError(message) from error
