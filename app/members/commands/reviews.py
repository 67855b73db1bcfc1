"""The review of an application: whose it is, what is asked and answered, notes, documents, and the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update

from app.accounts.models import User
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.files.commands import store_file
from app.members.commands.applications import (
    invite_applicant,
    locked_case,
    move_case,
    spend_application_links,
    use_application_link,
    write_to_applicant,
)
from app.members.commands.cases import open_joining
from app.members.documents.applications import Letter, question
from app.members.models import Application, ApplicationDocument, ApplicationNote, CaseTask, MembershipClass
from app.members.queries.owners import may_own_cases
from app.members.rules import ANSWER_LIFE, APPLICANT, OPEN_CASES, CaseState, day_words


@dataclass(frozen=True)
class CaseFile:
    """A document as it was sent: its name, its bytes, and the type the bytes witness."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class CaseDecision:
    """The decision about an application: a reference to it, such as D-2016-014, and why."""

    decision: str
    reason: str


def take_case(application_id: int, *, actor: Actor) -> Application:
    """Make an application one's own; with the first owner its review begins."""
    application = locked_case(application_id, actor)
    if application.state in OPEN_CASES and application.owner_id not in {None, actor.user_id}:
        raise DomainError("Somebody else has taken this case meanwhile. Assign it to yourself if that is agreed.")
    return _owned(application, actor.user_id, actor)


def assign_case(application_id: int, owner_id: int, *, actor: Actor) -> Application:
    """Give an application to another user who may work on it, with the steps that are its owner's and not yet done."""
    application = locked_case(application_id, actor)
    if not may_own_cases(owner_id):
        raise DomainError("This user may not work on applications.", "owner_id")
    return _owned(application, owner_id, actor)


def ask_applicant(application_id: int, text: str, *, actor: Actor) -> Application:
    """Ask the applicant for more: a mail with a link to a page where they answer and add documents."""
    application = locked_case(application_id, actor)
    application.question = text
    move_case(application, CaseState.MORE_ASKED, actor=actor)
    _note(application, f"Asked of the applicant:\n{text}", actor)
    write_to_applicant(application, question(invite_applicant(application, ANSWER_LIFE, "answer"), text))
    return application


def answer_question(token: str, text: str, files: Sequence[CaseFile]) -> Application:
    """What an applicant answers by the link that was mailed; with it the review goes on."""
    application = use_application_link(token, CaseState.MORE_ASKED)
    actor = program(APPLICANT)
    _note(application, text, actor)
    for sent in files:
        _add_document(application, sent, actor)
    move_case(application, CaseState.UNDER_REVIEW, reason="Answered", actor=actor)
    return application


def go_on_without_answer(application_id: int, *, actor: Actor) -> Application:
    """Take up the review again though nothing was answered; the link to answer works no longer."""
    application = locked_case(application_id, actor)
    spend_application_links(application_id)
    move_case(application, CaseState.UNDER_REVIEW, reason="Not waiting for an answer any longer", actor=actor)
    return application


def note_in_case(application_id: int, text: str, *, actor: Actor) -> ApplicationNote:
    """Note something in the case, for those who work on it."""
    application = locked_case(application_id, actor)
    note = _note(application, text, actor)
    _told(application, "note", "note added", actor)
    return note


def add_case_document(application_id: int, sent: CaseFile, *, actor: Actor) -> ApplicationDocument:
    """Add a document to the case; whoever may read the case may read it."""
    application = locked_case(application_id, actor)
    document = _add_document(application, sent, actor)
    _told(application, "document", "document added", actor)
    return document


def admit_applicant(
    application_id: int, ruling: CaseDecision, *, class_id: int, member_from: date, actor: Actor
) -> Application:
    """Decide to admit an applicant in a class from a day on; what follows is done step by step."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    application = locked_case(application_id, actor)
    named = db.session.get(MembershipClass, class_id)
    if named is None or not named.is_offered:
        raise DomainError("There is no such class, or it is no longer offered.", "class_id")
    application.class_id, application.member_from = class_id, member_from
    _decide(application, ruling, CaseState.ADMITTED, actor)
    open_joining(application)
    return application


def decline_applicant(application_id: int, ruling: CaseDecision, letter: Letter, *, actor: Actor) -> Application:
    """Decide not to admit an applicant, and tell them by a letter."""
    application = locked_case(application_id, actor)
    _decide(application, ruling, CaseState.DECLINED, actor)
    write_to_applicant(application, letter)
    return application


def _decide(application: Application, ruling: CaseDecision, state: CaseState, actor: Actor) -> None:
    application.decision, application.decision_reason = ruling.decision, ruling.reason
    move_case(application, state, reason=ruling.reason, actor=actor)
    spend_application_links(application.id)


def _owned(application: Application, owner_id: int | None, actor: Actor) -> Application:
    if application.state not in OPEN_CASES:
        raise DomainError("This case is closed: nobody works on it any more.")
    owner = db.session.get(User, owner_id) if owner_id else None
    theirs = (CaseTask.application_id == application.id, CaseTask.owner_id == application.owner_id)
    db.session.execute(update(CaseTask).where(*theirs, CaseTask.done_at.is_(None)).values(owner_id=owner_id))
    application.owner_id = owner_id
    _told(application, "owner", f"now with {owner.name if owner else 'nobody'}", actor)
    if application.state is CaseState.CONFIRMED:
        move_case(application, CaseState.UNDER_REVIEW, actor=actor)
    db.session.flush()
    return application


def _note(application: Application, text: str, actor: Actor) -> ApplicationNote:
    note = ApplicationNote(application_id=application.id, text=text, written_by=actor.name, written_at=clock.now())
    db.session.add(note)
    db.session.flush()
    return note


def _add_document(application: Application, sent: CaseFile, actor: Actor) -> ApplicationDocument:
    file = store_file(sent.content, sent.media_type, sent.name)
    document = ApplicationDocument(
        application_id=application.id, file_id=file.id, added_by=actor.name, added_at=clock.now()
    )
    db.session.add(document)
    db.session.flush()
    return document


def _told(application: Application, verb: str, what: str, actor: Actor) -> None:
    record(
        f"members.application_{verb}",
        Subject("application", application.id),
        summary=f"Application {application.number}: {what} on {day_words(clock.today())}",
        actor=actor,
    )
