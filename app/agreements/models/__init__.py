"""Tables of agreements."""

from app.agreements.models.agreements import (
    Agreement,
    AgreementItem,
    AgreementSignature,
    AgreementStep,
    AgreementVersion,
    ConsortiumSeal,
)

__all__ = ["Agreement", "AgreementItem", "AgreementSignature", "AgreementStep", "AgreementVersion", "ConsortiumSeal"]
