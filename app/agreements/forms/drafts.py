"""The forms of a draft: between whom and what about, then all that it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import BooleanField

from app.agreements.models import Agreement
from app.agreements.rules.drafting import Item, Terms
from app.agreements.rules.terms import AT_END_WORDS, FREEDOM_WORDS, AtEnd, Freedom, Restrictions
from app.members.forms.naming import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, ProseField, TextField

LINES_HINT = "One on each row: a colony such as H-123, with its centre in brackets where several have it; or an allele."


class StartForm(FilterForm):
    """Between whom, and about which lines: by these a template is proposed."""

    provider = InstitutionField("Provider")
    recipient = InstitutionField("Recipient")
    lines = ProseField("Lines", most=8000, optional=True, hint=LINES_HINT)


class TemplateForm(FilterForm):
    """From which template it is drafted."""

    template = ChoiceField("Template", optional=True, choices=[("", "None, an own text")])


class DraftForm(MusterForm):
    """All that a draft says; the parties are those it was begun with."""

    called: ClassVar[Mapping[str, str]] = {"third_id": "third"}
    title = TextField("Title", most=200)
    third = InstitutionField("May be passed on to", optional=True)
    provider_scientist_id = ChoiceField("Scientist of the provider", optional=True)
    recipient_scientist_id = ChoiceField("Scientist of the recipient", optional=True)
    lines = ProseField("Lines", most=8000, optional=True, hint=LINES_HINT)
    others = ProseField("Other material", most=8000, optional=True, hint="In words, one on each row.")
    purpose = ProseField("Purpose", most=4000, optional=True)
    first_day = DayField("First day", optional=True, hint="Left empty: the day of the last signature.")
    last_day = DayField("Last day", optional=True, hint="Left empty: it has no end.")
    onward = ChoiceField("Onward transfer", choices=list(FREEDOM_WORDS.items()))
    commercial = ChoiceField("Commercial use", choices=list(FREEDOM_WORDS.items()))
    embargo_until = DayField("Embargo until", optional=True, hint="From this day on it may be passed on.")
    embargo_to_publication = BooleanField(
        "Embargo to publication", description="With a day as well, whichever is first ends it."
    )
    citation = ProseField("Citation", most=1000, optional=True, hint="What publications have to say.")
    at_end = ChoiceField("At the end", choices=list(AT_END_WORDS.items()))
    fees = ProseField("Fees", most=1000, optional=True)
    law = TextField("Law", most=200, optional=True)
    body = ProseField("Text", most=60_000, optional=True, hint="Places in braces, such as {provider}, fill themselves.")

    def terms(self) -> Terms:
        """The terms that were typed."""
        return Terms(
            title=str(self.title.value),
            purpose=self.purpose.value,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            restrictions=Restrictions(
                onward=Freedom(self.onward.data),
                commercial=Freedom(self.commercial.data),
                embargo_until=self.embargo_until.data,
                embargo_to_publication=bool(self.embargo_to_publication.data),
                citation=self.citation.value,
                at_end=AtEnd(self.at_end.data),
            ),
            fees=self.fees.value,
            law=self.law.value,
            body=self.body.value,
        )

    def rows_of(self, name: str) -> list[str]:
        """The rows of a field that takes one thing on each."""
        return [row.strip() for row in str(self[name].data or "").splitlines() if row.strip()]

    def others_named(self) -> list[Item]:
        """The material in words."""
        return [Item(None, row[:500]) for row in self.rows_of("others")]


class ChangeDraftForm(DraftForm):
    """A draft with what one says about the change."""

    comment = ProseField("Comment for the other side", most=2000, optional=True)


def filled_from(agreement: Agreement, lines: list[str], others: list[str]) -> dict[str, Any]:
    """What the fields of a draft show of an agreement."""
    names = ("title", "purpose", "first_day", "last_day", "embargo_until", "citation", "fees", "law", "body")
    people = ("provider_scientist_id", "recipient_scientist_id")
    return {
        **{name: getattr(agreement, name) for name in names},
        **{name: str(getattr(agreement, name) or "") for name in people},
        "onward": agreement.onward.value,
        "commercial": agreement.commercial.value,
        "at_end": agreement.at_end.value,
        "embargo_to_publication": agreement.embargo_to_publication,
        "lines": "\n".join(lines),
        "others": "\n".join(others),
        "version": agreement.version,
    }
