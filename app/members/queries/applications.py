"""Applications: the list with whose each is and whom it waits for, one case with all that belongs to it, links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.accounts.queries import find_profile
from app.accounts.rules import hash_token
from app.core import clock
from app.core.actor import Actor
from app.core.database import BigId, db
from app.core.errors import NotFoundError
from app.core.folding import folded
from app.core.paging import fetch_page, matches
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Page, PageRequest
from app.files.queries import OpenedFile, open_file
from app.members.models import (
    Applicant,
    Application,
    ApplicationDocument,
    ApplicationLink,
    ApplicationNote,
    ApplicationStep,
    CaseTask,
    CriterionFinding,
    Institution,
    MembershipClass,
    Person,
)
from app.members.queries.criteria import list_asked
from app.members.queries.mergers import stands_alone, survivors
from app.members.queries.policy import policy_on
from app.members.rules import (
    AFTER_DECISION,
    OPEN_CASES,
    WAITS_FOR,
    Assessed,
    CaseState,
    Check,
    CriterionFact,
    Finding,
    Purpose,
    TwinKind,
    assess,
    day_words,
)

MOST_MATCHES = 8


@dataclass(frozen=True)
class CaseFilters:
    """What the list of applications is narrowed to."""

    text: str = ""
    state: CaseState | None = None
    owner_id: int | None = None
    class_id: int | None = None


@dataclass(frozen=True)
class CaseRow:
    """A line of the list of applications."""

    id: int
    number: str
    name: str
    class_name: str
    state: CaseState
    state_since: date
    received_on: date
    owner: str | None

    @property
    def waits_for(self) -> str:
        """Whom the case waits for; nobody once it is closed."""
        if self.state not in OPEN_CASES:
            return ""
        return WAITS_FOR.get(self.state, self.owner or "an owner")


@dataclass(frozen=True)
class CaseRecord:
    """An application with all that belongs to it."""

    application: Application
    people: Sequence[Applicant]
    criteria: Sequence[Assessed]
    notes: Sequence[ApplicationNote]
    documents: Sequence[ApplicationDocument]
    steps: Sequence[ApplicationStep]
    tasks: Sequence[CaseTask]


@dataclass(frozen=True)
class Match:
    """An institution on record that an applicant may be, and why one may think so."""

    id: int
    name: str
    account_number: str
    why: str


def search_applications(filters: CaseFilters, request: PageRequest, actor: Actor) -> Page[CaseRow]:
    """Confirmed applications; what nobody has confirmed is not shown to anybody."""
    actor.require(Permission.APPLICATION_READ)
    asked = (
        select(
            Application.id,
            Application.number,
            Application.name,
            MembershipClass.name.label("class_name"),
            Application.state,
            Application.state_since,
            Application.received_on,
            User.name.label("owner"),
        )
        .join(MembershipClass, MembershipClass.id == Application.class_id)
        .outerjoin(User, User.id == Application.owner_id)
        .where(Application.number.is_not(None), *_conditions(filters))
    )
    sorts = {
        "number": Application.number,
        "name": func.lower(Application.name),
        "state": Application.state,
        "since": Application.state_since,
        "owner": User.name,
    }
    return fetch_page(asked, request, sorts=sorts, key=Application.id, build=lambda row: CaseRow(**row._mapping))  # noqa: SLF001


def get_case(application_id: int, actor: Actor) -> CaseRecord:
    """One confirmed application, for those who may read applications."""
    if not actor.has_any(Permission.APPLICATION_READ):
        raise NotFoundError("There is no such application.")
    asked = (
        select(Application)
        .where(Application.id == application_id, Application.number.is_not(None))
        .options(
            joinedload(Application.owner), joinedload(Application.membership_class), joinedload(Application.institution)
        )
        .execution_options(populate_existing=True)
    )
    application = db.session.scalar(asked)
    if application is None:
        raise NotFoundError("There is no such application.")
    people, documents = _all(Applicant, application_id, Applicant.person), _documents(application_id)
    return CaseRecord(
        application=application,
        people=people,
        criteria=_assessed(application, people, documents),
        notes=_all(ApplicationNote, application_id),
        documents=documents,
        steps=_all(ApplicationStep, application_id, ApplicationStep.owner),
        tasks=_all(CaseTask, application_id, CaseTask.owner),
    )


def find_linked_application(token: str, awaited: CaseState) -> Application | None:
    """The application of a link while it can still be used and waits for just that."""
    asked = (
        select(Application)
        .join(ApplicationLink, ApplicationLink.application_id == Application.id)
        .where(
            ApplicationLink.token_hash == hash_token(token),
            ApplicationLink.used_at.is_(None),
            ApplicationLink.expires_at > clock.now(),
            Application.state == awaited,
        )
    )
    return db.session.scalar(asked)


def open_case_document(application_id: int, document_id: int, actor: Actor) -> OpenedFile:
    """A document of a case, for those who may read the case."""
    get_case(application_id, actor)
    asked = select(ApplicationDocument.file_id).where(
        ApplicationDocument.id == document_id, ApplicationDocument.application_id == application_id
    )
    file_id = db.session.scalar(asked)
    if file_id is None:
        raise NotFoundError("There is no such document.")
    return open_file(file_id)


def list_matches(application: Application, actor: Actor) -> list[Match]:
    """Institutions on record that an applicant may be, by ROR or by name; nothing is ever chosen by itself."""
    actor.require(Permission.INSTITUTION_EDIT)
    name, short_name = folded(application.name), folded(application.short_name)
    conditions: list[ColumnElement[bool]] = [
        Institution.search_text.contains(name, autoescape=True),
        Institution.search_text.contains(f" {short_name} ", autoescape=True),
    ]
    if application.ror:
        conditions.append(Institution.ror == application.ror)
    alone = stands_alone(TwinKind.INSTITUTION)
    asked = select(Institution).where(or_(*conditions), alone).order_by(Institution.sort_name, Institution.id)
    return [
        Match(found.id, found.name, found.account_number, _why_match(found, application))
        for found in db.session.scalars(asked.limit(MOST_MATCHES))
    ]


def people_like(people: Sequence[Applicant], actor: Actor) -> dict[int, list[tuple[int, str]]]:
    """For each person an application names, those on record with the same address or name, with why.

    In the place of who was merged it is the survivor: nobody else can be taken up with that address.
    """
    actor.require(Permission.PERSON_EDIT)
    if not people:
        return {}
    emails, names = {each.email for each in people}, {_sorted_as(each) for each in people}
    asked = select(Person).where(or_(Person.email.in_(emails), Person.sort_name.in_(names)))
    found = db.session.scalars(asked.order_by(Person.sort_name, Person.id)).all()
    into = survivors(TwinKind.PERSON)
    stays = {person.id: db.session.get_one(Person, into.get(person.id, person.id)) for person in found}
    return {each.id: _like(each, [(person, stays[person.id]) for person in found]) for each in people}


def _like(applicant: Applicant, found: Sequence[tuple[Person, Person]]) -> list[tuple[int, str]]:
    told: dict[int, str] = {}
    for person, survivor in found:
        is_reached = person.email == applicant.email
        if is_reached or person.sort_name == _sorted_as(applicant):
            why = f"same {'e-mail' if is_reached else 'name'}"
            also = "" if survivor is person else " as who was merged into them"
            told.setdefault(survivor.id, f"{survivor.name}, {why}{also}")
    return list(told.items())


def _sorted_as(applicant: Applicant) -> str:
    """The name as lists of people sort it: the words that find somebody hold those of who was merged into them too."""
    return folded(applicant.family_name, applicant.given_name)[:200]


def letter_values(application: Application, actor: Actor) -> dict[str, str]:
    """What can be put into the places of a letter to an applicant."""
    known = db.session.get(Institution, application.institution_id) if application.institution_id else None
    months = policy_on(clock.today()).keeps_applications_months
    return {
        "person": application.contact_name,
        "institution": known.name if known else application.name,
        "account": known.account_number if known else "",
        "class": db.session.get_one(MembershipClass, application.class_id).name,
        "first_day": day_words(application.member_from) if application.member_from else "",
        "consortium": consortium_name(),
        "number": str(application.number),
        "months": f"{months} months",
        "site": this_site().base_url,
        "sender": actor.name,
    }


def consortium_name() -> str:
    """What the consortium is called today in letters."""
    profile = find_profile(clock.today())
    return profile.name if profile else "the consortium"


def _is_of(user_id: Any) -> ColumnElement[bool]:
    """The condition that an application is a user's own, or that a step of joining was given to them."""
    theirs = select(CaseTask.id).where(
        CaseTask.application_id == Application.id, CaseTask.owner_id == user_id, CaseTask.done_at.is_(None)
    )
    return or_(Application.owner_id == user_id, and_(Application.state.in_(AFTER_DECISION), theirs.exists()))


