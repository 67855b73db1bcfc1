"""Strains, production consortia and repositories: their lists, one of each, and what forms and filters offer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select

from app.audit.remembering import remembered
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.folding import folded
from app.core.history import as_known
from app.core.permissions import Permission
from app.lines.models import (
    Allele,
    LineDeposit,
    MouseLine,
    ProductionConsortium,
    Repository,
    Strain,
    StrainAlias,
)
from app.members.models import Institution


@dataclass(frozen=True)
class StrainRow:
    """A strain with what else means it, and how many lines have it as their background."""

    id: int
    name: str
    aliases: tuple[tuple[int, str], ...]
    lines: int
    version: int


@dataclass(frozen=True)
class PlaceRow:
    """A production consortium or a repository, and how many lines it has."""

    id: int
    code: str
    name: str
    lines: int
    institution_id: int | None = None
    institution: str | None = None


def list_strains(actor: Actor) -> list[StrainRow]:
    """All strains by name."""
    actor.require(Permission.LINE_READ)
    aliases: dict[int, list[tuple[int, str]]] = defaultdict(list)
    spelt = select(StrainAlias.strain_id, StrainAlias.id, StrainAlias.alias)
    for row in db.session.execute(spelt.order_by(StrainAlias.alias, StrainAlias.id)):
        aliases[row.strain_id].append((row.id, row.alias))
    numbers = _lines_by_strain()
    return [
        StrainRow(each.id, each.name, tuple(aliases[each.id]), numbers.get(each.id, 0), each.version)
        for each in db.session.scalars(select(Strain).order_by(Strain.folded, Strain.id))
    ]


def get_strain(strain_id: int, actor: Actor) -> StrainRow:
    """One strain."""
    found = next((each for each in list_strains(actor) if each.id == strain_id), None)
    if found is None:
        raise NotFoundError("There is no such strain.")
    return found


def get_alias(alias_id: int, actor: Actor) -> StrainAlias:
    """An alias of a strain, for those who may remove it."""
    found = db.session.get(StrainAlias, alias_id)
    if found is None or not actor.has_all(Permission.LINE_EDIT):
        raise NotFoundError("There is no such alias.")
    return found


def list_consortia(actor: Actor) -> list[PlaceRow]:
    """All production consortia by code."""
    actor.require(Permission.LINE_READ)
    lines = select(func.count()).where(MouseLine.production_consortium_id == ProductionConsortium.id)
    asked = select(ProductionConsortium, lines.scalar_subquery()).order_by(
        func.lower(ProductionConsortium.code), ProductionConsortium.id
    )
    return [PlaceRow(each.id, each.code, each.name, number) for each, number in db.session.execute(asked)]


def list_repositories(actor: Actor) -> list[PlaceRow]:
    """All repositories by code, with how many lines they have on record."""
    actor.require(Permission.LINE_READ)
    lines = select(func.count(LineDeposit.line_id.distinct())).where(
        LineDeposit.repository_id == Repository.id, as_known(LineDeposit)
    )
    asked = (
        select(Repository, Institution.name, lines.scalar_subquery())
        .outerjoin(Institution, Institution.id == Repository.institution_id)
        .order_by(func.lower(Repository.code), Repository.id)
    )
    return [
        PlaceRow(each.id, each.code, each.name, number, each.institution_id, name)
        for each, name, number in db.session.execute(asked)
    ]


def get_editable_consortium(consortium_id: int, actor: Actor) -> ProductionConsortium:
    """A production consortium, for those who may change it."""
    found = db.session.get(ProductionConsortium, consortium_id)
    if found is None or not actor.has_all(Permission.LINE_EDIT):
        raise NotFoundError("There is no such production consortium.")
    return found


def get_editable_repository(repository_id: int, actor: Actor) -> Repository:
    """A repository, for those who may change it."""
    found = db.session.get(Repository, repository_id)
    if found is None or not actor.has_all(Permission.LINE_EDIT):
        raise NotFoundError("There is no such repository.")
    return found


def consortium_choices() -> list[tuple[int, str]]:
    """The production consortia to choose from, by code."""
    asked = select(ProductionConsortium.id, ProductionConsortium.code)
    rows = db.session.execute(asked.order_by(func.lower(ProductionConsortium.code), ProductionConsortium.id))
    return [(row.id, row.code) for row in rows]


def repository_choices() -> list[tuple[int, str]]:
    """The repositories to choose from, by code."""
    asked = select(Repository.id, Repository.code, Repository.name)
    rows = db.session.execute(asked.order_by(func.lower(Repository.code), Repository.id))
    return [(row.id, row.code) for row in rows]


@remembered
def centre_choices() -> tuple[tuple[int, str], ...]:
    """The institutions that have made lines, by name."""
    made = select(MouseLine.id).where(MouseLine.centre_id == Institution.id).exists()
    asked = select(Institution.id, Institution.short_name, Institution.name).where(made)
    rows = sorted(db.session.execute(asked.order_by(Institution.id)), key=lambda row: folded(row.short_name))
    return tuple((row.id, row.short_name) for row in rows)


@remembered
def pipeline_choices() -> tuple[str, ...]:
    """The pipelines that alleles on record come from, by name."""
    asked = select(Allele.pipeline).where(Allele.pipeline.is_not(None)).distinct().order_by(Allele.pipeline)
    return tuple(str(each) for each in db.session.scalars(asked))


@remembered
def _lines_by_strain() -> dict[int, int]:
    asked = select(MouseLine.strain_id, func.count()).where(MouseLine.strain_id.is_not(None))
    rows = db.session.execute(asked.group_by(MouseLine.strain_id).order_by(MouseLine.strain_id))
    return {int(row[0] or 0): row[1] for row in rows}
