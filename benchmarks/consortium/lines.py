"""A catalogue of 100,000 lines, written in bulk: genes, alleles, clones, lines, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.bulk import among, in_chunks, insert_rows, insert_with_ids
from app.core.database import Base, db
from app.lines.commands import (
    RepositoryValues,
    add_consortium,
    add_repository,
    add_strain,
    add_strain_alias,
    index_lines,
)
from app.lines.models import Allele, Clone, LineDeposit, LineForm, LineParent, LineStage, Marker, MouseLine
from app.lines.rules import REACHED, AlleleClass, MaterialForm, Stage, class_of_symbol, colony_key
from benchmarks.consortium.members import make_members
from benchmarks.consortium.size import Size
from benchmarks.consortium.world import World, written_on

LINES = 100_000
CENTRES, STRAINS, BLOCK = 24, 40, 10_000
PIPELINES = ("EUCOMM", "KOMP", "IMPC", "NCOM")
LABS = ("Wtsi", "Hmgu", "Vlcg", "Tcp", "Ics", "Mbp")
MADE = ("tm1a", "tm1b", "tm1c", "tm1", "em1", "em2")
CONSORTIA = ("BaSH", "DTCC", "JAX", "MRC", "MARC", "Phenomin", "Helmholtz", "NorCOMM2")
REPOSITORIES = ("EMMA", "KOMP", "MMRRC", "CMMR")
SYLLABLES = ("ab", "cd", "dn", "er", "fox", "gp", "kl", "map", "nr", "pt", "rab", "slc", "tm", "usp", "wd", "zf")


def make_lines(today: date, count: int, seed: int) -> World:
    """A consortium whose centres have made so many lines."""
    world = World(Size(institutions=60, people=200, invoices=0, audit_entries=0), today, Random(seed))
    make_members(world)
    with written_on(today):
        catalogue = _Catalogue(world, count)
        catalogue.write()
        record("benchmarks.lines", Subject("consortium", 1), summary="Lines were written", actor=world.office)
    return world


def gene_symbol(number: int) -> str:
    """The symbol of the gene of a number; no two are alike."""
    first, second = SYLLABLES[number % 16], SYLLABLES[number // 16 % 16]
    return f"{first.capitalize()}{second}{number // 256}"


def clone_name(number: int) -> str:
    """The name of the clone of a number."""
    return f"EPD{number:05d}_{number % 9}_{'ABCDEFGH'[number % 8]}{number % 12:02d}"


class _Catalogue:
    """The catalogue while it is written: the ids of what lines point to."""

    def __init__(self, world: World, count: int) -> None:
        """Take the dice and the number of lines."""
        self.world, self.count, self.dice = world, count, world.random
        self.since = {"recorded_at": clock.now()}
        self.strains = [add_strain(f"C57BL/6N-Sub{number}", actor=world.office).id for number in range(STRAINS)]
        for number, each in enumerate(self.strains):
            add_strain_alias(each, f"B6N substrain {number}", actor=world.office)
        self.consortia = [add_consortium(each, f"{each} consortium", actor=world.office).id for each in CONSORTIA]
        values = [RepositoryValues(each, f"{each} repository") for each in REPOSITORIES]
        self.repositories = [add_repository(each, actor=world.office).id for each in values]

    def write(self) -> None:
        """Genes, then alleles and clones, then lines with their facts, then their words."""
        genes = max(1, self.count // 5)
        markers = _insert(Marker, ({"mgi_id": f"MGI:{90_000 + n}", "symbol": gene_symbol(n)} for n in range(genes)))
        alleles = _insert(Allele, (self._allele(n, markers) for n in range(self.count * 6 // 10)))
        clones = _insert(Clone, ({"name": clone_name(n), "allele_id": each} for n, each in enumerate(alleles)))
        lines = _insert(MouseLine, (self._line(n, alleles, clones) for n in range(self.count)))
        for some in in_chunks(enumerate(lines), BLOCK):
            self._facts(some)
        crossed = zip(lines[::50], lines[1::50], strict=False)
        insert_rows(LineParent, [{"line_id": line, "parent_id": parent} for parent, line in crossed])
        index_lines(lines)

    def _allele(self, number: int, markers: list[int]) -> dict[str, Any]:
        gene = number % len(markers)
        made, pipeline = MADE[number % len(MADE)], PIPELINES[number % len(PIPELINES)]
        symbol = f"{gene_symbol(gene)}<{made}({pipeline}){LABS[number // len(markers) % len(LABS)]}>"
        return {
            "mgi_id": f"MGI:{4_000_000 + number}",
            "symbol": symbol,
            "marker_id": markers[gene],
            "allele_class": AlleleClass(class_of_symbol(symbol)),
            "pipeline": pipeline,
            "project_id": str(20_000 + number),
        }

    def _line(self, number: int, alleles: list[int], clones: list[int]) -> dict[str, Any]:
        centre = self.dice.randrange(CENTRES)
        colony, allele = f"M{'ABCDEFGHJKLMNPQRSTUVWXYZ'[centre]}{number:06d}", number % len(alleles)
        stage = self.dice.choices(list(Stage), (5, 10, 10, 30, 15, 25, 5))[0]
        return {
            "colony": colony,
            "colony_key": colony_key(colony),
            "allele_id": alleles[allele],
            "clone_id": clones[allele] if number % 3 else None,
            "strain_id": self.dice.choice(self.strains),
            "centre_id": self.world.institutions[centre],
            "owner_id": self.world.institutions[centre],
            "funder_id": self.world.institutions[CENTRES + number % 6] if number % 2 else None,
            "production_consortium_id": self.dice.choice(self.consortia),
            "plan_id": str(100_000 + number),
            "attempt_id": str(300_000 + number),
            "gentar_id": f"PIN:{number:09d}" if number % 4 == 0 else None,
            "stage": stage,
            "stage_day": self._day_of(number, stage),
            "sort_key": "",
            "search_text": "",
            "created_at": clock.now(),
            "version": 1,
        }

    def _day_of(self, number: int, stage: Stage) -> date:
        """The day on which a line came to a stage: half a year after the one before it."""
        began = date(2008, 1, 1) + timedelta(days=number * 7 % 4_000)
        return began + timedelta(days=182 * list(Stage).index(stage))

    def _facts(self, lines: Iterable[tuple[int, int]]) -> None:
        stages: list[dict[str, Any]] = []
        forms: list[dict[str, Any]] = []
        deposits: list[dict[str, Any]] = []
        rows = {row.id: row.stage for row in _stages_of([line for _, line in lines])}
        for number, line in lines:
            stages += self._stages(number, line, rows[line])
            days = {"first_day": self._day_of(number, Stage.CONFIRMED), "last_day": None, **self.since}
            if rows[line] in REACHED[3:]:
                forms += [{"line_id": line, "form": each, **days} for each in list(MaterialForm)[: 1 + number % 3]]
                place = {"repository_id": self.repositories[number % 4], "stock_number": f"EM:{number:06d}"}
                deposits.append({"line_id": line, **place, **days})
        insert_rows(LineStage, stages)
        insert_rows(LineForm, forms)
        insert_rows(LineDeposit, deposits)

    def _stages(self, number: int, line: int, reached: Stage) -> Iterator[dict[str, Any]]:
        upto = REACHED[: REACHED.index(reached) + 1] if reached in REACHED else (*REACHED[:2], reached)
        for stage in upto:
            day = self._day_of(number, stage)
            yield {"line_id": line, "stage": stage, "day": day, "noted_by": "Generator", **self.since}


def _stages_of(ids: list[int]) -> list[Any]:
    asked = select(MouseLine.id, MouseLine.stage).where(among(MouseLine.id, ids)).order_by(MouseLine.id)
    return list(db.session.execute(asked))


def _insert(model: type[Base], rows: Iterable[Mapping[str, Any]]) -> list[int]:
    return [number for some in in_chunks(rows, BLOCK) for number in insert_with_ids(model, some)]