# Built once: the first page of everybody in the office asks it.
_WAITING = select(
    func.count().filter(_is_of(bindparam("user_id", type_=BigId)), Application.state != CaseState.MORE_ASKED),
    func.count().filter(Application.owner_id.is_(None)),
).where(Application.state.in_(OPEN_CASES))


def count_waiting(user_id: int | None) -> tuple[int, int]:
    """How many open applications wait for a user, who owns them or a step of them, and how many have no owner."""
    row = db.session.execute(_WAITING, {"user_id": user_id}).one()
    return int(row[0]), int(row[1])


def _conditions(filters: CaseFilters) -> list[ColumnElement[bool]]:
    found = matches(Application.search_text, filters.text)
    for column, wanted in (
        (Application.state, filters.state),
        (Application.class_id, filters.class_id),
    ):
        if wanted is not None:
            found.append(column == wanted)
    return found if filters.owner_id is None else [*found, _is_of(filters.owner_id)]


def _all(model: Any, application_id: int, *loaded: Any) -> list[Any]:
    asked = select(model).where(model.application_id == application_id).order_by(model.id)
    return list(db.session.scalars(asked.options(*(joinedload(each) for each in loaded))))


def _documents(application_id: int) -> list[ApplicationDocument]:
    return _all(ApplicationDocument, application_id, ApplicationDocument.file)


