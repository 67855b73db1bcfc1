"""Which template applies: the rows of the rule table in their order, the first that matches wins, none asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.folding import folded
from app.core.periods import Period
from app.lines.rules import AlleleClass
from app.members.rules import InstitutionKind


class Mismatch(StrEnum):
    """Why a row does not match."""

    EARLY = "early"
    LATE = "late"
    PROVIDER = "provider"
    REPOSITORY = "repository"
    PIPELINE = "pipeline"
    ALLELE_CLASS = "allele_class"
    RECIPIENT_KIND = "recipient_kind"
    TEMPLATE = "template"


@dataclass(frozen=True)
class RuleFacts:
    """A row of the table: what is None matches anything. `usable` says that its template can be drafted from."""

    id: int
    position: int
    template_id: int
    period: Period
    provider_id: int | None = None
    repository_id: int | None = None
    pipeline: str | None = None
    allele_class: AlleleClass | None = None
    recipient_kind: InstitutionKind | None = None
    usable: bool = True


@dataclass(frozen=True)
class Material:
    """What of a line rows look at; None and nothing match only rows that do not ask."""

    pipeline: str | None = None
    allele_class: AlleleClass | None = None
    repository_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Asked:
    """What a template is wanted for, on a day; a row that asks for something of a line asks it of every line."""

    day: date
    provider_id: int | None = None
    recipient_kind: InstitutionKind | None = None
    material: tuple[Material, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A row that was tried, and why it does not match; it matches where there is no reason."""

    rule: RuleFacts
    against: tuple[Mismatch, ...]

    @property
    def matches(self) -> bool:
        """Whether it is the row that was looked for."""
        return not self.against


@dataclass(frozen=True)
class Proposal:
    """The row that matched, None where none did, and every row that was tried up to it, in order."""

    matched: RuleFacts | None
    tried: tuple[Verdict, ...]


def propose(rules: Iterable[RuleFacts], asked: Asked) -> Proposal:
    """The first row that matches, in the order of positions, with what kept each row before it from matching."""
    tried: list[Verdict] = []
    for rule in sorted(rules, key=lambda each: (each.position, each.id)):
        tried.append(Verdict(rule, mismatches(rule, asked)))
        if tried[-1].matches:
            return Proposal(rule, tuple(tried))
    return Proposal(None, tuple(tried))


def mismatches(rule: RuleFacts, asked: Asked) -> tuple[Mismatch, ...]:
    """All reasons for which a row does not match what is asked."""
    against = {
        Mismatch.EARLY: asked.day < rule.period.first,
        Mismatch.LATE: rule.period.last is not None and rule.period.last < asked.day,
        Mismatch.PROVIDER: rule.provider_id not in {None, asked.provider_id},
        Mismatch.REPOSITORY: not _kept_there(rule.repository_id, asked.material),
        Mismatch.PIPELINE: not _of_pipeline(rule.pipeline, asked.material),
        Mismatch.ALLELE_CLASS: not _of_class(rule.allele_class, asked.material),
        Mismatch.RECIPIENT_KIND: rule.recipient_kind not in {None, asked.recipient_kind},
        Mismatch.TEMPLATE: not rule.usable,
    }
    return tuple(reason for reason, holds in against.items() if holds)


def _kept_there(repository_id: int | None, material: Sequence[Material]) -> bool:
    return repository_id is None or (bool(material) and all(repository_id in each.repository_ids for each in material))


def _of_pipeline(pipeline: str | None, material: Sequence[Material]) -> bool:
    if pipeline is None:
        return True
    return bool(material) and all(folded(each.pipeline or "") == folded(pipeline) for each in material)


def _of_class(allele_class: AlleleClass | None, material: Sequence[Material]) -> bool:
    return allele_class is None or (bool(material) and all(each.allele_class is allele_class for each in material))
