"""Forms of appointments and of what becomes of them."""

from __future__ import annotations

from typing import Any

from app.committees.commands import AppointmentValues
from app.committees.forms.differences import differences
from app.committees.models import Appointment
from app.committees.rules import OFFICE_WORDS, Office
from app.core.errors import Difference
from app.core.periods import Period
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, TextField


class AppointmentForm(MusterForm):
    """Who sits on a seat, as what and for how long."""

    person_id = ChoiceField("Person")
    office = ChoiceField("Office", choices=list(OFFICE_WORDS.items()), default=Office.MEMBER.value)
    first_day = DayField("First day", hint="Rights begin with this day.")
    last_day = DayField("Last day", optional=True, hint="Rights end with the end of this day.")
    decision = TextField(
        "Decision", most=500, optional=True, hint="What appointed them: an election, a letter, a motion."
    )

    def values(self) -> AppointmentValues:
        """What was typed; an end before its start is refused."""
        return AppointmentValues(
            person_id=self.person_id.chosen_id or 0,
            period=Period(self.first_day.data, self.last_day.data),
            office=Office(self.office.data),
            decision=self.decision.value,
        )


class CorrectionForm(AppointmentForm):
    """An appointment put right, and why."""

    reason = TextField("Reason", most=500, hint="It stands in the history beside both values.")


class EndTermForm(MusterForm):
    """The last day of a term, and why."""

    last_day = DayField("Last day", hint="Rights end with the end of this day.")
    reason = TextField("Reason", most=500)


class WithdrawalForm(MusterForm):
    """Why an appointment is taken back."""

    reason = TextField("Reason", most=500, hint="For an appointment that was recorded by mistake.")


def filled_from_appointment(appointment: Appointment) -> dict[str, Any]:
    """What the form of a correction shows before anything is typed."""
    return {
        "person_id": str(appointment.person_id),
        "office": appointment.office.value,
        "first_day": appointment.first_day,
        "last_day": appointment.last_day,
        "decision": appointment.decision,
        "version": str(appointment.version),
    }


def entry_meanwhile(form: CorrectionForm | EndTermForm | WithdrawalForm, appointment: Appointment) -> list[Difference]:
    """What is typed and what the entry says now, where someone else changed it under the form.

    A form that ends or withdraws a term asks for little of it: what it does not ask for is shown as it stands.
    """
    if form.conflict is None:
        return []
    saved = CorrectionForm(formdata=None, data=filled_from_appointment(appointment))
    saved.person_id.offer([(appointment.person_id, appointment.person.name)])
    names = [field.short_name for field in saved.visible_fields if field.short_name != "reason"]
    return differences(form, saved, names)
