"""The catalogue as imports of lines find it: plain values, each kind in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import db
from app.core.folding import folded
from app.core.history import as_known, overlapping
from app.core.paging import AnySelect
from app.core.periods import Period
from app.lines.models import (
    Allele,
    Clone,
    LineDeposit,
    LineForm,
    LineStage,
    Marker,
    MouseLine,
    ProductionConsortium,
    Repository,
    Strain,
    StrainAlias,
)
from app.lines.models.imports import LineSpelling
from app.lines.rules.imports.catalogue import Genes, Holdings, KnownAllele, KnownLine, KnownMarker, KnownStage
from app.lines.rules.imports.kinds import Topic
from app.lines.rules.imports.plan_production import Names, Records
from app.lines.rules.imports.spellings import Spellings
from app.lines.rules.kinds import MaterialForm
from app.members.models import Institution
from app.members.queries.register import institutions_on_record

BLOCK = 5_000
MMRRC = "mmrrc"


def genes_on_record() -> Genes:
    """All markers, alleles and clones."""
    return Genes(_markers(), _alleles(), _clones())


def markers_on_record() -> Genes:
    """All markers alone: a list of markers says nothing of alleles."""
    return Genes(_markers(), [], {})


def records_on_record(left_out: Collection[tuple[Topic, str]], today: date) -> Records:
    """All that a production export is held against, with the spellings whose rows are left out."""
    strains = dict(_pairs(Strain.id, Strain.name))
    consortia = dict(_pairs(ProductionConsortium.id, ProductionConsortium.code))
    institutions = dict(_pairs(Institution.id, Institution.name))
    spellings = Spellings(institutions_on_record(), known_spellings(), left_out)
    lines = {(line.centre_id, line.colony_key): line for line in _lines(with_stages=True)}
    return Records(genes_on_record(), lines, spellings, Names(strains, consortia, institutions), today)


def holdings_on_record(day: date) -> Holdings:
    """The lines of each allele, with their deposits at the MMRRC and the forms available from a day on."""
    lines_of: dict[int, list[KnownLine]] = defaultdict(list)
    for line in _lines(with_stages=False):
        lines_of[line.allele_id].append(line)
    stocks: dict[int, set[str]] = defaultdict(set)
    repository_id = find_mmrrc()
    kept = select(LineDeposit.line_id, LineDeposit.stock_number).where(
        LineDeposit.repository_id == (repository_id or 0), as_known(LineDeposit)
    )
    for line_id, number in db.session.execute(kept.order_by(LineDeposit.id)):
        stocks[line_id].add(number or "")
    forms: dict[int, set[MaterialForm]] = defaultdict(set)
    had = select(LineForm.line_id, LineForm.form).where(overlapping(LineForm, Period(day, None)), as_known(LineForm))
    for line_id, form in db.session.execute(had.order_by(LineForm.id)):
        forms[line_id].add(form)
    return Holdings(lines_of, stocks, forms, repository_id is not None)


def find_mmrrc() -> int | None:
    """The id of the repository MMRRC, where it is on record."""
    asked = select(Repository.id).where(func.lower(Repository.code) == MMRRC).order_by(Repository.id).limit(1)
    return db.session.scalar(asked)


def known_spellings() -> dict[Topic, dict[str, int]]:
    """Strains by their names and aliases, consortia by codes and names, and all that was said of spellings."""
    found: dict[Topic, dict[str, int]] = {topic: {} for topic in Topic}
    for name in (ProductionConsortium.name, ProductionConsortium.code):
        found[Topic.CONSORTIUM].update({folded(text): each for each, text in _pairs(ProductionConsortium.id, name)})
    found[Topic.STRAIN].update({key: each for each, key in _pairs(StrainAlias.strain_id, StrainAlias.folded)})
    found[Topic.STRAIN].update({key: each for each, key in _pairs(Strain.id, Strain.folded)})
    meaning = func.coalesce(LineSpelling.institution_id, LineSpelling.production_consortium_id)
    asked = select(LineSpelling.topic, LineSpelling.key, meaning).order_by(LineSpelling.id)
    for topic, key, each in db.session.execute(asked):
        found[topic].setdefault(key, each)
        if topic in {Topic.CENTRE, Topic.FUNDER}:  # Both are institutions: what one spelling means, the other does.
            found[Topic.CENTRE].setdefault(key, each)
            found[Topic.FUNDER].setdefault(key, each)
    return found


def names_of_topic(topic: Topic) -> list[tuple[int, str]]:
    """What a spelling of a topic may mean: ids with each of their names."""
    if topic is Topic.STRAIN:
        return [*_pairs(Strain.id, Strain.name), *_pairs(StrainAlias.strain_id, StrainAlias.alias)]
    if topic is Topic.CONSORTIUM:
        named = (ProductionConsortium.code, ProductionConsortium.name)
        return [pair for name in named for pair in _pairs(ProductionConsortium.id, name)]
    return [pair for name in (Institution.name, Institution.short_name) for pair in _pairs(Institution.id, name)]


def _pairs(key: InstrumentedAttribute[int], value: InstrumentedAttribute[Any]) -> list[tuple[int, str]]:
    asked = select(key, value).order_by(key, value)
    return [(each, text) for each, text in db.session.execute(asked) if text]


def _markers() -> dict[str, KnownMarker]:
    asked = select(Marker.id, Marker.mgi_id, Marker.symbol, Marker.name, Marker.chromosome, Marker.current_id)
    rows = db.session.execute(asked.order_by(Marker.id).execution_options(yield_per=BLOCK))
    return {row[1]: KnownMarker(*row) for row in rows}


def _alleles() -> list[KnownAllele]:
    asked = select(
        Allele.id,
        Allele.mgi_id,
        Allele.symbol,
        Allele.name,
        Allele.marker_id,
        Allele.pipeline,
        Allele.project_id,
        Allele.kind,
        Allele.synonyms,
    )
    return [KnownAllele(*row) for row in db.session.execute(_all(asked, Allele.id))]


def _clones() -> dict[str, int]:
    rows = db.session.execute(_all(select(Clone.name, Clone.allele_id), Clone.id))
    return {row.name: row.allele_id for row in rows}


def _lines(*, with_stages: bool) -> list[KnownLine]:
    asked = select(
        MouseLine.id,
        MouseLine.colony,
        MouseLine.centre_id,
        MouseLine.colony_key,
        MouseLine.allele_id,
        MouseLine.strain_id,
        Clone.name,
        MouseLine.production_consortium_id,
        MouseLine.funder_id,
        MouseLine.plan_id,
        MouseLine.attempt_id,
        MouseLine.gentar_id,
    ).outerjoin(Clone, Clone.id == MouseLine.clone_id)
    lines = [KnownLine(*row) for row in db.session.execute(_all(asked, MouseLine.id))]
    if with_stages:
        by_id = {line.id: line for line in lines}
        stages = select(LineStage.line_id, LineStage.stage, LineStage.id, LineStage.day)
        known = stages.where(LineStage.superseded_at.is_(None))
        for line_id, stage, stage_id, day in db.session.execute(_all(known, LineStage.id)):
            by_id[line_id].stages[stage] = KnownStage(stage_id, day)
    return lines


def _all(asked: AnySelect, key: InstrumentedAttribute[int]) -> AnySelect:
    return asked.order_by(key).execution_options(yield_per=BLOCK)
