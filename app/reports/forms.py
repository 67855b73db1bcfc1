"""What a report asks for, read from the address."""

from __future__ import annotations

from datetime import date

from app.members.forms import InstitutionField
from app.reports.rules import Asked, Parameter
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm


class ParameterForm(FilterForm):
    """Every parameter a report may have; those it has no use for are taken out."""

    year = ChoiceField("Year")
    day = DayField("On the day")
    institution = InstitutionField("Institution", optional=True)
    committee = ChoiceField("Committee", optional=True)

    def narrow_to(self, parameters: frozenset[Parameter]) -> None:
        """Keep what is asked for."""
        for parameter in Parameter:
            if parameter not in parameters:
                del self[parameter.value]

    def is_right(self) -> bool:
        """Whether every parameter can be read."""
        return bool(self.validate())

    def fill(self, asked: Asked) -> Asked:
        """What is asked, with what was chosen here."""
        return Asked(
            on=asked.on,
            known=asked.known,
            year=self._number(Parameter.YEAR) or asked.year,
            institution_id=self._number(Parameter.INSTITUTION),
            committee_id=self._number(Parameter.COMMITTEE),
        )

    def _number(self, parameter: Parameter) -> int | None:
        field = self._fields.get(parameter.value)
        return field.chosen_id if field is not None else None

    def show_day(self, on: date) -> None:
        """Put the day the page speaks of in its field, where none was typed."""
        if Parameter.DAY.value in self and not self.day.typed:
            self.day.typed = self.day.write(on)
