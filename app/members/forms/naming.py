"""The field by which an institution is named."""

from __future__ import annotations

from typing import Any

from app.web.forms import FilterForm, TextField
from app.web.naming import NamedField


class NameForm(FilterForm):
    """The words typed so far."""

    q = TextField("Words", optional=True)


class InstitutionField(NamedField):
    """One institution on record; the page says which may be named."""

    def __init__(self, label: str, **options: Any) -> None:
        """Take suggestions from the register."""
        super().__init__(label, source="members.suggest_institutions", **options)
