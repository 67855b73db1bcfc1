"""Histories at random: agreements signed, amended and ended, consents, gifts, crosses, papers, over fifty days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.agreements.rules import Freedom, TemplateKind
from app.core.periods import Period
from app.exchange.rules.facts import (
    AgreementFacts,
    Facts,
    HoldingFacts,
    LineFacts,
    PaperFacts,
    PartyFacts,
    Terms,
)
from tests.exchange.plainly import DAY, START, Desk, Given, Paper

HARWELL, JACKSON, TORONTO, COMPANY = WHO = (1, 2, 3, 4)
PARENT, OTHER, CROSS, GRANDCHILD = LINES = (1, 2, 3, 4)
COUNTRIES = {HARWELL: "GB", JACKSON: "US", TORONTO: "CA", COMPANY: "US"}
days = st.integers(0, 50).map(lambda number: START + number * DAY)
early = st.integers(0, 15).map(lambda number: START + number * DAY)
late = st.none() | st.integers(15, 60).map(lambda number: START + number * DAY)
rarely = st.none() | st.none() | st.none() | st.sampled_from([5, 20, 35]).map(lambda number: START + number * DAY)
freedom = st.sampled_from(["free", "with_consent", "forbidden"])
kinds = st.sampled_from(["consortium", "letter", "simple", "bespoke", "master"])


@st.composite
def papers(draw: st.DrawFn, number: int) -> Paper:
    """An agreement or a consent: most are signed early, and last."""
    is_consent = draw(st.booleans())
    parties = draw(st.permutations(WHO))
    first = draw(st.none() | early)
    last = draw(late)
    return Paper(
        id=number,
        kind="consent" if is_consent else draw(kinds),
        provider=parties[0],
        recipient=parties[1],
        third=parties[2] if is_consent else None,
        lines=draw(st.lists(st.sampled_from(LINES), min_size=1, unique=True)),
        onward=draw(freedom),
        commercial=draw(freedom),
        embargo_until=draw(rarely),
        to_publication=draw(st.sampled_from([False, False, True])),
        published_on=draw(rarely),
        executed_on=draw(st.sampled_from([early, early, early, st.none()]).flatmap(lambda each: each)),
        first_day=first,
        last_day=last if last is None or first is None or last >= first else None,
        ended_on=draw(rarely),
    )


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    """A history: who owns and made which lines, what they were crossed from, and what happened since."""
    desk = draw(empty_desks())
    for number in range(1, draw(st.integers(2, 12)) + 1):
        desk.papers.append(draw(signed(desk, number)))
    desk.given += [draw(gifts(desk)) for _ in range(draw(st.integers(0, 5)))]
    for _ in range(draw(st.integers(1, 4))):
        desk.papers += draw(onward(desk))
    given = {each.paper for each in desk.given}
    for old in [each for each in unamended(desk) if each.id in given]:
        if draw(st.booleans()):
            desk.papers.append(draw(amending(old, len(desk.papers) + 1)))
    return desk


def unamended(desk: Desk) -> list[Paper]:
    """The papers that nothing has taken the place of."""
    amended = {each.amends for each in desk.papers}
    return [each for each in desk.papers if each.id not in amended]


@st.composite
def empty_desks(draw: st.DrawFn) -> Desk:
    """Lines, with what they were crossed from and whose they are, before anything is signed."""
    return Desk(
        owners={line: draw(st.sampled_from(WHO)) for line in LINES},
        makers={line: draw(st.sampled_from(WHO)) for line in LINES},
        parents={
            CROSS: draw(st.sampled_from([[], [PARENT], [PARENT, OTHER]])),
            GRANDCHILD: draw(st.sampled_from([[], [CROSS], [CROSS, PARENT]])),
        },
        made={line: draw(early | early | st.none()) for line in LINES},
        countries=COUNTRIES,
        corporations={COMPANY},
        limits={who: draw(st.sampled_from([5, 30, 90])) for who in WHO},
        reports=draw(st.lists(days, max_size=2)),
        permits=[(first, first + 20 * DAY) for first in draw(st.lists(days, max_size=2))],
    )


@st.composite
def signed(draw: st.DrawFn, desk: Desk, number: int) -> Paper:
    """A paper of its own, or one that amends another between the same parties."""
    paper, free = draw(papers(number)), unamended(desk)
    if free and draw(st.integers(0, 3)) == 0:
        old = draw(st.sampled_from(free))
        paper.amends, paper.kind = old.id, old.kind
        paper.provider, paper.recipient, paper.third = old.provider, old.recipient, old.third
    return paper


@st.composite
def amending(draw: st.DrawFn, old: Paper, number: int) -> Paper:
    """An agreement that takes the place of one, with other terms, about the same lines."""
    signed = draw(days)
    terms: dict[str, Any] = {"onward": draw(freedom), "commercial": draw(freedom), "embargo_until": draw(rarely)}
    return Paper(number, old.kind, old.provider, old.recipient, old.lines, amends=old.id, executed_on=signed, **terms)


@st.composite
def onward(draw: st.DrawFn, desk: Desk) -> list[Paper]:
    """An agreement by which who has a line would pass it on, and mostly the owner's consent to that."""
    having = [(each.line, each.who) for each in desk.given] or list(desk.owners.items())
    line, giver = draw(st.sampled_from(having))
    taker = draw(st.sampled_from([each for each in WHO if each != giver]))
    number, signed, last = len(desk.papers) + 1, draw(early), draw(late)
    found = [Paper(number, "simple", giver, taker, [line], onward="free", executed_on=signed, last_day=last)]
    of = draw(st.sampled_from([line, *desk.parents.get(line, [])]))
    owner = desk.owners[of]
    if owner not in (giver, taker) and draw(st.integers(0, 3)):
        consent = Paper(number + 1, "consent", owner, giver, [draw(st.sampled_from([line, of]))], third=taker)
        consent.executed_on, consent.ended_on = draw(early), draw(rarely)
        found.append(consent)
    return found


