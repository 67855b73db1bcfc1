"""Tables of institutions and their names, people, affiliations, memberships and representations."""

from app.members.models.applications import (
    Applicant,
    Application,
    ApplicationDocument,
    ApplicationLink,
    ApplicationMail,
    ApplicationNote,
    ApplicationStep,
    Criterion,
    CriterionFinding,
)
from app.members.models.cases import CaseTask, Departure
from app.members.models.contacts import ContactRoute, KeptPerson, Leaver, PersonPhoto
from app.members.models.imports import ImportEffect, ImportMapping, ImportRow, RegisterImport
from app.members.models.institutions import (
    FIRST_DAY_OF_NAMES,
    Institution,
    InstitutionAlias,
    InstitutionDocument,
    InstitutionName,
    InstitutionNote,
    InstitutionParticulars,
    InstitutionUnit,
)
from app.members.models.mailings import Mailing, MailingRecipient, MailTemplate
from app.members.models.memberships import Membership, MembershipClass, MembershipStep
from app.members.models.mergers import Merger, MergerMove
from app.members.models.people import Affiliation, Person, Representation
from app.members.models.policy import RegisterPolicy
from app.members.models.twins import DistinctPair, LikelyTwins

__all__ = [
    "FIRST_DAY_OF_NAMES",
    "Affiliation",
    "Applicant",
    "Application",
    "ApplicationDocument",
    "ApplicationLink",
    "ApplicationMail",
    "ApplicationNote",
    "ApplicationStep",
    "CaseTask",
    "ContactRoute",
    "Criterion",
    "CriterionFinding",
    "Departure",
    "DistinctPair",
    "ImportEffect",
    "ImportMapping",
    "ImportRow",
    "Institution",
    "InstitutionAlias",
    "InstitutionDocument",
    "InstitutionName",
    "InstitutionNote",
    "InstitutionParticulars",
    "InstitutionUnit",
    "KeptPerson",
    "Leaver",
    "LikelyTwins",
    "MailTemplate",
    "Mailing",
    "MailingRecipient",
    "Membership",
    "MembershipClass",
    "MembershipStep",
    "Merger",
    "MergerMove",
    "Person",
    "PersonPhoto",
    "RegisterImport",
    "RegisterPolicy",
    "Representation",
]
