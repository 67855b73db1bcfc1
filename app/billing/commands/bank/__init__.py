"""Every write about banks: own accounts, statements, and what their lines become."""

from __future__ import annotations

from app.billing.commands.bank import by_two, erasing
from app.billing.commands.bank.accounts import (
    AccountFacts,
    adopt_bank_account,
    ask_bank_account,
    ask_bank_account_end,
    end_bank_account,
)
from app.billing.commands.bank.booking import Portion
from app.billing.commands.bank.certain import book_certain
from app.billing.commands.bank.deciding import (
    accept_proposal,
    assign_line,
    book_to_ledger,
    ignore_line,
    split_line,
)
from app.billing.commands.bank.importing import (
    FileBrought,
    Imported,
    bring_statements,
    put_table_aside,
    read_table_file,
)
from app.billing.commands.bank.opening import open_again

__all__ = [
    "AccountFacts",
    "FileBrought",
    "Imported",
    "Portion",
    "accept_proposal",
    "adopt_bank_account",
    "ask_bank_account",
    "ask_bank_account_end",
    "assign_line",
    "book_certain",
    "book_to_ledger",
    "bring_statements",
    "by_two",
    "end_bank_account",
    "erasing",
    "ignore_line",
    "open_again",
    "put_table_aside",
    "read_table_file",
    "split_line",
]
