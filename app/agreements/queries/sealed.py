"""Which rows of agreements the trail seals with each change, but for names that an erased person's number takes."""

from __future__ import annotations

from app.agreements.models import Agreement, AgreementItem, AgreementSignature, AgreementStep, AgreementVersion
from app.audit.seals import seals, seals_for_ever

seals(Agreement, Agreement.drafted_by)
seals(AgreementItem)
seals(AgreementVersion, AgreementVersion.approved_by)
seals(AgreementSignature, AgreementSignature.recorded_by)
seals_for_ever(AgreementStep, AgreementStep.by)
