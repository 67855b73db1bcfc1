"""Forms of seats and of their alternates."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from app.committees.commands import SeatChange, SeatValues
from app.committees.commands.dated_facts import day_of_change
from app.committees.commands.seats import MOST_AT_ONCE
from app.committees.forms.committees import DatedForm
from app.committees.forms.differences import differences
from app.committees.models import Seat
from app.committees.rules import OFFICE_WORDS, SEAT_WORDS, SINGLE_OFFICES, Office, SeatKind
from app.core.errors import Difference
from app.core.periods import Period
from app.members.forms import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, NumberField, TextField

OFFICES = [("", "None"), *((office, OFFICE_WORDS[office]) for office in Office if office in SINGLE_OFFICES)]
CYCLE_HINT = "A day on which its term ends, such as 31 December 2017; so terms of a committee end in turn."


class CalledForm(MusterForm):
    """What may change of a seat while it lasts."""

    label = TextField("Name of the seat", hint="For example: Chair, Elected member, Representative of MRC Harwell.")
    cycle_end = DayField("End of a term", optional=True, hint=CYCLE_HINT)
    follows_office = ChoiceField(
        "Follows the office", optional=True, choices=OFFICES, hint="For a seat ex officio: the holder of this office."
    )
    follows_committee_id = ChoiceField("Of the committee", optional=True)

    def change(self) -> SeatChange:
        """What was typed."""
        return SeatChange(label=str(self.label.value), **self._facts())

    def _facts(self) -> dict[str, Any]:
        """What is asked of every kind of seat, and of its kind alone."""
        facts: dict[str, Any] = {"cycle_end": self.cycle_end.data}
        if "follows_office" in self:
            facts["follows_committee_id"] = self.follows_committee_id.chosen_id
            facts["follows_office"] = Office(self.follows_office.data) if self.follows_office.data else None
        return facts


class ChangeSeatForm(DatedForm, CalledForm):
    """A seat that is changed: its name from a day on."""

    since = DayField("Called so from", hint="An earlier day where this is entered late, or was never otherwise.")


class SeatForm(CalledForm):
    """One seat or several alike."""

    kind = ChoiceField("Filled", choices=[("", "Choose one"), *SEAT_WORDS.items()])
    number = NumberField(
        "How many", least=1, most=MOST_AT_ONCE, default=1, hint="Several are numbered: Elected member 1, 2, 3."
    )
    institution_id = InstitutionField(
        "Institution",
        optional=True,
        hint="For a seat that an institution fills: its name, short name, alias or number. One seat each at a time.",
    )
    constituency_id = ChoiceField(
        "Constituency", optional=True, hint="For a seat by constituency: who elects its holder."
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
            constituency_id=self.constituency_id.chosen_id,
            **self._facts(),
        )


class EndSeatForm(MusterForm):
    """The last day of a seat, and why."""

    last_day = DayField("Last day", hint="Whoever holds it has it to the end of this day, and its rights.")
    reason = TextField("Reason", most=500)


class AlternateForm(MusterForm):
    """Who stands in for the holder of a seat."""

    person_id = ChoiceField("Person")
    first_day = DayField("First day")
    last_day = DayField("Last day", optional=True)

    def period(self) -> Period:
        """The days typed; an end before its start is refused."""
        return Period(self.first_day.data, self.last_day.data)


class EndAlternateForm(MusterForm):
    """How long an alternate stands in, and why no longer."""

    last_day = DayField("Last day", hint="A day before the first takes it back that they stand in at all.")
    reason = TextField("Reason", most=500, optional=True)


def filled_from_seat(seat: Seat) -> dict[str, Any]:
    """What the form of a seat shows before anything is typed."""
    return {
        "label": seat.label,
        "cycle_end": seat.cycle_end,
        "follows_office": seat.follows_office.value if seat.follows_office else "",
        "follows_committee_id": str(seat.follows_committee_id or ""),
        "since": day_of_change(seat.period),
        "version": str(seat.version),
    }


def for_kind(form: ChangeSeatForm, kind: SeatKind) -> None:
    """Ask of a seat only what its kind can have."""
    if kind is not SeatKind.EX_OFFICIO:
        del form.follows_office
        del form.follows_committee_id


def seat_meanwhile(form: ChangeSeatForm, seat: Seat) -> list[Difference]:
    """What is typed and what is saved now, where someone else changed the seat under the form."""
    if form.conflict is None:
        return []
    saved = ChangeSeatForm(formdata=None, data=filled_from_seat(seat))
    for_kind(saved, seat.kind)
    names = [field.short_name for field in form.visible_fields if field.short_name not in {"since", "reason"}]
    return differences(form, saved, names)


def end_meanwhile(form: EndSeatForm, seat: Seat) -> list[Difference]:
    """What is typed and what is saved now, where someone else ended the seat under the form."""
    if form.conflict is None:
        return []
    saved = EndSeatForm(formdata=None, data={"last_day": seat.last_day})
    return differences(form, saved, ["last_day"])
