"""Who belongs to a constituency: rules by country, kind, class and institution, how they change, and what it elects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.errors import DomainError
from app.core.periods import Period
from app.members.rules import InstitutionKind, check_country

MOST_RULES = 300


@dataclass(frozen=True)
class Belonging:
    """A rule by which institutions belong: those of a country, of a kind, of a class of membership, or one by name."""

    country: str | None = None
    institution_kind: InstitutionKind | None = None
    class_id: int | None = None
    institution_id: int | None = None


@dataclass(frozen=True)
class DatedRule:
    """A rule on record, with its days."""

    id: int
    belonging: Belonging
    period: Period

    def goes_over(self, day: date) -> bool:
        """Whether it holds on a day and has begun before it."""
        return self.period.first < day and self.period.contains(day)


@dataclass(frozen=True)
class Changes:
    """What a change of who belongs does: rules taken back, ended with the day before, made open again, and begun."""

    taken_back: tuple[int, ...]
    ended: tuple[int, ...]
    reopened: tuple[int, ...]
    begun: tuple[Belonging, ...]

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return any((self.taken_back, self.ended, self.reopened, self.begun))


def changes_from(standing: Sequence[DatedRule], wanted: Collection[Belonging], days: Period) -> Changes:
    """What has to change so that on these days just these rules hold; they go on to the end, where there is one.

    What held before the day stays as it was. A rule that was to begin later is not to come any more: where it is
    wanted, it holds from the day on.
    """
    kept = [rule for rule in standing if rule.belonging in wanted and rule.period.contains(days.first)]
    others = [rule for rule in standing if rule not in kept]
    goes_on = {rule.belonging for rule in kept}
    return Changes(
        taken_back=tuple(rule.id for rule in others if rule.period.first >= days.first),
        ended=tuple(rule.id for rule in others if rule.goes_over(days.first)),
        reopened=tuple(rule.id for rule in kept if rule.period.last != days.last),
        begun=tuple(each for each in dict.fromkeys(wanted) if each not in goes_on),
    )


def check_rules(wanted: Collection[Belonging]) -> None:
    """Refuse rules that name no country there is, and more than a list can hold."""
    if len(wanted) > MOST_RULES:
        raise DomainError(f"A constituency has up to {MOST_RULES} rules.")
    for each in wanted:
        if each.country is not None:
            check_country(each.country)


def check_one_electorate(constituencies: Collection[int | None]) -> None:
    """Refuse to fill by one election seats that are not elected by the same: a constituency elects its own alone."""
    if len(set(constituencies)) > 1:
        raise DomainError("A constituency elects its own seats alone: call an election for each.", "seats")


def no_more_inside_words(name: str) -> str:
    """What is said of somebody who sits for a constituency and is not of it today."""
    return f"belongs to no institution of {name} any more"


def outside_words(name: str) -> str:
    """Why somebody does not fit a seat of a constituency."""
    return f"On the first day this person neither belongs to nor represents an institution of {name}."
