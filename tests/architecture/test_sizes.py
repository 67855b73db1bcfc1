"""The table of sizes: how long, how branched and how wide things may be, for the most and at the worst."""

from statistics import median

from tests.architecture.source import functions, modules, percentile, templates

CODE = ("app", "config.py", "wsgi.py", "tools", "benchmarks")


def test_no_function_is_longer_than_sixty_lines():
    assert [f"{each.place}: {each.lines}" for each in functions(*CODE, "tests") if each.lines > 60] == []


def test_half_of_the_functions_have_at_most_ten_lines_and_nearly_all_at_most_thirty_five():
    lines = [each.lines for each in functions("app")]
    assert percentile(lines, 50) <= 10
    assert percentile(lines, 95) <= 35


def test_no_function_has_more_than_eight_branches():
    assert [f"{each.place}: {each.branches}" for each in functions(*CODE, "tests") if each.branches > 8] == []


def test_nearly_all_functions_have_at_most_five_branches():
    assert percentile([each.branches for each in functions("app")], 95) <= 5


def test_no_function_takes_more_than_six_parameters():
    assert [each.place for each in functions(*CODE) if len(each.parameters) > 6] == []


def test_nearly_all_functions_take_at_most_four_parameters():
    assert percentile([len(each.parameters) for each in functions("app")], 95) <= 4


def test_no_file_of_the_application_is_longer_than_four_hundred_lines():
    assert [f"{each.name}: {each.lines}" for each in modules(*CODE) if each.lines > 400] == []


def test_nearly_all_files_of_the_application_have_at_most_three_hundred_lines():
    assert percentile([each.lines for each in modules("app")], 95) <= 300


def test_no_test_file_is_longer_than_five_hundred_lines():
    assert [f"{each.name}: {each.lines}" for each in modules("tests") if each.lines > 500] == []


def test_nearly_all_test_files_have_at_most_four_hundred_lines():
    assert percentile([each.lines for each in modules("tests")], 95) <= 400


def test_no_template_is_longer_than_a_hundred_and_fifty_lines():
    long = [(str(path), len(path.read_text(encoding="utf-8").splitlines())) for path in templates()]
    assert [each for each in long if each[1] > 150] == []


def test_half_of_the_templates_have_at_most_forty_lines():
    lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in templates()]
    assert median(lines or [0]) <= 40
