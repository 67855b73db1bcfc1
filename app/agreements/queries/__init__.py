"""Every read of agreements, of templates and of signatories."""

from app.agreements.queries import template_merging

__all__ = ["template_merging"]
