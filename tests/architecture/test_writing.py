"""How the code is written: one commit, one clock, imports at the top, money without floats, no promises for later."""

import ast

from tests.architecture.source import Module, committed_files, matches_in, modules

CLOCK = "app/core/clock.py"
READS_THE_CLOCK = (
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "func.now",
    "func.current_timestamp",
    "func.current_date",
)
TYPED = {".py", ".html", ".css", ".js", ".toml", ".sh", ".in", ".md", ".txt"}


def test_the_application_commits_in_one_place():
    commits = [module.at(call) for module in modules("app") for call, name in module.calls() if is_commit(name)]
    assert [place.partition(":")[0] for place in commits] == ["app/core/transaction.py"]


def is_commit(name: str) -> bool:
    """Whether a call commits."""
    return name.endswith(".commit")


def test_only_the_clock_reads_the_time():
    readers = [
        module.at(call)
        for module in modules("app")
        if module.name != CLOCK
        for call, name in module.calls()
        if name.endswith(READS_THE_CLOCK)
    ]
    assert readers == []


def test_nothing_is_imported_inside_a_function_but_weasyprint_in_one_place():
    inside = [
        (module.name, module.at(node))
        for module in modules("app", "config.py", "wsgi.py", "tools")
        for function in module.functions
        for node in ast.walk(function.node)
        if isinstance(node, ast.Import | ast.ImportFrom) and not is_weasyprint(module, node)
    ]
    assert inside == []


def is_weasyprint(module: Module, node: ast.Import | ast.ImportFrom) -> bool:
    """Whether this is the import that loads system libraries, in the place that may do so."""
    wanted = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
    place = module.name in {"app/web/pdf.py", "app/web/documents.py"} or module.name.startswith("app/web/pdf/")
    return place and all(name.partition(".")[0] == "weasyprint" for name in wanted)


def test_weasyprint_is_never_imported_at_the_top():
    early = [
        module.at(node)
        for module in modules("app")
        for node in module.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and "weasyprint" in ast.unparse(node)
    ]
    assert early == []


def test_money_is_never_a_float():
    floats = [
        module.at(node)
        for module in modules("app/core/money.py", "app/billing", "app/reports")
        if module.path.is_file()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert floats == []


def test_nothing_is_put_off_with_a_note():
    later = r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b"
    files = [path for path in committed_files() if path.suffix in TYPED and path.name != "package-lock.json"]
    assert matches_in(files, later) == []


def test_routes_have_no_try_and_at_most_twenty_lines():
    routes = [module for module in modules("app") if module.is_role("routes")]
    tries = [module.at(node) for module in routes for node in ast.walk(module.tree) if isinstance(node, ast.Try)]
    long = [each.place for module in routes for each in module.functions if each.lines > 20]
    assert tries + long == []


def test_commands_take_no_boolean():
    boolean = [
        f"{each.place} {parameter.arg}"
        for module in modules("app")
        if module.is_role("commands")
        for each in module.functions
        for parameter in each.parameters
        if each.is_public and parameter.annotation and "bool" in ast.unparse(parameter.annotation)
    ]
    assert boolean == []


def test_the_actor_of_a_command_comes_last():
    early = [
        each.place
        for module in modules("app")
        if module.is_role("commands")
        for each in module.functions
        if "actor" in [parameter.arg for parameter in each.parameters] and each.parameters[-1].arg != "actor"
    ]
    assert early == []


def test_tests_mock_nothing():
    mocks = [
        module.at(node)
        for module in modules("tests")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node).replace("moto", "")
    ]
    assert mocks == []
