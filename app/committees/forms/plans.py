"""Forms of plans of succession."""

from __future__ import annotations

from typing import Any

from app.committees.commands.plans import Newcomer, PlanValues
from app.committees.forms.differences import differences
from app.committees.models import SuccessionPlan
from app.committees.rules import OFFICE_WORDS, Office
from app.core.errors import Difference, DomainError
from app.core.periods import Period
from app.members.forms import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, EmailField, MusterForm, ProseField, TextField

NEW = "of somebody who is not on record yet"


class PlanForm(MusterForm):
    """Who is to follow on a seat, as what and for which days."""

    person_id = ChoiceField("Person", optional=True)
    given_name = TextField("Given name", most=100, optional=True, part_of=NEW, hint="For somebody not on record yet.")
    family_name = TextField("Family name", most=99, optional=True, part_of=NEW)
    email = EmailField("E-mail", optional=True, part_of=NEW)
    institution_id = InstitutionField("Institution", optional=True, part_of=NEW)
    office = ChoiceField("Office", choices=list(OFFICE_WORDS.items()), default=Office.MEMBER.value)
    first_day = DayField("First day", hint="The day after the present term.")
    last_day = DayField("Last day", optional=True)
    note = TextField("Note", most=500, optional=True, hint="For who keeps the committee; it is not sent to anybody.")
    limit_waived = TextField(
        "Why the limit of terms does not hold",
        most=500,
        optional=True,
        hint="Only where the bylaws would give no further term, with the decision that allows it.",
    )

    def values(self) -> PlanValues:
        """What was typed; somebody on record or a newcomer, and an end before its start is refused."""
        return PlanValues(
            who=self._who(),
            period=Period(self.first_day.data, self.last_day.data),
            office=Office(self.office.data),
            note=self.note.value,
            limit_waived=self.limit_waived.value if "limit_waived" in self else None,
        )

    def check_rules(self) -> None:
        """Say what is wrong about who, while something else is."""
        self._who()

    def _who(self) -> int | Newcomer:
        given, family, email = self.given_name.value, self.family_name.value, self.email.value
        chosen = self.person_id.chosen_id
        if chosen is not None and (given or family or email):
            raise DomainError("Choose somebody on record, or name somebody new; not both.", "person_id")
        if chosen is not None:
            return chosen
        if not (given or family or email):
            raise DomainError("Choose who is to follow, or name somebody new below.", "person_id")
        for name, value in (("given_name", given), ("family_name", family), ("email", email)):
            if not value:
                raise DomainError("Please fill this in.", name)
        return Newcomer(str(given), str(family), str(email), self.institution_id.chosen_id)


class ReasonForm(MusterForm):
    """Why something is not done, or given up."""

    reason = TextField("Reason", most=500)


class DecisionForm(MusterForm):
    """By which decision somebody is appointed, or is to be."""

    decision = TextField("Decision", most=500, optional=True, hint="What appoints them: a motion, a letter.")


class NeededDecisionForm(MusterForm):
    """By which decision something is so."""

    decision = TextField("Decision", most=500, hint="Such as the number of the minutes that say so.")


class AnswerForm(MusterForm):
    """Yes or no, with some words."""

    answer = ChoiceField("Your answer", choices=[("", "Choose one"), ("yes", "Yes"), ("no", "No")])
    words = ProseField("What you wish to say", most=500, optional=True)


def filled_from_plan(plan: SuccessionPlan) -> dict[str, Any]:
    """What the form of a plan shows before anything is typed."""
    return {
        "person_id": str(plan.person_id or ""),
        "given_name": plan.given_name,
        "family_name": plan.family_name,
        "email": plan.email,
        "office": plan.office.value,
        "first_day": plan.first_day,
        "last_day": plan.last_day,
        "note": plan.note,
        "limit_waived": plan.limit_waived,
        "version": str(plan.version),
    }


def plan_meanwhile(form: PlanForm, plan: SuccessionPlan) -> list[Difference]:
    """Typed and saved values that differ, where somebody else changed the plan under the form."""
    if form.conflict is None:
        return []
    saved = PlanForm(formdata=None, data=filled_from_plan(plan))
    saved.person_id.choices = form.person_id.choices
    names = [field.short_name for field in saved.visible_fields if field.short_name != "institution_id"]
    return differences(form, saved, names)
