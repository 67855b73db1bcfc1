"""Forms of own bank accounts."""

from __future__ import annotations

from app.billing.commands.bank import AccountFacts
from app.billing.forms.payments import CURRENCIES
from app.billing.rules.bank.accounts import check_account, read_number
from app.core.errors import Refusals
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, TextField


class BankAccountForm(MusterForm):
    """An account of the consortium at a bank."""

    name = TextField("What it is called", hint="As you speak of it, such as Main account.")
    holder = TextField("Account holder", hint="As the bank has it; it stands on invoices.")
    number = TextField("IBAN or account number", most=42, hint="The check digits of an IBAN are checked.")
    bic = TextField("BIC", most=11, optional=True)
    bank_name = TextField("Bank")
    currency = ChoiceField("Currency", choices=[(code, code) for code in CURRENCIES])
    account_code = TextField("Account of the ledger", most=4, hint="From 1200 to 1299; each bank account has its own.")
    first_day = DayField("From", hint="Statements and invoices from this day on may name it.")

    def check_rules(self) -> None:
        """The numbers."""
        refusals = Refusals()
        with refusals:
            read_number(self.number.data or "")
        with refusals:
            check_account(self.bic.data or "", str(self.currency.data), self.account_code.data or "")
        refusals.say()

    def facts(self) -> AccountFacts:
        """What was typed."""
        return AccountFacts(
            name=str(self.name.value),
            holder=str(self.holder.value),
            number=str(self.number.value),
            bic=self.bic.value or "",
            bank_name=str(self.bank_name.value),
            currency=str(self.currency.data),
            account_code=str(self.account_code.value),
            first_day=self.first_day.data,
        )


class EndBankAccountForm(MusterForm):
    """When an account ends."""

    last_day = DayField("Last day", hint="Included. Invoices issued later name another account.")
