"""Whether material of a line may go from a giver to a taker on a day, and all that forbids it (RULES, 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.agreements.rules import Freedom, TemplateKind, is_under_embargo
from app.agreements.rules.lives import holds_on
from app.core.periods import LATEST, Period
from app.exchange.rules.answers import Answer, Cover, Obstacle, Reason
from app.exchange.rules.facts import AgreementFacts, Facts, HoldingFacts, LineFacts, Terms, Transfer
from app.exchange.rules.papers import missing_papers
from app.members.rules import day_words

# Whoever has a line by no paper on record, and neither owns nor made it, passes it on with its owner's consent only.
ON_NO_RECORD = Terms(onward=Freedom.WITH_CONSENT, commercial=Freedom.WITH_CONSENT)
FREE = Terms(onward=Freedom.FREE, commercial=Freedom.FREE)
COVERS_NOTHING = frozenset({TemplateKind.MASTER, TemplateKind.CONSENT})


@dataclass(frozen=True)
class Bound:
    """Terms a giver is bound by: those under which a line, or one it descends from, was given.

    Whoever asks may not know of that agreement: reasons name its terms and never its number.
    """

    line: LineFacts
    terms: Terms
    agreement_id: int | None = None


def permission(transfer: Transfer, facts: Facts) -> Answer:
    """The answer with the agreement it goes under and the consents it needs, or with every reason against it."""
    reasons = list(_custody(transfer, facts))
    found = covering(transfer, facts)
    if found is None:
        reasons.append(_uncovered(transfer, facts))
    consents: dict[int, AgreementFacts] = {}
    for bound in bounds(transfer, facts):
        consent = consent_for(bound, transfer, facts)
        reasons += _bound_by(bound, transfer, facts, consent)
        if consent is not None and _needs_consent(bound, transfer, facts):
            consents[consent.id] = consent
    reasons += missing_papers(transfer, facts)
    relied = [consents[key] for key in sorted(consents)]
    cover = _cover(found, relied, transfer) if found else None
    return Answer(cover, tuple(each.number for each in relied), tuple(dict.fromkeys(reasons)))


def is_in_force(agreement: AgreementFacts, facts: Facts, day: date) -> bool:
    """Whether an agreement is live on a day: signed by all, begun, not past, not ended and not amended before."""
    holds = holds_on(agreement.executed_on, agreement.first_day, agreement.last_day, agreement.ended_on, day)
    return holds and amendment_of(agreement, facts, day) is None


def amendment_of(agreement: AgreementFacts, facts: Facts, day: date) -> AgreementFacts | None:
    """The newest amendment that has taken the place of an agreement by a day."""
    amending = [each for each in facts.agreements if each.amends_id == agreement.id and _is_executed(each, day)]
    return max(amending, key=lambda each: (each.executed_on or date.min, each.id), default=None)


def governing(agreement: AgreementFacts, facts: Facts, day: date) -> AgreementFacts:
    """The agreement as amended by a day: by its terms goes what was given under it, also after it has ended."""
    following = amendment_of(agreement, facts, day)
    return governing(following, facts, day) if following else agreement


def held(facts: Facts) -> Iterator[HoldingFacts]:
    """The holdings on record, and those of who owns or made a line: without an end, until a record of them says so."""
    yield from facts.holdings
    said = {(each.line_id, each.institution_id) for each in facts.holdings if each.agreement_id is None}
    for line in facts.lines.values():
        if line.made_on is None:
            continue
        for institution_id in sorted(line.origin_ids):
            if (line.id, institution_id) not in said:
                yield HoldingFacts(line.id, institution_id, Period(line.made_on))


def custody(transfer: Transfer, facts: Facts) -> tuple[HoldingFacts, ...]:
    """The holdings by which the giver has the line on the day."""
    return tuple(
        each
        for each in held(facts)
        if each.line_id == transfer.line_id
        and each.institution_id == transfer.giver_id
        and each.period.contains(transfer.day)
    )


def covering(transfer: Transfer, facts: Facts) -> AgreementFacts | None:
    """The agreement in force that covers the transfer; of several the one that lasts longest, then the newest."""
    live = [each for each in _between(transfer, facts) if is_in_force(each, facts, transfer.day)]
    return max(live, key=lambda each: (_last_day(each) or LATEST, each.executed_on or date.min, each.id), default=None)


def bounds(transfer: Transfer, facts: Facts) -> Iterator[Bound]:
    """All terms the giver is bound by: its own, and of what the line was crossed from those its maker had it under.

    What is its owner's own, or goes back to its owner, is bound by nothing.
    """
    free = {transfer.giver_id, transfer.taker_id}
    line = facts.lines[transfer.line_id]
    if line.owner_id not in free:
        yield from (_bound(line, each, facts, transfer.day) for each in custody(transfer, facts))
    for child, parent in _ancestry(line, facts):
        if parent.owner_id not in free:
            yield from _inherited(child, parent, facts, transfer.day)


def consent_for(bound: Bound, transfer: Transfer, facts: Facts) -> AgreementFacts | None:
    """The owner's consent, in force on the day, that the giver passes the line, or the cross, on to the taker."""
    lines = {bound.line.id, transfer.line_id}
    live = [
        each
        for each in facts.agreements
        if each.kind is TemplateKind.CONSENT
        and (each.provider_id, each.recipient_id) == (bound.line.owner_id, transfer.giver_id)
        and each.third_id == transfer.taker_id
        and any(line_id in lines for _, line_id in each.items)
        and is_in_force(each, facts, transfer.day)
    ]
    return max(live, key=lambda each: (_last_day(each) or LATEST, each.id), default=None)


