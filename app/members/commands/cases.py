"""The steps by which an institution joins or leaves: which there are, whose each is, and that none is done twice.

Features above members add steps of their own: they register what is to be done, and where their page for
it is; their command begins with `begin_joining_step` and ends with `finish_joining_step` in one transaction. What
refuses a step there is what its page says before anything is sent: `hindrance_to_joining`, `hindrance_to_leaving`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import lock
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.members.commands.applications import locked_case, move_case
from app.members.models import Application, CaseTask, Departure
from app.members.queries.owners import may_own_cases
from app.members.rules import AFTER_DECISION, CaseState, LeavingState, check_leaving_step, day_words
from app.web.wording import day


@dataclass(frozen=True)
class CaseStep:
    """A step of joining or leaving: what it is called and does, its place among others, and where it is done.

    `endpoint` is the page where it is done and takes the id of the case; `needs` are steps that come before; before
    one that `comes_last` all others do. One that `waits_for_end` is taken once the last day of membership has passed,
    for until then the notice can be called off.
    """

    kind: str
    title: str
    about: str
    position: int
    verb: str
    endpoint: str
    needs: tuple[str, ...] = ()
    waits_for_end: bool = False
    comes_last: bool = False


@dataclass(frozen=True)
class Hindrance:
    """Why a step cannot be taken now: what stands in the way, and more about it; in a few words: after what."""

    lead: str
    text: str = ""
    after: str = ""

    def refusal(self) -> DomainError:
        """The same in one sentence, for whoever tries."""
        return DomainError(f"{self.lead} {self.text}".strip())


@dataclass(frozen=True)
class Done:
    """What a step did, in a sentence; the paper it made, and what calling it off needs, where there is any."""

    outcome: str
    file_id: int | None = None
    kept: dict[str, Any] | None = None


_joining: dict[str, CaseStep] = {}
_leaving: dict[str, CaseStep] = {}


def register_joining_step(step: CaseStep) -> CaseStep:
    """Let a feature add a step of joining."""
    _joining[step.kind] = step
    return step


def register_leaving_step(step: CaseStep) -> CaseStep:
    """Let a feature add a step of leaving."""
    _leaving[step.kind] = step
    return step


def joining_steps() -> list[CaseStep]:
    """The steps of joining in their order."""
    return sorted(_joining.values(), key=_place)


def leaving_steps() -> list[CaseStep]:
    """The steps of leaving in their order."""
    return sorted(_leaving.values(), key=_place)


def open_joining(application: Application) -> None:
    """Write down the steps by which an admitted applicant joins, each with the owner of the case."""
    _open(joining_steps(), owner_id=application.owner_id, application_id=application.id)


def open_leaving(departure: Departure) -> None:
    """Write down the steps by which an institution leaves, each with the owner of the case."""
    _open(leaving_steps(), owner_id=departure.owner_id, departure_id=departure.id)


def begin_joining_step(application_id: int, kind: str, *, actor: Actor) -> tuple[Application, CaseTask]:
    """The locked case and its step, refused where it is done already or another one comes first."""
    application = locked_case(application_id, actor)
    tasks = _tasks(CaseTask.application_id == application_id)
    hindrance = hindrance_to_joining(application, tasks, kind)
    if hindrance is not None:
        raise hindrance.refusal()
    return application, _task(tasks, kind)


def begin_leaving_step(departure_id: int, kind: str, *, actor: Actor) -> tuple[Departure, CaseTask]:
    """The locked departure and its step, refused where it is done already, or another one or the end comes first."""
    departure = locked_departure(departure_id, actor)
    tasks = _tasks(CaseTask.departure_id == departure_id)
    hindrance = hindrance_to_leaving(departure, tasks, kind)
    if hindrance is not None:
        raise hindrance.refusal()
    return departure, _task(tasks, kind)


def hindrance_to_joining(application: Application, tasks: Sequence[CaseTask], kind: str) -> Hindrance | None:
    """Why a step of joining cannot be taken today; None where it can."""
    if not tasks:
        return Hindrance("The steps of joining are taken after the decision to admit.")
    return _hindrance(tasks, _task(tasks, kind), _joining, is_open=application.state in AFTER_DECISION)


def hindrance_to_leaving(departure: Departure, tasks: Sequence[CaseTask], kind: str) -> Hindrance | None:
    """Why a step of leaving cannot be taken today; None where it can."""
    is_open = departure.state is LeavingState.NOTICE_GIVEN
    found = _hindrance(tasks, _task(tasks, kind), _leaving, is_open=is_open)
    first = departure.last_day + ONE_DAY
    if found is None and _leaving[kind].waits_for_end and clock.today() < first:
        return Hindrance(f"This is done from {day_words(first)} on:", "the notice may yet end.", f"from {day(first)}")
    return found


def locked_departure(departure_id: int, actor: Actor) -> Departure:
    """A departure, locked, for whoever works on it."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    return lock(Departure, departure_id)


