"""Forms of what a committee is called, and of its end."""

from __future__ import annotations

from typing import Any

from app.committees.commands import CommitteeNaming, Dissolving
from app.committees.forms.differences import differences
from app.committees.models import CommitteeName
from app.core.errors import Difference
from app.web.forms import DayField, MusterForm, TextField


class RenameForm(MusterForm):
    """Another name from a day on."""

    name = TextField("New name", hint="No other committee may be called so on these days.")
    first_day = DayField("Called so from", hint="It may be a day to come: the name is taken on it, by itself.")
    reason = TextField("Reason", most=500, optional=True, hint="Such as the decision that renamed it.")

    def naming(self) -> CommitteeNaming:
        """What was typed."""
        return CommitteeNaming(str(self.name.value), self.first_day.data)


class RightNameForm(MusterForm):
    """A name put right, and why."""

    name = TextField("Name")
    first_day = DayField("Called so from")
    reason = TextField("Reason", most=500, hint="It stands in the history beside both values.")

    def naming(self) -> CommitteeNaming:
        """What was typed."""
        return CommitteeNaming(str(self.name.value), self.first_day.data)


class ReasonForm(MusterForm):
    """Why something is taken back."""

    reason = TextField("Reason", most=500)


class DissolvingForm(MusterForm):
    """The last day of a committee, why, and by which decision."""

    last_day = DayField("Last day", hint="It still is a committee on this day; rights end with the end of it.")
    reason = TextField("Reason", most=500)
    decision = TextField("Decision", most=500, optional=True, hint="What dissolved it: a motion, a letter.")

    def dissolving(self) -> Dissolving:
        """What was typed."""
        return Dissolving(self.last_day.data, str(self.reason.value), self.decision.value)


def filled_from_name(found: CommitteeName, version: int) -> dict[str, Any]:
    """What the form of a correction shows before anything is typed."""
    return {"name": found.name, "first_day": found.first_day, "version": str(version)}


def name_meanwhile(form: RightNameForm, found: CommitteeName) -> list[Difference]:
    """What is typed and what is on record now, where someone else changed it under the form."""
    if form.conflict is None:
        return []
    saved = RightNameForm(formdata=None, data=filled_from_name(found, 0))
    return differences(form, saved, ["name", "first_day"])
