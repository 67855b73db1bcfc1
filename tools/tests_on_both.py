"""Run every test on SQLite and again on PostgreSQL, and give one answer: `.venv/bin/python -m tools.test`."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tools.project import PYTHON, ROOT, say

# What brings a site of its own need not run twice; nor what asks for no database (tests/conftest.py).
LEFT_OUT = (
    "architecture/*",
    "benchmarks/*",
    "journeys/*",
    "tools/*",
    "web/*",
)
ONCE = [*(f"--ignore-glob=tests/{name}" for name in LEFT_OUT), "-m", "not browser"]
RUNS = {
    "sqlite": [],
    "postgresql": ["-p", "no:cacheprovider", *ONCE],
}


@dataclass(frozen=True)
class Outcome:
    """What one pytest run, or all of them together, came to."""

    passed: int
    failed: int
    skipped: int

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def main(arguments: list[str]) -> int:
    """Run pytest once for each database with the same further arguments; 1 when any run failed."""
    outcomes = {database: run(database, arguments) for database in RUNS}
    for database, outcome in outcomes.items():
        say(f"{database}: {outcome}")
    total = sum(outcomes.values(), Outcome(0, 0, 0))
    say(str(total))
    return 1 if total.failed else 0


def run(database: str, arguments: list[str]) -> Outcome:
    """One pytest run; a run that broke off, or ran no test, counts as a failure whatever it reported."""
    say(f"--- Tests on {database}")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        pytest = [str(PYTHON), "-m", "pytest", "-n", "2", f"--junitxml={report}"]
        settings = {**os.environ, "TEST_DATABASE": database}
        command = [*pytest, *RUNS[database], *arguments]
        status = subprocess.run(command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, check=False).returncode
        outcome = read_report(report)
    return outcome + Outcome(0, 1, 0) if status and not outcome.failed else outcome


def read_report(report: Path) -> Outcome:
    """Count the results in pytest's JUnit report; nothing when pytest did not get that far."""
    if not report.is_file():
        return Outcome(0, 0, 0)
    suites = ET.parse(report).getroot().findall("testsuite")
    tests, failed, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites for name in names)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    return Outcome(max(0, tests - failed - skipped), failed, skipped)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
