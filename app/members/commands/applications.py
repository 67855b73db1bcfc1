"""How an application comes in: sent by anybody and confirmed by mail, or entered by the secretariat."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import select, update

from app.accounts.commands import Machine, Refused, throttle
from app.accounts.commands.throttle import Subjects
from app.accounts.rules import hash_token, wait_in_words
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError, NotFoundError, Refusals
from app.core.folding import folded
from app.core.history import lock
from app.core.permissions import Permission
from app.core.series import take_numbers
from app.core.site import this_site
from app.members.documents.applications import Invitation, Letter, confirmation
from app.members.models import (
    Applicant,
    Application,
    ApplicationLink,
    ApplicationMail,
    ApplicationStep,
    Criterion,
    CriterionFinding,
    Membership,
    MembershipClass,
)
from app.members.queries.applications import consortium_name
from app.members.queries.policy import policy_on
from app.members.rules import (
    APPLICANT,
    CONFIRMATION_LIFE,
    CaseState,
    CriterionKind,
    Identifiers,
    InstitutionKind,
    Purpose,
    check_case_step,
    day_words,
    read_identifiers,
)
from app.outbox.commands import Address, send_mail

TOKEN_BYTES = 32
FORM = "Application form"
STALE_LINK = "This link has been used meanwhile, or is too old."


@dataclass(frozen=True)
class ApplicantFacts:
    """A person whom an application names."""

    purpose: Purpose
    given_name: str
    family_name: str
    email: str


@dataclass(frozen=True)
class ApplicationFacts:
    """What an application says; `said` are the criteria the applicant declares to meet."""

    name: str
    short_name: str
    kind: InstitutionKind
    class_id: int
    contact_name: str
    contact_email: str
    country: str | None = None
    ror: str | None = None
    website: str | None = None
    postal_address: str | None = None
    vat_number: str | None = None
    message: str | None = None
    people: tuple[ApplicantFacts, ...] = ()
    said: tuple[int, ...] = ()


def submit_application(facts: ApplicationFacts, *, machine: Machine) -> Application | Refused:
    """Take what anybody sent, unconfirmed, and mail a link to confirm it; who sends too often is told to wait.

    Nothing that is on record of members is looked at, so the answer says nothing about it.
    """
    if not policy_on(clock.today()).accepts_applications:
        raise NotFoundError("No applications are accepted.")
    subjects = Subjects.of(facts.contact_email, machine.address, kind="apply")
    wait = throttle.wait_to_apply(subjects)
    if wait:
        return Refused(f"There were too many applications. Wait {wait_in_words(wait)} and send this again.")
    throttle.count_application(subjects)
    actor = program(FORM)
    application = _take_in(facts, CaseState.RECEIVED, actor)
    letter = confirmation(invite_applicant(application, CONFIRMATION_LIFE, "confirm"))
    write_to_applicant(application, letter)
    return application


def enter_application(facts: ApplicationFacts, *, actor: Actor) -> Application:
    """Enter an application that came by letter: confirmed from the start, and its owner is who entered it."""
    actor.require(Permission.APPLICATION_EDIT)
    application = _take_in(facts, CaseState.CONFIRMED, actor)
    application.entered_by, application.owner_id = actor.name, actor.user_id
    _number(application)
    db.session.flush()
    return application


def confirm_application(token: str) -> Application:
    """Confirm what was sent, by the link that was mailed: it gets its number and comes before the secretariat."""
    application = use_application_link(token, CaseState.RECEIVED)
    _number(application)
    move_case(application, CaseState.CONFIRMED, actor=program(APPLICANT))
    return application


def withdraw_by_link(token: str, awaited: CaseState) -> Application:
    """Withdraw an application by a link that was mailed to the applicant."""
    application = use_application_link(token, awaited)
    move_case(application, CaseState.WITHDRAWN, actor=program(APPLICANT))
    return application


def withdraw_application(application_id: int, *, reason: str, actor: Actor) -> Application:
    """Record that an applicant has withdrawn; one that is a member by now leaves instead."""
    application = locked_case(application_id, actor)
    member = application.membership_id and db.session.get_one(Membership, application.membership_id)
    if member and member.superseded_at is None and (member.last_day is None or member.last_day >= clock.today()):
        since = day_words(member.first_day)
        if member.first_day > clock.today():
            raise DomainError(f"It is to be a member from {since} on: withdraw that membership first.")
        raise DomainError(f"It is a member from {since} on: record that it leaves instead.")
    move_case(application, CaseState.WITHDRAWN, reason=reason, actor=actor)
    spend_application_links(application_id)
    return application


def locked_case(application_id: int, actor: Actor) -> Application:
    """An application that has been confirmed, locked, for whoever works on it."""
    actor.require(Permission.APPLICATION_EDIT)
    application = lock(Application, application_id)
    if application.number is None:
        raise NotFoundError("There is no such application.")
    return application


def move_case(application: Application, state: CaseState, *, reason: str | None = None, actor: Actor) -> None:
    """Let a locked application come to a state, and keep when, by whom and why."""
    check_case_step(application.state, state)
    before = application.state
    application.state, application.state_since = state, clock.today()
    _keep_step(application, reason, actor)
    record(
        f"members.application_{state.value}",
        Subject("application", application.id),
        summary=f"Application {application.number or 'without number'}: {state.value.replace('_', ' ')}",
        before={"state": before.value.replace("_", " ")},
        after={"state": state.value.replace("_", " ")},
        reason=reason,
        actor=actor,
    )
    db.session.flush()


def invite_applicant(application: Application, life: timedelta, page: str) -> Invitation:
    """A new link for the applicant, which makes earlier ones useless, and what a mail says about it."""
    spend_application_links(application.id)
    token, until = secrets.token_urlsafe(TOKEN_BYTES), clock.now() + life
    db.session.add(ApplicationLink(application_id=application.id, token_hash=hash_token(token), expires_at=until))
    db.session.flush()
    return Invitation(
        name=application.contact_name,
        institution=application.name,
        consortium=consortium_name(),
        link=this_site().address(f"/apply/{page}/{token}"),
        until=clock.local(until),
    )


def use_application_link(token: str, awaited: CaseState) -> Application:
    """The locked application of a link, which is used up by this; refused unless it waits for just that."""
    found = db.session.scalar(select(ApplicationLink).where(ApplicationLink.token_hash == hash_token(token)))
    if found is None:
        raise DomainError(STALE_LINK)
    application = lock(Application, found.application_id)
    link = lock(ApplicationLink, found.id)
    if link.used_at is not None or link.expires_at <= clock.now() or application.state is not awaited:
        raise DomainError(STALE_LINK)
    link.used_at = clock.now()
    return application


def spend_application_links(application_id: int) -> None:
    """Make every link of an application useless."""
    still_open = (ApplicationLink.application_id == application_id, ApplicationLink.used_at.is_(None))
    db.session.execute(update(ApplicationLink).where(*still_open).values(used_at=clock.now()))


def write_to_applicant(application: Application, letter: Letter) -> None:
    """Send a letter to whoever applied, and keep that it belongs to the case."""
    to = Address(application.contact_name, application.contact_email)
    mail = send_mail(to, letter.subject, letter.body)
    db.session.add(ApplicationMail(application_id=application.id, mail_id=mail.id))
    db.session.flush()


def _take_in(facts: ApplicationFacts, state: CaseState, actor: Actor) -> Application:
    kept = _checked(facts)
    application = Application(
        state=state,
        state_since=clock.today(),
        name=facts.name,
        short_name=facts.short_name,
        kind=facts.kind,
        postal_address=facts.postal_address,
        **asdict(kept),
        class_id=facts.class_id,
        message=facts.message,
        contact_name=facts.contact_name,
        contact_email=facts.contact_email,
        consented_at=clock.now(),
        received_on=clock.today(),
        search_text=folded(facts.name, facts.short_name, facts.contact_name),
    )
    db.session.add(application)
    db.session.flush()
    _add_people(application, facts.people)
    _keep_said(application, facts.said)
    _keep_step(application, None, actor)
    record(
        "members.take_in_application",
        Subject("application", application.id),
        summary="Application received",
        after={"state": state.value, "class": facts.class_id, "country": kept.country},
        actor=actor,
    )
    return application


def _checked(facts: ApplicationFacts) -> Identifiers:
    """What tells the applicant from others, as it is kept; refused with everything that is wrong in the application."""
    refusals = Refusals()
    kept = Identifiers(facts.country or None, facts.ror, facts.website, facts.vat_number)
    with refusals:
        named = db.session.get(MembershipClass, facts.class_id)
        if named is None or not named.is_offered:
            raise DomainError("There is no such class, or it is no longer offered.", "class_id")
    with refusals:
        kept = read_identifiers(kept)
    refusals.say()
    return kept


def _add_people(application: Application, people: Iterable[ApplicantFacts]) -> None:
    db.session.add_all(
        Applicant(
            application_id=application.id,
            purpose=each.purpose,
            given_name=each.given_name,
            family_name=each.family_name,
            email=each.email,
        )
        for each in people
    )


def _keep_said(application: Application, said: tuple[int, ...]) -> None:
    """Keep what the applicant declares; only of criteria that are for the applicant to say."""
    asked = select(Criterion.id).where(Criterion.id.in_(said), Criterion.kind == CriterionKind.SAID)
    db.session.add_all(
        CriterionFinding(
            application_id=application.id,
            criterion_id=criterion_id,
            is_met=True,
            found_by=APPLICANT,
            found_at=clock.now(),
        )
        for criterion_id in db.session.scalars(asked.order_by(Criterion.id)).all()
    )


def _number(application: Application) -> None:
    day = clock.today()
    (number,) = take_numbers("application", year=day.year, count=1, day=day)
    application.number = f"A-{day.year}-{number:03}"
    application.search_text = folded(application.search_text, application.number)


def _keep_step(application: Application, reason: str | None, actor: Actor) -> None:
    db.session.add(
        ApplicationStep(
            application_id=application.id,
            state=application.state,
            taken_at=clock.now(),
            taken_by=actor.name,
            reason=reason,
            owner_id=application.owner_id,
        )
    )
