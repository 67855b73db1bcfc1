"""Pin every requirement with its hashes, for any platform and Python 3.11 on: `.venv/bin/python -m tools.lock`."""

import sys
from pathlib import Path

from tools.project import BIN, ROOT, SetUpError, call, fail, say

PINNING = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--quiet"]
WITH_EXTRAS = ["--no-strip-extras"]  # An older pip looks past a pin that lacks the extra another package asks for.
HEADING = ["--custom-compile-command", "make lock"]
FILES = ("requirements", "requirements-dev", "requirements-assets")


def main(arguments: list[str]) -> int:
    """Compile each requirements file; `--upgrade` among the arguments moves the pins to the newest versions."""
    try:
        for name in FILES:
            say(f"Pinning {name}.txt ...")
            source, target = f"{name}.in", f"{name}.txt"
            command: list[str | Path] = [
                BIN / "uv",
                "pip",
                "compile",
                *PINNING,
                *WITH_EXTRAS,
                *HEADING,
                *arguments,
                source,
                "-o",
                target,
            ]
            call(command, f"Could not pin {name}.txt.")
    except SetUpError as error:
        return fail(error)
    say(f"Pinned in {ROOT.name}. Look at the difference before committing it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
