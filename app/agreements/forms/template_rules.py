"""Forms of the rule table: a row, its end, and trying it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import Form, ValidationError

from app.agreements.commands.template_rules import RuleValues
from app.agreements.queries.template_rules import Enquiry, RuleRow
from app.agreements.rules.proposing import Material
from app.core.clock import today
from app.core.errors import DomainError
from app.core.periods import Period
from app.lines.rules import AlleleClass
from app.lines.rules.kinds import CLASS_WORDS
from app.members.forms import InstitutionField
from app.members.rules import KIND_WORDS, InstitutionKind
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, SuggestedField, TextField

ANY = "Any"
CLASSES = [("", ANY), *((each.value, words) for each, words in CLASS_WORDS.items())]
KINDS = [("", ANY), *((each.value, words) for each, words in KIND_WORDS.items())]
FindLines = Callable[[Sequence[str]], Sequence[int]]


class PipelineField(SuggestedField):
    """A pipeline, with those of the catalogue to choose from."""

    def __init__(self, label: str, **options: Any) -> None:
        """Offer none until the page says which there are."""
        super().__init__(label, usual=(), most=40, **options)


class LinesField(TextField):
    """Lines of the catalogue, with commas between them; the page says who finds them."""

    find: FindLines
    ids: tuple[int, ...] = ()

    def pre_validate(self, form: Form) -> None:
        """Find the one line that each means."""
        super().pre_validate(form)
        rows = [each.strip() for each in (self.data or "").split(",") if each.strip()]
        try:
            self.ids = tuple(self.find(rows)) if rows else ()
        except DomainError as error:
            raise ValidationError(error.message) from None


class RuleForm(MusterForm):
    """A row of the table: what is left empty matches anything."""

    template_id = ChoiceField("Proposes")
    provider_id = InstitutionField("Provider", optional=True)
    repository_id = ChoiceField("Kept by", optional=True, hint="The repository that keeps every line asked for.")
    pipeline = PipelineField("Pipeline", optional=True, hint="Such as EUCOMM, KOMP-CSD or TIGM.")
    allele_class = ChoiceField("Class of allele", optional=True, choices=CLASSES)
    recipient_kind = ChoiceField("Recipient is a", optional=True, choices=KINDS)
    first_day = DayField("From")
    last_day = DayField("Last day", optional=True, hint="Left empty: it stays in the table.")
    reason = TextField("Reason", most=500)

    def ask_new(self) -> None:
        """A new row needs no reason."""
        del self.reason

    def values(self) -> RuleValues:
        """What was typed."""
        return RuleValues(
            template_id=self.template_id.chosen_id or 0,
            period=Period(self.first_day.data, self.last_day.data),
            provider_id=self.provider_id.chosen_id,
            repository_id=self.repository_id.chosen_id,
            pipeline=self.pipeline.value,
            allele_class=AlleleClass(self.allele_class.data) if self.allele_class.data else None,
            recipient_kind=InstitutionKind(self.recipient_kind.data) if self.recipient_kind.data else None,
        )


class LastDayForm(MusterForm):
    """The last day of something, and why."""

    last_day = DayField("Last day", hint="All of this day still counts.")
    reason = TextField("Reason", most=500)


class TryForm(FilterForm):
    """What a template is wanted for."""

    provider = InstitutionField("Provider", optional=True)
    recipient = InstitutionField("Recipient", optional=True)
    lines = LinesField("Lines", optional=True, hint="Colonies or alleles, with commas between them.")
    pipeline = PipelineField("Pipeline", optional=True, hint="Where no line is named.")
    allele_class = ChoiceField("Class of allele", optional=True, choices=CLASSES)
    repository = ChoiceField("Kept by", optional=True)
    day = DayField("On", optional=True, hint="Left empty: today.")

    @property
    def is_asked(self) -> bool:
        """Whether anything was sent, be it empty."""
        return any(field.raw_data for field in self)

    def enquiry(self) -> Enquiry:
        """What was typed."""
        repository_id = self.repository.chosen_id
        allele_class = AlleleClass(self.allele_class.data) if self.allele_class.data else None
        kept_by = frozenset({repository_id} if repository_id else ())
        said = self.pipeline.value or allele_class or repository_id
        return Enquiry(
            on=self.day.data or today(),
            provider_id=self.provider.chosen_id,
            recipient_id=self.recipient.chosen_id,
            line_ids=self.lines.ids,
            typed=Material(self.pipeline.value, allele_class, kept_by) if said else None,
        )


def filled_from_rule(row: RuleRow) -> dict[str, Any]:
    """What the form of a row shows at first; the provider is asked for by name."""
    names = ("pipeline", "allele_class", "recipient_kind", "first_day", "last_day", "version")
    ids = {name: str(getattr(row, name) or "") for name in ("template_id", "repository_id")}
    return {**{name: getattr(row, name) for name in names}, **ids}
