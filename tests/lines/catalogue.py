"""Lines for tests, made by the commands everyone uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any, TypeVar

import pytest

from app.core.actor import Actor, Granted, program
from app.core.errors import DomainError
from app.core.permissions import Role
from app.core.transaction import transaction
from app.lines.commands import AlleleValues, LineValues, register_line
from app.lines.models import MouseLine
from app.lines.rules import Reached, Stage
from app.members.models import Institution

OFFICE = program("test")
TODAY = date(2016, 5, 24)
CONFIRMED = Reached(Stage.CONFIRMED, date(2014, 3, 1))
SYMBOL = "Rsph3b<tm1a(KOMP)Wtsi>"
numbers = count(1)
Result = TypeVar("Result")


def done(act: Callable[[], Result]) -> Result:
    """What an act gives, in a transaction of its own."""
    with transaction():
        return act()


def refused(act: Callable[[], object], field: str | None) -> str:
    """What somebody is told whose act is refused beside a field."""
    with pytest.raises(DomainError) as error, transaction():
        act()
    assert error.value.field == field
    return error.value.message


def values(centre: Institution, symbol: str = SYMBOL, **more: Any) -> LineValues:
    """What is on record of a line, with a colony of its own where none is given."""
    allele = {name: more.pop(name) for name in ("mgi_id", "marker_mgi_id", "project_id", "pipeline") if name in more}
    own: dict[str, Any] = {"colony": f"MTST-{next(numbers)}", "owner_id": centre.id} | more
    return LineValues(allele=AlleleValues(symbol, **allele), centre_id=centre.id, **own)


def line(
    centre: Institution, symbol: str = SYMBOL, reached: Reached = CONFIRMED, actor: Actor = OFFICE, **more: Any
) -> MouseLine:
    """A line on record, committed."""
    return done(lambda: register_line(values(centre, symbol, **more), reached, actor=actor))


def representative(of: Institution) -> Actor:
    """Somebody who represents an institution."""
    return Actor("Rosa Ferrante", 7, (Granted(Role.REPRESENTATIVE, institution_id=of.id),))
