"""The statuses of iMits and GenTaR, the stage of a line each of them means, and the days they are given with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from app.lines.rules.kinds import Stage
from app.lines.rules.stages import ORDER

EARLIEST_YEAR = 1990
# By their words in small letters without signs; those of GenTaR and of iMits, which it took the place of.
STATUSES: dict[str, Stage] = {
    **dict.fromkeys(
        (
            "plan created",
            "interest",
            "conflict",
            "assigned",
            "assigned es cell qc in progress",
            "assigned es cell qc complete",
            "inspect glt mouse",
            "inspect mi attempt",
            "inspect conflict",
            "phenotype attempt registered",
            "mouse allele modification registered",
            "mouse allele mod registered",
        ),
        Stage.PLANNED,
    ),
    **dict.fromkeys(
        (
            "attempt in progress",
            "micro injection in progress",
            "embryos obtained",
            "breeding started",
            "rederivation started",
            "rederivation complete",
            "rederivation for modification started",
            "rederivation for modification complete",
            "cre excision started",
        ),
        Stage.PRODUCTION,
    ),
    **dict.fromkeys(
        (
            "chimeras obtained",
            "founder obtained",
            "founders obtained",
            "chimeras founder obtained",
            "genotype in progress",
            "breeding complete",
            "cre excision complete",
        ),
        Stage.FOUNDERS,
    ),
    **dict.fromkeys(
        ("genotype confirmed", "mouse allele modification genotype confirmed", "phenotyping registered"),
        Stage.CONFIRMED,
    ),
    **dict.fromkeys(
        (
            "phenotyping started",
            "phenotyping experiments started",
            "phenotyping all data sent",
            "phenotyping all data processed",
        ),
        Stage.PHENOTYPING,
    ),
    **dict.fromkeys(("phenotyping complete", "phenotyping finished"), Stage.PHENOTYPED),
    **dict.fromkeys(
        (
            "plan abandoned",
            "inactive",
            "withdrawn",
            "attempt aborted",
            "aborted es cell qc failed",
            "micro injection aborted",
            "founder aborted",
            "breeding aborted",
            "genotype not confirmed",
            "phenotype attempt aborted",
            "phenotype production aborted",
            "phenotyping aborted",
            "mouse allele modification aborted",
            "mouse allele mod aborted",
            "colony aborted",
        ),
        Stage.ABORTED,
    ),
}
SIGNS = re.compile(r"[\W_]+")
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")


def status_words(status: str) -> str:
    """A status as it is looked up: small letters, a space for any signs."""
    return SIGNS.sub(" ", status.lower()).strip()


@lru_cache(maxsize=1024)
def stage_of(status: str) -> Stage | None:
    """The stage a status means, or the head of the column of its days; None for what neither iMits nor GenTaR knows."""
    words = status_words(status)
    return STATUSES.get(words) or STATUSES.get(words.removesuffix(" date").removesuffix(" day"))


@lru_cache(maxsize=16_384)
def day_of(text: str) -> date | None:
    """A day as 2016-05-24, alone or with a time behind it; None for anything else, or a day that is none."""
    found = DAY.fullmatch(text.strip())
    if found is None:
        return None
    return _day(int(found[1]), int(found[2]), int(found[3]))


def american_day_of(text: str) -> date | None:
    """A day as 05/24/2016, as the MMRRC writes it; None for anything else, such as 00/00/0000."""
    try:
        found = datetime.strptime(text.strip(), "%m/%d/%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return found if found.year >= EARLIEST_YEAR else None


def earliest_of_each(reached: Iterable[tuple[Stage, date]]) -> tuple[tuple[Stage, date], ...]:
    """Each stage once with the first of its days, in the order of the days."""
    first: dict[Stage, date] = {}
    for stage, day in reached:
        first[stage] = min(day, first.get(stage, day))
    return tuple(sorted(first.items(), key=lambda each: (each[1], ORDER[each[0]])))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= EARLIEST_YEAR else None
    except ValueError:
        return None
