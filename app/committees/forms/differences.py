"""What was typed and what was saved meanwhile, where they differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField

from app.core.errors import Difference
from app.web.choices import ChoiceField
from app.web.forms import MusterForm

NOT_ASKED = "not asked here"


def differences(form: MusterForm, saved: MusterForm, names: Iterable[str]) -> list[Difference]:
    """Where a form differs from the same or a fuller one that is filled from what is saved."""
    found = []
    for name in names:
        kept = saved[name]
        if name not in form:
            found.append(Difference(kept.label.text, NOT_ASKED, _worded(kept)))
            continue
        field = form[name]
        if isinstance(kept, ChoiceField):
            kept.choices = [*kept.choices, *field.choices]
        if _worded(field) != _worded(kept):
            found.append(Difference(field.label.text, _worded(field), _worded(kept)))
    return found


def _worded(field: Any) -> str:
    if isinstance(field, ChoiceField):
        return field.chosen_words
    if isinstance(field, BooleanField):
        return "yes" if field.data else "no"
    return str(field._value())  # noqa: SLF001 - the text as it stands in the field
