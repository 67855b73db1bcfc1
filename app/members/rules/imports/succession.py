"""Tables that end what is on record or add to it: what ends comes first, so that a successor can stand in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from app.members.rules.imports.plans import RowPlan


class Successive(Protocol):
    """A row that can be told: its plan, and what it means on record, if anything."""

    plan: RowPlan
    known: Any


Wanted = TypeVar("Wanted", bound=Successive)


def ends_first(
    read: Iterable[tuple[RowPlan, Wanted | None]],
    plan_known: Callable[[Wanted, Any], None],
    plan_new: Callable[[Wanted], None],
) -> list[RowPlan]:
    """The plans of rows as they were read, those about what is on record made first; each of it stands there once."""
    plans: list[RowPlan] = []
    found: list[Wanted] = []
    for plan, wanted in read:
        plans.append(plan)
        if wanted is not None:
            found.append(wanted)
    lines: dict[int, int] = {}
    for wanted in found:
        if wanted.known is None:
            continue
        first = lines.setdefault(wanted.known.id, wanted.plan.line)
        if first == wanted.plan.line:
            plan_known(wanted, wanted.known)
        else:
            wanted.plan.problems.append(f"It is on line {first} of the file already: keep one of the two.")
    for wanted in found:
        if wanted.known is None:
            plan_new(wanted)
    return plans
