"""The end of grace: who acted for an institution stops when its memberships and their days of grace are over.

Features above members add what else ends then: they say which institutions still hold something, and end it. A
departure that is under way does all of this by its own steps, on its own days; the round leaves it alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select

from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, lock
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.core.transaction import reading, transaction
from app.members.commands.representations import end_representation, retract_representation
from app.members.models import Institution, Person, Representation
from app.members.queries.grace import grace_over_on, list_past_grace
from app.members.rules import PURPOSE_WORDS, day_words
from app.outbox.commands import Address, HopelessError, send_mail
from app.outbox.duties import daily

GRACE = program("End of grace")


@dataclass(frozen=True)
class GraceOver:
    """An institution without a membership, the last day of its grace, and why what hangs on it ends."""

    institution_id: int
    last_day: date
    reason: str


@dataclass(frozen=True)
class Ended:
    """What somebody does no more, in a few words."""

    person_id: int
    words: str


@dataclass(frozen=True)
class GraceStep:
    """What ends with the grace: `holders` are the institutions that hold some of it on a day or later.

    `end` ends it for one institution and says for whom; where nothing is left it does nothing.
    """

    holders: Callable[[date], set[int]]
    end: Callable[[GraceOver, Actor], Sequence[Ended]]


_steps: list[GraceStep] = []


def register_grace_step(step: GraceStep) -> GraceStep:
    """Let a feature add what ends with the grace."""
    if step not in _steps:
        _steps.append(step)
    return step


@daily("members.end_grace")
def end_grace() -> None:
    """End what hangs on memberships whose grace is over, an institution at a time; one refused keeps no other."""
    with reading():
        holders = set().union(*(step.holders(clock.today()) for step in _steps))
        due = [found for found in list_past_grace(clock.today()) if found in holders]
    refused = []
    for institution_id in due:
        try:
            with transaction():
                end_after_grace(institution_id, actor=GRACE)
        except DomainError as error:
            refused.append(f"Institution {institution_id}: {error.message}")
    if refused:
        raise HopelessError(" ".join(["Some institutions still hold what should have ended.", *refused]))


def end_after_grace(institution_id: int, *, actor: Actor) -> list[Ended]:
    """End with the last day of grace what an institution holds still, and write to those whom it concerns.

    It looks at what is on record now: late, twice, after a renewal or during a departure it does what is right then.
    """
    actor.require(Permission.MEMBERSHIP_EDIT)
    institution = lock(Institution, institution_id)
    last_day = grace_over_on(institution_id, clock.today())
    if last_day is None:
        return []
    over = GraceOver(institution_id, last_day, f"No membership, and the grace was over on {day_words(last_day)}")
    ended = [each for step in _steps for each in step.end(over, actor)]
    _tell(institution, over, ended)
    return ended


def _tell(institution: Institution, over: GraceOver, ended: Iterable[Ended]) -> None:
    """One mail to each, with all that ended."""
    by_person: dict[int, list[str]] = defaultdict(list)
    for each in ended:
        by_person[each.person_id].append(each.words)
    for person_id, words in sorted(by_person.items()):
        person = db.session.get_one(Person, person_id)
        if person.email:
            body = _body(institution, person, over, words)
            send_mail(Address(person.name, person.email), f"{institution.short_name}: the membership has ended", body)


def _body(institution: Institution, person: Person, over: GraceOver, words: Sequence[str]) -> str:
    lines = "\n".join(f"- {each}" for each in words)
    return (
        f"Dear {person.name},\n\n"
        f"{institution.name} is a member no more, and its days of grace were over on {day_words(over.last_day)}."
        f" With that day ended, for you:\n\n{lines}\n\n"
        "The access that went with it has ended too. If this is a mistake, please write to the secretariat.\n"
    )


def _holders(day: date) -> set[int]:
    goes_on = or_(Representation.last_day.is_(None), Representation.last_day >= day)
    asked = select(Representation.institution_id).where(as_known(Representation), goes_on).distinct()
    return set(db.session.scalars(asked))


def _end_representations(over: GraceOver, actor: Actor) -> list[Ended]:
    """End who represents the institution with its last day of grace; one that was to begin later never does.

    Who was named after the grace, for days after it, was named knowingly.
    """
    knew = Representation.recorded_at >= clock.start_of(over.last_day + ONE_DAY)
    asked = select(Representation).where(
        Representation.institution_id == over.institution_id,
        as_known(Representation),
        or_(Representation.last_day.is_(None), Representation.last_day >= clock.today()),
        ~and_(Representation.first_day > over.last_day, knew),
    )
    found = list(db.session.scalars(asked.order_by(Representation.id)))
    for each in found:
        if each.first_day > over.last_day:
            retract_representation(each.id, reason=over.reason, version=each.version, actor=actor)
        else:
            end_representation(each.id, last_day=over.last_day, reason=over.reason, actor=actor)
    return [Ended(each.person_id, PURPOSE_WORDS[each.purpose]) for each in found]


register_grace_step(GraceStep(_holders, _end_representations))
