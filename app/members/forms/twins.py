"""Forms of likely twins: what their list is narrowed to, and why two records are not the same."""

from __future__ import annotations

from app.members.rules import GROUND_WORDS, TwinKind
from app.web.choices import ChoiceField
from app.web.forms import FilterForm, MusterForm, TextField

KINDS = [("", "Any"), (TwinKind.INSTITUTION, "Institutions"), (TwinKind.PERSON, "People")]


class TwinFilterForm(FilterForm):
    """What the list of likely twins is narrowed to."""

    q = TextField("Words", optional=True, hint="Of the name of either.")
    kind = ChoiceField("Kind", optional=True, choices=KINDS)
    ground = ChoiceField("Because", optional=True, choices=[("", "Any"), *GROUND_WORDS.items()])


class TellApartForm(MusterForm):
    """Why two records are not the same."""

    reason = TextField("How they differ", most=500, hint="Kept with your name; they are not suggested again.")
