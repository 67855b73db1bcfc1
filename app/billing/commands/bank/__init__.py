"""Every write about banks: own accounts."""

from __future__ import annotations

from app.billing.commands.bank.accounts import AccountFacts, adopt_bank_account, end_bank_account

__all__ = ["AccountFacts", "adopt_bank_account", "end_bank_account"]
