"""The repository: our own files only, and nothing that holds on one machine alone."""

import re

from tests.architecture.source import ROOT, committed_files, matches_in

THIRD_PARTY = re.compile(
    r"(^|/)(vendor|node_modules|\.venv|var)/|\.min\.(js|css)$|\.(woff2?|ttf|otf|eot|whl|jar|map)$|(^|/)uv\.lock$"
)
OTHER_PLACES = "|".join(
    (
        "pypi" + r"\.org",
        "python" + r"hosted\.org",
        "npm" + r"js\.(org|com)/",
        "deb" + r"ian\.org",
        "cdn" + r"\.jsdelivr",
        "un" + r"pkg\.com",
        r"(?<![\w.])/" + r"root/",
        r"(?<![\w.])/" + r"work/",
        r"(?<![\w.])/" + r"home/\w",
        r"(?<![\w.])/" + r"Users/\w",
        r"\.\./" + "shared",
    )
)
BINARY = {".png", ".jpg", ".ico", ".pdf", ".icc", ".xlsx", ".zip", ".gz"}


def test_no_file_of_others_is_committed():
    names = [path.relative_to(ROOT).as_posix() for path in committed_files()]
    assert [name for name in names if THIRD_PARTY.search(name)] == []


def test_no_file_names_a_package_host_or_a_path_of_one_machine():
    files = [path for path in committed_files() if path.suffix not in BINARY]
    assert matches_in(files, OTHER_PLACES) == []


def test_the_lock_of_the_front_end_names_no_host():
    assert matches_in([ROOT / "package-lock.json"], '"resolved"') == []


def test_no_text_holds_the_marks_of_a_merge():
    files = [path for path in committed_files() if path.suffix not in BINARY]
    assert matches_in(files, r"^(<{7}|={7}|>{7})( |$)") == []
