"""Every read of agreements, of templates and of signatories."""

from app.agreements.queries import (
    holdings,
    merging,
    sealed,
    signatory_holdings,
    template_merging,
    template_sealed,
    template_verification,
    verification,
)

__all__ = [
    "holdings",
    "merging",
    "sealed",
    "signatory_holdings",
    "template_merging",
    "template_sealed",
    "template_verification",
    "verification",
]
