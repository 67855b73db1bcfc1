"""Forms of how late payers are reminded, and of what counts as good standing."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from app.billing.forms.fees import RateField
from app.billing.rules import LONGEST_SUBJECT, MOST_LEVELS, PLACES, LevelTerms, ReminderTerms, StandingTerms
from app.core.money import Money
from app.core.site import this_site
from app.web.forms import DayField, MoneyField, MusterForm, NumberField, ProseField, TextField

LONGEST_WAIT = 3650
FILLED_IN = ", ".join(f"{{{place}}}" for place in PLACES)
LEVEL_NUMBERS = range(1, MOST_LEVELS + 1)
LEVEL_FIELDS = ("days", "subject", "text", "fee")


class ReminderPolicyFields(MusterForm):
    """What holds for reminders from a day on, around the fields of each level."""

    first_day = DayField("In force from", hint="Today or later.")
    sends_daily = BooleanField(
        "Send by itself each day",
        description="Otherwise a reminder goes out only after somebody has looked at the preview.",
    )
    interest_rate = RateField(
        "Interest a year, per cent",
        optional=True,
        hint="For the days since an invoice was due, by days of 365. Leave empty to charge none.",
    )
    interest_from_level = NumberField("Interest from level", least=1, most=MOST_LEVELS, default=1)

    def terms(self) -> ReminderTerms:
        """What was typed: the levels that have days, in their order."""
        numbers = [each for each in LEVEL_NUMBERS if self[f"days_{each}"].data]
        return ReminderTerms(
            levels=tuple(self._level(each) for each in numbers),
            currency=self["fee_1"].currency,
            interest_basis_points=self.interest_rate.data or 0,
            interest_from_level=self.interest_from_level.data,
            sends_daily=bool(self.sends_daily.data),
        )

    def _level(self, number: int) -> LevelTerms:
        days, subject, text, fee = (self[f"{name}_{number}"].data for name in LEVEL_FIELDS)
        return LevelTerms(days, subject, text, fee.minor if fee else 0)


def _level_fields(number: int) -> dict[str, Any]:
    """The fields of one level; one without days is not used."""
    shared: dict[str, Any] = {"optional": number > 1, "part_of": f"of level {number}"}
    fee = {**shared, "optional": True}
    return {
        f"days_{number}": NumberField("Days after the due day", least=1, most=LONGEST_WAIT, **shared),
        f"subject_{number}": TextField("Subject", most=LONGEST_SUBJECT, **shared),
        f"text_{number}": ProseField("Text", **shared),
        f"fee_{number}": MoneyField("Fee", **fee),
    }


LEVELS = {name: each for number in LEVEL_NUMBERS for name, each in _level_fields(number).items()}
ReminderPolicyForm = type("ReminderPolicyForm", (ReminderPolicyFields,), LEVELS)


def filled_policy_form(terms: ReminderTerms, **known: Any) -> Any:
    """The form of reminders filled with what holds; its fees stay in the currency they are in."""
    levels = {
        f"{name}_{number}": value
        for number, level in enumerate(terms.levels, 1)
        for name, value in zip(
            LEVEL_FIELDS,
            (level.days_after_due, level.subject, level.text, _amount(level.fee_minor, terms.currency)),
            strict=True,
        )
    }
    form = ReminderPolicyForm(
        data={
            "sends_daily": terms.sends_daily,
            "interest_rate": terms.interest_basis_points or None,
            "interest_from_level": terms.interest_from_level,
            **levels,
            **known,
        }
    )
    for number in LEVEL_NUMBERS:
        form[f"fee_{number}"].currency = terms.currency
        form[f"fee_{number}"].description = f"In {terms.currency}. Leave empty to charge none."
    return form


class StandingPolicyForm(MusterForm):
    """What counts as good standing from a day on."""

    first_day = DayField("In force from", hint="Today or later.")
    warns_after = NumberField(
        "Warned when overdue by more than, days", most=LONGEST_WAIT, hint="From then on it is not in good standing."
    )
    votes_after = NumberField(
        "Votes suspended after, days", most=LONGEST_WAIT, optional=True, hint="Leave empty for never."
    )
    seats_after = NumberField(
        "Seats suspended after, days", most=LONGEST_WAIT, optional=True, hint="Leave empty for never."
    )
    forgiven = MoneyField(
        "Overdue amounts up to this are not counted",
        optional=True,
        hint="Of what a payer owes overdue in all, in the home currency; such as bank charges that were deducted.",
    )
    counts_disputed = BooleanField("Invoices in dispute count too")

    @classmethod
    def of(cls, terms: StandingTerms, **known: Any) -> StandingPolicyForm:
        """The form filled with what holds."""
        values = {name: getattr(terms, name) for name in ("warns_after", "votes_after", "seats_after")}
        form = cls(
            data={
                **values,
                "forgiven": _amount(terms.forgiven_minor, this_site().home_currency),
                "counts_disputed": terms.counts_disputed,
                **known,
            }
        )
        form.forgiven.currency = this_site().home_currency
        return form

    def terms(self) -> StandingTerms:
        """What was typed."""
        return StandingTerms(
            warns_after=self.warns_after.data,
            votes_after=self.votes_after.data,
            seats_after=self.seats_after.data,
            forgiven_minor=self.forgiven.data.minor if self.forgiven.data else 0,
            currency=this_site().home_currency,
            counts_disputed=bool(self.counts_disputed.data),
        )


def _amount(minor: int, currency: str) -> Money | None:
    return Money(minor, currency) if minor else None
