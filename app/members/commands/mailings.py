"""Templates of mails to many, and sending one: a message to each person, sent one by one."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import insert

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import check_version, lock
from app.core.permissions import Permission
from app.members.models import Mailing, MailingRecipient, MailTemplate
from app.members.queries.mailings import Audience, MailingPlan, plan_mailing
from app.members.rules import PLACEHOLDERS, SPACING, check_places
from app.outbox.commands import Address, send_mail


@dataclass(frozen=True)
class TemplateText:
    """What a template is called and says."""

    name: str
    subject: str
    text: str


def add_mail_template(text: TemplateText, *, actor: Actor) -> MailTemplate:
    """Write a template."""
    actor.require(Permission.MAILING_SEND)
    _check(text)
    template = MailTemplate(**asdict(text))
    db.session.add(template)
    db.session.flush()
    record(
        "members.add_mail_template",
        Subject("mail_template", template.id),
        summary=f"Mail template {text.name} written",
        after=asdict(text),
        actor=actor,
    )
    return template


def edit_mail_template(template_id: int, text: TemplateText, *, version: int, actor: Actor) -> MailTemplate:
    """Change a template; what was sent by it stays as it was sent."""
    actor.require(Permission.MAILING_SEND)
    _check(text)
    template = lock(MailTemplate, template_id)
    check_version(template, version)
    before = {name: getattr(template, name) for name in asdict(text)}
    for name, value in asdict(text).items():
        setattr(template, name, value)
    db.session.flush()
    record(
        "members.edit_mail_template",
        Subject("mail_template", template_id),
        summary=f"Mail template {text.name} changed",
        before=before,
        after=asdict(text),
        actor=actor,
    )
    return template


def send_mailing(template_id: int, audience: Audience, *, seen: str, actor: Actor) -> Mailing:
    """Send a template to an audience: what was seen, or nothing. Each person gets one message, two seconds apart."""
    plan = plan_mailing(template_id, audience, actor, on=clock.today())
    if plan.digest != seen:
        message = "What would be sent has changed meanwhile: look at it again."
        raise DomainError(message)
    if not plan.letters:
        raise DomainError("There is nobody to write to.")
    template = plan.template
    mailing = Mailing(
        name=template.name,
        subject=template.subject,
        text=template.text,
        sent_by=actor.name,
        sent_at=clock.now(),
    )
    db.session.add(mailing)
    db.session.flush()
    db.session.execute(insert(MailingRecipient), _recipients(mailing, plan))
    record(
        "members.send_mailing",
        Subject("mailing", mailing.id),
        summary=f"{template.name} sent to {len(plan.letters)} people, {len(plan.left_out)} left out",
        after={"subject": template.subject},
        actor=actor,
    )
    return mailing


def _check(text: TemplateText) -> None:
    check_places({"subject": text.subject, "text": text.text}, PLACEHOLDERS)


def _recipients(mailing: Mailing, plan: MailingPlan) -> list[dict[str, object]]:
    """The rows of a sending, its messages written to the outbox on the way."""
    nobody = {"mailing_id": mailing.id, "person_id": None, "institution_id": None, "mail_id": None, "left_out": None}
    rows: list[dict[str, object]] = []
    for place, letter in enumerate(plan.letters):
        to = Address(letter.name, letter.email)
        mail = send_mail(to, letter.subject, letter.body, not_before=mailing.sent_at + place * SPACING)
        rows.append({**nobody, "person_id": letter.person_id, "mail_id": mail.id})
    rows += [
        {**nobody, "person_id": each.person_id, "institution_id": each.institution_id, "left_out": each.why}
        for each in plan.left_out
    ]
    return rows
