"""The form of the bylaws of a committee."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, Form, ValidationError

from app.committees.commands import Adoption
from app.committees.forms.differences import differences
from app.committees.rules import (
    APPOINTER_WORDS,
    LIMIT_WORDS,
    MAJORITY_WORDS,
    PART_WORDS,
    QUORUM_WORDS,
    REPLACEMENT_WORDS,
    VOTER_WORDS,
    Appointer,
    BylawFacts,
    Fraction,
    LimitKind,
    MajorityBase,
    PartTerms,
    QuorumBase,
    Replacement,
    Voters,
    fraction_of,
)
from app.core.errors import Difference, DomainError
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, NumberField, SuggestedField, TextField

USUAL_PARTS = ("more than 1/2", "at least 1/2", "at least 2/3", "at least 3/4", "at least 1/1")
VOTES = ("voters", "quorum", "quorum_base", "majority", "majority_base", "casting_vote", "proxies")
TERMS = (
    "appointer", "term_months", "limit_kind", "limit_terms", "break_months", "part_terms", "replacement",
    "holds_over", "warning_days",
)  # fmt: skip


class FractionField(SuggestedField):
    """A part of a whole in words: more than 1/2, at least 2/3."""

    def __init__(self, label: str, **options: Any) -> None:
        """Offer the usual ones."""
        super().__init__(label, usual=USUAL_PARTS, most=40, **options)

    def pre_validate(self, form: Form) -> None:
        """Check that it is a fraction."""
        super().pre_validate(form)
        try:
            fraction_of(self.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from None

    @property
    def fraction(self) -> Fraction:
        """The fraction that was typed."""
        return fraction_of(self.data or "")


def _choice(label: str, words: Any, **options: Any) -> ChoiceField:
    return ChoiceField(label, choices=[(value, said[0].upper() + said[1:]) for value, said in words.items()], **options)


class BylawsForm(MusterForm):
    """What holds for a committee from a day on."""

    first_day = DayField("In force from", hint="Today or later; what was in force until then stays as it was.")
    decision = TextField("Decision", most=500, optional=True, hint="What adopted them, such as SC-2016-004.")
    voters = _choice("Who votes", VOTER_WORDS)
    quorum = FractionField("Quorum", hint="More than 1/2, or at least 2/3.")
    quorum_base = _choice("Quorum of", QUORUM_WORDS, hint="Who is on leave or suspended counts only among all seats.")
    majority = FractionField("Majority", hint="What carries a motion.")
    majority_base = _choice("Majority of", MAJORITY_WORDS)
    casting_vote = BooleanField("The chair has a casting vote", description="Without one, a tie is lost.")
    proxies = NumberField("Proxies that one holder may have", most=99, hint="0 for none.")
    appointer = _choice("Who fills its seats", APPOINTER_WORDS)
    term_months = NumberField(
        "Length of a term in months",
        least=1,
        most=600,
        optional=True,
        hint="36 for three years; empty for none.",
    )
    limit_kind = _choice("Limit of terms", LIMIT_WORDS)
    limit_terms = NumberField("Terms at most", least=1, most=99, optional=True)
    break_months = NumberField(
        "Months off after which terms in a row are counted anew", most=600, hint="0 where any break is enough."
    )
    part_terms = _choice("Part of a term", PART_WORDS)
    replacement = _choice("A replacement", REPLACEMENT_WORDS)
    holds_over = BooleanField(
        "Who holds a seat stays until somebody follows", description="Otherwise the seat is vacant after the term."
    )
    warning_days = NumberField("Warn so many days before a term ends", most=730)

    @classmethod
    def of(cls, facts: BylawFacts, **known: Any) -> BylawsForm:
        """The form filled with what holds."""
        return cls(data={**_filled(facts), **known})

    def facts(self) -> BylawFacts:
        """What was typed."""
        return BylawFacts(
            voters=Voters(self.voters.data),
            quorum=self.quorum.fraction,
            quorum_base=QuorumBase(self.quorum_base.data),
            majority=self.majority.fraction,
            majority_base=MajorityBase(self.majority_base.data),
            casting_vote=bool(self.casting_vote.data),
            proxies=self.proxies.data,
            term_months=self.term_months.data,
            limit_kind=LimitKind(self.limit_kind.data),
            limit_terms=self.limit_terms.data,
            break_months=self.break_months.data,
            part_terms=PartTerms(self.part_terms.data),
            replacement=Replacement(self.replacement.data),
            holds_over=bool(self.holds_over.data),
            warning_days=self.warning_days.data,
            appointer=Appointer(self.appointer.data),
        )

    def adoption(self) -> Adoption:
        """From which day on, and what decided it."""
        return Adoption(self.first_day.data, self.decision.value)


def bylaws_meanwhile(form: BylawsForm, facts: BylawFacts) -> list[Difference]:
    """Where what is typed differs from bylaws that somebody else adopted meanwhile."""
    if form.conflict is None:
        return []
    return differences(form, BylawsForm(formdata=None, data=_filled(facts)), [*VOTES, *TERMS])


def _filled(facts: BylawFacts) -> dict[str, Any]:
    values = {name: getattr(facts, name) for name in (*VOTES, *TERMS)}
    values |= {"quorum": facts.quorum.words, "majority": facts.majority.words}
    return {name: str(value) if isinstance(value, str) else value for name, value in values.items()}
