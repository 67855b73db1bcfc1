"""Forms of committees."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from app.committees.commands import CommitteeValues, FirstSeats, Since
from app.committees.commands.dated_facts import day_of_change
from app.committees.commands.seats import MOST_AT_ONCE
from app.committees.forms.differences import differences
from app.committees.models import Committee
from app.committees.rules import COMMITTEE_WORDS, EXISTENCE_WORDS, SEAT_WORDS, CommitteeKind, Existence, SeatKind
from app.core.errors import Difference
from app.core.permissions import Role
from app.web.choices import ChoiceField
from app.web.forms import DayField, EmailField, FilterForm, MusterForm, NumberField, ProseField, TextField

GRANTED = {Role.SECRETARIAT: "Secretariat", Role.FINANCE: "Finance", Role.AGREEMENTS: "Agreements and exchange"}


OWN_ADDRESS = "An address of its own: no other committee may be written to at it."
OFFERED = [(kind, SEAT_WORDS[kind]) for kind in (SeatKind.APPOINTED, SeatKind.ELECTED, SeatKind.EX_OFFICIO)]


class CommitteeFilterForm(FilterForm):
    """What the list of committees is narrowed to."""

    q = TextField("Words", optional=True)
    kind = ChoiceField("Kind", optional=True, choices=[("", "Any"), *COMMITTEE_WORDS.items()])
    seats = ChoiceField("Seats", optional=True, choices=[("", "Any"), ("vacant", "With a vacancy")])
    existence = ChoiceField(
        "Existence",
        optional=True,
        choices=[("", EXISTENCE_WORDS[Existence.EXISTING]), *list(EXISTENCE_WORDS.items())[1:]],
    )


class DatedForm(MusterForm):
    """A form of what holds from a day on."""

    since = DayField("As above from", hint="An earlier day where this is entered late, or was never otherwise.")
    reason = TextField("Reason", most=500, optional=True, hint="Needed where that day is over: the record changes.")

    def first_day(self) -> Since:
        """From which day on what was typed holds, and why."""
        return Since(self.since.data, self.reason.value)


class OwnCommitteeForm(DatedForm):
    """What a chair may change of the own committee."""

    remit = ProseField("Remit", optional=True, hint="What it decides or advises on.")
    contact_email = EmailField("E-mail address", optional=True, hint=OWN_ADDRESS)

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
    """A committee but for its name, which is changed from a day on."""

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
    contact_email = EmailField("E-mail address", optional=True, hint=OWN_ADDRESS)

    def values(self, name: str) -> CommitteeValues:
        """What was typed, of a committee that is called so."""
        return CommitteeValues(
            name=name,
            kind=CommitteeKind(self.kind.data),
            founded_on=self.founded_on.data,
            parent_id=self.parent_id.chosen_id,
            remit=self.remit.value,
            grants_role=Role(self.grants_role.data) if self.grants_role.data else None,
            contact_email=self.contact_email.value,
        )


class EditCommitteeForm(DatedForm, CommitteeForm):
    """A committee that is changed: kind, what it is part of and remit from a day on."""


class FoundingForm(CommitteeForm):
    """A whole committee: its name, what it is, and the seats it begins with."""

    name = TextField("Name")
    seats = NumberField(
        "Seats to begin with",
        optional=True,
        least=1,
        most=MOST_AT_ONCE,
        hint="How many alike, from the first day on; others, such as those by institution, are added next.",
    )
    seat_label = TextField("Name of these seats", optional=True, hint="Several are numbered: Member 1, 2, 3.")
    seat_kind = ChoiceField("Filled", optional=True, choices=OFFERED)
    votes = BooleanField("Their holders vote", default=True)

    def first_seats(self) -> list[FirstSeats]:
        """The seats it begins with; none where no number was typed."""
        if not self.seats.data:
            return []
        kind = SeatKind(self.seat_kind.data or SeatKind.APPOINTED)
        return [FirstSeats(self.seats.data, kind, self.seat_label.value or "Member", bool(self.votes.data))]


def filled_from(committee: Committee) -> dict[str, Any]:
    """What the forms of a committee show before anything is typed."""
    return {
        "kind": committee.kind.value,
        "parent_id": str(committee.parent_id or ""),
        "remit": committee.remit,
        "founded_on": committee.founded_on,
        "grants_role": committee.grants_role.value if committee.grants_role else "",
        "contact_email": committee.contact_email,
        "since": day_of_change(committee.period),
        "version": str(committee.version),
    }


def changed_meanwhile(form: EditCommitteeForm | OwnCommitteeForm, committee: Committee) -> list[Difference]:
    """Typed and saved values that differ, where someone else changed the committee under the form."""
    if form.conflict is None:
        return []
    saved = type(form)(formdata=None, data=filled_from(committee))
    names = [field.short_name for field in form.visible_fields if field.short_name not in {"since", "reason"}]
    return differences(form, saved, names)
