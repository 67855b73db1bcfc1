"""Saying what spellings in a file mean: once said it is an alias, for this file and all that come after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.actor import Actor
from app.core.database import Base, db, upsert
from app.core.errors import DomainError
from app.core.history import check_version
from app.core.permissions import Permission
from app.lines.commands.imports.cases import begin_check, locked, note
from app.lines.commands.places import add_consortium
from app.lines.commands.strains import add_strain, add_strain_alias
from app.lines.models import ProductionConsortium
from app.lines.models.imports import LineImport, LineImportQuestion, LineSpelling
from app.lines.rules.imports.kinds import MAKES_NEW, TOPIC_WORDS, Answer, LineImportState, Topic
from app.members.commands import add_alias
from app.members.models import Institution, InstitutionAlias

LONGEST_CODE = 40


@dataclass(frozen=True)
class SpellingAnswer:
    """What somebody says of a spelling: what kind of answer it is, and the one on record that it means."""

    answer: Answer
    meaning_id: int | None = None


def answer_spellings(
    import_id: int, answers: Mapping[int, SpellingAnswer], *, version: int, actor: Actor
) -> LineImport:
    """Say what spellings mean, that their rows are left out, or that they are new; then the file is tried out anew."""
    case = locked(import_id, {LineImportState.CHECKED}, actor)
    check_version(case, version)
    if not answers:
        raise DomainError("Nothing is answered: choose what at least one of the spellings means.")
    asked = select(LineImportQuestion).where(
        LineImportQuestion.import_id == import_id, LineImportQuestion.id.in_(answers)
    )
    for question in db.session.scalars(asked.order_by(LineImportQuestion.id)).all():
        said = answers[question.id]
        question.meaning = _carry_out(question, said, actor)
        question.answer, question.answered_by, question.answered_at = said.answer, actor.name, clock.now()
        _note(case, question, actor)
    return begin_check(case)


def _carry_out(question: LineImportQuestion, said: SpellingAnswer, actor: Actor) -> str:
    """Do what an answer says; what the spelling means, in words."""
    if said.answer is Answer.LEAVE_OUT:
        return "left out"
    if said.answer is Answer.NEW:
        return _make(question, actor)
    meaning_id = said.meaning_id or 0
    if question.topic is Topic.STRAIN:
        add_strain_alias(meaning_id, question.spelling, actor=actor)
        return "an alias of a strain"
    if question.topic is Topic.CONSORTIUM:
        _check_there(ProductionConsortium, meaning_id)
        _keep_spelling(question, actor, production_consortium_id=meaning_id, institution_id=None)
        return "a production consortium on record"
    return _mean_institution(question, meaning_id, actor)


def _make(question: LineImportQuestion, actor: Actor) -> str:
    """A strain or a production consortium that is called as the file spells it."""
    if question.topic not in MAKES_NEW:
        raise DomainError("Institutions are added to the register, not by a file of lines.")
    if question.topic is Topic.STRAIN:
        add_strain(question.spelling, actor=actor)
        return "a new strain"
    if len(question.spelling) > LONGEST_CODE:
        raise DomainError(f"The code of a production consortium has at most {LONGEST_CODE} letters.")
    add_consortium(question.spelling, question.spelling, actor=actor)
    return "a new production consortium"


def _mean_institution(question: LineImportQuestion, institution_id: int, actor: Actor) -> str:
    """An alias of the institution, where the actor may change it and it is free; else so in files of lines alone."""
    _check_there(Institution, institution_id)
    taken = db.session.scalar(select(InstitutionAlias.id).where(InstitutionAlias.folded == question.key))
    is_ambiguous = bool(question.suggested.get("several"))
    if actor.has_all(Permission.INSTITUTION_EDIT) and taken is None and not is_ambiguous:
        add_alias(institution_id, question.spelling, actor=actor)
        return "an alias of an institution"
    _keep_spelling(question, actor, institution_id=institution_id, production_consortium_id=None)
    return "an institution, in files of lines"


def _keep_spelling(question: LineImportQuestion, actor: Actor, **meaning: int | None) -> None:
    named = {"topic": question.topic, "key": question.key, "spelling": question.spelling}
    said = {**meaning, "said_by": actor.name, "said_at": clock.now()}
    kept = upsert(LineSpelling).values(**named, **said)
    renewed = {name: kept.excluded[name] for name in said}
    db.session.execute(kept.on_conflict_do_update(index_elements=["topic", "key"], set_=renewed))


def _check_there(model: type[Base], identity: int) -> None:
    if db.session.get(model, identity) is None:
        raise DomainError("Choose one that is on record.")


def _note(case: LineImport, question: LineImportQuestion, actor: Actor) -> None:
    words = f"{TOPIC_WORDS[question.topic].lower()} \u201c{question.spelling}\u201d is {question.meaning}"
    note(case, "answer_spelling_of", words, actor, rows=question.rows)
