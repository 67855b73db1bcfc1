"""Make .venv and install the pinned requirements: `python -m tools.environment [dev]`."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from tools import system
from tools.project import PYTHON, ROOT, VENV, SetUpError, call, fail, fingerprint, is_done, mark_done, say

OLDEST = (3, 11)


def main(groups: list[str]) -> int:
    """Bring .venv up to date with requirements.txt and the requirements of each named group."""
    try:
        make_environment()
        install("requirements.txt")
        for group in groups:
            install(f"requirements-{group}.txt")
    except SetUpError as error:
        return fail(error)
    return 0


def make_environment() -> None:
    """Make .venv unless a usable one is there."""
    if is_usable():
        return
    if importlib.util.find_spec("ensurepip") is None:
        add_ensurepip()
    say("Making .venv ...")
    shutil.rmtree(VENV, ignore_errors=True)
    call([sys.executable, "-m", "venv", VENV], "Could not make .venv.")


def is_usable() -> bool:
    """Whether .venv has a Python that is new enough, with pip in it."""
    oldest = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([PYTHON, "-c", oldest], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def add_ensurepip() -> None:
    """Debian leaves out a part of Python that makes environments: install it, or name it."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if system.install([package]):
        return
    message = f"This Python cannot make environments. Install {package}, then run the same command again."
    raise SetUpError(message)


def install(name: str) -> None:
    """Install one file of pinned requirements when it changed since the last time."""
    requirements = ROOT / name
    stamp = VENV / f".installed-{name}"
    mark = fingerprint(requirements)
    if is_done(stamp, mark):
        return
    say(f"Installing {name} ...")
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    call([*pip, "install", "--require-hashes", "-r", requirements], f"Could not install {name}.")
    mark_done(stamp, mark)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
