"""Shell commands: make someone who can administer the site, and print who may open what."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import with_appcontext
from werkzeug.routing import Rule

from app.accounts.commands import UserValues, open_administrator
from app.core.actor import program
from app.core.permissions import ALLOWED, Permission
from app.core.transaction import transaction
from app.web.access import access_of
from app.web.shell import shell_command

SILENT_METHODS = {"HEAD", "OPTIONS"}
DEVELOPMENT = "components."
HEAD = """\
# Who may open what

Printed by `flask access`. A path that is not listed does not exist; a record outside the scope is not found.

| Path | Method | Permission | Scope |
| --- | --- | --- | --- |"""


@shell_command("create-admin")
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", required=True, help="The name of the person.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
def create_admin(email: str, name: str, password_stdin: bool) -> None:  # noqa: FBT001 - click gives the flag so
    """Make a user who can sign in at once and administer the site from today on."""
    if not password_stdin:
        raise click.UsageError("Give the password on standard input, with --password-stdin.")
    password = sys.stdin.readline().rstrip("\r\n")
    with transaction():
        made = open_administrator(UserValues(name, email), password=password, actor=program("create-admin"))
    click.echo(f"{made.email} can sign in and administer the site.")


@click.command("access")
@with_appcontext
def access() -> None:
    """Print every path with its method, the permission it needs, and which records that reaches for each role."""
    click.echo(HEAD)
    for path, method, words, scope in sorted({row for rule in current_app.url_map.iter_rules() for row in _rows(rule)}):
        click.echo(f"| `{path}` | {method} | {words} | {scope} |")


def _rows(rule: Rule) -> Iterator[tuple[str, str, str, str]]:
    if rule.endpoint.startswith(DEVELOPMENT):
        return
    found = access_of(rule.endpoint)
    words = found.rule if found else "refused"
    scope = _scope(found.permission) if found and found.permission else ""
    for method in sorted((rule.methods or set()) - SILENT_METHODS):
        yield rule.rule, method, words, scope


def _scope(permission: Permission) -> str:
    reaches = ALLOWED[permission].items()
    return ", ".join(f"{role.value.replace('_', ' ')}: {reach.value}" for role, reach in reaches)


COMMANDS = (create_admin, access)
