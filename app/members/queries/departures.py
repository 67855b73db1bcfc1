"""Departures: the list, one case with its steps, and what its closing letter says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, String, bindparam, func, literal, or_, select, type_coerce, union_all
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.core import clock
from app.core.actor import Actor
from app.core.database import BigId, db
from app.core.errors import NotFoundError
from app.core.paging import AnySelect, fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.core.verification import verifies
from app.files.queries import OpenedFile, open_file
from app.members.models import Application, CaseTask, Departure, Institution
from app.members.queries.applications import consortium_name
from app.members.rules import CaseState, LeavingState, day_words, freed_on, may_call_off

BalanceWords = Callable[[int, Actor], str]
_balance_words: list[BalanceWords] = []
BEFORE_THE_END = ("term", "access")  # Steps that can be taken before the last day, and called off.


@dataclass(frozen=True)
class DepartureRow:
    """A line of the list of departures."""

    id: int
    number: str
    name: str
    state: LeavingState
    last_day: date
    state_since: date
    owner: str | None
    left: int


@dataclass(frozen=True)
class DepartureRecord:
    """A departure with its steps."""

    departure: Departure
    tasks: Sequence[CaseTask]

    def may_be_called_off(self, today: date) -> bool:
        """Whether it can still be called off."""
        is_begun = any(task.done_at for task in self.tasks)
        is_open = self.departure.state is LeavingState.NOTICE_GIVEN
        return is_open and may_call_off(self.departure.last_day, today, is_begun=is_begun)


def register_balance_words(words: BalanceWords) -> BalanceWords:
    """Let a feature above say in a sentence what an institution owes, for its closing letter."""
    if words not in _balance_words:
        _balance_words.append(words)
    return words


def search_departures(request: PageRequest, actor: Actor) -> Page[DepartureRow]:
    """All departures."""
    actor.require(Permission.APPLICATION_READ)
    left = select(func.count()).where(CaseTask.departure_id == Departure.id, CaseTask.done_at.is_(None))
    asked = (
        select(
            Departure.id,
            Departure.number,
            Institution.name,
            Departure.state,
            Departure.last_day,
            Departure.state_since,
            User.name.label("owner"),
            left.correlate(Departure).scalar_subquery().label("left"),
        )
        .join(Institution, Institution.id == Departure.institution_id)
        .outerjoin(User, User.id == Departure.owner_id)
    )
    sorts = {
        "number": Departure.number,
        "name": Institution.sort_name,
        "state": Departure.state,
        "last_day": Departure.last_day,
    }
    return fetch_page(asked, request, sorts=sorts, key=Departure.id, build=lambda row: DepartureRow(**row._mapping))  # noqa: SLF001


def get_departure(departure_id: int, actor: Actor) -> DepartureRecord:
    """One departure, for those who may read such cases."""
    if not actor.has_any(Permission.APPLICATION_READ):
        raise NotFoundError("There is no such departure.")
    asked = (
        select(Departure)
        .where(Departure.id == departure_id)
        .options(joinedload(Departure.institution), joinedload(Departure.owner))
        .execution_options(populate_existing=True)
    )
    departure = db.session.scalar(asked)
    if departure is None:
        raise NotFoundError("There is no such departure.")
    tasks = select(CaseTask).where(CaseTask.departure_id == departure_id).options(joinedload(CaseTask.owner))
    return DepartureRecord(departure, list(db.session.scalars(tasks.order_by(CaseTask.id))))


def open_task_paper(departure_id: int, task_id: int, actor: Actor) -> OpenedFile:
    """The paper a step of a departure made, for those who may read the case."""
    found = next((task for task in get_departure(departure_id, actor).tasks if task.id == task_id), None)
    if found is None or found.file_id is None:
        raise NotFoundError("There is no such document.")
    return open_file(found.file_id)


def closing_values(departure: Departure, actor: Actor) -> dict[str, str]:
    """What can be put into the places of a closing letter."""
    sentences = [words(departure.institution_id, actor) for words in _balance_words]
    return {
        "institution": departure.institution.name,
        "account": departure.institution.account_number,
        "last_day": day_words(departure.last_day),
        "freed_on": day_words(freed_on(departure.last_day, departure.grace_days)),
        "balance": " ".join(sentences),
        "consortium": consortium_name(),
        "number": departure.number,
        "sender": actor.name,
    }


_USER = bindparam("user_id", type_=BigId)
_UNDONE = select(CaseTask.id).where(CaseTask.departure_id == Departure.id, CaseTask.done_at.is_(None))
_DUE = select(func.count()).where(
    Departure.state == LeavingState.NOTICE_GIVEN,
    _UNDONE.where(
        or_(Departure.owner_id == _USER, Departure.owner_id.is_(None), CaseTask.owner_id == _USER),
        or_(CaseTask.kind.in_(BEFORE_THE_END), Departure.last_day < bindparam("today", type_=Date)),
    ).exists(),
)


def count_due_departures(user_id: int | None) -> int:
    """How many departures of a user or of nobody, or with a step of the user, wait for one that can be taken."""
    return db.session.scalar(_DUE, {"user_id": user_id, "today": clock.today()}) or 0


@dataclass(frozen=True)
class CaseLine:
    """A case of an institution: what it is about, where it stands, and since when."""

    id: int
    number: str
    is_departure: bool
    state: str
    since: date


def _cases_in(kind: type[Application | Departure]) -> AnySelect:
    """The cases of one kind, their states as words: the two kinds have different ones."""
    is_departure = literal(kind is Departure).label("is_departure")
    state = type_coerce(kind.state, String).label("state")
    theirs = kind.institution_id == bindparam("institution_id")
    return select(kind.id, kind.number, state, kind.state_since, is_departure).where(theirs)


_CASES = union_all(_cases_in(Application), _cases_in(Departure))


def list_cases_of(institution_id: int, actor: Actor) -> list[CaseLine]:
    """The cases by which an institution joined and left, the newest first; none for who may not read them."""
    if not actor.has_any(Permission.APPLICATION_READ):
        return []
    rows = db.session.execute(_CASES, {"institution_id": institution_id})
    lines = [CaseLine(row.id, str(row.number), row.is_departure, row.state, row.state_since) for row in rows]
    return sorted(lines, key=lambda line: (line.since, line.is_departure, line.id), reverse=True)


@verifies("A case of joining that is done has every step done, and its membership")
def check_joining() -> Iterator[str]:
    """Cases that say they are done while a step waits or no membership came of them."""
    waiting = select(CaseTask.id).where(CaseTask.application_id == Application.id, CaseTask.done_at.is_(None))
    asked = select(Application.number).where(
        Application.state == CaseState.DONE, waiting.exists() | Application.membership_id.is_(None)
    )
    for number in db.session.scalars(asked.order_by(Application.id)):
        yield f"Application {number} is done, but a step waits or it has no membership."


@verifies("A departure that is done has every step done")
def check_leaving() -> Iterator[str]:
    """Departures that say they are done while a step waits."""
    waiting = select(CaseTask.id).where(CaseTask.departure_id == Departure.id, CaseTask.done_at.is_(None))
    asked = select(Departure.number).where(Departure.state == LeavingState.DONE, waiting.exists())
    for number in db.session.scalars(asked.order_by(Departure.id)):
        yield f"Departure {number} is done, but a step waits."
