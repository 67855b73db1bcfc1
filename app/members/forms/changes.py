"""What differs between what was typed and what someone else has saved meanwhile."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

from wtforms import BooleanField, Field

from app.core.errors import Difference
from app.members.rules import (
    day_words,
)
from app.web.choices import ChoiceField
from app.web.forms import (
    MusterForm,
)
from app.web.naming import NamedField


def changed_meanwhile(form: MusterForm, saved: Any) -> list[Difference]:
    """What stands in the form and what is saved now, where they differ; empty unless the form came too late."""
    if form.conflict is None:
        return []
    pairs = [
        (field.label.text, typed_words(field), saved_words(field, getattr(saved, field.short_name)))
        for field in form.visible_fields
        if hasattr(saved, field.short_name)
    ]
    return [Difference(label, typed, kept) for label, typed, kept in pairs if typed != kept]


def typed_words(field: Field) -> str:
    """What stands in a field, in words."""
    return saved_words(field, field.data)


def saved_words(field: Field, value: Any) -> str:
    """A saved value as the field words it."""
    if isinstance(field, BooleanField):
        return "yes" if value else "no"
    if isinstance(value, date):
        return day_words(value)
    if isinstance(field, NamedField) and isinstance(value, int):
        return field.words_of(value)
    plain = "" if value is None else str(value.value if isinstance(value, Enum) else value)
    if isinstance(field, ChoiceField):
        return dict(field.offered).get(plain, plain)
    return plain
