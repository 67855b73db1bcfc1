"""The project's own source as the architecture tests read it: files, functions, calls and templates."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
FEATURES = (
    "accounts",
    "members",
    "billing",
    "committees",
    "meetings",
    "agreements",
    "exchange",
    "reports",
    "home",
)
NOT_PAGES = ("layouts", "components", "documents", "mails", "errors")
BRANCHES = (
    ast.If,
    ast.For,
    ast.While,
    ast.ExceptHandler,
    ast.BoolOp,
    ast.IfExp,
    ast.comprehension,
    ast.match_case,
)


@dataclass(frozen=True)
class Function:
    """One function or method, and where it is."""

    place: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def is_public(self) -> bool:
        return not self.name.startswith("_")

    @property
    def lines(self) -> int:
        return (self.node.end_lineno or self.node.lineno) - self.node.lineno + 1

    @property
    def branches(self) -> int:
        return sum(isinstance(node, BRANCHES) for node in ast.walk(self.node))

    @property
    def parameters(self) -> list[ast.arg]:
        given = self.node.args
        every = given.posonlyargs + given.args + given.kwonlyargs
        return [parameter for parameter in every if parameter.arg not in {"self", "cls"}]


@dataclass(frozen=True)
class Module:
    """One Python file of the project."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.name)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @cached_property
    def functions(self) -> list[Function]:
        kinds = ast.FunctionDef | ast.AsyncFunctionDef
        return [Function(self.at(node), node) for node in ast.walk(self.tree) if isinstance(node, kinds)]

    def at(self, node: ast.AST) -> str:
        """Where a node is, as `file:line name`."""
        return f"{self.name}:{getattr(node, 'lineno', 0)} {getattr(node, 'name', '')}".rstrip()

    def is_role(self, *roles: str) -> bool:
        """Whether this is a feature's file of one of these roles, or lies in a package of that name."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return len(parts) > 2 and parts[0] == "app" and parts[2] in roles

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with what is called, dotted as far as it is made of names."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, dotted(node.func)


def dotted(node: ast.expr) -> str:
    """A chain of names such as `datetime.now`; what is no name shows as a question mark."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The Python files below these folders, or these files themselves."""
    found: list[Path] = []
    for folder in folders:
        path = ROOT / folder
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return tuple(map(module, found))


@cache
def module(path: Path) -> Module:
    """One file, read and parsed once however many tests look at it."""
    return Module(path)


def functions(*folders: str) -> list[Function]:
    """Every function below these folders."""
    return [function for module in modules(*folders) for function in module.functions]


def templates() -> list[Path]:
    """Every template of the project."""
    return sorted(path for path in TEMPLATES.rglob("*") if path.is_file())


def page_templates() -> list[Path]:
    """The templates of pages: those that belong to a feature's endpoint."""
    return [path for path in templates() if path.relative_to(TEMPLATES).parts[0] not in NOT_PAGES]


def matches_in(paths: list[Path], pattern: str) -> list[str]:
    """The lines of these files that the pattern is found in, as `file:line text`."""
    expression = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number} {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if expression.search(line)
    ]


def committed_files() -> list[Path]:
    """What git keeps; the test is skipped where the project is no git repository."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git repository")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def percentile(values: list[int], share: int) -> int:
    """The value that `share` per cent of the values do not exceed; 0 of nothing."""
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1) / 100)] if ordered else 0
