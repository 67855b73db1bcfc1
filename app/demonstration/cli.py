"""The shell command that loads the demonstration."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.core.actor import program
from app.core.errors import DomainError
from app.core.transaction import transaction
from app.demonstration.commands import is_empty, load_demonstration


@click.command("load-demo")
@click.option("--if-empty", is_flag=True, help="Say nothing and do nothing when the database holds records.")
@with_appcontext
def load_demo(*, if_empty: bool) -> None:
    """Load the demonstration consortium and print its sign-ins: role, e-mail, password, separated by tabs."""
    try:
        with transaction():
            if if_empty and not is_empty():
                return
            sign_ins = load_demonstration(actor=program("Demonstration"))
    except DomainError as error:
        raise click.ClickException(error.message) from None
    for sign_in in sign_ins:
        click.echo(f"{sign_in.role}\t{sign_in.email}\t{sign_in.password}")


COMMANDS = (load_demo,)
