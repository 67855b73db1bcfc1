"""Tasks about plans and elections: what one is asked, what waits for an appointment, what is to be decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from app.audit.remembering import remembered
from app.committees.models import SuccessionPlan
from app.committees.queries.answers import Question, list_questions
from app.committees.queries.desk import Kept, keeper, kept_by
from app.committees.queries.elections import ElectionRow, list_running
from app.committees.queries.nominators import list_calls
from app.committees.queries.plans import list_open_plans
from app.committees.queries.waivers import list_waiting_waivers
from app.committees.rules.elections import ElectionState
from app.committees.rules.plans import PlanState, capital, seat_words
from app.committees.rules.waivers import WaiverState
from app.core import clock
from app.core.actor import Actor
from app.core.periods import how_long
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone, capped, days_left
from app.web import wording

MOST = 8
ASKED, PLANS, ELECTIONS = "committees.asked", "committees.waiting", "committees.elections"
WAITS = {
    PlanState.PLANNED: ("{who} is planned and not asked yet", "Ask by mail"),
    PlanState.ACCEPTED: ("{who} has accepted", "Appoint"),
    PlanState.REQUESTED: ("{who} is to be appointed", "Appoint or refuse"),
}


def own_questions(actor: Actor) -> Iterator[Task]:
    """Seats offered to the actor, and elections in which they are nominated."""
    tasks = _asked_of(actor.user_id)
    yield from _first(tasks, "more question waits for you", "more questions wait for you", ASKED)


def open_calls(actor: Actor) -> Iterator[Task]:
    """Calls for nominations that are open to the actor, who has nominated nobody in them yet."""
    tasks = [
        Task(
            Group.SOON,
            f"Nominations are open: {each.title}",
            f"Until {wording.instant(each.deadline_at)}; you can nominate somebody, or yourself",
            each.committee,
            days_left(clock.local(each.deadline_at).date(), clock.today()),
            Tone.QUIET,
            "Nominate",
            "committees.nominate",
            {"election_id": each.id},
        )
        for each in list_calls(actor)
    ]
    yield from _first(tasks, "more call for nominations is open", "more calls for nominations are open", ASKED)


def plans_waiting(actor: Actor) -> Iterator[Task]:
    """Plans that wait for a step of the actor's: to ask, to appoint; for the secretariat requests and newcomers."""
    if actor.has_any(Permission.COMMITTEE_EDIT):
        tasks = _plans_of(clock.today(), kept_by(actor))
        yield from _first(tasks, "more plan waits for a step", "more plans wait for a step", PLANS)


def waivers_waiting(actor: Actor) -> Iterator[Task]:
    """Limits of terms: for the secretariat what is asked to be waived, for a chair what is granted and not used yet."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    tasks = []
    for each in list_waiting_waivers(actor):
        is_asked = each.state is WaiverState.ASKED
        seat = capital(seat_words(each.seat.position, each.seat.label))
        since = clock.local(each.asked_at if is_asked else each.decided_at or each.asked_at).date()
        task = Task(
            Group.SOON,
            f"{each.person.name}: {'a limit is asked to be waived' if is_asked else 'the limit does not hold'}",
            f"{seat}, from {wording.long_day(each.first_day)}",
            each.committee.name,
            how_long(since, clock.today()),
            Tone.WARN,
            "Grant or decline" if is_asked else "Plan, nominate or appoint",
            "committees.waiver",
            {"waiver_id": each.id},
        )
        tasks.append(task)
    yield from _first(tasks, "more limit to be waived", "more limits to be waived", PLANS)


def elections_to_decide(actor: Actor) -> Iterator[Task]:
    """Elections whose nominations have ended and that have no result yet."""
    if actor.has_any(Permission.COMMITTEE_EDIT):
        tasks = _elections_of(clock.today(), kept_by(actor))
        yield from _first(tasks, "more election to be decided", "more elections to be decided", ELECTIONS)


def _first(tasks: Sequence[Task], one: str, many: str, endpoint: str) -> list[Task]:
    return capped(tasks[:MOST], len(tasks) - MOST, one, many, endpoint)


@remembered
def _asked_of(user_id: int | None) -> tuple[Task, ...]:
    return tuple(_asked(each) for each in list_questions(user_id))


@remembered
def _plans_of(today: date, kept: Kept) -> tuple[Task, ...]:
    plans = list_open_plans(keeper(kept))
    return tuple(_plan(plan, today) for plan in plans if _waits_for(plan, is_secretariat=kept is None))


@remembered
def _elections_of(today: date, kept: Kept) -> tuple[Task, ...]:
    return tuple(_decided(row, today) for row in list_running(keeper(kept)) if row.state is ElectionState.BALLOT)


def _decided(row: ElectionRow, today: date) -> Task:
    seats = wording.plural(row.seats, "seat", "seats")
    return Task(
        Group.SOON,
        f"To be decided: {row.title}",
        f"{wording.plural(row.candidates, 'candidate', 'candidates')} for {seats}",
        row.committee,
        how_long(clock.local(row.deadline_at).date(), today),
        Tone.WARN,
        "Close it out",
        "committees.election",
        {"election_id": row.id},
    )


def _waits_for(plan: SuccessionPlan, *, is_secretariat: bool) -> bool:
    """Whether a plan waits for this actor: requests and newcomers for the secretariat, all else for the chair.

    Where there is no chair the secretariat acts; it sees what a chair has accepted, too, as it may appoint.
    """
    is_new = plan.person_id is None and plan.state is PlanState.ACCEPTED
    if plan.state is PlanState.REQUESTED or is_new:
        return is_secretariat
    return plan.state is PlanState.ACCEPTED or (plan.state is PlanState.PLANNED and not is_secretariat)


def _plan(plan: SuccessionPlan, today: date) -> Task:
    title, verb = WAITS[plan.state]
    if plan.person_id is None and plan.state is PlanState.ACCEPTED:
        title, verb = "{who} has accepted and is not on record yet", "Take up"
    since = clock.local(plan.state_since).date()
    return Task(
        Group.SOON,
        title.format(who=plan.name),
        f"{capital(seat_words(plan.seat.position, plan.seat.label))}, from {wording.long_day(plan.first_day)}",
        plan.committee.name,
        how_long(since, today),
        Tone.WARN,
        verb,
        "committees.plan",
        {"plan_id": plan.id},
    )


def _asked(question: Question) -> Task:
    title = "Would you sit on {}?" if question.is_plan else "You are nominated for {}"
    return Task(
        Group.SOON,
        title.format(question.committee),
        f"{question.what}, {question.days}",
        question.by,
        "",
        Tone.WARN,
        "Answer",
        "committees.answer_own",
        {"kind": question.kind, "question_id": question.id},
    )
