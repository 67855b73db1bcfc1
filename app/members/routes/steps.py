"""The steps of a case as lines: what each did and who did it, or whose it is, for how long, and the way to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.core.clock import local, today
from app.core.periods import how_long
from app.members.commands import CaseStep, Hindrance
from app.members.models import CaseTask
from app.web.wording import day


@dataclass(frozen=True)
class StepLine:
    """A step as the list of work draws it; `after` says what comes first, where it cannot be taken yet."""

    title: str
    text: str
    who: str
    age: str
    action: tuple[str, str] | None
    tone: str = ""
    after: str = ""
    is_main: bool = False
    is_done: bool = False


Hinders = Callable[[str], Hindrance | None]


def step_lines(
    tasks: Sequence[CaseTask], steps: Sequence[CaseStep], hinders: Hinders, way_to: Callable[[CaseStep], str] | None
) -> list[StepLine]:
    """The steps of a case in their order, the next one that can be taken as the main one.

    Without a way to them for who may not take them; `hinders` says what stands in the way of a kind of step.
    """
    by_kind = {task.kind: task for task in tasks}
    lines = [_line(by_kind[step.kind], step, hinders(step.kind), way_to) for step in steps if step.kind in by_kind]
    following = next((line for line in lines if line.action), None)
    return [replace(line, is_main=True) if line is following else line for line in lines]


def undone_steps(tasks: Sequence[CaseTask], steps: Sequence[CaseStep]) -> list[tuple[int, str]]:
    """The steps of a case that can be given to somebody: their ids and titles."""
    titles = {step.kind: step.title for step in steps}
    return [(task.id, titles[task.kind]) for task in tasks if task.done_at is None and task.kind in titles]


def _line(
    task: CaseTask, step: CaseStep, hindrance: Hindrance | None, way_to: Callable[[CaseStep], str] | None
) -> StepLine:
    if task.done_at is not None:
        done = task.outcome or "", str(task.done_by), day(local(task.done_at).date())
        return StepLine(step.title, *done, action=None, is_done=True)
    owner = task.owner.name if task.owner else "nobody"
    action = (step.verb, way_to(step)) if way_to and hindrance is None else None
    after = hindrance.after if hindrance else ""
    return StepLine(step.title, step.about, owner, how_long(task.opened_on, today()), action, after=after)
