"""Dependencies: pinned with hashes, explained one by one, and none used that is not named."""

import ast
import json
import re
import sys
from importlib.metadata import packages_distributions

from tests.architecture.source import ROOT, modules

LISTS = ("requirements", "requirements-dev", "requirements-assets")
OURS = {"app", "config", "wsgi", "tools", "tests", "benchmarks"}


def direct(name: str) -> list[str]:
    """The packages that a requirements file asks for by name."""
    lines = (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return [found[0].lower() for line in lines if (found := re.match(r"[A-Za-z0-9][\w.-]*", line))]


def test_each_direct_dependency_has_its_line_in_the_documentation():
    front_end = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    named = [*front_end["dependencies"], *front_end["devDependencies"]]
    for name in LISTS:
        named += direct(name)
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    assert [name for name in named if f"| {name} |" not in explained] == []


def test_each_requirement_is_pinned_with_hashes():
    for name in LISTS:
        text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
        entries = re.findall(r"^[a-z0-9][^\n]*(?:\n    [^\n]+)*", text, flags=re.MULTILINE)
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
        assert {entry.partition("==")[0].partition("[")[0] for entry in entries} >= set(direct(name))


def test_front_end_packages_are_pinned_exactly():
    front_end = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    wanted = {**front_end["dependencies"], **front_end["devDependencies"]}
    assert {name: version for name, version in wanted.items() if not version[0].isdigit()} == {}


def test_the_application_imports_only_what_it_asks_for():
    owners = packages_distributions()
    asked = {name.replace("_", "-") for name in direct("requirements")}
    undeclared = {
        name
        for module in modules("app", "config.py", "wsgi.py")
        for node in ast.walk(module.tree)
        for name in imported(node)
        if not asked & {owner.lower().replace("_", "-") for owner in owners.get(name, [])}
    }
    assert undeclared - OURS - sys.stdlib_module_names == set()


def imported(node: ast.AST) -> list[str]:
    """The top packages that a statement imports."""
    if isinstance(node, ast.Import):
        return [each.name.partition(".")[0] for each in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.partition(".")[0]]
    return []
