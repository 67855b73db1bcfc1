"""Every read about banks: own accounts, statements, their lines, and what is proposed for those that wait."""

from __future__ import annotations

from app.billing.queries.bank.accounts import (
    BankAccountRow,
    find_account_for,
    get_bank_account,
    list_bank_accounts,
    propose_code,
)
from app.billing.queries.bank.desk import (
    Desk,
    count_waiting,
    find_likely_payer,
    get_desk,
    list_desks,
    list_result_accounts,
)
from app.billing.queries.bank.lines import LineFilters, LineRow, LineView, find_line_of, get_line, search_lines
from app.billing.queries.bank.splitting import OpenPayer, list_open_payers, open_days_of
from app.billing.queries.bank.statements import (
    Balance,
    StatementRow,
    WaitingFile,
    get_bank_file,
    get_statement,
    list_waiting_files,
    reconcile,
    search_statements,
)

__all__ = [
    "Balance",
    "BankAccountRow",
    "Desk",
    "LineFilters",
    "LineRow",
    "LineView",
    "OpenPayer",
    "StatementRow",
    "WaitingFile",
    "count_waiting",
    "find_account_for",
    "find_likely_payer",
    "find_line_of",
    "get_bank_account",
    "get_bank_file",
    "get_desk",
    "get_line",
    "get_statement",
    "list_bank_accounts",
    "list_desks",
    "list_open_payers",
    "list_result_accounts",
    "list_waiting_files",
    "open_days_of",
    "propose_code",
    "reconcile",
    "search_lines",
    "search_statements",
]
