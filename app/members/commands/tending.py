"""The daily round over cases: applications nobody confirmed expire and go, those that led nowhere go on their day."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, delete, or_, select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.periods import add_months
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.files.commands import forget_files
from app.members.commands.applications import move_case
from app.members.models import (
    Applicant,
    Application,
    ApplicationDocument,
    ApplicationLink,
    ApplicationMail,
    ApplicationNote,
    ApplicationStep,
    CaseTask,
    CriterionFinding,
)
from app.members.queries.policy import policy_on
from app.members.rules import CONFIRMATION_LIFE, LED_NOWHERE, CaseState
from app.outbox.commands import discard_mails
from app.outbox.duties import daily

BELONGING = (
    Applicant,
    ApplicationDocument,
    ApplicationLink,
    ApplicationMail,
    ApplicationNote,
    ApplicationStep,
    CaseTask,
    CriterionFinding,
)


@daily("members.tend_applications")
def tend() -> None:
    """The round of one day; run twice, the second finds nothing left to do."""
    with transaction():
        remove_stale_applications(actor=program("Daily round"))


def remove_stale_applications(*, actor: Actor) -> int:
    """Remove with all that belongs to them: what nobody confirmed in time, and what led nowhere long enough ago.

    How many were removed. The trail keeps that each was there, and nothing that it said.
    """
    actor.require(Permission.APPLICATION_EDIT)
    asked = select(Application).where(_is_stale()).order_by(Application.id).with_for_update()
    stale = db.session.scalars(asked).all()
    for application in stale:
        if application.state is CaseState.RECEIVED:
            move_case(application, CaseState.EXPIRED, reason="Nobody confirmed it in time", actor=actor)
        record(
            "members.remove_application",
            Subject("application", application.id),
            summary=f"Application {application.number or 'without number'} removed, being {application.state.value}",
            actor=actor,
        )
    _remove([application.id for application in stale])
    return len(stale)


def _is_stale() -> ColumnElement[bool]:
    day = clock.today()
    kept_since = add_months(day, -policy_on(day).keeps_applications_months)
    unconfirmed = and_(
        Application.state == CaseState.RECEIVED, Application.consented_at < clock.now() - CONFIRMATION_LIFE
    )
    led_nowhere = and_(Application.state.in_(LED_NOWHERE), Application.state_since < kept_since)
    return or_(unconfirmed, led_nowhere)


def _remove(ids: Sequence[int]) -> None:
    if not ids:
        return
    files = db.session.scalars(
        select(ApplicationDocument.file_id).where(ApplicationDocument.application_id.in_(ids))
    ).all()
    mails = db.session.scalars(select(ApplicationMail.mail_id).where(ApplicationMail.application_id.in_(ids))).all()
    for model in BELONGING:
        db.session.execute(delete(model).where(model.application_id.in_(ids)))
    db.session.execute(delete(Application).where(Application.id.in_(ids)))
    discard_mails(mails)
    forget_files(files)
