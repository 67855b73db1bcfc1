"""Pages about banks: own accounts."""

from __future__ import annotations

from app.billing.routes.bank import accounts

__all__ = ["accounts"]
