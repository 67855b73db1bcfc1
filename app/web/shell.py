"""Shell commands: each begins with a database that fits, and says what went wrong in one line on stderr."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from app.core.errors import DomainError, UnavailableError
from app.core.schema import SchemaError, check_schema

Command = Callable[..., Any]


def shell_command(name: str) -> Callable[[Command], click.Command]:
    """Make a function a command of `flask`: it runs on a database at the newest revision and fails with one line."""

    def make(function: Command) -> click.Command:
        @functools.wraps(function)
        def run(*arguments: Any, **options: Any) -> Any:
            with_one_line(check_schema)
            return with_one_line(functools.partial(function, *arguments, **options))

        return click.command(name)(with_appcontext(run))

    return make


def with_one_line(work: Callable[[], Any]) -> Any:
    """What the work returns; what it refuses ends the command with one line on stderr."""
    try:
        return work()
    except (DomainError, UnavailableError, SchemaError) as error:
        raise click.ClickException(_line(error)) from error
    except DBAPIError as error:
        raise click.ClickException(f"The database refused: {_line(error.orig or error)}") from error
    except OSError as error:
        raise click.ClickException(_line(error)) from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
