"""Forms of appointments and of what becomes of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import HiddenField

from app.committees.commands import AppointmentValues, Ended, LeaveValues, OfficeChange
from app.committees.forms.differences import differences
from app.committees.models import Appointment, AppointmentLeave
from app.committees.rules import ENDING_WORDS, HOW_WORDS, OFFICE_WORDS, Ending, How, Office, in_words
from app.core.errors import Difference, DomainError
from app.core.periods import ONE_DAY, Period
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, TextField

BY_HAND = (Ending.RESIGNED, Ending.REMOVED, Ending.TERM, Ending.OTHER)
ENDINGS = [(each.value, "Another reason" if each is Ending.OTHER else ENDING_WORDS[each]) for each in BY_HAND]
OFFICES = list(OFFICE_WORDS.items())
WITH_A_DAY, AT_ONCE = "day", "now"
WHEN = (
    (WITH_A_DAY, "With a last day, to its end"),
    (AT_ONCE, "At once: the rights end now, and yesterday is on record as the last day"),
)
WHY_NO_LIMIT = "Why the limit does not hold"


class AppointmentForm(MusterForm):
    """Who sits on a seat, as what and for how long.

    `proposed` is the last day that was proposed for a first day: for another first day it is proposed anew.
    """

    person_id = ChoiceField("Person")
    limit_waived = TextField(WHY_NO_LIMIT, most=500, optional=True, hint="A decision has to say so, too.")
    how = ChoiceField("How", choices=list(HOW_WORDS.items()))
    office = ChoiceField("Office", choices=OFFICES, default=Office.MEMBER.value)
    first_day = DayField("First day", hint="Rights begin with this day.")
    last_day = DayField("Last day", optional=True, hint="Rights end with the end of this day.")
    decision = TextField(
        "Decision", most=500, optional=True, hint="What appointed them: an election, a letter, a motion."
    )
    proposed = HiddenField(default="")

    def propose(self, first_day: date, last_day: date | None) -> None:
        """Let the last day be the one the bylaws give, and keep for which first day that is."""
        self.last_day.data, self.last_day.typed = last_day, None
        self.proposed.data = f"{first_day} {last_day}"

    def propose_anew(self, last_day: date | None) -> bool:
        """Where the first day was changed and the proposed last day was not: propose it anew, and say so."""
        asked_for, _, was = str(self.proposed.data or "").partition(" ")
        first_day = self.first_day.data
        is_other = asked_for and first_day is not None and asked_for != str(first_day)
        if not is_other or was != str(self.last_day.data) or last_day == self.last_day.data:
            return False
        self.propose(first_day, last_day)
        ends = f"ends on {in_words(last_day)}" if last_day else "has no last day"
        message = f"By the bylaws a term from {in_words(first_day)} {ends}: that stands here now."
        self.refuse(DomainError(message, "last_day"))
        return True

    def values(self) -> AppointmentValues:
        """What was typed; an end before its start is refused."""
        return AppointmentValues(
            person_id=self.person_id.chosen_id or 0,
            period=Period(self.first_day.data, self.last_day.data),
            office=Office(self.office.data),
            decision=self.decision.value,
            how=How(self.how.data),
            limit_waived=self.limit_waived.value,
        )


class CorrectionForm(MusterForm):
    """An appointment put right, and why."""

    person_id = ChoiceField("Person")
    how = ChoiceField("How", choices=list(HOW_WORDS.items()))
    office = ChoiceField("Office", choices=OFFICES)
    decision = TextField("Decision", most=500, optional=True)
    limit_waived = TextField(WHY_NO_LIMIT, most=500, optional=True, hint="For one term more than the bylaws allow.")
    first_day = DayField("First day")
    term_ends = DayField("The term ends", optional=True, hint="By the bylaws, or as it was decided.")
    last_day = DayField(
        "Last day", optional=True, hint="When they left. Empty for who sits there still and has no last day."
    )
    ended_how = ChoiceField("How it ended", optional=True)
    end_reason = TextField("Why it ended", most=500, optional=True)
    reason = TextField("Reason", most=500, hint="It stands in the history beside both values.")

    def values(self) -> AppointmentValues:
        """What was typed; an end before its start is refused."""
        ended = Ending(self.ended_how.data) if self.ended_how.data else None
        reason = self.end_reason.value
        return AppointmentValues(
            person_id=self.person_id.chosen_id or 0,
            period=Period(self.first_day.data, self.last_day.data),
            office=Office(self.office.data),
            decision=self.decision.value,
            how=How(self.how.data),
            term_ends=self.term_ends.data,
            limit_waived=self.limit_waived.value,
            ended=Ended(ended or Ending.OTHER, reason) if ended or reason else None,
        )

    def offer_endings(self, entry: Appointment) -> None:
        """Let it be chosen how it ended: what somebody records, and how it did if the program did."""
        kept = entry.ended_how
        own = [(kept.value, ENDING_WORDS[kept])] if kept is not None and kept not in BY_HAND else []
        self.ended_how.offer([*own, *ENDINGS], empty="It has not, or with its term")


class EndTermForm(MusterForm):
    """The last day of a term, or that it ends at once, how it ends and why."""

    how = ChoiceField("How it ends", choices=ENDINGS, default=Ending.RESIGNED.value)
    when = ChoiceField("When", choices=WHEN, default=WITH_A_DAY)
    last_day = DayField("Last day")
    reason = TextField("Reason", most=500)

    def say_when(self, began: date, today: date, zone: str) -> None:
        """Say until which instant rights last; who began today cannot have gone before."""
        self.last_day.description = (
            f"Rights last until midnight at the end of this day ({zone}). Not looked at where the term ends at once."
        )
        if began >= today:
            del self.when

    def chosen_last_day(self, today: date) -> date:
        """The last day on record: the one typed, or yesterday where rights end at once, for a last day counts whole."""
        if "when" in self and self.when.data == AT_ONCE:
            return today - ONE_DAY
        day: date = self.last_day.data
        return day


class WithdrawalForm(MusterForm):
    """Why an appointment is taken back."""

    reason = TextField("Reason", most=500, hint="For what was recorded by mistake.")


class OfficeForm(MusterForm):
    """Another office within a term."""

    office = ChoiceField("Office", choices=OFFICES)
    first_day = DayField("First day", hint="The rights of the new office begin with this day.")
    decision = TextField("Decision", most=500, optional=True, hint="What gave the office: an election, a motion.")

    def change(self) -> OfficeChange:
        """What was typed."""
        return OfficeChange(Office(self.office.data), self.first_day.data, self.decision.value)


class LeaveForm(MusterForm):
    """From when to when somebody is on leave, and why."""

    first_day = DayField("First day")
    last_day = DayField("Last day", optional=True, hint="Empty where it is not known yet.")
    leave = TextField("Reason", most=500, hint="Such as parental leave, or an illness: no more than has to be known.")

    def values(self) -> LeaveValues:
        """What was typed; an end before its start is refused."""
        return LeaveValues(Period(self.first_day.data, self.last_day.data), str(self.leave.value))


class LeaveCorrectionForm(LeaveForm):
    """A leave put right, and why."""

    reason = TextField("Why it is corrected", most=500, hint="It stands in the history beside both values.")


class EndLeaveForm(MusterForm):
    """The last day of a leave."""

    last_day = DayField("Last day of leave", hint="They are back on the day after.")


EntryForm = CorrectionForm | EndTermForm | WithdrawalForm | OfficeForm | LeaveForm | EndLeaveForm


def filled_from_appointment(appointment: Appointment) -> dict[str, Any]:
    """What the form of a correction shows before anything is typed."""
    return {
        "person_id": str(appointment.person_id),
        "how": appointment.how.value,
        "office": appointment.office.value,
        "first_day": appointment.first_day,
        "term_ends": appointment.term_ends,
        "last_day": appointment.last_day,
        "decision": appointment.decision,
        "limit_waived": appointment.limit_waived,
        "ended_how": appointment.ended_how.value if appointment.ended_how else "",
        "end_reason": appointment.end_reason,
        "version": str(appointment.version),
    }


def filled_from_leave(leave: AppointmentLeave, version: int) -> dict[str, Any]:
    """What the form that corrects a leave shows before anything is typed."""
    return {"first_day": leave.first_day, "last_day": leave.last_day, "leave": leave.reason, "version": str(version)}


def entry_meanwhile(form: EntryForm, appointment: Appointment) -> list[Difference]:
    """What is typed and what the entry says now, where someone else changed it under the form.

    A form that ends or withdraws a term asks for little of it: what it does not ask for is shown as it stands.
    """
    if form.conflict is None:
        return []
    saved = CorrectionForm(formdata=None, data=filled_from_appointment(appointment))
    saved.person_id.offer([(appointment.person_id, appointment.person.name)])
    saved.offer_endings(appointment)
    names = ("person_id", "office", "how", "first_day", "term_ends", "last_day", "decision", "ended_how", "end_reason")
    asked = [name for name in names if name in form or saved[name].data not in {None, ""}]
    return differences(form, saved, asked)