def _is_executed(agreement: AgreementFacts, day: date) -> bool:
    """Whether all have signed it and it has begun, whatever became of it since."""
    return holds_on(agreement.executed_on, agreement.first_day, None, None, day)


def _last_day(agreement: AgreementFacts) -> date | None:
    return min((day for day in (agreement.last_day, agreement.ended_on) if day), default=None)


def _between(transfer: Transfer, facts: Facts) -> list[AgreementFacts]:
    """The agreements of any state between giver and taker about the line."""
    return [
        each
        for each in facts.agreements
        if each.kind not in COVERS_NOTHING
        and (each.provider_id, each.recipient_id) == (transfer.giver_id, transfer.taker_id)
        and each.position_of(transfer.line_id) is not None
    ]


def _cover(agreement: AgreementFacts, consents: list[AgreementFacts], transfer: Transfer) -> Cover:
    ends = [day for day in map(_last_day, (agreement, *consents)) if day]
    position = agreement.position_of(transfer.line_id) or 0
    return Cover(agreement.id, agreement.number, position, min(ends, default=None))


def _custody(transfer: Transfer, facts: Facts) -> Iterator[Reason]:
    if not custody(transfer, facts):
        giver, line = facts.parties[transfer.giver_id], facts.lines[transfer.line_id]
        said = f"{giver.name} does not hold {line.name} on {day_words(transfer.day)}"
        yield Reason(Obstacle.NO_CUSTODY, said, line.id)


def _uncovered(transfer: Transfer, facts: Facts) -> Reason:
    """Why no agreement covers the transfer, told of the newest there is between the two about the line."""
    giver, taker = facts.parties[transfer.giver_id], facts.parties[transfer.taker_id]
    line = facts.lines[transfer.line_id]
    newest = max(_between(transfer, facts), key=lambda each: (each.executed_on or date.min, each.id), default=None)
    if newest is None:
        said = f"there is no agreement by which {giver.name} gives {line.name} to {taker.name}"
        return Reason(Obstacle.NO_AGREEMENT, said, line.id)
    obstacle, what = _why_not(newest, facts, transfer.day)
    return Reason(obstacle, f"{newest.number or 'the agreement in preparation'} {what}", line.id, newest.id)


def _why_not(agreement: AgreementFacts, facts: Facts, day: date) -> tuple[Obstacle, str]:
    """Why an agreement that is not in force on a day is not."""
    begins = _begins(agreement)
    if agreement.executed_on is None or agreement.executed_on > day:
        return Obstacle.AGREEMENT_UNSIGNED, "is not signed by both sides"
    if begins is not None and begins > day:
        return Obstacle.AGREEMENT_NOT_BEGUN, f"begins on {day_words(begins)}"
    return _why_no_more(agreement, facts, day)


def _why_no_more(agreement: AgreementFacts, facts: Facts, day: date) -> tuple[Obstacle, str]:
    """How an agreement that had begun came to its end."""
    if agreement.ended_on is not None and agreement.ended_on < day:
        return Obstacle.AGREEMENT_ENDED, f"was ended on {day_words(agreement.ended_on)}"
    if agreement.last_day is not None and agreement.last_day < day:
        return Obstacle.AGREEMENT_EXPIRED, f"expired on {day_words(agreement.last_day)}"
    following = amendment_of(agreement, facts, day)
    return Obstacle.AGREEMENT_ENDED, f"was amended by {following.number if following else 'another'}"


