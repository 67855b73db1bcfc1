"""Kinds of committees and seats, offices, and the role a seat grants."""

from __future__ import annotations

from enum import StrEnum

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


class SeatKind(StrEnum):
    """How a seat is filled."""

    ELECTED = "elected"
    APPOINTED = "appointed"
    EX_OFFICIO = "ex_officio"
    INSTITUTION = "institution"


SEAT_WORDS = {
    SeatKind.ELECTED: "Elected",
    SeatKind.APPOINTED: "Appointed",
    SeatKind.EX_OFFICIO: "Ex officio",
    SeatKind.INSTITUTION: "By institution",
}


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
