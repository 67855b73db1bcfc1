"""Forms of committees."""

from __future__ import annotations

from typing import Any

from app.committees.commands import CommitteeValues
from app.committees.forms.differences import differences
from app.committees.models import Committee
from app.committees.rules import COMMITTEE_WORDS, CommitteeKind
from app.core.errors import Difference
from app.core.permissions import Role
from app.web.choices import ChoiceField
from app.web.forms import DayField, EmailField, FilterForm, MusterForm, ProseField, TextField

GRANTED = {Role.SECRETARIAT: "Secretariat", Role.FINANCE: "Finance", Role.AGREEMENTS: "Agreements and exchange"}


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


def changed_meanwhile(form: CommitteeForm | OwnCommitteeForm, committee: Committee) -> list[Difference]:
    """Typed and saved values that differ, where someone else changed the committee under the form."""
    if form.conflict is None:
        return []
    saved = type(form)(formdata=None, data=filled_from(committee))
    return differences(form, saved, [field.short_name for field in form.visible_fields])
