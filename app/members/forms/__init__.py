"""Forms of institutions, people, memberships and representatives."""

from app.members.forms.changes import changed_meanwhile
from app.members.forms.contacts import CorrectedRouteForm, PhotoForm, PlaceForm, RouteForm
from app.members.forms.institutions import (
    ContactForm,
    EditInstitutionForm,
    InstitutionFilterForm,
    InstitutionForm,
    NewInstitutionForm,
    ParentForm,
    RenameForm,
)
from app.members.forms.memberships import AdmissionForm, FromDayForm, LastDayForm, steps_meanwhile
from app.members.forms.papers import AliasForm, DocumentForm, LogoForm, NoteForm, UnitForm, WithdrawalForm
from app.members.forms.people import AffiliationForm, NewPersonForm, PeopleFilterForm, PersonForm, RepresentationForm
from app.members.forms.policy import PolicyForm

__all__ = [
    "AdmissionForm",
    "AffiliationForm",
    "AliasForm",
    "ContactForm",
    "CorrectedRouteForm",
    "DocumentForm",
    "EditInstitutionForm",
    "FromDayForm",
    "InstitutionFilterForm",
    "InstitutionForm",
    "LastDayForm",
    "LogoForm",
    "NewInstitutionForm",
    "NewPersonForm",
    "NoteForm",
    "ParentForm",
    "PeopleFilterForm",
    "PersonForm",
    "PhotoForm",
    "PlaceForm",
    "PolicyForm",
    "RenameForm",
    "RepresentationForm",
    "RouteForm",
    "UnitForm",
    "WithdrawalForm",
    "changed_meanwhile",
    "steps_meanwhile",
]
