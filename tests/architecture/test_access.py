"""Access: every door has a mark of who may open it, and the list of them is public."""

from flask import Flask

from tests.architecture.source import ROOT

UNMARKED = {"static"}  # files of the program itself


def test_every_endpoint_says_who_may_open_it(application: Flask):
    views = application.view_functions.items()
    assert [name for name, view in views if name not in UNMARKED and not hasattr(view, "access")] == []


def test_the_list_of_access_is_the_one_the_program_prints(application: Flask):
    printed = application.test_cli_runner().invoke(args=["access"])
    assert printed.exit_code == 0, printed.output
    kept = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    assert kept == printed.output, "docs/access.md is out of date: flask --app wsgi access > docs/access.md"
