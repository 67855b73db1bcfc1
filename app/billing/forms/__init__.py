"""Forms of billing: adopting a fee, issuing, recording and allocating payments, and the filters of lists."""

from app.billing.forms.books import ExchangeRateField, RateForm
from app.billing.forms.charges import ChargeForm, LineForm
from app.billing.forms.corrections import (
    CreditForm,
    RefundForm,
    ReverseForm,
    SettleForm,
    UndoForm,
    VoidForm,
    WriteOffForm,
)
from app.billing.forms.fees import (
    MOST_BASIS_POINTS,
    RATE,
    AdoptFeeForm,
    FirstInvoiceForm,
    LeaverForm,
    PrepareForm,
    RateField,
    YearForm,
)
from app.billing.forms.invoices import ANY, InvoiceFilterForm, IssueForm, JournalFilterForm
from app.billing.forms.payments import (
    CHOSEN,
    CURRENCIES,
    OLDEST,
    AllocateForm,
    PayerForm,
    PaymentFilterForm,
    PaymentForm,
    SettleFields,
    proposed_parts,
    whole_left,
)

__all__ = [
    "ANY",
    "CHOSEN",
    "CURRENCIES",
    "MOST_BASIS_POINTS",
    "OLDEST",
    "RATE",
    "AdoptFeeForm",
    "AllocateForm",
    "ChargeForm",
    "CreditForm",
    "ExchangeRateField",
    "FirstInvoiceForm",
    "InvoiceFilterForm",
    "IssueForm",
    "JournalFilterForm",
    "LeaverForm",
    "LineForm",
    "PayerForm",
    "PaymentFilterForm",
    "PaymentForm",
    "PrepareForm",
    "RateField",
    "RateForm",
    "RefundForm",
    "ReverseForm",
    "SettleFields",
    "SettleForm",
    "UndoForm",
    "VoidForm",
    "WriteOffForm",
    "YearForm",
    "proposed_parts",
    "whole_left",
]
