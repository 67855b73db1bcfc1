"""The rule table on a day, and which template it proposes: the row that matched, and why each before it did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.agreements.models import TemplateRule
from app.agreements.queries.templates import TemplateRow, templates_on
from app.agreements.rules.proposing import Asked, Material, Mismatch, Proposal, RuleFacts, propose
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.permissions import Permission
from app.lines.models import Allele, LineDeposit, MouseLine, Repository
from app.lines.rules import AlleleClass
from app.members.models import Institution
from app.members.rules import InstitutionKind


@dataclass(frozen=True)
class RuleRow:
    """A row of the table as it is shown; what is None matches anything."""

    id: int
    position: int
    provider_id: int | None
    provider: str | None
    repository_id: int | None
    repository: str | None
    pipeline: str | None
    allele_class: AlleleClass | None
    recipient_kind: InstitutionKind | None
    template_id: int
    template: str
    first_day: date
    last_day: date | None
    version: int

    @property
    def asks_nothing(self) -> bool:
        """Whether it matches whatever is asked."""
        wishes = (self.provider_id, self.repository_id, self.pipeline, self.allele_class, self.recipient_kind)
        return all(each is None for each in wishes)


@dataclass(frozen=True)
class Enquiry:
    """What a template is wanted for: lines of the catalogue, or what is typed of one; the day decides the rows."""

    on: date
    provider_id: int | None = None
    recipient_id: int | None = None
    line_ids: tuple[int, ...] = ()
    typed: Material | None = None


@dataclass(frozen=True)
class TriedRow:
    """A row that was tried, with why it does not match; it is the one that wins where there is no reason."""

    row: RuleRow
    against: tuple[Mismatch, ...]


@dataclass(frozen=True)
class ProposedTemplate:
    """What the table answers: the template of the row that matched, both None where none did, and all rows tried."""

    template: TemplateRow | None
    row: RuleRow | None
    tried: tuple[TriedRow, ...]


def list_rules(actor: Actor, *, on: date, known: datetime | None = None) -> list[RuleRow]:
    """All rows in the order in which they are tried, those that ended and those to come as well."""
    actor.require(Permission.TEMPLATE_READ)
    templates = templates_on(on=on, known=known)
    return [_row(each, provider, repository, templates) for each, provider, repository in _rows(known)]


def get_rule(rule_id: int, actor: Actor, *, on: date) -> RuleRow:
    """A row on record, for who may change the table."""
    actor.require(Permission.TEMPLATE_EDIT)
    found = next((row for row in list_rules(actor, on=on) if row.id == rule_id), None)
    if found is None:
        raise NotFoundError("There is no such row.")
    return found


def propose_template(enquiry: Enquiry, *, known: datetime | None = None) -> ProposedTemplate:
    """Which template the table proposes; the first row that matches wins, and where none does, somebody is asked."""
    templates = templates_on(on=enquiry.on, known=known)
    rows = [(each, _row(each, provider, repository, templates)) for each, provider, repository in _rows(known)]
    facts = [_facts(rule, templates, enquiry.on) for rule, _ in rows]
    shown = {row.id: row for _, row in rows}
    return _proposed(propose(facts, _asked(enquiry, known)), shown, templates)


def repositories_to_choose() -> list[tuple[int, str]]:
    """Repositories by code."""
    asked = select(Repository.id, Repository.code, Repository.name).order_by(Repository.code, Repository.id)
    return [(row.id, f"{row.code}: {row.name}") for row in db.session.execute(asked)]


def known_pipelines() -> list[str]:
    """The pipelines that alleles of the catalogue and rows of the table name, for who types one."""
    alleles = select(Allele.pipeline).where(Allele.pipeline.is_not(None)).distinct()
    rules = select(TemplateRule.pipeline).where(TemplateRule.pipeline.is_not(None)).distinct()
    return sorted({*db.session.scalars(alleles.order_by(None)), *db.session.scalars(rules.order_by(None))} - {None})


def find_kind(institution_id: int | None) -> InstitutionKind | None:
    """What an institution is."""
    asked = select(Institution.kind).where(Institution.id == (institution_id or 0))
    return db.session.scalar(asked.order_by(Institution.id))


def material_of(line_ids: Sequence[int], *, on: date, known: datetime | None = None) -> tuple[Material, ...]:
    """What rows look at of some lines: their pipelines and classes, and where each is kept on a day."""
    if not line_ids:
        return ()
    asked = (
        select(MouseLine.id, Allele.pipeline, Allele.allele_class)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .where(among(MouseLine.id, line_ids))
        .order_by(MouseLine.id)
    )
    kept = select(LineDeposit.line_id, LineDeposit.repository_id).where(
        among(LineDeposit.line_id, line_ids), valid(LineDeposit, on, known)
    )
    places: dict[int, set[int]] = {}
    for line_id, repository_id in db.session.execute(kept.order_by(LineDeposit.id)):
        places.setdefault(line_id, set()).add(repository_id)
    return tuple(
        Material(row.pipeline, row.allele_class, frozenset(places.get(row.id, ()))) for row in db.session.execute(asked)
    )


def _asked(enquiry: Enquiry, known: datetime | None) -> Asked:
    material = material_of(enquiry.line_ids, on=enquiry.on, known=known)
    return Asked(
        day=enquiry.on,
        provider_id=enquiry.provider_id,
        recipient_kind=find_kind(enquiry.recipient_id),
        material=material if enquiry.typed is None else (*material, enquiry.typed),
    )


def _proposed(found: Proposal, shown: dict[int, RuleRow], templates: dict[int, TemplateRow]) -> ProposedTemplate:
    tried = tuple(TriedRow(shown[each.rule.id], each.against) for each in found.tried)
    if found.matched is None:
        return ProposedTemplate(None, None, tried)
    return ProposedTemplate(templates[found.matched.template_id], shown[found.matched.id], tried)


def _rows(known: datetime | None) -> list[tuple[TemplateRule, str | None, str | None]]:
    asked = (
        select(TemplateRule, func.coalesce(Institution.short_name, Institution.name), Repository.code)
        .outerjoin(Institution, Institution.id == TemplateRule.provider_id)
        .outerjoin(Repository, Repository.id == TemplateRule.repository_id)
        .where(as_known(TemplateRule, known))
        .order_by(TemplateRule.position, TemplateRule.id)
    )
    return [(rule, provider, repository) for rule, provider, repository in db.session.execute(asked)]


def _row(
    rule: TemplateRule, provider: str | None, repository: str | None, templates: dict[int, TemplateRow]
) -> RuleRow:
    return RuleRow(
        id=rule.id,
        position=rule.position,
        provider_id=rule.provider_id,
        provider=provider,
        repository_id=rule.repository_id,
        repository=repository,
        pipeline=rule.pipeline,
        allele_class=rule.allele_class,
        recipient_kind=rule.recipient_kind,
        template_id=rule.template_id,
        template=templates[rule.template_id].code if rule.template_id in templates else "",
        first_day=rule.first_day,
        last_day=rule.last_day,
        version=rule.version,
    )


def _facts(rule: TemplateRule, templates: dict[int, TemplateRow], on: date) -> RuleFacts:
    template = templates.get(rule.template_id)
    return RuleFacts(
        id=rule.id,
        position=rule.position,
        template_id=rule.template_id,
        period=rule.period,
        provider_id=rule.provider_id,
        repository_id=rule.repository_id,
        pipeline=rule.pipeline,
        allele_class=rule.allele_class,
        recipient_kind=rule.recipient_kind,
        usable=template is not None and template.is_usable_on(on),
    )
