"""What the steps of leaving are about to end, and whom the closing letter reaches: for pages and commands alike."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core.database import db
from app.core.history import as_known, beyond
from app.members.models import (
    CaseTask,
    Departure,
    Membership,
    MembershipClass,
    MembershipStep,
    Person,
    Representation,
)
from app.members.rules import ENDED_STATES, LeavingState, Purpose, day_words


def list_memberships_to_end(institution_id: int, day: date) -> list[Membership]:
    """Its memberships on record that have begun by a day and have not ended on it."""
    asked = (
        select(Membership)
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .where(
            Membership.institution_id == institution_id,
            Membership.first_day <= day,
            as_known(Membership),
            as_known(MembershipStep),
            MembershipStep.first_day <= day,
            or_(MembershipStep.last_day.is_(None), MembershipStep.last_day >= day),
            MembershipStep.state.not_in(ENDED_STATES),
        )
        .options(joinedload(Membership.membership_class))
        .order_by(Membership.id)
    )
    return list(db.session.scalars(asked))


def list_memberships_to_come(institution_id: int, day: date) -> list[Membership]:
    """Its memberships on record that begin after a day, such as that of another class."""
    asked = select(Membership).where(
        Membership.institution_id == institution_id, Membership.first_day > day, as_known(Membership)
    )
    asked = asked.options(joinedload(Membership.membership_class)).order_by(Membership.first_day, Membership.id)
    return list(db.session.scalars(asked))


def member_after(departure: Departure) -> str | None:
    """That an institution is a member after the last day of its leaving, in words: nothing that it holds ends then.

    It stayed or came back meanwhile, or was merged with a member. None where it is no member then.
    """
    asked = (
        select(MembershipClass.name)
        .join(Membership, Membership.class_id == MembershipClass.id)
        .where(
            Membership.institution_id == departure.institution_id,
            beyond(Membership, departure.last_day),
            as_known(Membership),
        )
    )
    name = db.session.scalar(asked.order_by(MembershipClass.position, MembershipClass.id).limit(1))
    return name and f"It is a member after {day_words(departure.last_day)}, as {name}: what it holds goes on."


def find_access_ended(institution_id: int) -> str | None:
    """The number of the case of leaving under way that has ended already what represents an institution, if one has."""
    asked = (
        select(Departure.number, CaseTask.kept)
        .join(CaseTask, CaseTask.departure_id == Departure.id)
        .where(
            Departure.institution_id == institution_id,
            Departure.state == LeavingState.NOTICE_GIVEN,
            CaseTask.kind == "access",
        )
        .order_by(Departure.id)
    )
    return next((row.number for row in db.session.execute(asked) if (row.kept or {}).get("representations")), None)


def list_representations_to_end(institution_id: int, last_day: date) -> list[Representation]:
    """Its representations on record that go on after a day."""
    asked = select(Representation).where(
        Representation.institution_id == institution_id,
        as_known(Representation),
        beyond(Representation, last_day),
    )
    asked = asked.options(joinedload(Representation.person)).order_by(Representation.id)
    return list(db.session.scalars(asked))


def papers_of(departure: Departure) -> list[int]:
    """The papers that steps of a departure have made, such as its final statement."""
    asked = select(CaseTask.file_id).where(CaseTask.departure_id == departure.id, CaseTask.file_id.is_not(None))
    return [file_id for file_id in db.session.scalars(asked.order_by(CaseTask.id)) if file_id is not None]


def list_addressees(departure: Departure) -> list[Person]:
    """Who voted or was billed for it on its last day, and can be written to."""
    asked = (
        select(Person)
        .join(Representation, Representation.person_id == Person.id)
        .where(
            Representation.institution_id == departure.institution_id,
            Representation.purpose.in_((Purpose.VOTING, Purpose.BILLING)),
            as_known(Representation),
            Representation.first_day <= departure.last_day,
            or_(Representation.last_day.is_(None), Representation.last_day >= departure.last_day),
            Person.email.is_not(None),
        )
        .order_by(Person.id)
    )
    return list(db.session.scalars(asked).unique())
