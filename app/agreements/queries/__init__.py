"""Every read of agreements."""

from app.agreements.queries import template_merging

__all__ = ["template_merging"]
