"""Tasks about joining and leaving: applications and departures that wait for the actor, or for an owner."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.actor import Actor
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone
from app.members.queries import count_due_departures, count_waiting
from app.web import wording


def waiting_applications(actor: Actor) -> Iterator[Task]:
    """Applications that wait for the actor, and those that nobody has taken: a line each."""
    if not actor.has_any(Permission.APPLICATION_EDIT):
        return
    mine, unowned = count_waiting(actor.user_id)
    if mine:
        yield Task(
            Group.SOON,
            f"{wording.plural(mine, 'application waits', 'applications wait')} for you",
            "Review it, decide it, or take the next step of joining",
            "you",
            "",
            Tone.WARN,
            "Look at them",
            "members.applications",
            {"owner": actor.user_id or 0},
        )
    if unowned:
        yield Task(
            Group.SOON,
            f"{wording.plural(unowned, 'application has', 'applications have')} no owner",
            "Whoever takes it begins the review",
            "nobody",
            "",
            Tone.WARN,
            "Look at them",
            "members.applications",
        )


def departures_to_carry_on(actor: Actor) -> Iterator[Task]:
    """Departures of the actor, or of nobody, with a step that can be taken: one line for all."""
    if not actor.has_any(Permission.MEMBERSHIP_EDIT):
        return
    number = count_due_departures(actor.user_id)
    if number:
        yield Task(
            Group.SOON,
            f"{wording.plural(number, 'departure waits', 'departures wait')} for a step",
            "Membership, access, seats, statement or letter",
            "you",
            "",
            Tone.WARN,
            "Look at them",
            "members.departures",
        )
