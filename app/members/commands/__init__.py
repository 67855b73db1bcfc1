"""Every write of members: institutions, people, memberships and who represents whom."""

from app.members.commands.institutions import (
    ContactFacts,
    InstitutionFacts,
    Naming,
    add_institution,
    edit_contact,
    edit_institution,
    rename_institution,
    set_parent,
)
from app.members.commands.memberships import (
    Admission,
    admit_member,
    correct_first_day,
    reinstate_member,
    suspend_member,
    withdraw_member,
)
from app.members.commands.people import (
    AffiliationFacts,
    PersonFacts,
    add_person,
    affiliate_person,
    edit_person,
    end_affiliation,
    invite_person,
)
from app.members.commands.policy import adopt_policy
from app.members.commands.representations import RepresentationFacts, end_representation, name_representative

__all__ = [
    "Admission",
    "AffiliationFacts",
    "ContactFacts",
    "InstitutionFacts",
    "Naming",
    "PersonFacts",
    "RepresentationFacts",
    "add_institution",
    "add_person",
    "admit_member",
    "adopt_policy",
    "affiliate_person",
    "correct_first_day",
    "edit_contact",
    "edit_institution",
    "edit_person",
    "end_affiliation",
    "end_representation",
    "invite_person",
    "name_representative",
    "reinstate_member",
    "rename_institution",
    "set_parent",
    "suspend_member",
    "withdraw_member",
]
