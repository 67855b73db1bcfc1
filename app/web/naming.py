"""A field that names one record of many in words: suggestions come while one types, and it is sent as typed.

It works without a script: whatever means just one record is taken, and of anything else it is said why not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from wtforms import Form, ValidationError

from app.core.naming import MOST_TOLD, Named, Names
from app.web.addresses import url
from app.web.forms import TextField

HINT = "By its name, short name, alias or number."


class NamedField(TextField):
    """The name of a record; `source` is the endpoint that suggests some, `narrowed` what it is asked for besides."""

    names: Names

    def __init__(self, label: str, *, source: str, hint: str = HINT, **options: Any) -> None:
        """Keep where suggestions come from."""
        super().__init__(label, most=250, hint=hint, **options)
        self.source, self.narrowed = source, {}  # type: ignore[var-annotated]
        self.chosen_id: int | None = None

    def ask(self, names: Names, chosen_id: int | None = None, **narrowed: str) -> None:
        """Set who knows the names; `chosen_id` is the record that stands there before anything is typed."""
        self.names, self.narrowed = names, narrowed
        if not self.raw_data:
            self.data = self.words_of(chosen_id)

    def words_of(self, record_id: int | None) -> str:
        """The words that mean a record, empty for none."""
        found = self.names.named(record_id) if record_id is not None else None
        return found.words if found else ""

    def pre_validate(self, form: Form) -> None:
        """Find the one record meant."""
        super().pre_validate(form)
        self.chosen_id = one_named(self.names, self.data).id if self.data else None

    def __call__(self, **attributes: Any) -> Markup:
        """The text field, with the address that suggests names to a script."""
        suggest = {"autocomplete": "off", "data-suggest": url(self.source, **self.narrowed)}
        return Markup(super().__call__(**attributes, **suggest))  # noqa: S704 - drawn by the widget, which escapes


def one_named(names: Names, words: str) -> Named:
    """The one record that words mean; where there is none or are several, the field says which are near."""
    meant = names.called(words)
    if len(meant.called) == 1:
        return meant.called[0]
    if meant.called:
        message = f"Several are called so: {_listed(meant.called)}. Write one of these with its number."
        raise ValidationError(message)
    like = f" Like it: {_listed(meant.like)}." if meant.like else ""
    message = f"Nothing you can choose here is called so.{like}"
    raise ValidationError(message)


def _listed(found: Sequence[Named]) -> str:
    more = f" and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return ", ".join(each.words for each in found[:MOST_TOLD]) + more
