"""The filters of the list of agreements."""

from __future__ import annotations

from app.agreements.rules.states import SIDE_WORDS, STATE_WORDS
from app.agreements.rules.wording import SHORT_KIND_WORDS
from app.web.choices import ChoiceField
from app.web.forms import FilterForm, TextField

ENDS = (("30", "30 days"), ("90", "90 days"), ("365", "a year"))
UNMOVED = (("7", "a week"), ("30", "30 days"), ("90", "90 days"))


class AgreementFilterForm(FilterForm):
    """What the list is narrowed to."""

    q = TextField("Words", optional=True, hint="Number, title, party or line.")
    state = ChoiceField("State", optional=True, choices=[("", "Any"), *STATE_WORDS.items()])
    waits = ChoiceField("Waits on", optional=True, choices=[("", "Anybody"), ("me", "Me"), *SIDE_WORDS.items()])
    ends = ChoiceField("Ends within", optional=True, choices=[("", "Any time"), *ENDS])
    unmoved = ChoiceField("Unmoved for", optional=True, choices=[("", "Any time"), *UNMOVED])
    kind = ChoiceField("Kind", optional=True, choices=[("", "Any"), *SHORT_KIND_WORDS.items()])
