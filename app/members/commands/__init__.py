"""Every write of members: institutions, people, memberships and who represents whom."""

from app.members.commands.aliases import UnitFacts, add_alias, add_unit, end_unit, remove_alias
from app.members.commands.classes import add_class, edit_class
from app.members.commands.contacts import add_route, correct_route, end_route, remove_photo, set_photo
from app.members.commands.corrections import (
    correct_class,
    correct_first_day,
    correct_last_day,
    correct_step,
    retract_step,
)
from app.members.commands.disclosure import record_export
from app.members.commands.erasure import erase_person
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
from app.members.commands.memberships import Admission, admit_member, reinstate_member, suspend_member, withdraw_member
from app.members.commands.papers import Paper, add_document, note, remove_logo, set_logo, strike_note, withdraw_document
from app.members.commands.people import (
    AffiliationFacts,
    PersonFacts,
    add_person,
    affiliate_person,
    edit_person,
    end_affiliation,
    invite_person,
)
from app.members.commands.places import PlaceFacts, correct_affiliation
from app.members.commands.policy import adopt_policy
from app.members.commands.representations import RepresentationFacts, end_representation, name_representative
from app.members.commands.retention import erase_due, erase_if_due, keep_person, release_person
from app.members.commands.terms import change_class, keep_member, renew_member, renew_members

__all__ = [
    "Admission",
    "AffiliationFacts",
    "ContactFacts",
    "InstitutionFacts",
    "Naming",
    "Paper",
    "PersonFacts",
    "PlaceFacts",
    "RepresentationFacts",
    "UnitFacts",
    "add_alias",
    "add_class",
    "add_document",
    "add_institution",
    "add_person",
    "add_route",
    "add_unit",
    "admit_member",
    "adopt_policy",
    "affiliate_person",
    "change_class",
    "correct_affiliation",
    "correct_class",
    "correct_first_day",
    "correct_last_day",
    "correct_route",
    "correct_step",
    "edit_class",
    "edit_contact",
    "edit_institution",
    "edit_person",
    "end_affiliation",
    "end_representation",
    "end_route",
    "end_unit",
    "erase_due",
    "erase_if_due",
    "erase_person",
    "invite_person",
    "keep_member",
    "keep_person",
    "name_representative",
    "note",
    "record_export",
    "reinstate_member",
    "release_person",
    "remove_alias",
    "remove_logo",
    "remove_photo",
    "rename_institution",
    "renew_member",
    "renew_members",
    "retract_step",
    "set_logo",
    "set_parent",
    "set_photo",
    "strike_note",
    "suspend_member",
    "withdraw_document",
    "withdraw_member",
]
