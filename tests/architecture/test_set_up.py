"""The set-up: what runs before anything is installed needs nothing installed."""

import ast
import sys

from tests.architecture.source import ROOT, modules


def test_tools_use_the_standard_library_alone():
    foreign = {
        name.partition(".")[0]
        for module in modules("tools")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert foreign - {"tools"} - sys.stdlib_module_names == set()


def test_continuous_integration_runs_the_commands_that_everyone_runs():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make lint", "make test"]
