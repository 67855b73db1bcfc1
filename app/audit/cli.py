"""Shell commands of the trail: its head, and the proof that everything holds."""

from __future__ import annotations

from collections.abc import Iterable

import click

from app.audit.checks import check_head
from app.audit.queries import get_head
from app.audit.rules import Head, parse_head
from app.core.schema import wanted_revision
from app.core.transaction import snapshot
from app.core.verification import Finding, run_checks
from app.web.shell import shell_command

MOST_LINES = 50


class HeadType(click.ParamType[Head]):
    """A head of the trail as `flask audit-head` prints it."""

    name = "SEQUENCE:HASH"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        """Read it, or say what it should look like."""
        head = parse_head(value)
        if head is None:
            self.fail("it must be SEQUENCE:HASH as `flask audit-head` printed it.", param, ctx)
        return head


@shell_command("audit-head")
def audit_head() -> None:
    """Print the head of the audit trail, to be kept where nobody who may change the database can change it."""
    with snapshot():
        click.echo(str(get_head()))


@shell_command("verify")
@click.option("--head", type=HeadType(), help="A head kept elsewhere: the trail must still go through it.")
def verify(head: Head | None) -> None:
    """Prove from the raw rows that everything holds; exit 1 and say what does not."""
    click.echo(f"The database is at revision {wanted_revision()}, as this program needs: ok")
    with snapshot():
        findings = list(_findings(head))
    broken = sum(1 for finding in findings if finding.problems)
    if broken:
        message = f"{broken} of {len(findings)} checks found something wrong."
        raise click.ClickException(message)
    click.echo(f"All {len(findings)} checks hold.")


def _findings(head: Head | None) -> Iterable[Finding]:
    for finding in run_checks():
        yield _shown(finding)
    if head is not None:
        name = f"The audit trail still goes through entry {head.sequence} with the hash given"
        yield _shown(Finding(name, tuple(check_head(head))))


def _shown(finding: Finding) -> Finding:
    """Print one line for the check, its problems on stderr."""
    count = len(finding.problems)
    click.echo(f"{finding.check}: {f'{count} wrong' if count else 'ok'}")
    for line in finding.problems[:MOST_LINES]:
        click.echo(f"  {line}", err=True)
    if count > MOST_LINES:
        click.echo(f"  and {count - MOST_LINES} more", err=True)
    return finding


COMMANDS = (audit_head, verify)
