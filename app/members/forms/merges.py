"""Forms that merge one institution into another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.members.queries import MergeDifference
from app.members.rules import KIND_WORDS, InstitutionKind, country_name
from app.web.choices import ChoiceField
from app.web.forms import MusterForm, TextField

LABELS = {
    "ror": "ROR",
    "vat_number": "VAT number",
    "is_composite": "It is itself a consortium",
    "unit": "Unit addressed",
}
SURVIVOR, MERGED = "survivor", "merged"


class OtherForm(MusterForm):
    """Which institution goes up in this one."""

    merged_id = ChoiceField("The other one", hint="It goes up in this one: what names it names this one from then on.")


class MergeForm(MusterForm):
    """Why, and of each particular in which both differ whose stays."""

    reason = TextField("Why", most=500)

    @property
    def taken(self) -> list[str]:
        """The particulars taken from the one that is merged."""
        return [field.short_name for field in self if isinstance(field, ChoiceField) and field.data == MERGED]


def merge_form(differences: Sequence[MergeDifference]) -> MergeForm:
    """The form with a choice for each particular in which both differ; the survivor's stays unless chosen otherwise."""
    fields: dict[str, Any] = {
        each.key: ChoiceField(
            LABELS.get(each.key, each.key.replace("_", " ").capitalize()),
            choices=[(SURVIVOR, _worded(each.key, each.survivor)), (MERGED, _worded(each.key, each.merged))],
        )
        for each in differences
    }
    made: type[MergeForm] = type("MergeOfTheseForm", (MergeForm,), fields)
    return made(data=dict.fromkeys(fields, SURVIVOR))


def _worded(key: str, value: Any) -> str:
    if key == "kind":
        return KIND_WORDS[InstitutionKind(value)]
    if key == "country":
        return country_name(str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(value).splitlines())
