"""How what members itself keeps follows when two records are merged, what stays, and what forbids it."""

from __future__ import annotations

from sqlalchemy import func, select

from app.accounts.models import Grant, SignInSession
from app.core import clock
from app.core.database import db
from app.members.models import (
    Affiliation,
    Applicant,
    Application,
    CaseTask,
    ContactRoute,
    Departure,
    Institution,
    InstitutionAlias,
    InstitutionDocument,
    InstitutionName,
    InstitutionNote,
    InstitutionParticulars,
    InstitutionUnit,
    KeptPerson,
    Leaver,
    MailingRecipient,
    Membership,
    MembershipStep,
    Person,
    PersonPhoto,
    Representation,
)
from app.members.queries.followers import Alone, Clash, follows, forbids, stays
from app.members.queries.mergers import user_of
from app.members.rules import LeavingState, Purpose, RoutePurpose, TwinKind, day_words


@forbids(TwinKind.INSTITUTION)
def _above_each_other(survivor_id: int, merged_id: int) -> list[Clash]:
    """The survivor is a part of the merged one: it would become a part of itself."""
    parents = {row.id: row.parent_id for row in db.session.execute(select(Institution.id, Institution.parent_id))}
    above = parents.get(survivor_id)
    while above is not None:
        if above == merged_id:
            return [Clash("The survivor is a part of the other one.", "Say first that it is part of none.")]
        above = parents.get(above)
    return []


@forbids(TwinKind.PERSON)
def _both_signed_in(survivor_id: int, merged_id: int) -> list[Clash]:
    """Two people at work are hardly one."""
    users = [user_of(survivor_id), user_of(merged_id)]
    asked = select(func.count(SignInSession.user_id.distinct())).where(
        SignInSession.user_id.in_(users), SignInSession.ended_at.is_(None), SignInSession.expires_at > clock.now()
    )
    if db.session.scalar(asked) == len(users):
        return [Clash("Both are signed in now.", "Ask them which sign-in they keep, and to sign out of the other.")]
    return []


@forbids(TwinKind.INSTITUTION)
def _leaving(survivor_id: int, merged_id: int) -> list[Clash]:
    """What a case of leaving ends is that of one institution: it would end that of the other too."""
    asked = select(Departure.number).where(
        Departure.institution_id.in_((survivor_id, merged_id)), Departure.state == LeavingState.NOTICE_GIVEN
    )
    numbers = db.session.scalars(asked.order_by(Departure.id)).all()
    return [Clash(f"One of them is leaving, as {number}.", "Close or call off that case first.") for number in numbers]


@forbids(TwinKind.PERSON)
def _erased(survivor_id: int, merged_id: int) -> list[Clash]:
    """Of somebody erased nothing is left that could be told to be the same."""
    asked = select(Person.id).where(Person.id.in_((survivor_id, merged_id)), Person.erased_at.is_not(None))
    if db.session.scalar(asked.limit(1)) is not None:
        return [Clash("One of them was erased.", "Leave them as they are: nothing hangs on who was erased.")]
    return []


@forbids(TwinKind.PERSON)
def _kept(_survivor_id: int, merged_id: int) -> list[Clash]:
    """Somebody kept beyond their day for a reason is not put aside without a word."""
    kept = db.session.get(KeptPerson, merged_id)
    if kept is None:
        return []
    words = f"The merged one is kept until {day_words(kept.last_day)}, for a reason."
    return [Clash(words, "Release them first; the survivor can be kept once they have left.")]


