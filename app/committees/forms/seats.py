"""Forms of seats."""

from __future__ import annotations

from wtforms import BooleanField

from app.committees.commands import SeatValues
from app.committees.rules import SEAT_WORDS, SeatKind
from app.core.periods import Period
from app.members.forms import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, TextField


class SeatForm(MusterForm):
    """A seat."""

    label = TextField("Name of the seat", hint="For example: Chair, Elected member, Representative of MRC Harwell.")
    kind = ChoiceField("Filled", choices=[("", "Choose one"), *SEAT_WORDS.items()])
    institution_id = InstitutionField(
        "Institution",
        optional=True,
        hint="For a seat that an institution fills: its name, short name, alias or number.",
    )
    votes = BooleanField("Its holder votes", default=True)
    first_day = DayField("First day")
    last_day = DayField("Last day", optional=True)

    def values(self) -> SeatValues:
        """What was typed; an end before its start is refused."""
        return SeatValues(
            kind=SeatKind(self.kind.data),
            label=str(self.label.value),
            period=Period(self.first_day.data, self.last_day.data),
            votes=bool(self.votes.data),
            institution_id=self.institution_id.chosen_id,
        )
