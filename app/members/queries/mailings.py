"""Mails to many: templates, who would get what, and what was sent to whom."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.accounts.queries import find_profile
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import valid
from app.core.paging import fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import (
    Affiliation,
    ContactRoute,
    Institution,
    Mailing,
    MailingRecipient,
    MailTemplate,
    Person,
    Representation,
)
from app.members.queries.memberships import step_facts
from app.members.rules import (
    PURPOSE_WORDS,
    Purpose,
    RouteKind,
    RoutePurpose,
    check_number,
    filled_in,
    filled_subject,
    standing_on,
)
from app.outbox.models import Mail

ROUTE_OF_PURPOSE = {
    Purpose.VOTING: RoutePurpose.REPRESENTATIVE,
    Purpose.ALTERNATE: RoutePurpose.ALTERNATE,
    Purpose.BILLING: RoutePurpose.BILLING,
    Purpose.SIGNATORY: RoutePurpose.SIGNATORY,
    Purpose.TECHNICAL: RoutePurpose.TECHNICAL,
}
NO_ADDRESS = "no e-mail address is on record"


@dataclass(frozen=True)
class Audience:
    """Whom a mailing goes to: these people, or those who represent these institutions for a purpose."""

    people: tuple[int, ...] = ()
    institutions: tuple[int, ...] = ()
    purpose: Purpose | None = None


@dataclass(frozen=True)
class Letter:
    """A message to one person, as it will be sent."""

    person_id: int
    name: str
    email: str
    subject: str
    body: str


@dataclass(frozen=True)
class LeftOut:
    """A person or an institution that gets no message, and why."""

    name: str
    why: str
    person_id: int | None = None
    institution_id: int | None = None


@dataclass(frozen=True)
class MailingPlan:
    """What a mailing would send, and whom it would leave out; the same plan has the same digest."""

    template: MailTemplate
    letters: tuple[Letter, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def digest(self) -> str:
        """Known again by this: who has seen it agrees to it and to nothing else."""
        return hashlib.sha256(repr((self.letters, self.left_out)).encode()).hexdigest()


@dataclass(frozen=True)
class MailingRow:
    """A sending in the list: how many messages, and how many of them are on their way or failed."""

    id: int
    name: str
    subject: str
    sent_by: str
    sent_at: datetime
    messages: int
    left_out: int


@dataclass(frozen=True)
class RecipientRow:
    """Somebody of a sending: the state of their message, or why they were left out."""

    person_id: int | None
    institution_id: int | None
    name: str
    mail_id: int | None
    state: str | None
    left_out: str | None


def list_mail_templates(actor: Actor) -> Sequence[MailTemplate]:
    """All templates by name."""
    actor.require(Permission.MAILING_SEND)
    return db.session.scalars(select(MailTemplate).order_by(MailTemplate.name, MailTemplate.id)).all()


def get_mail_template(template_id: int, actor: Actor) -> MailTemplate:
    """One template."""
    actor.require(Permission.MAILING_SEND)
    found = db.session.get(MailTemplate, template_id)
    if found is None:
        raise NotFoundError("There is no such template.")
    return found


def plan_mailing(template_id: int, audience: Audience, actor: Actor, *, on: date) -> MailingPlan:
    """The messages a template would become today: one for each person, however many institutions they speak for.

    Where nobody can be written to, it has none, and says of each why.
    """
    template = get_mail_template(template_id, actor)
    spoken_for = _spoken_for(audience, on)
    people = _people(spoken_for)
    addresses = _addresses(people, audience, on)
    reached = [person for person in people if person.id in addresses]
    check_number(reached)
    values = _values({person.id: spoken_for[person.id] for person in reached}, on)
    letters = [
        Letter(
            person_id=person.id,
            name=person.name,
            email=addresses[person.id],
            subject=filled_subject(template.subject, {"person": person.name, **values[person.id]}),
            body=filled_in(template.text, {"person": person.name, **values[person.id]}),
        )
        for person in reached
    ]
    unheard = _unheard(audience, spoken_for)
    mute = [LeftOut(person.name, NO_ADDRESS, person_id=person.id) for person in people if person.id not in addresses]
    return MailingPlan(template, tuple(letters), (*unheard, *mute))


def search_mailings(request: PageRequest, actor: Actor) -> Page[MailingRow]:
    """What was sent to many."""
    actor.require(Permission.MAILING_SEND)
    sent = func.count(MailingRecipient.mail_id)
    asked = select(Mailing, sent.label("messages"), (func.count() - sent).label("left_out")).join(
        MailingRecipient, MailingRecipient.mailing_id == Mailing.id
    )
    return fetch_page(
        asked.group_by(Mailing.id),
        request,
        sorts={"sent_at": Mailing.sent_at},
        key=Mailing.id,
        build=_mailing_row,
        total=select(func.count(Mailing.id)).correlate(None).scalar_subquery(),
    )


def get_mailing(mailing_id: int, actor: Actor) -> Mailing:
    """One sending."""
    actor.require(Permission.MAILING_SEND)
    found = db.session.get(Mailing, mailing_id)
    if found is None:
        raise NotFoundError("There is no such mailing.")
    return found


def list_recipients(mailing_id: int, actor: Actor) -> list[RecipientRow]:
    """Everybody of a sending, those left out first."""
    actor.require(Permission.MAILING_SEND)
    asked = (
        select(MailingRecipient, Person, Institution.name, Mail.state)
        .outerjoin(Person, Person.id == MailingRecipient.person_id)
        .outerjoin(Institution, Institution.id == MailingRecipient.institution_id)
        .outerjoin(Mail, Mail.id == MailingRecipient.mail_id)
        .where(MailingRecipient.mailing_id == mailing_id)
        .order_by(MailingRecipient.mail_id.is_not(None), Person.sort_name, Institution.sort_name, MailingRecipient.id)
    )
    return [
        RecipientRow(
            person_id=row.MailingRecipient.person_id,
            institution_id=row.MailingRecipient.institution_id,
            name=row.Person.name if row.Person else row.name,
            mail_id=row.MailingRecipient.mail_id,
            state=row.state.value if row.state else None,
            left_out=row.MailingRecipient.left_out,
        )
        for row in db.session.execute(asked)
    ]


def _mailing_row(row: Any) -> MailingRow:
    sent: Mailing = row.Mailing
    return MailingRow(sent.id, sent.name, sent.subject, sent.sent_by, sent.sent_at, row.messages, row.left_out)


def _spoken_for(audience: Audience, on: date) -> dict[int, list[int]]:
    """The people of an audience, each with the institutions they are written to for."""
    if audience.purpose is None:
        found: dict[int, list[int]] = {person_id: [] for person_id in audience.people}
        asked = select(Affiliation.person_id, Affiliation.institution_id).where(
            among(Affiliation.person_id, audience.people), valid(Affiliation, on)
        )
        rows = db.session.execute(asked.order_by(Affiliation.first_day, Affiliation.id))
    else:
        found = {}
        voices = select(Representation.person_id, Representation.institution_id).where(
            among(Representation.institution_id, audience.institutions),
            Representation.purpose == audience.purpose,
            valid(Representation, on),
        )
        rows = db.session.execute(voices.order_by(Representation.rank, Representation.id))
    for person_id, institution_id in rows:
        found.setdefault(person_id, []).append(institution_id)
    return found


def _people(spoken_for: Mapping[int, list[int]]) -> list[Person]:
    asked = select(Person).where(among(Person.id, spoken_for)).order_by(Person.sort_name, Person.id)
    return list(db.session.scalars(asked))


def _addresses(people: Sequence[Person], audience: Audience, on: date) -> dict[int, str]:
    """Where those are written to who have an address: the one they gave for the purpose, else that of their record."""
    found = {person.id: person.email for person in people if person.email is not None}
    if audience.purpose is None:
        return found
    asked = select(ContactRoute.person_id, ContactRoute.text).where(
        among(ContactRoute.person_id, [person.id for person in people]),
        ContactRoute.kind == RouteKind.EMAIL,
        ContactRoute.purpose == ROUTE_OF_PURPOSE[audience.purpose],
        valid(ContactRoute, on),
    )
    # Of several the first in order counts, the newest of that: it is read last.
    ordered = asked.order_by(ContactRoute.rank.desc(), ContactRoute.first_day, ContactRoute.id.desc())
    return found | {row.person_id: row.text for row in db.session.execute(ordered)}


def _values(spoken_for: Mapping[int, list[int]], on: date) -> dict[int, dict[str, str]]:
    """What is filled in for each person but their name."""
    classes, names = _classes({each for all_of in spoken_for.values() for each in all_of}, on)
    profile = find_profile(on)
    return {
        person_id: {
            "institution": ", ".join(names[each] for each in institution_ids),
            "class": ", ".join(dict.fromkeys(named for each in institution_ids for named in classes[each])),
            "consortium": profile.name if profile else "",
        }
        for person_id, institution_ids in spoken_for.items()
    }


def _unheard(audience: Audience, spoken_for: Mapping[int, list[int]]) -> list[LeftOut]:
    """The institutions of an audience that nobody represents for its purpose."""
    if audience.purpose is None:
        return []
    heard = {each for all_of in spoken_for.values() for each in all_of}
    missing = [each for each in audience.institutions if each not in heard]
    why = f"it has no {PURPOSE_WORDS[audience.purpose].lower()} on record"
    asked = select(Institution.id, Institution.name).where(among(Institution.id, missing))
    ordered = asked.order_by(Institution.sort_name, Institution.id)
    return [LeftOut(row.name, why, institution_id=row.id) for row in db.session.execute(ordered)]


def _classes(institution_ids: set[int], on: date) -> tuple[dict[int, tuple[str, ...]], dict[int, str]]:
    """The classes and the names of institutions."""
    ids = sorted(institution_ids)
    steps = step_facts(ids, None)
    asked = select(Institution.id, Institution.name).where(among(Institution.id, ids))
    names = {row.id: row.name for row in db.session.execute(asked)}
    return {each: standing_on(steps.get(each, []), on).classes for each in ids}, names
