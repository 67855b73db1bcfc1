"""Names: the path tells what is in a file, and the words are the domain's."""

import ast
import re
from pathlib import Path
from typing import TypeGuard

from tests.architecture.source import FEATURES, ROOT, Function, modules

ROLES = {
    "__init__",
    "rules",
    "models",
    "queries",
    "commands",
    "forms",
    "documents",
    "routes",
    "api",
    "cli",
}
DRAWERS = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc", "managers"}
EMPTY_WORDS = {"data", "info", "obj", "manager"}
TEST_OF_A_ROLE = re.compile(r"test_(rules|models|commands|queries|forms|pages|api|documents|cli)(_\w+)?\.py")


def test_every_file_of_a_feature_has_the_name_of_its_role():
    strange = [
        path.relative_to(ROOT).as_posix()
        for feature in FEATURES
        for path in (ROOT / "app" / feature).glob("*")
        if path.stem not in ROLES and path.name != "__pycache__"
    ]
    assert strange == []


def test_a_role_is_a_file_or_a_package_never_both():
    folders = [path for feature in FEATURES for path in (ROOT / "app" / feature).glob("*/__init__.py")]
    assert [str(path.parent) for path in folders if path.parent.with_suffix(".py").exists()] == []


def test_there_is_no_drawer_for_what_has_no_place():
    places = [*modules("app", "tests", "tools", "benchmarks"), *modules("config.py", "wsgi.py")]
    assert [each.name for each in places if DRAWERS & set(Path(each.name).with_suffix("").parts)] == []


def test_every_feature_says_in_three_to_ten_lines_what_it_owns():
    lines = {
        module.name: len((ast.get_docstring(module.tree) or "").splitlines())
        for module in modules(*(f"app/{feature}/__init__.py" for feature in FEATURES))
        if module.path.is_file()
    }
    assert {name: count for name, count in lines.items() if not 3 <= count <= 10} == {}


def test_nothing_is_called_by_a_word_that_says_nothing():
    empty = [
        f"{module.at(node)} {name}"
        for module in modules("app", "config.py", "wsgi.py", "tools")
        for node in ast.walk(module.tree)
        for name in names_given_by(node)
        if name.lower() in EMPTY_WORDS or name.endswith("Manager")
    ]
    assert empty == []


def names_given_by(node: ast.AST) -> list[str]:
    """The names that a statement gives to something; not those that it uses, or declares as a library's own."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    given = [*getattr(node, "targets", []), getattr(node, "target", None), getattr(node, "optional_vars", None)]
    is_declaration = isinstance(node, ast.AnnAssign) and node.value is None
    return [] if is_declaration else [name.id for part in given if part for name in ast.walk(part) if is_new(name)]


def is_new(node: ast.AST) -> TypeGuard[ast.Name]:
    """Whether a name stands where something is given to it."""
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def test_no_function_handles_or_processes():
    vague = re.compile(r"_?(handle|process)_(?!bind_param|result_value|formdata|data$)")  # SQLAlchemy and WTForms
    functions = [each for module in modules("app", "tools") for each in module.functions]
    assert [each.place for each in functions if vague.match(each.name)] == []


def test_find_may_return_nothing_and_get_never_does():
    queries = [module for module in modules("app") if module.is_role("queries")]
    reads = [each for module in queries for each in module.functions]
    strict_finds = [each.place for each in reads if each.name.startswith("find_") and not may_be_none(each)]
    loose_gets = [each.place for each in reads if each.name.startswith("get_") and may_be_none(each)]
    assert strict_finds + loose_gets == []


def may_be_none(function: Function) -> bool:
    """Whether a function says that it may return None."""
    return function.node.returns is not None and "None" in ast.unparse(function.node.returns)


def test_tests_of_a_feature_are_named_after_its_roles():
    files = [path for feature in FEATURES for path in (ROOT / "tests" / feature).rglob("test_*.py")]
    assert [path.relative_to(ROOT).as_posix() for path in files if not TEST_OF_A_ROLE.fullmatch(path.name)] == []


def test_test_names_are_sentences():
    names = [each for module in modules("tests") for each in module.functions if each.name.startswith("test_")]
    assert [each.place for each in names if each.name.count("_") < 3] == []
