"""What an import does with a table of memberships: new ones with their steps, and the end of those on record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from app.core.errors import DomainError
from app.core.folding import folded
from app.core.periods import ONE_DAY, Period
from app.members.rules.imports.cells import StepCell
from app.members.rules.imports.columns import MEMBERSHIP_COLUMNS, ReadRow, column_of, problem
from app.members.rules.imports.kinds import ImportKind
from app.members.rules.imports.plans import Change, Institutions, RowPlan, missing
from app.members.rules.memberships import ENDED_STATES, MEMBER_STATES, MembershipState, check_step


@dataclass(slots=True)
class KnownMembership:
    """A membership on record, or of the file (id below zero), with its steps in their order, and the line it is on."""

    id: int
    institution_id: int
    class_id: int
    period: Period
    steps: tuple[StepCell, ...]
    version: int
    line: int | None = None


@dataclass(slots=True)
class Memberships:
    """The memberships on record by institution and class, the institutions, and the classes by name and code."""

    institutions: Institutions
    classes: dict[str, int]
    class_names: Sequence[str]
    known: dict[tuple[int, int], list[KnownMembership]] = field(default_factory=dict)

    def add(self, membership: KnownMembership) -> None:
        """Take one up, from the register or from the file."""
        self.known.setdefault((membership.institution_id, membership.class_id), []).append(membership)


def plan_memberships(rows: Iterable[ReadRow], register: Memberships, today: date) -> list[RowPlan]:
    """What becomes of each row."""
    return [_plan(row, register, today) for row in rows]


def _plan(row: ReadRow, register: Memberships, today: date) -> RowPlan:
    values = row.values
    plan = RowPlan(row.line, str(values.get("institution_id", "")), problems=list(row.problems))
    _refuse_missing(plan, values)
    institution_id = _institution(plan, values, register)
    class_id = _class(plan, values, register)
    if institution_id is None or class_id is None or "first_day" not in values:
        return plan
    plan.label = f"{register.institutions.by_id[institution_id].values['name']}, {values['class_id']}"
    period = _period(plan, values)
    if period is None:
        return plan
    others = register.known.get((institution_id, class_id), [])
    same = next((other for other in others if other.period.first == period.first), None)
    if same is not None:
        _plan_known(plan, values, same, today)
        return plan
    _refuse_overlap(plan, period, others)
    steps = _steps(plan, values, period, today)
    membership = KnownMembership(-plan.line, institution_id, class_id, period, steps, 1, plan.line)
    register.add(membership)
    plan.record_id = -plan.line
    if not plan.problems:
        days = {"first_day": period.first, "last_day": period.last}
        plan.record = Change(
            -plan.line, {"institution_id": institution_id, "class_id": class_id, **days, "steps": steps}
        )
    return plan


def _refuse_missing(plan: RowPlan, values: dict[str, Any]) -> None:
    for column in missing(plan, MEMBERSHIP_COLUMNS, values):
        plan.problems.append(f"{column.title}: Missing. A membership needs it.")


def _institution(plan: RowPlan, values: dict[str, Any], register: Memberships) -> int | None:
    if "institution_id" not in values:
        return None
    found, wrong = register.institutions.refer(values["institution_id"])
    if wrong:
        plan.problems.append(_told("institution_id", values["institution_id"], wrong))
    return found


def _class(plan: RowPlan, values: dict[str, Any], register: Memberships) -> int | None:
    if "class_id" not in values:
        return None
    found = register.classes.get(folded(values["class_id"]))
    if found is None:
        told = f"There is no such class: write one of {', '.join(register.class_names)}."
        plan.problems.append(_told("class_id", values["class_id"], told))
    return found


def _period(plan: RowPlan, values: dict[str, Any]) -> Period | None:
    first, last = values["first_day"], values.get("last_day")
    if last is not None and last < first:
        plan.problems.append(_told("last_day", last.isoformat(), "It lies before the first day: correct one of them."))
        return None
    return Period(first, last)


def _refuse_overlap(plan: RowPlan, period: Period, others: Sequence[KnownMembership]) -> None:
    other = next((each for each in others if each.period.overlaps(period)), None)
    if other is None:
        return
    until = f"until {other.period.last.isoformat()}" if other.period.last else "without an end"
    where = f" (line {-other.id} of the file)" if other.id < 0 else ""
    told = (
        f"It is a member of this class from {other.period.first.isoformat()} {until}{where}; the two would share days."
    )
    plan.problems.append(_told("first_day", period.first.isoformat(), f"{told} Correct the days of one."))


def _plan_known(plan: RowPlan, values: dict[str, Any], known: KnownMembership, today: date) -> None:
    """A membership on record that begins on the same day: an import may end it, and rewrites nothing else of it."""
    plan.record_id = known.id
    if known.line is not None:
        plan.problems.append(f"It is on line {known.line} of the file already: keep one of the two.")
        return
    known.line = plan.line
    last: date | None = values.get("last_day")
    told = values.get("steps")
    if told is not None and _with_end(told, Period(known.period.first, last), values) != known.steps:
        wrong = "Its history on record is another one: leave this empty, and change it on the institution's page."
        plan.problems.append(_told("steps", told[0].state.value + " \u2026", wrong))
    elif last is None or last == known.period.last:
        _refuse_other_words(plan, values, known, today)
    elif known.period.last is not None:
        wrong = f"This membership ends on {known.period.last.isoformat()} on record: change that on its page."
        plan.problems.append(_told("last_day", last.isoformat(), wrong))
    else:
        _plan_end(plan, values, known, last)


def _refuse_other_words(plan: RowPlan, values: dict[str, Any], known: KnownMembership, today: date) -> None:
    """How a membership stands or ended, and why, is told with its last day; on record already, it is not rewritten.

    A table that tells a last day may say that it was active until then.
    """
    state, reason, final = values.get("state"), values.get("reason"), known.steps[-1].state
    present = (step.state for step in known.steps if Period(step.first_day, step.last_day).contains(today))
    until = [MembershipState.ACTIVE] if "last_day" in values else []
    if state is not None and state not in {final, *present, *until}:
        plan.problems.append(_told("state", state.value, f"It is {final.value} on record: {_way_to(state, known)}"))
    if reason is not None and reason not in {step.reason for step in known.steps}:
        told = "Its history on record does not say so: leave this empty, and change it on the institution's page."
        plan.problems.append(_told("reason", reason, told))


def _way_to(state: MembershipState, known: KnownMembership) -> str:
    """How a membership on record gets into a state that a row tells."""
    if state not in ENDED_STATES:
        return "leave this empty, and change it on the institution's page."
    if known.period.last is None:
        return "write its last day too, or leave this empty."
    return "leave this empty, or correct its last day to none on the institution's page and bring the row again."


def _plan_end(plan: RowPlan, values: dict[str, Any], known: KnownMembership, last: date) -> None:
    ended = values.get("state", MembershipState.LAPSED)
    kept = [step for step in known.steps if step.first_day <= last]
    present = kept[-1] if kept else None
    if ended not in ENDED_STATES or present is None:
        told = "Write withdrawn or lapsed for a membership that gets a last day."
        plan.problems.append(_told("state", ended.value, told))
        return
    try:
        check_step(present.state, ended)
    except DomainError as error:
        plan.problems.append(_told("last_day", last.isoformat(), error.message))
        return
    steps = (
        *kept[:-1],
        StepCell(present.state, present.first_day, last, present.reason),
        StepCell(ended, last + ONE_DAY, None, values.get("reason")),
    )
    if not plan.problems:
        plan.record = Change(
            known.id,
            {"last_day": last, "state": ended, "steps": steps},
            {"last_day": None, "state": present.state, "steps": known.steps},
        )


def _steps(plan: RowPlan, values: dict[str, Any], period: Period, today: date) -> tuple[StepCell, ...]:
    """The steps a new membership passes through: those of its history, else as admitting would write them."""
    told: tuple[StepCell, ...] | None = values.get("steps")
    if told is not None:
        whole = _with_end(told, period, values)
        wrong = _wrong_history(whole, period) or _wrong_state((told[-1], whole[-1]), values.get("state"))
        if wrong:
            plan.problems.append(_told("steps", told[0].state.value + " \u2026", wrong))
        return whole
    ended, reason = values.get("state", MembershipState.ACTIVE), values.get("reason")
    if ended is not MembershipState.ACTIVE and not (ended in ENDED_STATES and period.last):
        message = "A state needs its days: write withdrawn or lapsed with a last day, and anything else as History."
        plan.problems.append(_told("state", ended.value, message))
        return ()
    if ended is MembershipState.ACTIVE:
        ended = MembershipState.LAPSED
    return _steps_of(period, ended, reason, today)


def _steps_of(period: Period, ended: MembershipState, reason: str | None, today: date) -> tuple[StepCell, ...]:
    steps = [StepCell(MembershipState.ACTIVE, period.first, period.last, reason)]
    if period.first > today:
        steps.insert(0, StepCell(MembershipState.ADMITTED, today, period.first - ONE_DAY, reason))
    if period.last is not None:
        steps.append(StepCell(ended, period.last + ONE_DAY, None, reason))
    return tuple(steps)


def _with_end(steps: tuple[StepCell, ...], period: Period, values: dict[str, Any]) -> tuple[StepCell, ...]:
    """The steps of a history; one that stops on the last day goes on as the row says it ended, lapsed otherwise."""
    if period.last is None or steps[-1].state not in MEMBER_STATES or steps[-1].last_day != period.last:
        return steps
    state = values.get("state")
    ended = state if state in ENDED_STATES else MembershipState.LAPSED
    return (*steps, StepCell(ended, period.last + ONE_DAY, None, values.get("reason")))


def _wrong_history(steps: Sequence[StepCell], period: Period) -> str | None:
    """What is wrong with the steps of a membership, None where they fit it and one another.

    Two steps of one state may follow one another: a reinstatement put right leaves such.
    """
    try:
        for one, other in pairwise(steps):
            if one.state is not other.state or one.state not in MEMBER_STATES:
                check_step(one.state, other.state)
    except DomainError as error:
        return error.message
    return _wrong_days(steps, period)


def _wrong_state(last: Sequence[StepCell], state: MembershipState | None) -> str | None:
    if state is None or state in {step.state for step in last}:
        return None
    return f"The column State says {state}, the last step is {last[-1].state.value}: make them agree."


def _wrong_days(steps: Sequence[StepCell], period: Period) -> str | None:
    held = [step for step in steps if step.state in MEMBER_STATES]
    if not held or held[0].first_day != period.first:
        return f"Its first active step begins on the day of \u201cMember from\u201d, {period.first.isoformat()}."
    if held[-1].last_day != period.last:
        if period.last is None:
            return "Its last step as a member has an end: write it into \u201cLast day\u201d too, or leave both empty."
        return f"Its last step as a member ends on the day of \u201cLast day\u201d, {period.last.isoformat()}."
    if steps[-1].state in ENDED_STATES and steps[-1].last_day is not None:
        return f"What is {steps[-1].state.value} stays so: take the last day of the last step out."
    return None


def _told(key: str, text: object, message: str) -> str:
    return problem(column_of(ImportKind.MEMBERSHIPS, key).title, text, message)
