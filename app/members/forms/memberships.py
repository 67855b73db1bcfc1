"""Forms of memberships: admitting, renewing, and the day from which, or until which, something holds."""

from __future__ import annotations

from app.core.errors import Difference
from app.core.periods import Period
from app.members.commands import Admission
from app.members.forms.changes import typed_words
from app.members.forms.institutions import STATE_WORDS
from app.members.queries import MembershipPeriod
from app.members.rules import day_words
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, TextField


class AdmissionForm(MusterForm):
    """A membership."""

    class_id = ChoiceField("Class")
    first_day = DayField("Member from")
    last_day = DayField("Last day", optional=True, hint="Left empty: as the periods of the class end, if they do.")
    reason = TextField("Why", optional=True, most=500, hint="Such as the decision that admitted it.")

    def admission(self) -> Admission:
        """What was typed."""
        return Admission(int(self.class_id.data), self.first_day.data, self.last_day.data, self.reason.value)


class FromDayForm(MusterForm):
    """A change from a day on, with its reason."""

    first_day = DayField("From")
    reason = TextField("Why", most=500)


class SuspensionForm(MusterForm):
    """A suspension, with its reason."""

    first_day = DayField("From")
    last_day = DayField("Last day", optional=True, hint="With it the membership is active again by itself.")
    reason = TextField("Why", most=500)


class LastDayForm(MusterForm):
    """An end, with its reason."""

    last_day = DayField("Last day", hint="All of this day still counts.")
    reason = TextField("Why", most=500)


class EndForm(MusterForm):
    """When a membership really ended, if it did."""

    last_day = DayField("Last day", optional=True, hint="Left empty: it has no end.")
    reason = TextField("Why", most=500)


class RenewalForm(MusterForm):
    """The next period."""

    last_day = DayField("Until", hint="The next period follows the present one without a gap.")
    reason = TextField("Why", most=500, hint="Such as the letter or the decision.")


class NextClassForm(MusterForm):
    """Another class from a day on."""

    class_id = ChoiceField("Class")
    first_day = DayField("From", hint="The present class holds until the end of the day before.")
    reason = TextField("Why", most=500)


class RightClassForm(MusterForm):
    """The class it should have been in from the first day."""

    class_id = ChoiceField("Class")
    reason = TextField("Why", most=500)


class RenewalFilterForm(FilterForm):
    """Which memberships that end are wanted."""

    until = DayField("Ends by", optional=True, hint="Left empty: within three months.")


class ReasonForm(MusterForm):
    """Why something is done."""

    reason = TextField("Why", most=500)


def steps_meanwhile(form: MusterForm, membership: MembershipPeriod) -> list[Difference]:
    """The day in the form and the steps on record now, where someone else changed the membership under the form."""
    if form.conflict is None:
        return []
    asked = form.visible_fields[0]
    steps = [f"{STATE_WORDS[step.state]} from {_days(step.period)}" for step in membership.steps]
    return [Difference(asked.label.text, typed_words(asked), "; ".join(steps))]


def _days(period: Period) -> str:
    return day_words(period.first) + (f" to {day_words(period.last)}" if period.last else "")
