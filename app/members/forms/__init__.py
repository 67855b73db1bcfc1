"""Forms of institutions, people, memberships and representatives."""

from app.members.forms.bulk import ClassChangeForm, InstitutionMailForm, MailTemplateForm, PeopleMailForm
from app.members.forms.changes import changed_meanwhile
from app.members.forms.classes import ClassForm, shown_class
from app.members.forms.contacts import CorrectedRouteForm, PhotoForm, PlaceForm, RouteForm
from app.members.forms.directory import DirectoryFilterForm
from app.members.forms.institutions import (
    ContactForm,
    EditInstitutionForm,
    InstitutionFilterForm,
    InstitutionForm,
    NewInstitutionForm,
    ParentForm,
    RenameForm,
    RightNameForm,
)
from app.members.forms.memberships import (
    AdmissionForm,
    EndForm,
    FromDayForm,
    LastDayForm,
    NextClassForm,
    ReasonForm,
    RenewalFilterForm,
    RenewalForm,
    RightClassForm,
    SuspensionForm,
    steps_meanwhile,
)
from app.members.forms.mergers import MergerForm, OtherForm, UndoForm, merger_form
from app.members.forms.naming import InstitutionField, NameForm
from app.members.forms.papers import (
    AliasForm,
    CommonDocumentForm,
    DocumentForm,
    LogoForm,
    NoteForm,
    UnitForm,
    WithdrawalForm,
)
from app.members.forms.people import AffiliationForm, NewPersonForm, PeopleFilterForm, PersonForm, RepresentationForm
from app.members.forms.personal import ErasureForm, KeepForm
from app.members.forms.policy import PolicyForm
from app.members.forms.twins import TellApartForm, TwinFilterForm

__all__ = [
    "AdmissionForm",
    "AffiliationForm",
    "AliasForm",
    "ClassChangeForm",
    "ClassForm",
    "CommonDocumentForm",
    "ContactForm",
    "CorrectedRouteForm",
    "DirectoryFilterForm",
    "DocumentForm",
    "EditInstitutionForm",
    "EndForm",
    "ErasureForm",
    "FromDayForm",
    "InstitutionField",
    "InstitutionFilterForm",
    "InstitutionForm",
    "InstitutionMailForm",
    "KeepForm",
    "LastDayForm",
    "LogoForm",
    "MailTemplateForm",
    "MergerForm",
    "NameForm",
    "NewInstitutionForm",
    "NewPersonForm",
    "NextClassForm",
    "NoteForm",
    "OtherForm",
    "ParentForm",
    "PeopleFilterForm",
    "PeopleMailForm",
    "PersonForm",
    "PhotoForm",
    "PlaceForm",
    "PolicyForm",
    "ReasonForm",
    "RenameForm",
    "RenewalFilterForm",
    "RenewalForm",
    "RepresentationForm",
    "RightClassForm",
    "RightNameForm",
    "RouteForm",
    "SuspensionForm",
    "TellApartForm",
    "TwinFilterForm",
    "UndoForm",
    "UnitForm",
    "WithdrawalForm",
    "changed_meanwhile",
    "merger_form",
    "shown_class",
    "steps_meanwhile",
]
