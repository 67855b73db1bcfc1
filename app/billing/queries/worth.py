"""What amounts in other currencies are worth in that of the books, by the rates of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.billing.queries.exchange import Rate, rates_on, why_no_rate
from app.billing.rules import converted
from app.core.money import Money
from app.core.site import this_site


@dataclass(frozen=True)
class Worth:
    """The currency of the books, and what others were worth in it on a day."""

    home: str
    on: date
    rates: Mapping[str, Rate]

    def of(self, gross: Money) -> Money:
        """What an amount is worth; nothing where its rate is not known, so that it cannot be issued."""
        if gross.currency == self.home:
            return gross
        rate = self.rates.get(gross.currency)
        return converted(gross, rate.billionths, self.home) if rate else Money.zero(self.home)

    def why_not(self, currency: str) -> str | None:
        """Why an amount in a currency has no worth, None where it has."""
        return None if currency == self.home or currency in self.rates else why_no_rate(currency, self.on)

    def frozen(self, tax: Money) -> dict[str, Any]:
        """What an invoice in another currency than that of the books keeps of its rate and its tax."""
        rate = self.rates.get(tax.currency)
        if rate is None:
            return {}
        at_home = {"tax": self.of(tax).minor} if tax else {}
        return {"exchange": {"home": self.home, "rate": f"{rate.decimal:f}", "on": rate.day.isoformat(), **at_home}}


def worth_on(currencies: Iterable[str], on: date) -> Worth:
    """What amounts in these currencies are worth on a day."""
    home = this_site().home_currency
    return Worth(home, on, rates_on({*currencies} - {home}, on))