def _assessed(
    application: Application, people: Sequence[Applicant], documents: Sequence[ApplicationDocument]
) -> list[Assessed]:
    asked = [
        CriterionFact(found.id, found.text, found.kind, found.check)
        for found in list_asked(application.received_on)
        if found.class_id in {None, application.class_id}
    ]
    findings = {
        row.criterion_id: Finding(row.is_met, row.reason or "", row.found_by)
        for row in _all(CriterionFinding, application.id)
    }
    return assess(asked, _given(application, people, documents), findings)


def _given(
    application: Application, people: Sequence[Applicant], documents: Sequence[ApplicationDocument]
) -> frozenset[Check]:
    purposes = {each.purpose for each in people}
    given = {
        Check.ROR: application.ror,
        Check.COUNTRY: application.country,
        Check.WEBSITE: application.website,
        Check.ADDRESS: application.postal_address,
        Check.VOTING: Purpose.VOTING in purposes,
        Check.BILLING: Purpose.BILLING in purposes,
        Check.DOCUMENT: documents,
    }
    return frozenset(check for check, there in given.items() if there)


def _why_match(institution: Institution, application: Application) -> str:
    if application.ror and institution.ror == application.ror:
        return "the same ROR"
    is_same = folded(institution.name) == folded(application.name)
    return "the same name" if is_same else "a name it has or had, or its short name"
