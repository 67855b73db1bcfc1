"""Tasks about plans and elections: what one is asked, what waits for an appointment, what is to be decided."""

from __future__ import annotations

from collections.abc import Iterator

from app.committees.models import SuccessionPlan
from app.committees.queries.answers import Question, list_questions
from app.committees.queries.elections import list_running
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
from app.home.rules import Group, Task, Tone, days_left
from app.web import wording

MOST = 8
WAITS = {
    PlanState.PLANNED: ("{who} is planned and not asked yet", "Ask by mail"),
    PlanState.ACCEPTED: ("{who} has accepted", "Appoint"),
    PlanState.REQUESTED: ("{who} is to be appointed", "Appoint or refuse"),
}


def own_questions(actor: Actor) -> Iterator[Task]:
    """Seats offered to the actor, and elections in which they are nominated."""
    for each in list_questions(actor.user_id)[:MOST]:
        yield _asked(each)


def open_calls(actor: Actor) -> Iterator[Task]:
    """Calls for nominations that are open to the actor, who has nominated nobody in them yet."""
    for each in list_calls(actor)[:MOST]:
        yield Task(
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


def plans_waiting(actor: Actor) -> Iterator[Task]:
    """Plans that wait for a step of the actor's: to ask, to appoint; for the secretariat requests and newcomers."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    is_secretariat = actor.has_all(Permission.COMMITTEE_EDIT)
    waiting = [plan for plan in list_open_plans(actor) if _waits_for(plan, is_secretariat=is_secretariat)]
    for plan in waiting[:MOST]:
        yield _plan(plan)


def waivers_waiting(actor: Actor) -> Iterator[Task]:
    """Limits of terms: for the secretariat what is asked to be waived, for a chair what is granted and not used yet."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    for each in list_waiting_waivers(actor)[:MOST]:
        is_asked = each.state is WaiverState.ASKED
        seat = capital(seat_words(each.seat.position, each.seat.label))
        since = clock.local(each.asked_at if is_asked else each.decided_at or each.asked_at).date()
        yield Task(
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


def elections_to_decide(actor: Actor) -> Iterator[Task]:
    """Elections whose nominations have ended and that have no result yet."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    for row in list_running(actor):
        if row.state is ElectionState.BALLOT:
            seats = wording.plural(row.seats, "seat", "seats")
            yield Task(
                Group.SOON,
                f"To be decided: {row.title}",
                f"{wording.plural(row.candidates, 'candidate', 'candidates')} for {seats}",
                row.committee,
                how_long(clock.local(row.deadline_at).date(), clock.today()),
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


def _plan(plan: SuccessionPlan) -> Task:
    title, verb = WAITS[plan.state]
    if plan.person_id is None and plan.state is PlanState.ACCEPTED:
        title, verb = "{who} has accepted and is not on record yet", "Take up"
    since = clock.local(plan.state_since).date()
    return Task(
        Group.SOON,
        title.format(who=plan.name),
        f"{capital(seat_words(plan.seat.position, plan.seat.label))}, from {wording.long_day(plan.first_day)}",
        plan.committee.name,
        how_long(since, clock.today()),
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
