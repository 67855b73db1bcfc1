"""The steps of a case as lines: what each did and who did it, or whose it is, for how long, and the way to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.clock import local, today
from app.core.periods import how_long
from app.members.commands import CaseStep
from app.members.models import CaseTask
from app.web.wording import day


@dataclass(frozen=True)
class StepLine:
    """A step as the list of work draws it."""

    title: str
    text: str
    who: str
    age: str
    action: tuple[str, str] | None
    tone: str = ""


def step_lines(
    tasks: Sequence[CaseTask],
    steps: Sequence[CaseStep],
    way_to: Callable[[CaseStep], str] | None,
    ended_from: date | None = None,
) -> list[StepLine]:
    """The steps of a case in their order; without a way to them for who may not take them, or cannot yet.

    `ended_from` is the first day on which steps that wait for the end of a membership can be taken.
    """
    by_kind = {task.kind: task for task in tasks}
    early = ended_from if ended_from and today() < ended_from else None
    return [
        _line(by_kind[step.kind], step, way_to, early if step.waits_for_end else None)
        for step in steps
        if step.kind in by_kind
    ]


def undone_steps(tasks: Sequence[CaseTask], steps: Sequence[CaseStep]) -> list[tuple[int, str]]:
    """The steps of a case that can be given to somebody: their ids and titles."""
    titles = {step.kind: step.title for step in steps}
    return [(task.id, titles[task.kind]) for task in tasks if task.done_at is None and task.kind in titles]


def _line(
    task: CaseTask, step: CaseStep, way_to: Callable[[CaseStep], str] | None, not_before: date | None
) -> StepLine:
    if task.done_at is not None:
        return StepLine(step.title, task.outcome or "", str(task.done_by), day(local(task.done_at).date()), None)
    owner = task.owner.name if task.owner else "nobody"
    if way_to is not None and not_before is not None:
        return StepLine(step.title, step.about, owner, f"from {day(not_before)}", None)
    action = (step.verb, way_to(step)) if way_to else None
    return StepLine(step.title, step.about, owner, how_long(task.opened_on, today()), action)
