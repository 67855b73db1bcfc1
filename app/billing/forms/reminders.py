"""Forms of reminders: the filters of their list, and the button that sends them."""

from __future__ import annotations

from app.billing.rules import MOST_LEVELS
from app.web.choices import ChoiceField
from app.web.forms import FilterForm, MusterForm, NumberField


class ReminderFilterForm(FilterForm):
    """What the list of reminders is narrowed to."""

    level = NumberField("Level", least=1, most=MOST_LEVELS, optional=True)
    payer = ChoiceField("Payer", optional=True)


class SendForm(MusterForm):
    """Nothing to fill in: who is due is shown beside it."""
