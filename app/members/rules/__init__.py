"""Kinds, states and purposes of members, which step may follow which, and the shape of their identifiers."""

from app.members.rules.institutions import (
    CROCKFORD,
    KIND_WORDS,
    InstitutionKind,
    check_country,
    country_choices,
    country_name,
    filed_name,
    read_orcid,
    read_ror,
    read_vat_number,
)
from app.members.rules.memberships import (
    ENDED_STATES,
    LEAVING,
    MEMBER_STATES,
    STATE_ORDER,
    STEPS,
    MembershipState,
    Standing,
    StepFact,
    check_step,
    day_words,
    standing_on,
)
from app.members.rules.policy import LONGEST_KEEPING, Policy, check_policy
from app.members.rules.representations import PURPOSE_WORDS, PURPOSES_WITH_ACCESS, Purpose

__all__ = [
    "CROCKFORD",
    "ENDED_STATES",
    "KIND_WORDS",
    "LEAVING",
    "LONGEST_KEEPING",
    "MEMBER_STATES",
    "PURPOSES_WITH_ACCESS",
    "PURPOSE_WORDS",
    "STATE_ORDER",
    "STEPS",
    "InstitutionKind",
    "MembershipState",
    "Policy",
    "Purpose",
    "Standing",
    "StepFact",
    "check_country",
    "check_policy",
    "check_step",
    "country_choices",
    "country_name",
    "day_words",
    "filed_name",
    "read_orcid",
    "read_ror",
    "read_vat_number",
    "standing_on",
]
