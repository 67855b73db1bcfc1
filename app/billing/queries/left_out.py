"""Who a fee year, or a run, does not bill, gathered by class and reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.audit.remembering import remembered
from app.billing.queries.charges import NotBilled, assess_year
from app.billing.queries.fee_year import Scope
from app.core.actor import Actor
from app.core.periods import Period
from app.core.permissions import Permission

FEW, MANY = 4, 1_000


@dataclass(frozen=True)
class Reason:
    """Members of one class that are not billed for one reason: how many, and the first of them."""

    class_name: str
    why: str
    rule: str
    number: int
    first: tuple[NotBilled, ...]


@dataclass(frozen=True)
class LeftOut:
    """How many institutions with a membership in the year a run does not bill, and why."""

    members: int
    reasons: tuple[Reason, ...]


def gather(rows: Iterable[NotBilled], most: int) -> tuple[Reason, ...]:
    """The reasons in the order of the first member of each, with that many members at most."""
    found: dict[tuple[str, str, str], list[NotBilled]] = defaultdict(list)
    for row in rows:
        found[row.class_name, row.why, row.rule].append(row)
    return tuple(Reason(*said, len(members), tuple(members[:most])) for said, members in found.items())


def left_out_of_run(year: Period, run_id: int, *, one_by_one: bool, actor: Actor) -> LeftOut:
    """Those a run does not bill: who owes nothing, is billed elsewhere, or will be billed by a next run."""
    actor.require(Permission.FEE_READ)
    return _left_out(year, run_id, MANY) if one_by_one else _gathered(year, run_id)


@remembered
def _gathered(year: Period, run_id: int) -> LeftOut:
    return _left_out(year, run_id, FEW)


def _left_out(year: Period, run_id: int, most: int) -> LeftOut:
    preview = assess_year(year, Scope(besides=run_id))
    later = [
        NotBilled(
            charge.member.institution_id,
            charge.member.name,
            charge.member.short_name,
            charge.member.class_name,
            "Not in this run; a new run for the year bills it",
            charge.terms.rule,
        )
        for charge in preview.charges
    ]
    others = [*preview.not_billed, *later]
    return LeftOut(len({row.institution_id for row in others}), gather(others, most))
