"""Restrictions in words, as they stand on paper, and as data in the terms of a template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.terms import AtEnd, Freedom, Restrictions

KIND_WORDS = {
    TemplateKind.CONSORTIUM: "Material transfer agreement of the consortium",
    TemplateKind.MASTER: "Master agreement",
    TemplateKind.LETTER: "Implementing letter",
    TemplateKind.SIMPLE: "Simple letter",
    TemplateKind.BESPOKE: "Material transfer agreement",
    TemplateKind.CONSENT: "Consent to onward transfer",
}
SHORT_KIND_WORDS = {
    TemplateKind.CONSORTIUM: "Consortium agreement",
    TemplateKind.MASTER: "Master agreement",
    TemplateKind.LETTER: "Implementing letter",
    TemplateKind.SIMPLE: "Simple letter",
    TemplateKind.BESPOKE: "Bespoke agreement",
    TemplateKind.CONSENT: "Consent to onward transfer",
}
ONWARD = {
    Freedom.FORBIDDEN: "The recipient passes the material, its progeny and its derivatives on to nobody.",
    Freedom.WITH_CONSENT: "The recipient passes the material, its progeny and its derivatives on to others only with "
    "the prior written consent of the provider.",
    Freedom.FREE: "The recipient may pass the material on to others under these same terms.",
}
COMMERCIAL = {
    Freedom.FORBIDDEN: "The material is not used for commercial purposes.",
    Freedom.WITH_CONSENT: "The material is used for commercial purposes only with the prior written consent of the "
    "provider.",
    Freedom.FREE: "The material may be used for commercial purposes.",
}
AT_END = {
    AtEnd.KEEP: "The recipient may keep the material and is still bound by these terms.",
    AtEnd.RETURN: "The recipient returns the material to the provider.",
    AtEnd.DESTROY: "The recipient destroys the material and says so to the provider in writing.",
}


def told_restrictions(held: Restrictions) -> tuple[tuple[str, str], ...]:
    """Restrictions as they stand on paper: what each is about, and its sentence."""
    embargo = _embargo(held)
    return (
        ("Onward transfer", ONWARD[held.onward]),
        ("Commercial use", COMMERCIAL[held.commercial]),
        *([("Embargo", embargo)] if embargo else []),
        *([("Citation", held.citation)] if held.citation else []),
        ("At the end", AT_END[held.at_end]),
    )


def restrictions_in_words(held: Restrictions) -> str:
    """All of them in one run of text, for a place in a clause."""
    return " ".join(words for _, words in told_restrictions(held))


def day_words(day: date) -> str:
    """A day as papers write it: 30 June 2027."""
    return f"{day.day} {day:%B %Y}"


def _embargo(held: Restrictions) -> str:
    ends = [f"{day_words(held.embargo_until)}"] if held.embargo_until else []
    ends += ["its publication by the provider"] if held.embargo_to_publication else []
    if not ends:
        return ""
    which = ", whichever is first" if len(ends) > 1 else ""
    return f"Nothing of the material is passed on or published before {' or '.join(ends)}{which}."


def terms_of(held: Restrictions) -> dict[str, Any]:
    """Restrictions as the terms of a template keep them."""
    return {
        "onward": held.onward.value,
        "commercial": held.commercial.value,
        "embargo_until": held.embargo_until.isoformat() if held.embargo_until else None,
        "embargo_to_publication": held.embargo_to_publication,
        "citation": held.citation,
        "at_end": held.at_end.value,
    }


def restrictions_from(terms: Mapping[str, Any]) -> Restrictions:
    """Restrictions of the terms of a template, or of the frozen content of a version."""
    until = terms.get("embargo_until")
    return Restrictions(
        onward=Freedom(terms["onward"]),
        commercial=Freedom(terms["commercial"]),
        embargo_until=date.fromisoformat(until) if until else None,
        embargo_to_publication=bool(terms.get("embargo_to_publication")),
        citation=terms.get("citation"),
        at_end=AtEnd(terms["at_end"]),
    )