@st.composite
def gifts(draw: st.DrawFn, desk: Desk) -> Given:
    """Something that came under one of the agreements, or that somebody has without one."""
    first = draw(early)
    last = draw(late)
    kept = [each for each in desk.papers if each.kind not in ("consent", "master")]
    ended = last if last and last >= first else None
    if not kept or draw(st.integers(0, 4)) == 0:
        return Given(draw(st.sampled_from(LINES)), draw(st.sampled_from(WHO)), first, ended)
    paper = draw(st.sampled_from(kept))
    return Given(draw(st.sampled_from(paper.lines)), paper.recipient, first, ended, paper.id)


@st.composite
def asked(draw: st.DrawFn, desk: Desk) -> tuple[date, str, list[tuple[int, int, int]]]:
    """A day, often one on which something changes, a form, and line, giver and taker of what would move that day."""
    having = {(each.line, each.who) for each in desk.given} | set(desk.owners.items()) | set(desk.makers.items())
    moves = [(line, giver, taker) for line, giver in sorted(having) for taker in WHO if taker != giver]
    return draw(days | st.sampled_from(edges(desk))), draw(st.sampled_from(["sperm", "sperm", "live"])), moves


def edges(desk: Desk) -> list[date]:
    """The days on which a paper begins or ends, and those beside them."""
    said = [day for paper in desk.papers for day in (paper.executed_on, paper.first_day, paper.embargo_until) if day]
    said += [day + DAY for paper in desk.papers for day in (paper.last_day, paper.ended_on) if day]
    return [START, *said, *(day - DAY for day in said)]


def facts_of(desk: Desk) -> Facts:
    """The history as the check is told it."""
    return Facts(
        lines={
            line: LineFacts(
                line,
                f"Line {line}",
                desk.owners[line],
                desk.makers[line],
                desk.made[line],
                frozenset(desk.parents.get(line, [])),
            )
            for line in LINES
        },
        parties=_parties(desk),
        agreements=tuple(map(_agreement, desk.papers)),
        holdings=tuple(
            HoldingFacts(each.line, each.who, Period(each.first, each.last), each.paper) for each in desk.given
        ),
        papers=PaperFacts(tuple(desk.reports), tuple(Period(first, last) for first, last in desk.permits)),
    )


def _parties(desk: Desk) -> Mapping[int, PartyFacts]:
    return {
        who: PartyFacts(who, f"Institution {who}", desk.countries[who], who in desk.corporations, desk.limits[who])
        for who in WHO
    }


def _agreement(paper: Paper) -> AgreementFacts:
    return AgreementFacts(
        id=paper.id,
        number=f"MTA-2026-{paper.id:03}",
        kind=TemplateKind(paper.kind),
        provider_id=paper.provider,
        recipient_id=paper.recipient,
        items=tuple(enumerate(paper.lines, 1)),
        terms=Terms(
            Freedom(paper.onward),
            Freedom(paper.commercial),
            paper.embargo_until,
            paper.to_publication,
            paper.published_on,
        ),
        executed_on=paper.executed_on,
        first_day=paper.first_day,
        last_day=paper.last_day,
        ended_on=paper.ended_on,
        third_id=paper.third,
        amends_id=paper.amends,
    )
