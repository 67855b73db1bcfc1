"""Forms of constituencies: forming one, who belongs from a day on, another name, and the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wtforms import Form, SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.committees.rules.constituencies import Belonging
from app.core.errors import Difference
from app.core.folding import folded
from app.members.forms.applications import ChecksField
from app.members.queries import InstitutionNames
from app.members.rules import KIND_WORDS, InstitutionKind, country_choices, country_name
from app.web.forms import DayField, FilterForm, MusterForm, ProseField, TextField
from app.web.naming import one_named
from app.web.wording import join_words

COUNTRIES = {folded(text): code for code, name in country_choices() for text in (code, name)}


class CountriesField(ProseField):
    """Countries, one a line or with commas between them, by their name or two letters."""

    def pre_validate(self, form: Form) -> None:
        """Refuse a word that is no country."""
        super().pre_validate(form)
        unknown = [word for word in self._words() if folded(word) not in COUNTRIES]
        if unknown:
            raise ValidationError(f"There is no country called {join_words(unknown)}.")

    @property
    def codes(self) -> list[str]:
        """The countries named, each once."""
        return list(dict.fromkeys(COUNTRIES[folded(word)] for word in self._words()))

    def _words(self) -> Iterator[str]:
        for line in (self.data or "").splitlines():
            whole = line.strip()
            parts = [whole] if folded(whole) in COUNTRIES else [part.strip() for part in whole.split(",")]
            yield from filter(None, parts)


class InstitutionsField(ProseField):
    """Institutions by name, one a line; the page says who knows the names."""

    names: InstitutionNames
    ids: Sequence[int] = ()

    def ask(self, names: InstitutionNames) -> None:
        """Set who knows the names."""
        self.names = names

    def pre_validate(self, form: Form) -> None:
        """Find the one institution that each line means."""
        super().pre_validate(form)
        lines = filter(None, (line.strip() for line in (self.data or "").splitlines()))
        self.ids = tuple(dict.fromkeys(self._one(line) for line in lines))

    def _one(self, line: str) -> int:
        try:
            return one_named(self.names, line).id
        except ValidationError as error:
            raise ValidationError(f"{line}: {error}") from None


class KindsField(SelectMultipleField):
    """Kinds of institutions, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, **options: Any) -> None:
        """Offer every kind there is."""
        super().__init__(label, **options)
        self.choices = [(kind.value, words) for kind, words in KIND_WORDS.items()]


class BelongingForm(MusterForm):
    """What a constituency is called, where it is new, and who belongs from a day on."""

    name = TextField("Name", hint="For example: Asia and Pacific, Production centres.")
    first_day = DayField("From", hint="What held before this day stays as it was.")
    countries = CountriesField(
        "Countries", optional=True, hint="One a line, by name or two letters: all institutions there belong."
    )
    kinds = KindsField("Kinds of institution")
    classes = ChecksField("Classes of membership")
    institutions = InstitutionsField(
        "Institutions",
        most=20_000,
        optional=True,
        hint="One a line, by name, short name or number: these belong, wherever they are.",
    )
    reason = TextField("Reason", most=500, optional=True, hint="Such as the decision that changed it.")

    def ask_new(self) -> None:
        """Ask what a new constituency needs."""
        self.first_day.description = "The first day on which institutions belong to it."
        del self.reason

    def ask_change(self) -> None:
        """Ask for a change of who belongs: a name is changed by itself."""
        del self.name

    def belonging(self) -> list[Belonging]:
        """The rules that were typed and ticked."""
        return [
            *(Belonging(country=code) for code in self.countries.codes),
            *(Belonging(institution_kind=InstitutionKind(kind)) for kind in self.kinds.data or ()),
            *(Belonging(class_id=class_id) for class_id in self.classes.data or ()),
            *(Belonging(institution_id=institution_id) for institution_id in self.institutions.ids),
        ]


class ConstituencyNameForm(MusterForm):
    """Another name."""

    name = TextField("New name")


class ClosingForm(MusterForm):
    """The last day of a constituency, and why."""

    last_day = DayField("Last day", hint="Nobody belongs to it after this day.")
    reason = TextField("Reason", most=500)


class ConstituencyFilterForm(FilterForm):
    """What the list of constituencies is narrowed to."""

    q = TextField("Words", optional=True)


def filled_from_belonging(rules: Sequence[Belonging], names: InstitutionNames) -> dict[str, Any]:
    """What the form shows before anything is typed: the rules that hold."""
    named = [names.named(each.institution_id) for each in rules if each.institution_id is not None]
    return {
        "countries": "\n".join(country_name(each.country) for each in rules if each.country is not None),
        "kinds": [each.institution_kind.value for each in rules if each.institution_kind is not None],
        "classes": [each.class_id for each in rules if each.class_id is not None],
        "institutions": "\n".join(each.words for each in named if each is not None),
    }


def belonging_meanwhile(form: BelongingForm, saved: Mapping[str, Any]) -> list[Difference]:
    """What is typed and ticked and what is on record now, where someone else changed it under the form."""
    if form.conflict is None:
        return []
    told = [(form[name], _worded(form[name], form[name].data), _worded(form[name], saved[name])) for name in saved]
    return [Difference(field.label.text, typed, kept) for field, typed, kept in told if typed != kept]


def _worded(field: Any, value: Any) -> str:
    if isinstance(field, SelectMultipleField):
        return join_words(words for each, words in field.choices if each in (value or ()))
    return ", ".join((value or "").splitlines())
