"""Every read of agreements, of templates and of signatories."""

from app.agreements.queries import holdings, merging, sealed, template_merging, verification

__all__ = ["holdings", "merging", "sealed", "template_merging", "verification"]
