"""A choice of one of several: what is offered, what was chosen, and the box it is drawn as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from wtforms import Field, Form, SelectField, ValidationError
from wtforms.fields import Choice
from wtforms.widgets import Select, html_params


class Choices(Select):
    """The choices of a field, drawn once for the same ones: filters of money offer hundreds of payers."""

    def __call__(self, field: Field, **attributes: Any) -> Markup:
        """The box with its options, the chosen one marked."""
        options, chosen = options_of(field.offered), _value_sign(field.data or "")
        shown = options.replace(chosen, f"selected {chosen}", 1)
        return Markup(f"<select {html_params(id=field.id, name=field.name, **attributes)}>{shown}</select>")  # noqa: S704


@lru_cache(maxsize=128)
def options_of(offered: tuple[tuple[str, str], ...]) -> str:
    """The options of some choices, given as value and words, none of them chosen."""
    return "".join(f"<option {_value_sign(value)}>{escape(words or value)}</option>" for value, words in offered)


def _value_sign(value: str) -> str:
    return f'value="{escape(value)}"'


class ChoiceField(SelectField):
    """One of several, each given as value and words; where it is optional, an empty choice stands first."""

    widget = Choices()

    def __init__(
        self, label: str, *, choices: Any = (), optional: bool = False, hint: str = "", **options: Any
    ) -> None:
        """Take pairs of value and words."""
        self.optional = optional
        self.offered = _as_offered(choices)
        super().__init__(label, description=hint, **options)

    def offer(self, choices: Iterable[tuple[Any, str]], *, empty: str = "Choose one") -> None:
        """Set what can be chosen, after an empty line with the given words."""
        self.offered = (("", empty), *_as_offered(choices))

    @property
    def choices(self) -> Sequence[tuple[str, str]]:
        """Pairs of value and words."""
        return self.offered

    @choices.setter
    def choices(self, pairs: Iterable[tuple[Any, str]]) -> None:
        self.offered = _as_offered(pairs)

    def iter_choices(self) -> list[Choice]:
        """What can be chosen, in the words of WTForms."""
        return [Choice(value, words, value == self.data, {}) for value, words in self.offered]

    @property
    def chosen_words(self) -> str:
        """The words of what was chosen, empty for none."""
        return dict(self.offered).get(self.data or "", "") if self.data else ""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Refuse what was not offered."""
        if not self.data:
            if not self.optional:
                message = "Please choose one."
                raise ValidationError(message)
            return
        if self.data not in dict(self.offered):
            message = "This is not one of the choices."
            raise ValidationError(message)

    @property
    def value(self) -> str | None:
        """What was chosen, None for none."""
        return self.data or None

    @property
    def chosen_id(self) -> int | None:
        """The record chosen, None for none."""
        return int(self.data) if self.data else None


def _as_offered(pairs: Iterable[tuple[Any, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), words) for value, words in pairs)
