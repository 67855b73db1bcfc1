"""Tables of agreements, of the templates they are drafted from, and of who may sign them."""

from app.agreements.models.agreements import (
    Agreement,
    AgreementItem,
    AgreementSignature,
    AgreementStep,
    AgreementVersion,
    ConsortiumSeal,
)
from app.agreements.models.signatories import Signatory
from app.agreements.models.templates import AgreementTemplate, MasterParty, TemplateRule, TemplateVersion

__all__ = [
    "Agreement",
    "AgreementItem",
    "AgreementSignature",
    "AgreementStep",
    "AgreementTemplate",
    "AgreementVersion",
    "ConsortiumSeal",
    "MasterParty",
    "Signatory",
    "TemplateRule",
    "TemplateVersion",
]
