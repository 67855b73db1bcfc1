"""Forms of tiers: of a member, and of a country."""

from __future__ import annotations

from app.billing.commands import TierTerms
from app.billing.rules import SCALE_WORDS, TIER_WORDS, TIERS_OF, Scale, Tier
from app.members.forms import InstitutionField
from app.members.rules import country_choices
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, TextField

GROUPS = [(tier.value, TIER_WORDS[tier].capitalize()) for tier in TIERS_OF[Scale.INCOME]]
TIERS = [
    (tier.value, f"{TIER_WORDS[tier].capitalize()} ({SCALE_WORDS[scale].lower()})")
    for scale in Scale
    for tier in TIERS_OF[scale]
]


class TierForm(MusterForm):
    """A tier and its days."""

    tier = ChoiceField("Tier", choices=TIERS)
    first_day = DayField("First day", hint="The tier until then ends the day before.")
    last_day = DayField("Last day", optional=True)
    reason = TextField("By what", most=500, hint="Whose list or figures, such as World Bank, fiscal year 2016.")

    def terms(self) -> TierTerms:
        """What was typed."""
        return TierTerms(Tier(self.tier.data), self.first_day.data, self.reason.data, self.last_day.data)


class MemberTierForm(TierForm):
    """A tier of a member."""

    institution = InstitutionField("Member")


class CountryGroupForm(TierForm):
    """An income group of a country."""

    tier = ChoiceField("Income group", choices=GROUPS)
    country = ChoiceField("Country", choices=[("", "Choose one"), *country_choices()])
