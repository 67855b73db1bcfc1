"""The steps of joining that members take themselves: the institution, its term, its people, and the welcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, overlapping
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands.applications import write_to_applicant
from app.members.commands.cases import (
    CaseStep,
    Done,
    begin_joining_step,
    finish_joining_step,
    register_joining_step,
)
from app.members.commands.institutions import InstitutionFacts, add_institution
from app.members.commands.memberships import Admission, admit_member
from app.members.commands.people import AffiliationFacts, PersonFacts, add_person, invite_person
from app.members.commands.representations import (
    RepresentationFacts,
    name_representative,
    resume_representation,
)
from app.members.commands.survivors import hold_institution, lock_institution
from app.members.documents.applications import Letter
from app.members.models import (
    Applicant,
    Application,
    CaseTask,
    Institution,
    Membership,
    MembershipClass,
    Person,
    Representation,
)
from app.members.queries import list_sign_ins
from app.members.rules import PURPOSE_WORDS, Purpose, day_words
from app.web.wording import plural

INSTITUTION, TERM, PEOPLE, WELCOME = "institution", "term", "representatives", "welcome"

register_joining_step(
    CaseStep(
        INSTITUTION,
        "Institution",
        "Take it up, or choose the one on record that it is.",
        10,
        "Take up or choose",
        "members.take_up_applicant",
    )
)
register_joining_step(
    CaseStep(
        TERM, "Term", "Make it a member from its first day.", 20, "Give term", "members.give_term", needs=(INSTITUTION,)
    )
)
register_joining_step(
    CaseStep(
        PEOPLE,
        "Representatives",
        "Name who votes, stands in and is billed; each is taken up or chosen.",
        30,
        "Name them",
        "members.name_applicants",
        needs=(TERM,),
    )
)
register_joining_step(
    CaseStep(
        WELCOME,
        "Welcome",
        "Send the letter that welcomes it, after you have seen it; who represents it and cannot sign in is invited.",
        90,
        "Write it",
        "members.welcome_member",
        needs=(PEOPLE,),
    )
)


@dataclass(frozen=True)
class Joiner:
    """Who joins: the institution, its membership in a class, and from when."""

    institution: Institution
    membership: Membership


def take_up_applicant(application_id: int, facts: InstitutionFacts, *, actor: Actor) -> Application:
    """Take the applicant up as an institution."""
    application, task = begin_joining_step(application_id, INSTITUTION, actor=actor)
    added = add_institution(facts, actor=actor)
    return _is(application, task, added, f"{added.name} taken up as {added.account_number}.", actor)


def choose_institution(application_id: int, institution_id: int, *, actor: Actor) -> Application:
    """Say which institution on record the applicant is."""
    application, task = begin_joining_step(application_id, INSTITUTION, actor=actor)
    actor.require(Permission.INSTITUTION_EDIT)
    chosen = hold_institution(institution_id)
    return _is(application, task, chosen, f"It is {chosen.name}, on record as {chosen.account_number}.", actor)


def give_term(application_id: int, admission: Admission, *, actor: Actor) -> Application:
    """Make the applicant a member."""
    application, task = begin_joining_step(application_id, TERM, actor=actor)
    membership = admit_member(_institution_of(application).id, admission, actor=actor)
    application.membership_id, application.class_id = membership.id, membership.class_id
    application.member_from = membership.first_day
    named = db.session.get_one(MembershipClass, membership.class_id).name
    outcome = f"Member as {named} from {day_words(membership.first_day)}."
    finish_joining_step(application, task, Done(outcome), actor=actor)
    return application


def name_applicants(application_id: int, chosen: Mapping[int, int | None], *, actor: Actor) -> Application:
    """Name those the application names: each is someone on record (their id), or is taken up (None).

    Whom one address names for several things is taken up once; who is that for it already goes on, now without an end.
    """
    application, task = begin_joining_step(application_id, PEOPLE, actor=actor)
    joiner = joiner_of(application)
    lock_institution(joiner.institution.id)
    asked = select(Applicant).where(Applicant.application_id == application_id).order_by(Applicant.id)
    taken_up: dict[str, int] = {}
    named = []
    for applicant in db.session.scalars(asked).all():
        person_id = chosen.get(applicant.id) or taken_up.get(applicant.email)
        if person_id is None:
            person_id = taken_up[applicant.email] = _take_up(applicant, joiner, actor).id
        applicant.person_id = person_id
        _name(joiner, person_id, applicant.purpose, application.decision, actor)
        named.append(PURPOSE_WORDS[applicant.purpose].lower())
    outcome = f"Named: {', '.join(named)}." if named else "The application named nobody."
    finish_joining_step(application, task, Done(outcome), actor=actor)
    return application


def welcome_member(application_id: int, letter: Letter, *, actor: Actor) -> Application:
    """Send the welcome letter, once, and invite who represents the member, unless they can sign in or were invited."""
    application, task = begin_joining_step(application_id, WELCOME, actor=actor)
    joiner = joiner_of(application)
    write_to_applicant(application, letter)
    to_invite = [each for each in list_sign_ins(joiner.institution.id, actor) if each.is_to_invite]
    for each in to_invite:
        invite_person(each.person_id, actor=actor)
    also = f" {plural(len(to_invite), 'invitation', 'invitations')} to sign in went out." if to_invite else ""
    finish_joining_step(application, task, Done(f"The welcome letter was written to the applicant.{also}"), actor=actor)
    return application


def joiner_of(application: Application) -> Joiner:
    """The institution and the membership an application has led to, for the steps that build on them.

    Refused where that is on record no more: who is no member gets neither representatives nor seats nor a bill.
    """
    if application.membership_id is None:
        raise DomainError("First comes: Term.")
    membership = db.session.get_one(Membership, application.membership_id)
    if membership.superseded_at is not None:
        raise DomainError("Its membership was taken back, or never began: record that the application is withdrawn.")
    return Joiner(_institution_of(application), membership)


def _institution_of(application: Application) -> Institution:
    if application.institution_id is None:
        raise DomainError("First comes: Institution.")
    return db.session.get_one(Institution, application.institution_id)


def _is(application: Application, task: CaseTask, institution: Institution, outcome: str, actor: Actor) -> Application:
    application.institution_id = institution.id
    finish_joining_step(application, task, Done(outcome), actor=actor)
    return application


def _name(joiner: Joiner, person_id: int, purpose: Purpose, decision: str | None, actor: Actor) -> None:
    facts = RepresentationFacts(purpose, joiner.membership.first_day)
    asked = select(Representation).where(
        Representation.institution_id == joiner.institution.id,
        Representation.person_id == person_id,
        Representation.purpose == purpose,
        as_known(Representation),
        overlapping(Representation, Period(facts.first_day)),
    )
    found = db.session.scalar(asked.order_by(Representation.first_day.desc()).limit(1))
    if found is None:
        name_representative(joiner.institution.id, person_id, facts, reason=decision, actor=actor)
    elif found.last_day is not None:
        resume_representation(found.id, last_day=None, reason=decision, actor=actor)


def _take_up(applicant: Applicant, joiner: Joiner, actor: Actor) -> Person:
    facts = PersonFacts(applicant.given_name, applicant.family_name, email=applicant.email)
    since = min(joiner.membership.first_day, clock.today())
    return add_person(facts, affiliation=AffiliationFacts(joiner.institution.id, since), actor=actor)
