"""Forms of leaving: the notice, its being called off, and steps that are one button."""

from __future__ import annotations

from app.members.commands import Notice
from app.members.rules import MOST_GRACE
from app.web.forms import DayField, MusterForm, NumberField, TextField


class NoticeForm(MusterForm):
    """That an institution leaves."""

    last_day = DayField("Last day", hint="All of this day it still is a member.")
    grace_days = NumberField(
        "Days of grace", most=MOST_GRACE, hint="So long seats and access go on after it; its classes propose the most."
    )
    reason = TextField("Why", most=500)

    def notice(self) -> Notice:
        """What was typed."""
        return Notice(self.last_day.data, str(self.reason.value), self.grace_days.data)


class StepForm(MusterForm):
    """A button that takes a step."""
