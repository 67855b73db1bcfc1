"""What an import does with the units a row of institutions tells: new ones, and the end of those on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.core.errors import DomainError
from app.core.periods import Period
from app.members.rules.imports.cells import UnitCell
from app.members.rules.imports.columns import column_of, problem
from app.members.rules.imports.kinds import ImportKind
from app.members.rules.imports.plans import Institutions, RowPlan, change
from app.members.rules.institutions import check_unit
from app.members.rules.representations import ended_period

KEY = "units"


def plan_units(plan: RowPlan, units: Sequence[UnitCell], register: Institutions) -> None:
    """Add what is not on record, and end what is: found by name and first day; nothing is taken away."""
    if plan.record_id is None or plan.problems:
        return
    known: tuple[UnitCell, ...] = register.by_id[plan.record_id].values.get(KEY, ())
    held = {(unit.name, unit.first_day): unit for unit in known}
    for unit in units:
        try:
            held[unit.name, unit.first_day] = _held_from_now(unit, held)
        except DomainError as error:
            told = problem(column_of(ImportKind.INSTITUTIONS, KEY).title, unit, error.message)
            plan.problems.append(told)
    wanted = tuple(held.values())
    if wanted != known and not plan.problems:
        change(plan, KEY, wanted, known)


def _held_from_now(unit: UnitCell, held: dict[tuple[str, date], UnitCell]) -> UnitCell:
    """The unit as it is on record after this line."""
    same = held.get((unit.name, unit.first_day))
    if same is None:
        period = Period(unit.first_day, unit.last_day)
        check_unit(period, (Period(each.first_day, each.last_day) for each in held.values() if each.name == unit.name))
        return unit
    if unit.last_day is None or unit.last_day == same.last_day:
        return same
    period = ended_period(Period(same.first_day, same.last_day), unit.last_day)
    return UnitCell(unit.name, period.first, period.last)
