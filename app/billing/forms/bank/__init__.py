"""Forms about banks: own accounts, files of statements, and what becomes of lines."""

from app.billing.forms.bank.accounts import BankAccountForm, EndBankAccountForm
from app.billing.forms.bank.files import ColumnsForm, StatementForm, columns_form
from app.billing.forms.bank.lines import (
    AcceptForm,
    AddPayerForm,
    AssignForm,
    LeaveOutForm,
    LedgerForm,
    LineFilterForm,
    SplitForm,
    split_form,
)

__all__ = [
    "AcceptForm",
    "AddPayerForm",
    "AssignForm",
    "BankAccountForm",
    "ColumnsForm",
    "EndBankAccountForm",
    "LeaveOutForm",
    "LedgerForm",
    "LineFilterForm",
    "SplitForm",
    "StatementForm",
    "columns_form",
    "split_form",
]
