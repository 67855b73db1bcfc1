"""Puts the features on the house: their pages, their shell commands, and who finds the signed-in actor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import app.accounts.commands.erasing
import app.accounts.models
import app.agreements.commands
import app.agreements.models
import app.agreements.queries
import app.agreements.routes
import app.audit.holdings
import app.audit.models
import app.audit.routes
import app.billing.models
import app.billing.routes
import app.committees.models
import app.committees.routes
import app.exchange.models
import app.exchange.queries
import app.exchange.routes
import app.files.models
import app.home.models
import app.home.routes
import app.lines.models
import app.lines.routes
import app.members.models
import app.members.routes
import app.outbox.holdings
import app.outbox.models
import app.outbox.routes
import app.reports.routes
from app.accounts.cli import COMMANDS as ACCOUNT_COMMANDS
from app.accounts.routes import load_actor, sign_in_again
from app.accounts.routes import pages as account_pages
from app.audit.cli import COMMANDS as AUDIT_COMMANDS
from app.demonstration.cli import COMMANDS as DEMONSTRATION_COMMANDS
from app.files.cli import COMMANDS as FILE_COMMANDS
from app.outbox.cli import COMMANDS as OUTBOX_COMMANDS

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["load_actor", "register_features", "sign_in_again"]

PAGES = (
    app.home.routes.pages,
    app.members.routes.pages,
    app.billing.routes.pages,
    app.committees.routes.pages,
    app.exchange.routes.pages,
    app.agreements.routes.pages,
    app.lines.routes.pages,
    app.reports.routes.pages,
    app.audit.routes.pages,
    app.outbox.routes.pages,
    account_pages,
)
COMMANDS: tuple[object, ...] = (
    *ACCOUNT_COMMANDS,
    *AUDIT_COMMANDS,
    *DEMONSTRATION_COMMANDS,
    *FILE_COMMANDS,
    *OUTBOX_COMMANDS,
)


def register_features(app: Flask) -> None:
    """Register every feature's pages and shell commands."""
    for pages in PAGES:
        app.register_blueprint(pages)
    for command in COMMANDS:
        app.cli.add_command(command)  # type: ignore[arg-type]
