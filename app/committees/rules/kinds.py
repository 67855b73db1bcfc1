"""Kinds of committees, seats, papers and endings, offices, and the role a seat grants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from app.core.errors import DomainError
from app.core.periods import ONE_DAY, Period, add_months
from app.core.permissions import Role


class CommitteeKind(StrEnum):
    """What a committee is."""

    GOVERNING = "governing"
    ADVISORY = "advisory"
    STANDING = "standing"
    WORKING_GROUP = "working_group"
    STEERING_GROUP = "steering_group"
    TECHNICAL_GROUP = "technical_group"
    SECRETARIAT = "secretariat"


COMMITTEE_WORDS = {kind: kind.value.replace("_", " ").capitalize() for kind in CommitteeKind}


class Existence(StrEnum):
    """Which committees a list of a day holds: those there are, those dissolved by then, or both."""

    EXISTING = "existing"
    DISSOLVED = "dissolved"
    ALL = "all"


EXISTENCE_WORDS = {
    Existence.EXISTING: "Existing",
    Existence.DISSOLVED: "Dissolved",
    Existence.ALL: "Existing and dissolved",
}


class SeatKind(StrEnum):
    """How a seat is filled."""

    ELECTED = "elected"
    APPOINTED = "appointed"
    EX_OFFICIO = "ex_officio"
    INSTITUTION = "institution"
    CONSTITUENCY = "constituency"


SEAT_WORDS = {
    SeatKind.ELECTED: "Elected",
    SeatKind.APPOINTED: "Appointed",
    SeatKind.EX_OFFICIO: "Ex officio",
    SeatKind.INSTITUTION: "By institution",
    SeatKind.CONSTITUENCY: "By constituency",
}


class How(StrEnum):
    """How somebody came to a seat."""

    ELECTION = "election"
    APPOINTMENT = "appointment"
    EX_OFFICIO = "ex_officio"
    NAMED = "named"


HOW_WORDS = {
    How.ELECTION: "Elected",
    How.APPOINTMENT: "Appointed",
    How.EX_OFFICIO: "Ex officio",
    How.NAMED: "Named by its institution",
}
USUAL_HOW = {
    SeatKind.ELECTED: How.ELECTION,
    SeatKind.APPOINTED: How.APPOINTMENT,
    SeatKind.EX_OFFICIO: How.EX_OFFICIO,
    SeatKind.INSTITUTION: How.NAMED,
    SeatKind.CONSTITUENCY: How.ELECTION,
}


class Ending(StrEnum):
    """How a term came to its end before or with its last day."""

    TERM = "term"
    RESIGNED = "resigned"
    REMOVED = "removed"
    REPLACED = "replaced"
    OFFICE = "office"
    FREED = "freed"
    DISSOLVED = "dissolved"
    OTHER = "other"


ENDING_WORDS = {
    Ending.TERM: "Term ended",
    Ending.RESIGNED: "Resigned",
    Ending.REMOVED: "Removed",
    Ending.REPLACED: "Replaced",
    Ending.OFFICE: "Changed office",
    Ending.FREED: "Seat freed",
    Ending.DISSOLVED: "Committee dissolved",
    Ending.OTHER: "Ended",
}


class PaperKind(StrEnum):
    """What a paper kept with a committee is; each kind has versions of its own."""

    TERMS_OF_REFERENCE = "terms_of_reference"
    RULES_OF_PROCEDURE = "rules_of_procedure"
    REPORT = "report"
    OTHER = "other"


PAPER_WORDS = {kind: kind.value.replace("_", " ").capitalize() for kind in PaperKind}


class Office(StrEnum):
    """What a holder is on the committee."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    MEMBER = "member"


OFFICE_WORDS = {
    Office.CHAIR: "Chair",
    Office.DEPUTY: "Deputy chair",
    Office.SECRETARY: "Secretary",
    Office.MEMBER: "Member",
}
SINGLE_OFFICES = frozenset({Office.CHAIR, Office.DEPUTY, Office.SECRETARY})


def roles_of(office: Office, committee_role: Role | None) -> list[Role]:
    """The roles a seat grants: those of the committee's own members, and the chair's to its chair."""
    own = [Role.CHAIR] if office is Office.CHAIR else [Role.COMMITTEE_MEMBER]
    return own if committee_role is None else [*own, committee_role]


def check_within(whole: Period, part: Period, what: str) -> None:
    """Refuse days outside those of the whole: a seat outlives neither its committee nor an appointment its seat."""
    if part.first < whole.first:
        raise DomainError(f"{what} begins on {in_words(whole.first)}.", "first_day")
    if whole.last is not None and (part.last is None or part.last > whole.last):
        raise DomainError(f"{what} ends on {in_words(whole.last)}: give a last day by then.", "last_day")


def ids_under(committee_id: int, parents: Mapping[int, int | None]) -> set[int]:
    """The committee and all that are part of it, at any depth; `parents` maps each one to what it is part of."""
    found = {committee_id}
    while added := {one for one, parent in parents.items() if parent in found} - found:
        found |= added
    return found


def ends_of_cycle(cycle_end: date, months: int, on: date, number: int = 3) -> list[date]:
    """The next days, a day itself included, on which a term of a seat ends: every so many months from one such day."""
    start = cycle_end + ONE_DAY
    place = ((on.year - start.year) * 12 + on.month - start.month) // months
    ends: list[date] = []
    while len(ends) < number:
        end = add_months(start, place * months) - ONE_DAY
        if end >= on:
            ends.append(end)
        place += 1
    return ends


def in_words(day: date) -> str:
    """A day in a sentence: 30 June 2015."""
    return f"{day.day} {day:%B %Y}"


def in_tree(parents: Mapping[int, int | None]) -> list[tuple[int, int]]:
    """Ids with their depth, each after what it is part of, neighbours in the order given."""
    below: dict[int | None, list[int]] = {}
    for one, parent in parents.items():
        below.setdefault(parent if parent in parents else None, []).append(one)
    found: list[tuple[int, int]] = []
    waiting = [(one, 0) for one in reversed(below.get(None, []))]
    while waiting:
        one, depth = waiting.pop()
        found.append((one, depth))
        waiting += [(part, depth + 1) for part in reversed(below.get(one, []))]
    return found
