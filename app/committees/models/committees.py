"""Tables of committees, their names, papers and bylaws, of seats and of appointments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.committees.models.constituencies import Constituency
from app.committees.rules import (
    Appointer,
    CommitteeKind,
    Ending,
    FeedScope,
    How,
    LimitKind,
    MajorityBase,
    Office,
    PaperKind,
    PartTerms,
    QuorumBase,
    Replacement,
    SeatKind,
    Voters,
)
from app.core.database import Base, Id, Line, Name, Prose, Sha256, linked
from app.core.history import Dated, Recorded, Versioned
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import on_violation
from app.files.models import StoredFile
from app.members.models import Institution, Person


class Committee(Versioned, Base):
    """A body of the consortium; `grants_role` is what its members may do in the program."""

    __tablename__ = "committee"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    kind: Mapped[CommitteeKind]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("committee.id"), index=True)
    remit: Mapped[Prose | None]
    founded_on: Mapped[date]
    dissolved_on: Mapped[date | None]
    grants_role: Mapped[Role | None]
    contact_email: Mapped[Name | None]
    sort_name: Mapped[Name] = mapped_column(index=True)
    search_text: Mapped[Prose]
    created_at: Mapped[datetime]

    parent: Mapped[Committee | None] = linked(remote_side="Committee.id")

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.founded_on, self.dissolved_on)

    __table_args__ = (CheckConstraint("dissolved_on IS NULL OR dissolved_on >= founded_on", name="period"),)


class CommitteeName(Recorded, Base):
    """What a committee was called from a first to a last day; the present name is on the committee, too."""

    __tablename__ = "committee_name"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    name: Mapped[Name]

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_committee_name_committee_id", "committee_id", "first_day"),
    )


class CommitteeDissolution(Base):
    """That a committee ends with a day, why, by which decision, and what ended with it; or that this was called off.

    `ended` holds by ids the last days that its seats, terms and alternates had, for who calls it off.
    """

    __tablename__ = "committee_dissolution"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"), index=True)
    last_day: Mapped[date]
    reason: Mapped[Line]
    decision: Mapped[Line | None]
    ended: Mapped[dict[str, Any]]
    dissolved_by: Mapped[Name]
    dissolved_at: Mapped[datetime]
    called_off_by: Mapped[Name | None]
    called_off_at: Mapped[datetime | None]
    called_off_because: Mapped[Line | None]

    __table_args__ = (
        CheckConstraint(
            "(called_off_at IS NULL) = (called_off_by IS NULL)"
            " AND (called_off_at IS NULL) = (called_off_because IS NULL)",
            name="called_off",
        ),
    )


class CommitteePaper(Base):
    """A version of a paper kept with a committee, in force from a day on until its next version is.

    Withdrawn, it stays in the store and on the record of its day.
    """

    __tablename__ = "committee_paper"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    kind: Mapped[PaperKind]
    title: Mapped[Name]
    number: Mapped[int]
    first_day: Mapped[date]
    decision: Mapped[Line | None]
    added_by: Mapped[Name]
    added_at: Mapped[datetime]
    withdrawn_by: Mapped[Name | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[Line | None]

    file: Mapped[StoredFile] = linked()

    __table_args__ = (
        UniqueConstraint("committee_id", "kind", "title", "number", name="uq_committee_paper_version"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name="withdrawn",
        ),
    )


class Bylaws(Base):
    """What holds for a committee from a day on, until others follow; numbered as adopted and never rewritten.

    The columns are those of BylawFacts, its fractions in three: numerator, denominator, and whether more is needed.
    """

    __tablename__ = "bylaws"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    number: Mapped[int]
    first_day: Mapped[date]
    voters: Mapped[Voters]
    quorum_numerator: Mapped[int]
    quorum_denominator: Mapped[int]
    quorum_more_than: Mapped[bool]
    quorum_base: Mapped[QuorumBase]
    majority_numerator: Mapped[int]
    majority_denominator: Mapped[int]
    majority_more_than: Mapped[bool]
    majority_base: Mapped[MajorityBase]
    casting_vote: Mapped[bool]
    proxies: Mapped[int]
    term_months: Mapped[int | None]
    limit_kind: Mapped[LimitKind]
    limit_terms: Mapped[int | None]
    break_months: Mapped[int]
    part_terms: Mapped[PartTerms]
    replacement: Mapped[Replacement]
    holds_over: Mapped[bool]
    warning_days: Mapped[int]
    appointer: Mapped[Appointer]
    decision: Mapped[Line | None]
    adopted_by: Mapped[Name]
    adopted_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("committee_id", "number"),
        CheckConstraint(
            "quorum_numerator > 0 AND quorum_numerator <= quorum_denominator"
            " AND majority_numerator > 0 AND majority_numerator <= majority_denominator",
            name="fractions",
        ),
        CheckConstraint("(limit_kind = 'none') = (limit_terms IS NULL)", name="limit"),
        CheckConstraint("term_months IS NOT NULL OR (limit_terms IS NULL AND NOT holds_over)", name="term"),
    )


class Seat(Versioned, Dated, Base):
    """A place on a committee. What kind it is and whether it votes does not change: it ends, and another begins.

    `cycle_end` is a day on which a term of the seat ends: with it the terms of a committee are staggered. A seat that
    follows an office is filled by whoever holds that office of another committee (RULES, Governance: ex officio).
    """

    __tablename__ = "seat"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"), index=True)
    position: Mapped[int]
    kind: Mapped[SeatKind]
    label: Mapped[Name]
    votes: Mapped[bool]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    constituency_id: Mapped[int | None] = mapped_column(ForeignKey("constituency.id"), index=True)
    follows_committee_id: Mapped[int | None] = mapped_column(ForeignKey("committee.id"), index=True)
    follows_office: Mapped[Office | None]
    cycle_end: Mapped[date | None]

    committee: Mapped[Committee] = linked(foreign_keys=committee_id)
    institution: Mapped[Institution | None] = linked()
    constituency: Mapped[Constituency | None] = linked()
    follows_committee: Mapped[Committee | None] = linked(foreign_keys=follows_committee_id)

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("kind <> 'institution' OR institution_id IS NOT NULL", name="institution"),
        CheckConstraint("kind <> 'constituency' OR constituency_id IS NOT NULL", name="constituency"),
        CheckConstraint(
            "(follows_committee_id IS NULL) = (follows_office IS NULL)"
            " AND (follows_office IS NULL OR kind = 'ex_officio')",
            name="follows",
        ),
    )


class SeatAlternate(Recorded, Base):
    """Who stands in for the holder of a seat, in their order, from a first to a last day."""

    __tablename__ = "seat_alternate"

    id: Mapped[Id]
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    rank: Mapped[int]

    seat: Mapped[Seat] = linked()
    person: Mapped[Person] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("rank > 0", name="rank"),
        Index("ix_seat_alternate_seat_id", "seat_id", "first_day"),
    )


class Appointment(Recorded, Versioned, Base):
    """A person on a seat from a first to a last day. `decision` names what appointed them.

    `term_ends` is when the term ends by the bylaws: who holds over stays after it until a successor begins. An entry
    that goes on with another office continues the one before: both are one term. One that follows an office names the
    appointment to that office. `limit_waived` is why a limit of terms did not hold.
    """

    __tablename__ = "appointment"

    id: Mapped[Id]
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office: Mapped[Office]
    how: Mapped[How]
    decision: Mapped[Line | None]
    term_ends: Mapped[date | None]
    limit_waived: Mapped[Line | None]
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    ended_how: Mapped[Ending | None]
    end_reason: Mapped[Line | None]

    seat: Mapped[Seat] = linked()
    committee: Mapped[Committee] = linked()
    person: Mapped[Person] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("term_ends IS NULL OR term_ends >= first_day", name="term_ends"),
        CheckConstraint("ended_how IS NULL OR last_day IS NOT NULL", name="ended"),
        Index("ix_appointment_seat_id", "seat_id", "first_day"),
        Index("ix_appointment_committee_id", "committee_id", "first_day"),
        Index("ix_appointment_person_id", "person_id", "first_day"),
    )


class AppointmentLeave(Recorded, Base):
    """Days on which the holder of a seat is on leave: outside the base of a quorum (RULES, Governance)."""

    __tablename__ = "appointment_leave"

    id: Mapped[Id]
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    reason: Mapped[Line]

    appointment: Mapped[Appointment] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_appointment_leave_appointment_id", "appointment_id", "first_day"),
    )


class CalendarFeed(Base):
    """A personal address at which a calendar reads terms, without a session: who has it reads what its user may.

    Of the address only the hash of its secret part is kept; revoked, it answers no more.
    """

    __tablename__ = "calendar_feed"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[Sha256] = mapped_column(unique=True)
    covers: Mapped[FeedScope]
    made_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("covers IN ('all', 'own')", name="covers"),)


class RosterBook(Base):
    """A roster book that somebody ordered: of which day, as known when, how far it is, and its file once it is made."""

    __tablename__ = "roster_book"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    on_day: Mapped[date]
    known_at: Mapped[datetime | None]
    ordered_at: Mapped[datetime]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile | None] = linked()

    __table_args__ = (
        CheckConstraint("done >= 0 AND done <= total", name="progress"),
        CheckConstraint("(file_id IS NULL) = (made_at IS NULL)", name="made"),
        Index("ix_roster_book_user_id", "user_id", "ordered_at"),
    )


on_violation("uq_committee_name", "There is already a committee of this name.", "name")
