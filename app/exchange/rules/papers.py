"""The papers live animals travel with: a health report young enough for the taker, and import papers across borders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.exchange.rules.answers import Obstacle, Reason
from app.exchange.rules.facts import Facts, PartyFacts, Transfer
from app.lines.rules import MaterialForm
from app.members.rules import country_name, day_words


def missing_papers(transfer: Transfer, facts: Facts) -> Iterator[Reason]:
    """What is missing of the papers of a transfer; other forms than live animals need none."""
    if transfer.form is not MaterialForm.LIVE:
        return
    giver, taker = facts.parties[transfer.giver_id], facts.parties[transfer.taker_id]
    yield from _health(transfer, facts.papers.health_reports, taker)
    if giver.country != taker.country:
        yield from _import(transfer, facts, taker)


def is_young_enough(reported: date, day: date, limit: int) -> bool:
    """Whether a health report of a day is younger, on a later one, than so many days."""
    return 0 <= (day - reported).days < limit


def _health(transfer: Transfer, reports: tuple[date, ...], taker: PartyFacts) -> Iterator[Reason]:
    newest = max((each for each in reports if each <= transfer.day), default=None)
    accepts = f"{taker.name} accepts live animals with one younger than {taker.health_days} days"
    if newest is None:
        yield Reason(Obstacle.HEALTH_REPORT_MISSING, f"the health report is missing: {accepts}", transfer.line_id)
    elif not is_young_enough(newest, transfer.day, taker.health_days):
        age = (transfer.day - newest).days
        said = f"the health report of {day_words(newest)} is {age} days old: {accepts}"
        yield Reason(Obstacle.HEALTH_REPORT_OLD, said, transfer.line_id)


def _import(transfer: Transfer, facts: Facts, taker: PartyFacts) -> Iterator[Reason]:
    permits = facts.papers.import_permits
    where = country_name(taker.country)
    if not permits:
        said = f"the permit to import live animals into {where} is missing"
        yield Reason(Obstacle.IMPORT_PERMIT_MISSING, said, transfer.line_id)
    elif not any(each.contains(transfer.day) for each in permits):
        said = f"the permit to import live animals into {where} does not hold on {day_words(transfer.day)}"
        yield Reason(Obstacle.IMPORT_PERMIT_OUT_OF_DATE, said, transfer.line_id)
