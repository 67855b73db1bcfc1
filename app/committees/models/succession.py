"""Tables of plans of succession and of elections of seats, with the links by which people answer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.committees.models.committees import Appointment, Committee, Seat
from app.committees.rules import Office
from app.committees.rules.elections import ElectionState, NominationState, Nominators, VoteRule
from app.committees.rules.plans import TAKEN_MEANWHILE, PlanState
from app.core.database import Base, Code, Id, Line, Name, Prose, Sha256, linked
from app.core.history import Dated, Versioned
from app.core.transaction import on_violation
from app.members.models import Institution, Person

SAID_YES = "state IN ('accepted', 'requested')"
WITHOUT_SEAT = "seat_id IS NULL"


class SuccessionPlan(Versioned, Dated, Base):
    """Who is to follow on a seat, as what and for which days; it gives no right, the appointment it ends in does.

    Somebody who is not on record yet is named with an address, until the secretariat takes them up. `answer` is what
    they said themselves, `reason` why the secretariat refused or the plan was dropped.
    """

    __tablename__ = "succession_plan"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    given_name: Mapped[Name | None]
    family_name: Mapped[Name | None]
    email: Mapped[Name | None]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    office: Mapped[Office]
    note: Mapped[Line | None]
    limit_waived: Mapped[Line | None]
    decision: Mapped[Line | None]
    state: Mapped[PlanState]
    state_since: Mapped[datetime]
    planned_by: Mapped[Name]
    planned_at: Mapped[datetime]
    answer: Mapped[Line | None]
    answered_at: Mapped[datetime | None]
    requested_by: Mapped[Name | None]
    reason: Mapped[Line | None]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), unique=True)

    committee: Mapped[Committee] = linked()
    seat: Mapped[Seat] = linked()
    person: Mapped[Person | None] = linked()
    institution: Mapped[Institution | None] = linked()
    appointment: Mapped[Appointment | None] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint(
            "person_id IS NOT NULL OR (given_name IS NOT NULL AND family_name IS NOT NULL AND email IS NOT NULL)",
            name="who",
        ),
        CheckConstraint("(state = 'appointed') = (appointment_id IS NOT NULL)", name="appointed"),
        CheckConstraint("state <> 'appointed' OR person_id IS NOT NULL", name="on_record"),
        CheckConstraint("state NOT IN ('refused', 'dropped') OR reason IS NOT NULL", name="reason"),
        CheckConstraint("state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL", name="answered"),
        CheckConstraint("state NOT IN ('requested', 'refused') OR requested_by IS NOT NULL", name="requested"),
        Index("ix_succession_plan_committee_id", "committee_id", "state"),
        Index("ix_succession_plan_seat_id", "seat_id", "state"),
        Index(
            "uq_succession_plan_taken",
            "seat_id",
            "first_day",
            unique=True,
            sqlite_where=literal_column(SAID_YES),
            postgresql_where=literal_column(SAID_YES),
        ),
    )

    @property
    def name(self) -> str:
        """Who is to follow; the person is loaded where they are on record."""
        return self.person.name if self.person else f"{self.given_name} {self.family_name}"


class Election(Versioned, Base):
    """A call for nominations to seats of a committee, and what came of it.

    The deadline is an instant; beside it stands what was typed and in which zone, and why it was moved where it was;
    what it was before stands in the trail. What the ballot goes by is frozen
    when nominations end: the candidates, and who may vote.
    """

    __tablename__ = "election"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    title: Mapped[Name]
    text: Mapped[Prose | None]
    nominators: Mapped[Nominators]
    opens_on: Mapped[date]
    deadline_at: Mapped[datetime]
    deadline_text: Mapped[Name]
    deadline_zone: Mapped[Code]
    moved_because: Mapped[Line | None]
    state: Mapped[ElectionState]
    called_by: Mapped[Name]
    called_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    decision: Mapped[Line | None]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]
    cancelled_by: Mapped[Name | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_because: Mapped[Line | None]

    committee: Mapped[Committee] = linked()

    __table_args__ = (
        CheckConstraint("state NOT IN ('ballot', 'decided') OR closed_at IS NOT NULL", name="closed"),
        CheckConstraint(
            "(state = 'decided') = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_by IS NULL)"
            " AND (decided_at IS NULL) = (decision IS NULL)",
            name="decided",
        ),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL) AND (cancelled_at IS NULL) = (cancelled_by IS NULL)"
            " AND (cancelled_at IS NULL) = (cancelled_because IS NULL)",
            name="cancelled",
        ),
        Index("ix_election_committee_id", "committee_id", "state"),
    )


class ElectionSeat(Dated, Base):
    """A seat that an election fills, for which days and as what; `dropped_because` why it fills it no more."""

    __tablename__ = "election_seat"

    id: Mapped[Id]
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    office: Mapped[Office]
    dropped_because: Mapped[Line | None]

    election: Mapped[Election] = linked()
    seat: Mapped[Seat] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        UniqueConstraint("election_id", "seat_id"),
    )


class Nomination(Versioned, Base):
    """Somebody proposed in an election, what they said to it, and what the election brought for them."""

    __tablename__ = "nomination"

    id: Mapped[Id]
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    statement: Mapped[Prose | None]
    state: Mapped[NominationState]
    nominated_by: Mapped[Name]
    nominated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    nominated_at: Mapped[datetime]
    answer: Mapped[Line | None]
    answered_at: Mapped[datetime | None]
    struck_because: Mapped[Line | None]
    votes: Mapped[int | None]
    rank: Mapped[int | None]
    election_seat_id: Mapped[int | None] = mapped_column(ForeignKey("election_seat.id"), unique=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), unique=True)

    election: Mapped[Election] = linked()
    person: Mapped[Person] = linked()
    nominator: Mapped[User | None] = linked()
    election_seat: Mapped[ElectionSeat | None] = linked()

    __table_args__ = (
        UniqueConstraint("election_id", "person_id"),
        UniqueConstraint("election_id", "rank"),
        CheckConstraint("votes IS NULL OR votes >= 0", name="votes"),
        CheckConstraint("(state = 'substitute') = (rank IS NOT NULL) AND (rank IS NULL OR rank > 0)", name="rank"),
        CheckConstraint(
            "(state = 'elected') = (appointment_id IS NOT NULL)"
            " AND (appointment_id IS NULL) = (election_seat_id IS NULL)",
            name="elected",
        ),
        CheckConstraint("(state = 'struck') = (struck_because IS NOT NULL)", name="struck"),
        CheckConstraint(
            "state IN ('proposed', 'unanswered', 'struck') OR answered_at IS NOT NULL",
            name="answered",
        ),
    )


class ElectionVoter(Base):
    """Who may vote in an election, as it stood when nominations ended: a later merger or lapse never touches it.

    They vote by a seat on the committee, or for a member of the constituency that elects. `rank` is the order in which
    one vote is cast: 0 is who holds the seat or represents the member, the rest are the alternates. `rule` says by
    which rule they may vote or may not, `barred` why not. Every vote weighs one, and so has no column for its weight.
    """

    __tablename__ = "election_voter"

    id: Mapped[Id]
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    name: Mapped[Name]
    institution_name: Mapped[Name | None]
    rank: Mapped[int]
    rule: Mapped[VoteRule]
    barred: Mapped[Name | None]

    seat: Mapped[Seat | None] = linked()

    __table_args__ = (
        UniqueConstraint("election_id", "seat_id", "rank"),
        Index(
            "uq_election_voter_institution_id",
            "election_id",
            "institution_id",
            "rank",
            unique=True,
            sqlite_where=literal_column(WITHOUT_SEAT),
            postgresql_where=literal_column(WITHOUT_SEAT),
        ),
        CheckConstraint("rank >= 0", name="rank"),
        CheckConstraint(
            "(rule IN ('leave', 'lapsed', 'suspended', 'late', 'nobody')) = (barred IS NOT NULL)",
            name="barred",
        ),
    )


class AnswerLink(Base):
    """A single-use timed link by which somebody answers a plan or a nomination, known by the hash of its token."""

    __tablename__ = "answer_link"

    id: Mapped[Id]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("succession_plan.id"), index=True)
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    token_hash: Mapped[Sha256] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(plan_id IS NULL) <> (nomination_id IS NULL)", name="about_one"),)


on_violation("uq_succession_plan_taken", TAKEN_MEANWHILE)
on_violation("uq_nomination_election_id_person_id", "This person is nominated already.", "person_id")
