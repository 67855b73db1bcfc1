"""The text of the digest: what needs somebody, under the headings of their first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.home.rules import Group, Task, counted_sentence


@dataclass(frozen=True)
class DigestMessage:
    """Subject and plain text of a digest."""

    subject: str
    body: str


def digest_message(
    name: str, consortium: str, site: str, groups: Sequence[tuple[Group, Sequence[Task]]], often: str
) -> DigestMessage:
    """One mail with everything that needs somebody now."""
    total = sum(len(tasks) for _, tasks in groups)
    parts = [f"{group}\n\n" + "\n".join(_line(task) for task in tasks) for group, tasks in groups]
    body = (
        f"Dear {name},\n\nthis needs you at {consortium}: {counted_sentence(groups)}.\n\n"
        + "\n\n".join(parts)
        + f"\n\nEach has its button on your first page:\n\n{site}\n\n"
        f"You get this mail {often}, when there is something. You can choose that on the page of your account.\n"
    )
    subject = f"{total} {'thing needs' if total == 1 else 'things need'} you at {consortium}"
    return DigestMessage(subject, body.replace("\u00a0", " "))


def _line(task: Task) -> str:
    age = f" ({task.age})" if task.age else ""
    return f"- {task.title}{age}: {task.text}" if task.text else f"- {task.title}{age}"
