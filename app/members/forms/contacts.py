"""Forms of how a person is reached, of their photo, and of what is put right about their place."""

from __future__ import annotations

from typing import Any

from wtforms import ValidationError

from app.core.errors import DomainError
from app.files.forms import UploadField
from app.files.rules import PICTURES
from app.members.commands import PlaceFacts
from app.members.rules import (
    ROUTE_KIND_WORDS,
    ROUTE_PURPOSE_WORDS,
    RouteFacts,
    RouteKind,
    RoutePurpose,
    language_names,
    read_languages,
)
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, NumberField, ProseField, ShapedField, TextField


class LanguagesField(ShapedField):
    """Languages by name or code between commas, kept as codes of ISO 639."""

    def read(self, text: str) -> str | None:
        """The codes, in the order typed."""
        try:
            return read_languages(text)
        except DomainError as error:
            raise ValidationError(error.message) from None

    def write(self, value: Any) -> str:
        """Their names."""
        return ", ".join(language_names(value))


class RouteForm(MusterForm):
    """A way to reach a person."""

    kind = ChoiceField("What it is", choices=[*ROUTE_KIND_WORDS.items()])
    purpose = ChoiceField(
        "For",
        choices=[*ROUTE_PURPOSE_WORDS.items()],
        hint="Invoices go where the billing contact wants them.",
    )
    rank = NumberField("Place among those as alternate", least=1, most=99, hint="1 is tried first; else leave it at 1.")
    text = ProseField("Address or number", most=1000, hint="An e-mail address, a telephone number or a postal address.")
    first_day = DayField("From")
    last_day = DayField("Last day", optional=True)

    def route(self) -> RouteFacts:
        """What was typed."""
        return RouteFacts(
            RouteKind(self.kind.data),
            RoutePurpose(self.purpose.data),
            str(self.text.data),
            self.first_day.data,
            self.last_day.data,
            self.rank.data,
        )


class CorrectedRouteForm(RouteForm):
    """What was wrong about a route."""

    reason = TextField("Why it is corrected", most=500, hint="What was known until now stays on record.")


class PhotoForm(MusterForm):
    """A photo of a person."""

    photo = UploadField(
        "Photo",
        kinds=PICTURES,
        most_megabytes=8,
        hint="PNG or JPEG, at most 8 MB; kept small and without what the camera wrote.",
    )


class PlaceForm(MusterForm):
    """What was wrong about a person's place."""

    position = TextField("As", optional=True)
    first_day = DayField("From")
    last_day = DayField("Last day", optional=True)
    reason = TextField("Why it is corrected", most=500, hint="What was known until now stays on record.")

    def place(self) -> PlaceFacts:
        """What was typed."""
        return PlaceFacts(self.position.value, self.first_day.data, self.last_day.data)
