"""How often somebody wants the digest."""

from __future__ import annotations

from app.home.rules import FREQUENCY_WORDS
from app.web.choices import ChoiceField
from app.web.forms import MusterForm


class DigestForm(MusterForm):
    """A choice of every day, once a week, or never."""

    frequency = ChoiceField(
        "By mail",
        choices=list(FREQUENCY_WORDS.items()),
        hint="One mail with everything that needs you; none when there is nothing.",
    )
