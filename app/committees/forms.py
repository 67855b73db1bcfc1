"""Forms of committees, seats and appointments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField

from app.committees.commands import AppointmentValues, CommitteeValues, SeatValues
from app.committees.models import Appointment, Committee
from app.committees.queries import SeatOffer
from app.committees.rules import COMMITTEE_WORDS, OFFICE_WORDS, SEAT_WORDS, CommitteeKind, Office, SeatKind
from app.core.errors import Difference
from app.core.periods import Period
from app.core.permissions import Role
from app.members.forms import InstitutionField
from app.members.forms.applications import ChecksField
from app.web.choices import ChoiceField
from app.web.forms import DayField, EmailField, FilterForm, MusterForm, ProseField, TextField

GRANTED = {Role.SECRETARIAT: "Secretariat", Role.FINANCE: "Finance", Role.AGREEMENTS: "Agreements and exchange"}

NOT_ASKED = "not asked here"


class CommitteeFilterForm(FilterForm):
    """What the list of committees is narrowed to."""

    q = TextField("Words", optional=True)
    kind = ChoiceField("Kind", optional=True, choices=[("", "Any"), *COMMITTEE_WORDS.items()])
    seats = ChoiceField("Seats", optional=True, choices=[("", "Any"), ("vacant", "With a vacancy")])


class OwnCommitteeForm(MusterForm):
    """What a chair may change of the own committee."""

    remit = ProseField("Remit", optional=True, hint="What it decides or advises on.")
    contact_email = EmailField("E-mail address", optional=True)

    def values(self, committee: Committee) -> CommitteeValues:
        """The committee as it stands, with what was typed."""
        return CommitteeValues(
            name=committee.name,
            kind=committee.kind,
            founded_on=committee.founded_on,
            parent_id=committee.parent_id,
            remit=self.remit.value,
            grants_role=committee.grants_role,
            contact_email=self.contact_email.value,
        )


class CommitteeForm(MusterForm):
    """A committee."""

    name = TextField("Name")
    kind = ChoiceField("Kind", choices=[("", "Choose one"), *COMMITTEE_WORDS.items()])
    parent_id = ChoiceField("Part of", optional=True)
    remit = ProseField("Remit", optional=True, hint="What it decides or advises on.")
    founded_on = DayField("Founded on")
    grants_role = ChoiceField(
        "Rights of its members",
        optional=True,
        choices=[("", "None besides its own pages"), *GRANTED.items()],
        hint="Whoever sits on it may do this from the first to the last day of their term.",
    )
    contact_email = EmailField("E-mail address", optional=True)

    def values(self) -> CommitteeValues:
        """What was typed."""
        return CommitteeValues(
            name=str(self.name.value),
            kind=CommitteeKind(self.kind.data),
            founded_on=self.founded_on.data,
            parent_id=self.parent_id.chosen_id,
            remit=self.remit.value,
            grants_role=Role(self.grants_role.data) if self.grants_role.data else None,
            contact_email=self.contact_email.value,
        )


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


def filled_from(committee: Committee) -> dict[str, Any]:
    """What the forms of a committee show before anything is typed."""
    return {
        "name": committee.name,
        "kind": committee.kind.value,
        "parent_id": str(committee.parent_id or ""),
        "remit": committee.remit,
        "founded_on": committee.founded_on,
        "grants_role": committee.grants_role.value if committee.grants_role else "",
        "contact_email": committee.contact_email,
        "version": str(committee.version),
    }


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


def changed_meanwhile(form: CommitteeForm | OwnCommitteeForm, committee: Committee) -> list[Difference]:
    """Typed and saved values that differ, where someone else changed the committee under the form."""
    if form.conflict is None:
        return []
    saved = type(form)(formdata=None, data=filled_from(committee))
    return _differences(form, saved, [field.short_name for field in form.visible_fields])


def entry_meanwhile(form: CorrectionForm | EndTermForm | WithdrawalForm, appointment: Appointment) -> list[Difference]:
    """What is typed and what the entry says now, where someone else changed it under the form.

    A form that ends or withdraws a term asks for little of it: what it does not ask for is shown as it stands.
    """
    if form.conflict is None:
        return []
    saved = CorrectionForm(formdata=None, data=filled_from_appointment(appointment))
    saved.person_id.offer([(appointment.person_id, appointment.person.name)])
    names = [field.short_name for field in saved.visible_fields if field.short_name != "reason"]
    return _differences(form, saved, names)


def _differences(form: MusterForm, saved: MusterForm, names: Iterable[str]) -> list[Difference]:
    """Where a form differs from the same or a fuller one that is filled from what is saved."""
    found = []
    for name in names:
        kept = saved[name]
        if name not in form:
            found.append(Difference(kept.label.text, NOT_ASKED, _worded(kept)))
            continue
        field = form[name]
        if isinstance(kept, ChoiceField):
            kept.choices = [*kept.choices, *field.choices]
        if _worded(field) != _worded(kept):
            found.append(Difference(field.label.text, _worded(field), _worded(kept)))
    return found


def _worded(field: Any) -> str:
    if isinstance(field, ChoiceField):
        return field.chosen_words
    return str(field._value())  # noqa: SLF001 - the text as it stands in the field


class SeatOfferForm(MusterForm):
    """On which committees a new member gets a seat. `seen` are those there were to choose from."""

    seen = HiddenField(default="")
    # What was ticked may not be there any more: the command says so in its own words.
    committees = ChecksField("Committees", validate_choice=False)

    def offer(self, offers: Sequence[SeatOffer], named: str) -> None:
        """Let it be chosen among these, ticked where members of the class, called so, have seats."""
        self.committees.offer(
            (each.committee_id, f"{each.committee}: {each.of_class} of the {each.members} in class {named}")
            for each in offers
        )
        if not offers:
            del self.committees

    def show_anew(self, offers: Sequence[SeatOffer]) -> None:
        """Note what there is to choose from; where something else was shown before, the ticks are those of now."""
        ids = [str(each.committee_id) for each in offers]
        if "committees" in self and self.seen.data != " ".join(ids):
            self["committees"].data = [each.committee_id for each in offers if each.of_class]
        self.seen.data = " ".join(ids)

    @property
    def offered(self) -> list[int]:
        """The committees there were to choose from."""
        texts = str(self.seen.data or "").split()
        return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 20]

    @property
    def chosen(self) -> list[int]:
        """The committees ticked; none where none has a seat to give and nothing is asked."""
        return list(self["committees"].data or ()) if "committees" in self else []


class FreeSeatsForm(MusterForm):
    """A button that frees the seats of an institution that leaves."""
