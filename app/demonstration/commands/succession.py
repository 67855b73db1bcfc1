"""A plan of succession that was accepted, and an election that takes nominations, as diary entries."""

from __future__ import annotations

from functools import partial

from app.committees.commands.answering import answer_question
from app.committees.commands.elections import CallValues, call_election
from app.committees.commands.nominations import nominate
from app.committees.commands.plans import PlanValues, invite_successor, plan_successor
from app.committees.models import Election, SuccessionPlan
from app.committees.queries.answers import list_questions
from app.committees.rules.deadlines import read_deadline
from app.committees.rules.elections import Nominators
from app.committees.rules.plans import Answer
from app.core import clock
from app.core.actor import Actor
from app.core.periods import ONE_DAY, Period
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts


def write_succession(diary: Diary) -> None:
    """Plans with their answers, and elections with their nominations."""
    for facts in diary.facts["plan"]:
        made: list[SuccessionPlan] = []
        diary.on(facts["planned"], partial(_plan, diary, facts, made))
        diary.on(facts["answered"], partial(_answer, diary, facts))
    for facts in diary.facts["election"]:
        called: list[Election] = []
        diary.on(facts["called"], partial(_call, diary, facts, called))
        diary.on(facts["called"] + ONE_DAY, partial(_nominate, diary, facts, called))


def _plan(diary: Diary, facts: Facts, made: list[SuccessionPlan]) -> None:
    person = diary.person(facts["name"], facts["institution"], facts["planned"])
    values = PlanValues(person.id, Period(facts["first_day"], facts["last_day"]), note=facts["note"])
    made.append(plan_successor(diary.seats[facts["seat"]].id, values, actor=diary.actor))
    invite_successor(made[0].id, version=made[0].version, actor=diary.actor)


def _answer(diary: Diary, facts: Facts) -> None:
    person = diary.people[facts["name"]]
    for question in list_questions(person.user_id):
        answer_question(question, Answer.YES, words=facts["answer"], actor=Actor(person.name, person.user_id))


def _call(diary: Diary, facts: Facts, called: list[Election]) -> None:
    values = CallValues(
        title=facts["title"],
        seat_ids=(diary.seats[facts["seat"]].id,),
        first_day=facts["first_day"],
        nominators=Nominators.ANYONE,
        opens_on=facts["called"],
        deadline=read_deadline(facts["deadline"], clock.zone()),
        text=facts["text"],
    )
    called.append(call_election(diary.committees[facts["committee"]].id, values, actor=diary.actor))


def _nominate(diary: Diary, facts: Facts, called: list[Election]) -> None:
    day = facts["called"]
    stands, nominated = (diary.person(name, at, day) for name, at in (facts["stands"], facts["nominated"]))
    own = Actor(stands.name, stands.user_id)
    nominate(called[0].id, stands.id, statement=None, actor=own)
    nominate(called[0].id, nominated.id, statement=facts["statement"], actor=diary.actor)
