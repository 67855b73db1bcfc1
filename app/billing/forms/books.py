"""Forms of the books: days, years, rates of exchange, accounts of the ledger."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wtforms import HiddenField, ValidationError

from app.billing.commands import RateValues
from app.billing.forms.payments import CURRENCIES
from app.billing.rules import BILLION, check_since
from app.core.errors import DomainError
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, ShapedField, TextField
from app.web.on_date import current_on

RATE_OF_EXCHANGE = re.compile(r"\d{1,7}(?:\.\d{1,9})?", re.ASCII)


class ExchangeRateField(ShapedField):
    """What one unit is worth, with at most nine decimals, kept in billionths: 0.789 is 789,000,000."""

    def read(self, text: str) -> int:
        """The rate in billionths."""
        if RATE_OF_EXCHANGE.fullmatch(text) is None:
            raise ValidationError("Write the rate in digits with at most nine decimals, for example 0.789.")
        return int(Decimal(text) * BILLION)

    def write(self, value: int) -> str:
        """As it is typed: 0.789."""
        return f"{(Decimal(value) / BILLION).normalize():f}"


class LastDayForm(FilterForm):
    """On which day the first year that is closed ends."""

    last_day = DayField("Last day of the year", optional=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Where it is shown it is asked for: the address may leave it out."""
        super().__init__(*args, **options)
        self.last_day.flags.asked = True


class CloseForm(MusterForm):
    """Nothing to fill in but the year that was shown: years follow one another."""

    last_day = HiddenField()


class DaysForm(FilterForm):
    """Of which days something is wanted; all where none are named."""

    since = DayField("From", optional=True)
    until = DayField("Up to", optional=True)


class SinceForm(FilterForm):
    """From which day an account is shown, up to the day looked at; what came before is brought forward."""

    since = DayField("From", optional=True)

    def validate_since(self, field: DayField) -> None:
        """Never from a day after the last."""
        try:
            check_since(field.data, current_on())
        except DomainError as refused:
            raise ValidationError(refused.message) from refused


class RateForm(MusterForm):
    """A rate of exchange to be entered."""

    currency = ChoiceField("Currency")
    day = DayField("Day", hint="It holds until a newer one is entered.")
    rate = ExchangeRateField("Worth of one unit", hint="In the currency of the books, such as 0.789.")
    source = TextField("Source", most=500, hint="Who publishes it, such as the central bank.")

    def offer_all_but(self, home: str) -> None:
        """Offer every currency but that of the books, which is worth itself."""
        self.currency.offer([(code, code) for code in CURRENCIES if code != home])

    def values(self) -> RateValues:
        """What was typed."""
        return RateValues(self.currency.data, self.day.data, self.rate.data, self.source.data)


class OpenAccountForm(MusterForm):
    """An account of the ledger to be opened."""

    code = TextField("Number", most=4, hint="4000 to 4999 for income, 6000 to 6999 for an expense.")
    name = TextField("Name", hint="As in the trial balance, such as Associate fees.")


class RenameAccountForm(MusterForm):
    """Another name of an account of the ledger."""

    name = TextField("Name")
    was = HiddenField()
