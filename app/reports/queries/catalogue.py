"""The catalogue: reports put themselves in it, and readers find those they may open."""

from __future__ import annotations

from collections.abc import Callable
from typing import NotRequired, TypedDict, Unpack

from sqlalchemy import func, select

from app.committees.queries import list_own_committees
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.permissions import Permission
from app.members.models import Membership
from app.reports.rules import Answer, Asked, Draw, Parameter, Report

Choices = list[tuple[int, str]]
_reports: dict[str, Report] = {}


class Described(TypedDict):
    """What a report says of itself, as Report has it."""

    title: str
    question: str
    audience: Permission
    draw: NotRequired[Draw | None]
    looks_back: NotRequired[bool]


def report(identity: str, *, asks: tuple[Parameter, ...] = (), **more: Unpack[Described]) -> Callable[[Answer], Answer]:
    """Put a function that answers with a table in the catalogue."""

    def enter(answer: Answer) -> Answer:
        _reports[identity] = Report(id=identity, parameters=frozenset(asks), answer=answer, **more)
        return answer

    return enter


def list_reports(actor: Actor) -> list[Report]:
    """The reports the actor may open, by title."""
    found = (each for each in _reports.values() if actor.has_any(each.audience))
    return sorted(found, key=lambda each: each.title)


def get_report(identity: str, actor: Actor) -> Report:
    """A report the actor may open."""
    found = _reports.get(identity)
    if found is None or not actor.has_any(found.audience):
        message = "There is no such report."
        raise NotFoundError(message)
    return found


def list_years() -> list[int]:
    """Years a report can be asked for, the newest first: from the first membership to next year."""
    first = db.session.scalar(select(func.min(Membership.first_day)))
    this_year = clock.today().year
    return list(range(this_year + 1, min(first.year if first else this_year, this_year) - 1, -1))


def list_committees(chosen: Report, asked: Asked, actor: Actor) -> Choices:
    """Committees the actor may ask the report for on a day."""
    return [(each.id, each.name) for each in list_own_committees(actor, chosen.audience, on=asked.on)]


def reach_institutions(audience: Permission, asked: Asked, actor: Actor) -> frozenset[int] | None:
    """The institutions a report may speak of; None is all of them."""
    own = None if actor.has_all(audience) else actor.own_institutions(audience)
    if asked.institution_id is None:
        return own
    if own is not None and asked.institution_id not in own:
        message = "There is no such report."
        raise NotFoundError(message)
    return frozenset({asked.institution_id})
