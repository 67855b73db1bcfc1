"""Forms of memberships: admitting, and the day from which, or until which, something holds."""

from __future__ import annotations

from app.core.errors import Difference
from app.core.periods import Period
from app.members.commands import (
    Admission,
)
from app.members.forms.changes import typed_words
from app.members.forms.institutions import STATE_WORDS
from app.members.queries import MembershipPeriod
from app.members.rules import (
    day_words,
)
from app.web.choices import ChoiceField
from app.web.forms import (
    DayField,
    MusterForm,
    TextField,
)


class AdmissionForm(MusterForm):
    """A membership."""

    class_id = ChoiceField("Class")
    first_day = DayField("Member from")
    last_day = DayField("Last day", optional=True, hint="Only for a membership that ends by itself.")
    reason = TextField("Why", optional=True, most=500, hint="Such as the decision that admitted it.")

    def admission(self) -> Admission:
        """What was typed."""
        return Admission(int(self.class_id.data), self.first_day.data, self.last_day.data, self.reason.value)


class FromDayForm(MusterForm):
    """A change from a day on, with its reason."""

    first_day = DayField("From")
    reason = TextField("Why", most=500)


class LastDayForm(MusterForm):
    """An end, with its reason."""

    last_day = DayField("Last day", hint="All of this day still counts.")
    reason = TextField("Why", most=500)


def steps_meanwhile(form: FromDayForm | LastDayForm, membership: MembershipPeriod) -> list[Difference]:
    """The day in the form and the steps on record now, where someone else changed the membership under the form."""
    if form.conflict is None:
        return []
    asked = form.visible_fields[0]
    steps = [f"{STATE_WORDS[step.state]} from {_days(step.period)}" for step in membership.steps]
    return [Difference(asked.label.text, typed_words(asked), "; ".join(steps))]


def _days(period: Period) -> str:
    return day_words(period.first) + (f" to {day_words(period.last)}" if period.last else "")
