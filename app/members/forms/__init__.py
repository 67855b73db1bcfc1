"""Forms of institutions, people, memberships and representatives."""

from app.members.forms.changes import changed_meanwhile
from app.members.forms.institutions import (
    ContactForm,
    InstitutionFilterForm,
    InstitutionForm,
    NewInstitutionForm,
    ParentForm,
    RenameForm,
)
from app.members.forms.memberships import AdmissionForm, FromDayForm, LastDayForm, steps_meanwhile
from app.members.forms.people import AffiliationForm, NewPersonForm, PeopleFilterForm, PersonForm, RepresentationForm
from app.members.forms.policy import PolicyForm

__all__ = [
    "AdmissionForm",
    "AffiliationForm",
    "ContactForm",
    "FromDayForm",
    "InstitutionFilterForm",
    "InstitutionForm",
    "LastDayForm",
    "NewInstitutionForm",
    "NewPersonForm",
    "ParentForm",
    "PeopleFilterForm",
    "PersonForm",
    "PolicyForm",
    "RenameForm",
    "RepresentationForm",
    "changed_meanwhile",
    "steps_meanwhile",
]
