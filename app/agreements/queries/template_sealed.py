"""Which rows of templates, the rule table, parties and signatories the trail seals with each change."""

from __future__ import annotations

from app.agreements.models import AgreementTemplate, MasterParty, Signatory, TemplateRule, TemplateVersion
from app.audit.seals import seals, seals_for_ever

seals(AgreementTemplate)
seals_for_ever(TemplateVersion, TemplateVersion.adopted_by)
seals(TemplateRule)
seals(MasterParty)
seals(Signatory)