def _begins(agreement: AgreementFacts) -> date | None:
    return agreement.first_day or agreement.executed_on


def _ancestry(line: LineFacts, facts: Facts) -> Iterator[tuple[LineFacts, LineFacts]]:
    """Each line a line descends from, with the child it was crossed into, nearest first."""
    waiting, seen = [line], {line.id}
    while waiting:
        child = waiting.pop(0)
        for parent_id in sorted(child.parent_ids):
            parent = facts.lines[parent_id]
            yield child, parent
            if parent_id not in seen:
                seen.add(parent_id)
                waiting.append(parent)


def _inherited(child: LineFacts, parent: LineFacts, facts: Facts, day: date) -> Iterator[Bound]:
    """The terms under which the maker of a cross has, or had, what it was crossed from."""
    had = [
        each
        for each in held(facts)
        if each.line_id == parent.id and each.institution_id == child.centre_id and each.period.first <= day
    ]
    yield from (_bound(parent, each, facts, day) for each in had)
    if not had and child.centre_id not in parent.origin_ids:
        yield Bound(parent, ON_NO_RECORD)


def _bound(line: LineFacts, holding: HoldingFacts, facts: Facts, day: date) -> Bound:
    given = next((each for each in facts.agreements if each.id == holding.agreement_id), None)
    if given is None:
        return Bound(line, FREE if holding.institution_id in line.origin_ids else ON_NO_RECORD)
    paper = governing(given, facts, day)
    return Bound(line, paper.terms, paper.id)


def _bound_by(bound: Bound, transfer: Transfer, facts: Facts, consent: AgreementFacts | None) -> Iterator[Reason]:
    """What terms forbid of a transfer, with the consent there is."""
    yield from _not_onward(bound, facts, consent)
    yield from _not_yet(bound, transfer)
    if facts.parties[transfer.taker_id].is_corporation:
        yield from _not_commercial(bound, transfer, facts, consent)


def _needs_consent(bound: Bound, transfer: Transfer, facts: Facts) -> bool:
    sold = facts.parties[transfer.taker_id].is_corporation and bound.terms.commercial is Freedom.WITH_CONSENT
    return sold or bound.terms.onward is not Freedom.FREE


def _not_onward(bound: Bound, facts: Facts, consent: AgreementFacts | None) -> Iterator[Reason]:
    if consent is not None or bound.terms.onward is Freedom.FREE:
        return
    owner = facts.parties[bound.line.owner_id].name
    missing = f"the consent of {owner}, its provider, to onward transfer of {bound.line.name} is missing"
    if bound.terms.onward is Freedom.FORBIDDEN:
        said = f"the terms under which {bound.line.name} was given forbid onward transfer, and {missing}"
        yield _reason(Obstacle.ONWARD_FORBIDDEN, said, bound)
        return
    yield _reason(Obstacle.CONSENT_MISSING, missing, bound)


def _not_yet(bound: Bound, transfer: Transfer) -> Iterator[Reason]:
    terms = bound.terms
    until, to_publication = terms.embargo_until, terms.embargo_to_publication
    if not is_under_embargo(until, terms.published_on, transfer.day, to_publication=to_publication):
        return
    ends = [day_words(until)] if until else []
    ends += ["it is published"] if to_publication else []
    said = f"the terms under which {bound.line.name} was given lay an embargo on it until {' or '.join(ends)}"
    yield _reason(Obstacle.EMBARGO, said, bound)


def _not_commercial(bound: Bound, transfer: Transfer, facts: Facts, consent: AgreementFacts | None) -> Iterator[Reason]:
    taker = facts.parties[transfer.taker_id].name
    if bound.terms.commercial is Freedom.FORBIDDEN:
        said = f"the terms under which {bound.line.name} was given forbid commercial use, and {taker} is a corporation"
        yield _reason(Obstacle.COMMERCIAL, said, bound)
    elif bound.terms.commercial is Freedom.WITH_CONSENT and consent is None and bound.terms.onward is Freedom.FREE:
        owner = facts.parties[bound.line.owner_id].name
        said = f"the consent of {owner}, its provider, to commercial use of {bound.line.name} by {taker} is missing"
        yield _reason(Obstacle.CONSENT_MISSING, said, bound)


def _reason(obstacle: Obstacle, said: str, bound: Bound) -> Reason:
    return Reason(obstacle, said, bound.line.id, bound.agreement_id, bound.line.owner_id)