def finish_joining_step(application: Application, task: CaseTask, done: Done, *, actor: Actor) -> CaseTask:
    """Keep what a step did, when and by whom; the last one closes the case."""
    if application.state is CaseState.ADMITTED:
        move_case(application, CaseState.JOINING, actor=actor)
    _finish(task, done, Subject("application", application.id), str(application.number), actor)
    if all(each.done_at for each in _tasks(CaseTask.application_id == application.id)):
        move_case(application, CaseState.DONE, actor=actor)
    return task


def finish_leaving_step(departure: Departure, task: CaseTask, done: Done, *, actor: Actor) -> CaseTask:
    """Keep what a step did, when and by whom; the last one closes the case."""
    _finish(task, done, Subject("departure", departure.id), departure.number, actor)
    if all(each.done_at for each in _tasks(CaseTask.departure_id == departure.id)):
        move_departure(departure, LeavingState.DONE, actor=actor)
    return task


def move_departure(departure: Departure, state: LeavingState, *, reason: str | None = None, actor: Actor) -> None:
    """Let a locked departure come to a state."""
    check_leaving_step(departure.state, state)
    departure.state, departure.state_since = state, clock.today()
    record(
        f"members.departure_{state.value}",
        Subject("departure", departure.id),
        summary=f"Departure {departure.number}: {state.value.replace('_', ' ')}",
        reason=reason,
        actor=actor,
    )
    db.session.flush()


def assign_step(task_id: int, owner_id: int, *, actor: Actor) -> CaseTask:
    """Give one step of a case to somebody else."""
    actor.require(Permission.APPLICATION_EDIT)
    task = lock(CaseTask, task_id)
    if not may_own_cases(owner_id):
        raise DomainError("This user may not work on cases.", "owner_id")
    if task.done_at is not None:
        raise DomainError(f"This was done already, {_by_whom(task)}")
    task.owner_id = owner_id
    case = ("application", task.application_id) if task.application_id else ("departure", task.departure_id)
    record(
        "members.assign_step",
        Subject(case[0], int(case[1] or 0)),
        summary=f"Step \u201c{task.kind}\u201d given to another owner",
        after={"owner": owner_id},
        actor=actor,
    )
    db.session.flush()
    return task


def _open(steps: Sequence[CaseStep], *, owner_id: int | None, **case: int) -> None:
    today = clock.today()
    db.session.add_all(CaseTask(kind=step.kind, owner_id=owner_id, opened_on=today, **case) for step in steps)
    db.session.flush()


def _tasks(of_case: Any) -> list[CaseTask]:
    asked = select(CaseTask).where(of_case).order_by(CaseTask.id).execution_options(populate_existing=True)
    return list(db.session.scalars(asked))


def _task(tasks: Sequence[CaseTask], kind: str) -> CaseTask:
    found = next((task for task in tasks if task.kind == kind), None)
    if found is None:
        raise NotFoundError("There is no such step.")
    return found


def _hindrance(
    tasks: Sequence[CaseTask], task: CaseTask, steps: dict[str, CaseStep], *, is_open: bool
) -> Hindrance | None:
    if task.done_at is not None:
        return Hindrance("This was done already,", _by_whom(task))
    if not is_open:
        return Hindrance("This case is closed:", "nothing more is done.")
    undone = {each.kind for each in tasks if each.done_at is None and each is not task}
    step = steps[task.kind]
    first = min((steps[kind] for kind in undone if step.comes_last or kind in step.needs), key=_place, default=None)
    return None if first is None else Hindrance(f"First comes: {first.title}.", after=f"after {first.title}")


def _place(step: CaseStep) -> tuple[int, str]:
    return step.position, step.kind


def _by_whom(task: CaseTask) -> str:
    return f"by {task.done_by}: {task.outcome}"


def _finish(task: CaseTask, done: Done, subject: Subject, number: str, actor: Actor) -> None:
    task.done_at, task.done_by, task.outcome = clock.now(), actor.name, done.outcome[:500]
    task.file_id, task.kept = done.file_id, done.kept
    db.session.flush()
    record(
        f"members.case_step_{task.kind}",
        subject,
        summary=f"{number}: {done.outcome[:300]}",
        actor=actor,
    )