OVERLAP = "share days; only one may be on record"
ENTERED_TWICE = "End one before the other begins, or take one back where it is corrected, then come back."
NAMED_TWICE = "End one before the other begins, or take one back, on the tab People of its institution, then come back."
SENT = (("mail sent", "mails sent"), "they were sent to it as it was then")
INSTITUTION, PERSON = TwinKind.INSTITUTION, TwinKind.PERSON
follows(
    INSTITUTION,
    Membership.institution_id,
    ("membership", "memberships"),
    alone=(Alone(("class_id",), f"Memberships of both in one class {OVERLAP}.", way_out=ENTERED_TWICE),),
    parts=MembershipStep.membership_id,
)
follows(
    INSTITUTION,
    Affiliation.institution_id,
    ("place of a person", "places of people"),
    alone=(Alone(("person_id",), f"Places of one person at both {OVERLAP}.", way_out=ENTERED_TWICE),),
)
follows(
    INSTITUTION,
    Representation.institution_id,
    ("representative", "representatives"),
    alone=(
        Alone(("purpose",), f"Voting representatives of both {OVERLAP}.", ("purpose", Purpose.VOTING), NAMED_TWICE),
        Alone(("purpose", "rank"), f"Alternates of one rank {OVERLAP}.", ("purpose", Purpose.ALTERNATE), NAMED_TWICE),
        Alone(("purpose", "person_id"), f"Roles of one person for both {OVERLAP}.", way_out=NAMED_TWICE),
    ),
)
follows(INSTITUTION, Institution.parent_id, ("part of it", "parts of it"))
follows(
    INSTITUTION,
    InstitutionParticulars.parent_id,
    ("period of a part of it", "periods of parts of it"),
    own=InstitutionParticulars.institution_id,
)
follows(
    INSTITUTION,
    InstitutionUnit.institution_id,
    ("unit", "units"),
    alone=(Alone(("name",), f"Units of one name of both {OVERLAP}."),),
)
follows(INSTITUTION, InstitutionAlias.institution_id, ("alias", "aliases"))
follows(INSTITUTION, InstitutionDocument.institution_id, ("document", "documents"))
follows(INSTITUTION, InstitutionNote.institution_id, ("note", "notes"))
follows(INSTITUTION, Application.institution_id, ("application", "applications"))
follows(INSTITUTION, Departure.institution_id, ("departure", "departures"))
follows(INSTITUTION, Grant.institution_id, ("right to act for it", "rights to act for it"))
stays(INSTITUTION, InstitutionName.institution_id, ("name", "names"), "kept as former names, found with the survivor")
stays(
    INSTITUTION,
    InstitutionParticulars.institution_id,
    ("period of its facts", "periods of its facts"),
    "they tell what was on record of it; the survivor takes what is chosen here, from today",
)
stays(INSTITUTION, MailingRecipient.institution_id, *SENT)
follows(
    PERSON,
    Affiliation.person_id,
    ("place", "places"),
    alone=(Alone(("institution_id",), f"Places of both at one institution {OVERLAP}.", way_out=ENTERED_TWICE),),
)
follows(
    PERSON,
    Representation.person_id,
    ("role for an institution", "roles for institutions"),
    alone=(Alone(("institution_id", "purpose"), f"Roles of both for one institution {OVERLAP}.", way_out=NAMED_TWICE),),
)
follows(PERSON, Grant.user_id, ("right", "rights"), through=user_of)
follows(
    PERSON,
    ContactRoute.person_id,
    ("contact route", "contact routes"),
    alone=(
        Alone(("kind", "purpose", "text"), f"The same contact routes of both {OVERLAP}."),
        Alone(("kind", "rank"), f"Routes as alternate of one place {OVERLAP}.", ("purpose", RoutePurpose.ALTERNATE)),
    ),
)
follows(PERSON, Applicant.person_id, ("application that names them", "applications that name them"))
follows(PERSON, Application.owner_id, ("application to tend", "applications to tend"), through=user_of)
follows(PERSON, Departure.owner_id, ("departure to tend", "departures to tend"), through=user_of)
follows(PERSON, CaseTask.owner_id, ("step of a case", "steps of cases"), through=user_of)
stays(PERSON, MailingRecipient.person_id, *SENT)
stays(PERSON, PersonPhoto.person_id, ("photo", "photos"), "the survivor keeps their own, or is given one")
stays(PERSON, KeptPerson.person_id, ("reason to be kept", "reasons to be kept"), "it forbids the merger until released")
stays(PERSON, Leaver.person_id, ("mark of leaving", "marks of leaving"), "who has left is found anew each night")
