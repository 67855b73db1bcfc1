"""The catalogue as imports of lines find it: plain values, each kind in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, null, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.bulk import among
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


def symbols_on_record() -> Genes:
    """All markers, alleles and clones, without what they are called beside their symbols: there may be many."""
    return Genes(_markers(Marker.name), _alleles(Allele.name, Allele.kind, Allele.synonyms), _clones())


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
    return Records(symbols_on_record(), lines, spellings, Names(strains, consortia, institutions), today)


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


def said_of_alleles(ids: Collection[int]) -> dict[int, Any]:
    """By what alleles are found, by their ids."""
    asked = (
        select(
            Allele.id,
            Allele.symbol,
            Allele.synonyms,
            Allele.mgi_id,
            Allele.project_id,
            Marker.symbol.label("gene"),
            Marker.mgi_id.label("marker_mgi_id"),
        )
        .outerjoin(Marker, Marker.id == Allele.marker_id)
        .where(among(Allele.id, ids))
        .order_by(Allele.id)
    )
    return {row.id: row for row in db.session.execute(asked)}


def find_mmrrc() -> int | None:
    """The id of the repository MMRRC, where it is on record."""
    asked = select(Repository.id).where(func.lower(Repository.code) == MMRRC).order_by(Repository.id).limit(1)
    return db.session.scalar(asked)


def known_spellings() -> dict[Topic, dict[str, int]]:
    """Strains by their names and aliases, consortia by codes and names, and all that was said of spellings."""
    codes = (ProductionConsortium.name, ProductionConsortium.code)
    consortia = {folded(text): each for name in codes for each, text in _pairs(ProductionConsortium.id, name)}
    strains = {key: each for each, key in _pairs(StrainAlias.strain_id, StrainAlias.folded)}
    strains |= {key: each for each, key in _pairs(Strain.id, Strain.folded)}
    # A funder is an institution as a centre is: what one spelling means, the other does.
    institutions = _said(LineSpelling.institution_id)
    return {
        Topic.CENTRE: institutions,
        Topic.FUNDER: institutions,
        Topic.STRAIN: strains,
        Topic.CONSORTIUM: _said(LineSpelling.production_consortium_id) | consortia,
    }


def _said(meaning: InstrumentedAttribute[int | None]) -> dict[str, int]:
    """What was said of spellings, by their keys."""
    asked = select(LineSpelling.key, meaning).where(meaning.is_not(None)).order_by(LineSpelling.id)
    return {key: each for key, each in db.session.execute(asked) if each}


def names_of_topic(topic: Topic) -> list[tuple[int, str]]:
    """What a spelling of a topic may mean: ids with each of their names."""
    named: dict[Topic, Sequence[tuple[Any, Any]]] = {
        Topic.STRAIN: ((Strain.id, Strain.name), (StrainAlias.strain_id, StrainAlias.alias)),
        Topic.CONSORTIUM: ((ProductionConsortium.id, ProductionConsortium.code),),
    }
    institutions = ((Institution.id, Institution.name), (Institution.id, Institution.short_name))
    return [pair for key, name in named.get(topic, institutions) for pair in _pairs(key, name)]


def _pairs(key: InstrumentedAttribute[int], value: InstrumentedAttribute[Any]) -> list[tuple[int, str]]:
    asked = select(key, value).order_by(key, value)
    return [(each, text) for each, text in db.session.execute(asked) if text]


def _markers(*without: Any) -> dict[str, KnownMarker]:
    columns = (Marker.id, Marker.mgi_id, Marker.symbol, Marker.name, Marker.chromosome, Marker.current_id)
    rows = db.session.execute(_all(select(*_present(columns, without)), Marker.id))
    return {row[1]: KnownMarker(*row) for row in rows}


def _alleles(*without: Any) -> list[KnownAllele]:
    columns = (
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
    rows = db.session.execute(_all(select(*_present(columns, without)), Allele.id))
    return [KnownAllele(*row) for row in rows]


def _present(columns: Sequence[Any], without: Sequence[Any]) -> list[Any]:
    """Columns to be read, with nothing in place of those that are not wanted."""
    unwanted = {column.key for column in without}
    return [null().label(column.key) if column.key in unwanted else column for column in columns]


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
