"""Every read about banks: own accounts."""

from __future__ import annotations

from app.billing.queries.bank.accounts import (
    BankAccountRow,
    find_account_for,
    get_bank_account,
    list_bank_accounts,
    propose_code,
)

__all__ = ["BankAccountRow", "find_account_for", "get_bank_account", "list_bank_accounts", "propose_code"]
