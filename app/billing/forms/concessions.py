"""Forms of concessions on fees and of who pays them."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from app.billing.commands import ConcessionTerms, PayerTerms
from app.billing.forms.fees import RateField
from app.billing.forms.payments import CURRENCIES
from app.billing.rules import CONCESSION_WORDS, ConcessionKind
from app.members.forms import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, MoneyField, MusterForm, NumberField, TextField

PAYERS = 4


class ConcessionForm(MusterForm):
    """What is not asked of a fee."""

    kind = ChoiceField("What is conceded", choices=CONCESSION_WORDS.items())
    rate = RateField("Rate, per cent", optional=True, hint="For a discount: of the fee of the days it holds for.")
    currency = ChoiceField("Currency", choices=[(code, code) for code in CURRENCIES])
    amount = MoneyField(
        "Or an amount", optional=True, hint="Once a fee year; of a contribution in kind, what it is worth."
    )
    first_day = DayField("First day")
    last_day = DayField("Last day", optional=True)
    reason = TextField("Why", most=500, hint="Stands in runs and reports, not on the invoice.")
    approved_by = TextField("Approved by", hint="Who decided it, such as the finance committee.")
    decision = TextField("Decision", most=500, optional=True, hint="Its number, or the minute that holds it.")

    def terms(self) -> ConcessionTerms:
        """What was typed."""
        return ConcessionTerms(
            kind=ConcessionKind(self.kind.data),
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            reason=self.reason.data,
            approved_by=self.approved_by.data,
            basis_points=self.rate.data or None,
            amount=self.amount.data or None,
            decision=self.decision.value,
        )


class NewConcessionForm(ConcessionForm):
    """A concession, and whose."""

    institution = InstitutionField("Member")


class TakeBackForm(MusterForm):
    """Why something is taken back."""

    reason = TextField("Why", most=500)


class PayersForm(MusterForm):
    """Who pays the fee of a member: up to four payers with their shares."""

    member = InstitutionField("Member")
    payer_1 = InstitutionField("Payer")
    share_1 = NumberField(
        "Share", least=1, most=10_000, hint="A whole number: 1 beside 1 is half each, 3 beside 1 three quarters."
    )
    payer_2 = InstitutionField("Second payer", optional=True)
    share_2 = NumberField("Its share", least=1, most=10_000, optional=True, hint="1 where it is left empty.")
    payer_3 = InstitutionField("Third payer", optional=True)
    share_3 = NumberField("Its share", least=1, most=10_000, optional=True)
    payer_4 = InstitutionField("Fourth payer", optional=True)
    share_4 = NumberField("Its share", least=1, most=10_000, optional=True)
    first_day = DayField("First day", hint="Who paid until then does so no longer.")
    last_day = DayField("Last day", optional=True, hint="After it the member pays its own fee again.")
    is_separate = BooleanField(
        "An invoice for each member", description="Otherwise a payer gets one invoice with a line for each."
    )
    reason = TextField("Why", most=500)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a share of nobody."""
        fine = super().validate(extra_validators)
        for number in range(1, PAYERS + 1):
            payer: Any = self[f"payer_{number}"]
            if self[f"share_{number}"].data and not payer.data and not payer.errors:
                payer.errors = [*payer.errors, "Name the payer of this share, or leave the share empty."]
                fine = False
        return fine

    @property
    def payer_fields(self) -> list[InstitutionField]:
        """The fields that name the payers."""
        return [self[f"payer_{number}"] for number in range(1, PAYERS + 1)]

    def terms(self) -> PayerTerms:
        """What was typed; a payer without a share has one."""
        pairs: list[tuple[int, int]] = []
        for number in range(1, PAYERS + 1):
            payer: Any = self[f"payer_{number}"]
            if payer.chosen_id:
                pairs.append((payer.chosen_id, self[f"share_{number}"].data or 1))
        return PayerTerms(
            shares=tuple(pairs),
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            is_separate=bool(self.is_separate.data),
            reason=self.reason.data,
        )


class EndPayersForm(MusterForm):
    """Until when others pay."""

    last_day = DayField("Last day", hint="After it the member pays its own fee again.")
    reason = TextField("Why", most=500)
