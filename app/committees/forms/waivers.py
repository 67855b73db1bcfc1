"""The form that asks for a limit of terms to be waived."""

from __future__ import annotations

from app.committees.commands.waivers import WaiverValues
from app.core.periods import Period
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, TextField


class WaiverForm(MusterForm):
    """For whom, which seat and which days the limit should not hold, and why."""

    seat_id = ChoiceField("Seat")
    person_id = ChoiceField("Person", hint="Who has served on the committee, and so can have reached the limit.")
    first_day = DayField("First day", hint="Of the term that would be one too many.")
    last_day = DayField("Last day", optional=True, hint="Needed where the bylaws give a term a length.")
    reason = TextField("Why the limit should not hold", most=400)

    def values(self) -> WaiverValues:
        """What was typed; an end before its start is refused."""
        return WaiverValues(
            person_id=self.person_id.chosen_id or 0,
            period=Period(self.first_day.data, self.last_day.data),
            reason=str(self.reason.value),
        )
