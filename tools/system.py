"""System libraries, fonts and the browser: `python -m tools.system [browser]`."""

import ctypes
import fnmatch
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.project import VENV, is_done, mark_done, say

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
FONTS = {"NotoSans-Regular.*": "fonts-noto-core", "NotoSansCJK-Regular.*": "fonts-noto-cjk"}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> int:
    """Look for what pip cannot bring; install it where that is allowed, else say what is missing. Never fails."""
    if not sys.platform.startswith("linux"):
        return 0
    provide(missing_for_pdf(), "PDFs")
    if "browser" in arguments:
        provide(missing_for_browser(), "the tests in a real browser")
    return 0


def missing_for_pdf() -> list[str]:
    """The Debian packages whose libraries or fonts this machine lacks."""
    libraries = [package for library, package in LIBRARIES.items() if not is_loadable(library)]
    return libraries + [package for pattern, package in FONTS.items() if not is_font_there(pattern)]


def missing_for_browser() -> list[str]:
    """Chromium, when no browser of its kind is there."""
    return [] if any(shutil.which(name) for name in BROWSERS) else ["chromium"]


def is_loadable(library: str) -> bool:
    """Whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def is_font_there(pattern: str) -> bool:
    """Whether a font file of this name lies in one of the usual folders; one that may not be read holds none."""
    folders = (os.walk(Path(folder).expanduser()) for folder in FONT_FOLDERS)
    return any(fnmatch.filter(files, pattern) for folder in folders for _, _, files in folder)


def provide(packages: list[str], purpose: str) -> None:
    """Install missing packages once; go on without them with one line on what is missing."""
    if not packages:
        return
    names = " ".join(packages)
    tried = VENV / f".tried-{packages[0]}"
    if not is_done(tried, names) and install(packages):
        return
    mark_done(tried, names)
    say(f"Missing for {purpose}: {names} (on Debian: apt-get install {names}). Going on without.")


def install(packages: Sequence[str]) -> bool:
    """Install Debian packages as root or with a sudo that asks nothing; whether that worked."""
    apt = apt_command()
    if apt is None:
        return False
    say(f"Installing {' '.join(packages)} ...")
    return run_quietly([*apt, "update"]) and run_quietly([*apt, "install", "-y", "--no-install-recommends", *packages])


def apt_command() -> list[str] | None:
    """How apt-get can be called without a question here, or None."""
    if not shutil.which("apt-get"):
        return None
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    if os.geteuid() == 0:
        return apt
    return ["sudo", "-n", *apt] if shutil.which("sudo") and run_quietly(["sudo", "-n", "true"]) else None


def run_quietly(command: Sequence[str]) -> bool:
    """Whether a command without input ended well; its output is dropped."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
