"""Contents of papers and mails about agreements."""

from app.agreements.documents.agreement_paper import (
    AgreementPaper,
    PaperMaterial,
    PaperParty,
    agreement_html,
    agreement_paper,
)

__all__ = ["AgreementPaper", "PaperMaterial", "PaperParty", "agreement_html", "agreement_paper"]
