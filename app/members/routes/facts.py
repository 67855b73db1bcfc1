"""The facts and the drawing of an institution's record, worded for its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.languages import LANGUAGE_WORDS
from app.members.queries import FullFacts, InstitutionRecord, MembershipPeriod, RepresentationRow, former_names
from app.members.queries.institution_records import NameRow
from app.members.rules import PURPOSE_WORDS, MembershipState, Purpose, Standing
from app.web.addresses import url
from app.web.drawings import Lane, Span
from app.web.on_date import current_on
from app.web.wording import day, join_words, long_day

Fact = tuple[str, str | None, str | None, str | None]
ROR_ADDRESS = "https://ror.org/"
TONES = {
    MembershipState.ACTIVE: "accent",
    MembershipState.SUSPENDED: "warn",
    MembershipState.ADMITTED: "info",
    MembershipState.APPLIED: "info",
}
SHOWN_PURPOSES = (Purpose.VOTING, Purpose.BILLING, Purpose.SIGNATORY, Purpose.TECHNICAL)


@dataclass(frozen=True)
class Known:
    """What else the facts tell: who represents it on the day, what it was called, other spellings, its units."""

    voices: Sequence[RepresentationRow]
    names: Sequence[NameRow]
    aliases: Sequence[str]
    units: Sequence[str]


def facts_of(record: InstitutionRecord, known: Known) -> list[Fact]:
    """What the reader may know of an institution, beside its lists."""
    former = former_names(known.names, record.name, current_on())
    facts: list[Fact] = [
        ("Short name", record.short_name, None, f"formerly {join_words(former)}" if former else None),
        ("Kind", record.kind, None, None),
        ("Country", record.country, None, None),
        ("First joined", long_day(record.standing.since) if record.standing.since else None, None, None),
    ]
    facts += _told("Without a break since", _break(record.standing))
    facts += [*_told("Also meant by", ", ".join(known.aliases)), *_told("Website", record.website, record.website)]
    facts += [_voice(purpose, known.voices) for purpose in SHOWN_PURPOSES]
    facts += _told("Units", "\n".join(known.units))
    if record.parent:
        facts.append(("Part of", record.parent[1], url("members.institution", institution_id=record.parent[0]), None))
    facts += [
        ("Its part", name, url("members.institution", institution_id=identity), None)
        for identity, name in record.children
    ]
    return [*facts, *_full(record, record.full)] if record.full else facts


def _break(standing: Standing) -> str | None:
    """Since when it has been a member without a break, where that is not since it first joined."""
    since = standing.unbroken_since
    return long_day(since) if since and since != standing.since else None


def _told(term: str, value: str | None, href: str | None = None) -> list[Fact]:
    """A fact that is only worth a line where there is something to tell."""
    return [(term, value, href, None)] if value else []


def sentence_of(record: InstitutionRecord) -> str:
    """What an institution is, in one sentence."""
    held = join_words(name.lower() for name in record.standing.classes)
    lead = f"{held[:1].upper()}{held[1:]}" if held else record.kind
    return f"{lead}, {record.country}."


def lanes_of(memberships: Iterable[MembershipPeriod], voices: Iterable[RepresentationRow]) -> list[Lane]:
    """Memberships by class, and who voted, on one axis."""
    by_class: dict[str, list[Span]] = {}
    for membership in memberships:
        spans = by_class.setdefault(membership.membership_class.name, [])
        spans += [
            Span(step.period.first, step.period.last, step.state.value, TONES[step.state])
            for step in membership.steps
            if step.state in TONES
        ]
    votes = [
        Span(row.period.first, row.period.last, row.person, "quiet") for row in voices if row.purpose is Purpose.VOTING
    ]
    lanes = [Lane(name, spans) for name, spans in by_class.items() if spans]
    return [*lanes, Lane("Votes through", votes)] if votes else lanes


def _voice(purpose: Purpose, voices: Sequence[RepresentationRow]) -> Fact:
    held = next((row for row in voices if row.purpose is purpose), None)
    if held is None:
        return (PURPOSE_WORDS[purpose], None, None, None)
    notes = [held.email or f"since {day(held.period.first)}"]
    if purpose is Purpose.VOTING:
        alternates = [row.person for row in voices if row.purpose is Purpose.ALTERNATE]
        notes = [f"since {day(held.period.first)}", *([f"alternate {join_words(alternates)}"] if alternates else [])]
    return (PURPOSE_WORDS[purpose], held.person, url("members.person", person_id=held.person_id), "; ".join(notes))


def _full(record: InstitutionRecord, full: FullFacts) -> list[Fact]:
    return [
        ("Account", record.account_number, None, None),
        ("ROR", full.ror, f"{ROR_ADDRESS}{full.ror}" if full.ror else None, None),
        ("Unit addressed", full.unit, None, None),
        ("Address", full.postal_address, None, None),
        ("Invoices go to", full.billing_address, None, None),
        ("VAT number", full.vat_number, None, None),
        ("Purchase order", full.purchase_order, None, None),
        ("Buyer reference", full.buyer_reference, None, None),
        ("Language of papers", LANGUAGE_WORDS[full.document_language] if full.document_language else None, None, None),
    ]
