"""Answers to a plan or a nomination: by a link that was mailed, or by whoever is signed in and asked."""

from __future__ import annotations

from app.committees.commands.answer_links import get_usable_link, use_link_up
from app.committees.commands.nominations import answer_nomination
from app.committees.commands.plans import answer_plan
from app.committees.models import AnswerLink, Committee, Election, Nomination, SuccessionPlan
from app.committees.queries.answers import Question, get_question
from app.committees.rules.plans import Answer
from app.core.actor import Actor, program
from app.core.database import db
from app.core.history import lock

BY_LINK = program("The person asked, by link")


def answer_by_link(token: str, answer: Answer, *, words: str | None) -> None:
    """Say yes or no by a link that was mailed, which is used up by it."""
    link = get_usable_link(token)
    found = _locked_plan(link.plan_id) if link.plan_id is not None else _locked_nomination(link)
    use_link_up(link.id)
    _keep(found, answer, words, BY_LINK)


def answer_question(question: Question, answer: Answer, *, words: str | None, actor: Actor) -> None:
    """Say yes or no to what one is asked, being signed in."""
    get_question(question.kind, question.id, actor.user_id)
    found = _locked_plan(question.id) if question.is_plan else _locked_by_id(question.id)
    _keep(found, answer, words, actor)


def _keep(found: SuccessionPlan | Nomination, answer: Answer, words: str | None, actor: Actor) -> None:
    if isinstance(found, SuccessionPlan):
        answer_plan(found, answer, words=words, actor=actor)
    else:
        answer_nomination(found, answer, words=words, actor=actor)


def _locked_plan(plan_id: int) -> SuccessionPlan:
    lock(Committee, db.session.get_one(SuccessionPlan, plan_id).committee_id)
    return lock(SuccessionPlan, plan_id)


def _locked_nomination(link: AnswerLink) -> Nomination:
    return _locked_by_id(link.nomination_id or 0)


def _locked_by_id(nomination_id: int) -> Nomination:
    election = db.session.get_one(Election, db.session.get_one(Nomination, nomination_id).election_id)
    lock(Committee, election.committee_id)
    lock(Election, election.id)
    return lock(Nomination, nomination_id)
