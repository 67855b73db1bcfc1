"""What somebody is asked who opens a link, or who looks at their own page: a plan or a nomination, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.rules import hash_token
from app.committees.models import AnswerLink, Election, ElectionSeat, Nomination, SuccessionPlan
from app.committees.queries.elections import list_nominated, seats_by_election
from app.committees.queries.plans import find_asked, list_asked
from app.committees.rules import OFFICE_WORDS, SINGLE_OFFICES, in_words
from app.committees.rules.elections import ElectionState, NominationState
from app.committees.rules.plans import capital, seat_words
from app.core import clock
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.periods import Period
from app.web.wording import join_words


@dataclass(frozen=True)
class Question:
    """What somebody is asked: whether they would sit on a seat, or stand for an election."""

    kind: str
    id: int
    name: str
    committee: str
    what: str
    days: str
    by: str
    text: str

    @property
    def is_plan(self) -> bool:
        """Whether a seat is offered; else they are nominated."""
        return self.kind == "plan"


def find_question(token: str) -> Question | None:
    """What a link asks while it can still be used."""
    link = db.session.scalar(
        select(AnswerLink).where(
            AnswerLink.token_hash == hash_token(token),
            AnswerLink.used_at.is_(None),
            AnswerLink.expires_at > clock.now(),
        )
    )
    if link is None:
        return None
    if link.plan_id is not None:
        plan = find_asked(link.plan_id)
        return _of_plan(plan) if plan else None
    return next(iter(_of_nominations([link.nomination_id or 0])), None)


def list_questions(user_id: int | None) -> list[Question]:
    """What a user is asked and has not answered: seats offered first."""
    nominated = [each.id for each in list_nominated(user_id)]
    return [*map(_of_plan, list_asked(user_id)), *_of_nominations(nominated)]


def get_question(kind: str, identity: int, user_id: int | None) -> Question:
    """One of what a user is asked."""
    for each in list_questions(user_id):
        if (each.kind, each.id) == (kind, identity):
            return each
    raise NotFoundError("You are not asked this, or have answered already.")


def _of_plan(plan: SuccessionPlan) -> Question:
    office = f" as {OFFICE_WORDS[plan.office].lower()}" if plan.office in SINGLE_OFFICES else ""
    return Question(
        kind="plan",
        id=plan.id,
        name=plan.name,
        committee=plan.committee.name,
        what=capital(seat_words(plan.seat.position, plan.seat.label)) + office,
        days=_days(plan.period),
        by=plan.planned_by,
        text="",
    )


def _of_nominations(ids: Sequence[int]) -> list[Question]:
    found = db.session.scalars(
        select(Nomination)
        .options(joinedload(Nomination.person), joinedload(Nomination.election).joinedload(Election.committee))
        .where(Nomination.id.in_(ids), Nomination.state == NominationState.PROPOSED)
        .order_by(Nomination.nominated_at, Nomination.id)
    )
    open_now = [each for each in found if each.election.state is ElectionState.NOMINATING]
    seats = seats_by_election([each.election_id for each in open_now])
    return [_of_nomination(each, seats[each.election_id]) for each in open_now]


def _of_nomination(nomination: Nomination, seats: Sequence[ElectionSeat]) -> Question:
    named = join_words(seat_words(each.seat.position, each.seat.label) for each in seats)
    return Question(
        kind="nomination",
        id=nomination.id,
        name=nomination.person.name,
        committee=nomination.election.committee.name,
        what=capital(named),
        days=_days(seats[0].period),
        by=nomination.nominated_by,
        text=nomination.statement or "",
    )


def _days(period: Period) -> str:
    return f"{in_words(period.first)} to {in_words(period.last)}" if period.last else f"from {in_words(period.first)}"
