"""Forms of the steps of joining: which institution it is, its term, and who its people are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core.errors import DomainError
from app.members.forms.institutions import InstitutionForm
from app.members.forms.memberships import AdmissionForm
from app.members.forms.naming import InstitutionField
from app.members.models import Applicant
from app.members.rules import PURPOSE_WORDS
from app.web.choices import ChoiceField
from app.web.forms import MusterForm

NEW = ("", "Nobody on record: take up anew")


class TakeUpForm(InstitutionForm):
    """The applicant as an institution to take up, as far as the application tells."""


class ChooseForm(MusterForm):
    """Which institution on record the applicant is."""

    likely_id = ChoiceField("Likely", optional=True)
    institution_id = InstitutionField("Another one", optional=True)

    def chosen(self) -> int:
        """The one that was chosen or named; refused where it was neither, or both and not the same."""
        said = {self.likely_id.chosen_id, self.institution_id.chosen_id} - {None}
        if len(said) > 1:
            raise DomainError("Choose one of the likely ones, or name another one.", "institution_id")
        if not said:
            raise DomainError("Say which institution it is.", "institution_id")
        return int(next(iter(said)) or 0)


class TermForm(AdmissionForm):
    """The membership of the applicant, as it was decided."""


def people_form(people: Sequence[Applicant], like: Mapping[int, Sequence[tuple[int, str]]]) -> type[MusterForm]:
    """A form with one choice for each person an application names: someone on record, or nobody yet."""
    fields = {
        f"applicant_{each.id}": ChoiceField(
            PURPOSE_WORDS[each.purpose],
            optional=True,
            choices=[NEW, *like.get(each.id, ())],
            hint=f"{each.name}, {each.email}",
        )
        for each in people
    }
    return type("PeopleForm", (MusterForm,), fields)


def people_chosen(form: MusterForm, people: Sequence[Applicant]) -> dict[int, int | None]:
    """Whom each person of an application was said to be; None for nobody on record."""
    return {each.id: form[f"applicant_{each.id}"].chosen_id for each in people}
