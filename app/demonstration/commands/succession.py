"""A plan of succession, a request to waive a limit, and elections before and after their result, as diary entries."""

from __future__ import annotations

from functools import partial

from app.committees.commands.answering import answer_question
from app.committees.commands.election_results import ResultValues, record_result
from app.committees.commands.elections import CallValues, call_election, close_nominations
from app.committees.commands.nominations import nominate
from app.committees.commands.plans import PlanValues, invite_successor, plan_successor
from app.committees.commands.waivers import WaiverValues, ask_waiver
from app.committees.models import Election, SuccessionPlan
from app.committees.queries.answers import list_questions
from app.committees.queries.elections import list_candidates, list_seats_of
from app.committees.rules import in_words
from app.committees.rules.deadlines import read_deadline
from app.committees.rules.elections import Nominators, Outcome
from app.committees.rules.plans import Answer
from app.core import clock
from app.core.actor import Actor
from app.core.periods import ONE_DAY, Period
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts, open_on


def write_succession(diary: Diary) -> None:
    """Plans with their answers, requests that wait, and elections with their nominations."""
    for facts in diary.facts["plan"]:
        made: list[SuccessionPlan] = []
        diary.on(facts["planned"], partial(_plan, diary, facts, made))
        diary.on(facts["answered"], partial(_answer, diary, facts))
    for facts in diary.facts["waiver"]:
        diary.on(facts["asked"], partial(_ask, diary, facts))
    for facts in diary.facts["election"]:
        told = facts if "decided" in facts else open_on(clock.today(), facts, diary.facts["record_date"])
        _write_election(diary, told)


def _write_election(diary: Diary, facts: Facts) -> None:
    """The call, who stands, the end of nominations and the result, as far as it is."""
    called: list[Election] = []
    diary.on(facts["called"], partial(_call, diary, facts, called))
    diary.on(facts["called"] + ONE_DAY, partial(_nominate, diary, facts, called))
    if facts["deadline"] < clock.today():
        diary.on(facts["deadline"] + ONE_DAY, partial(_close, diary, called))
    if "decided" in facts:
        diary.on(facts["decided"], partial(_decide, diary, facts, called))


def _plan(diary: Diary, facts: Facts, made: list[SuccessionPlan]) -> None:
    person = diary.person(facts["name"], facts["institution"], facts["planned"])
    values = PlanValues(person.id, Period(facts["first_day"], facts["last_day"]), note=facts["note"])
    made.append(plan_successor(diary.seats[facts["seat"]].id, values, actor=diary.actor))
    invite_successor(made[0].id, version=made[0].version, actor=diary.actor)


def _answer(diary: Diary, facts: Facts) -> None:
    person = diary.people[facts["name"]]
    for question in list_questions(person.user_id):
        answer_question(question, Answer.YES, words=facts["answer"], actor=Actor(person.name, person.user_id))


def _ask(diary: Diary, facts: Facts) -> None:
    values = WaiverValues(
        diary.people[facts["name"]].id, Period(facts["first_day"], facts["last_day"]), facts["reason"]
    )
    ask_waiver(diary.seats[facts["seat"]].id, values, actor=diary.actor)


def _call(diary: Diary, facts: Facts, called: list[Election]) -> None:
    values = CallValues(
        title=facts["title"],
        seat_ids=(diary.seats[facts["seat"]].id,),
        first_day=facts["first_day"],
        nominators=Nominators.ANYONE,
        opens_on=facts["called"],
        deadline=read_deadline(f"{in_words(facts['deadline'])} 17:00", clock.zone()),
        text=facts["text"],
    )
    called.append(call_election(diary.committees[facts["committee"]].id, values, actor=diary.actor))


def _nominate(diary: Diary, facts: Facts, called: list[Election]) -> None:
    day = facts["called"]
    for name, at in facts["stands"]:
        who = diary.person(name, at, day)
        nominate(called[0].id, who.id, statement=None, actor=Actor(who.name, who.user_id))
    if "nominated" in facts:
        name, at = facts["nominated"]
        asked = diary.person(name, at, day)
        nominate(called[0].id, asked.id, statement=facts["statement"], actor=diary.actor)


def _close(diary: Diary, called: list[Election]) -> None:
    close_nominations(called[0].id, actor=diary.actor)


def _decide(diary: Diary, facts: Facts, called: list[Election]) -> None:
    """The first who stands is elected, the others are substitutes in their order."""
    (seat,) = list_seats_of(called[0].id)
    stands = {diary.people[name].id: place for place, (name, _) in enumerate(facts["stands"])}
    outcomes = {}
    for each in list_candidates(called[0].id):
        place = stands[each.person_id]
        outcomes[each.id] = Outcome(facts["votes"][place], None if place else seat.id, place or None)
    values = ResultValues(outcomes, facts["decision"])
    record_result(called[0].id, values, version=called[0].version, actor=diary.actor)
