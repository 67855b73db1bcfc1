"""Shell commands of the store: a backup of everything, and bringing one back."""

from __future__ import annotations

from pathlib import Path

import click

from app.core.actor import program
from app.files.backup import make_backup
from app.files.restore import restore_backup
from app.web.shell import shell_command

MOST_NAMED = 5


@shell_command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write everything, rows and documents, into FILE, which must not exist yet; others may go on working."""
    manifest = make_backup(file)
    click.echo(f"{manifest.rows} rows and {len(manifest.documents)} documents in {file}")
    _complain("The backup was made, but these documents are missing or changed", manifest.missing)


@shell_command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Bring the backup in FILE back into an empty database; everything or nothing."""
    restored = restore_backup(file, actor=program("restore"))
    click.echo(f"{restored.rows} rows and {restored.documents} documents restored")
    _complain("The backup was restored, but it lacks these documents", restored.missing)


def _complain(sentence: str, missing: tuple[str, ...]) -> None:
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        message = f"{sentence}: {', '.join(missing[:MOST_NAMED])}{more}."
        raise click.ClickException(message)


COMMANDS = (backup, restore)
