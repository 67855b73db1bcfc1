"""Forms of templates: what one is, what a version says, another title, and the end."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from app.agreements.commands.templates import TemplateFacts, VersionValues
from app.agreements.models import TemplateVersion
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.terms import AT_END_WORDS, FREEDOM_WORDS, AtEnd, Freedom, Restrictions
from app.agreements.rules.texts import MOST_LETTERS, TemplateText, check_body
from app.agreements.rules.wording import SHORT_KIND_WORDS, restrictions_from, terms_of
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, ProseField, TextField

BODY_HINT = (
    "A line that begins with # is the heading of a clause, which is numbered; one that begins with - is a point of a"
    " list; an empty line parts paragraphs. Places in braces, such as {provider}, are filled in."
)


class TemplateFilterForm(FilterForm):
    """What the list of templates is narrowed to."""

    q = TextField("Words", optional=True)
    kind = ChoiceField("Kind", optional=True, choices=[("", "Any"), *SHORT_KIND_WORDS.items()])


class VersionForm(MusterForm):
    """What a version says, from which day on, and what adopted it."""

    first_day = DayField("In force from", hint="What was in force before holds until the day before.")
    body = ProseField("Text", most=MOST_LETTERS, hint=BODY_HINT, render_kw={"rows": 20})
    onward = ChoiceField("Onward transfer", choices=list(FREEDOM_WORDS.items()))
    commercial = ChoiceField("Commercial use", choices=list(FREEDOM_WORDS.items()))
    embargo_until = DayField("Embargo until", optional=True)
    embargo_to_publication = BooleanField("Embargo to publication", description="With a day, whichever is first.")
    citation = ProseField("Citation", most=1000, optional=True, hint="What publications have to say.")
    at_end = ChoiceField("At the end", choices=list(AT_END_WORDS.items()))
    fees = ProseField("Fees", most=1000, optional=True, hint="What an agreement begins with; each can say otherwise.")
    law = TextField("Law", optional=True, hint="Such as: England and Wales.")
    decision = TextField("Decision", most=500, optional=True, hint="What adopted it.")

    def check_rules(self) -> None:
        """Ask whether every brace of the text is a place that somebody fills in."""
        check_body(self.body.data or "")

    def values(self) -> VersionValues:
        """What was typed."""
        held = Restrictions(
            onward=Freedom(self.onward.data),
            commercial=Freedom(self.commercial.data),
            embargo_until=self.embargo_until.data,
            embargo_to_publication=bool(self.embargo_to_publication.data),
            citation=self.citation.value,
            at_end=AtEnd(self.at_end.data),
        )
        text = TemplateText(str(self.body.data), terms_of(held), self.law.value, self.fees.value)
        return VersionValues(text, self.first_day.data, self.decision.value)


class TemplateForm(VersionForm):
    """A template with its first version."""

    code = TextField("Code", most=40, hint="Short, and never another's, such as IMPC-MTA.")
    title = TextField("Title")
    kind = ChoiceField("Kind", choices=[("", "Choose one"), *SHORT_KIND_WORDS.items()])
    master_id = ChoiceField("Master agreement", optional=True, hint="For an implementing letter: what it is under.")

    def facts(self) -> TemplateFacts:
        """What it is."""
        kind = TemplateKind(self.kind.data)
        return TemplateFacts(str(self.code.value), str(self.title.value), kind, self.master_id.chosen_id)


class TitleForm(MusterForm):
    """Another title."""

    title = TextField("New title")


class RetiringForm(MusterForm):
    """From which day on nothing is drafted from a template, and why."""

    retired_on = DayField("From", hint="Rows of the rule table that propose it are passed over from this day on.")
    reason = TextField("Reason", most=500)


class WhyForm(MusterForm):
    """Why something is done."""

    reason = TextField("Reason", most=500)


def filled_from_version(version: TemplateVersion | None) -> dict[str, Any]:
    """What a form of the next version begins with: what the one before says."""
    if version is None:
        return {"onward": Freedom.WITH_CONSENT, "commercial": Freedom.FORBIDDEN, "at_end": AtEnd.DESTROY}
    held = restrictions_from(version.terms)
    return {**vars(held), "body": version.body, "fees": version.fees, "law": version.law}
