"""The shell command that loads the demonstration, as `make run` calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.web.requests import House


def test_an_empty_database_is_loaded_once_and_then_left_alone(app: House) -> None:
    shell = app.test_cli_runner()
    first = shell.invoke(args=["load-demo", "--if-empty"])
    assert first.exit_code == 0
    assert [len(line.split("\t")) for line in first.output.splitlines()] == [3] * 5
    again = shell.invoke(args=["load-demo", "--if-empty"])
    assert (again.exit_code, again.output) == (0, "")
    refused = shell.invoke(args=["load-demo"])
    assert refused.exit_code == 1
    assert "empty database only" in refused.output
