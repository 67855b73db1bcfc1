"""Pages about banks: own accounts, statements and their import, the desk where lines are decided."""

from __future__ import annotations

from app.billing.routes.bank import accounts, desk, importing, statements

__all__ = ["accounts", "desk", "importing", "statements"]
