"""Importing a hundred thousand rows of each kind of file of lines, tried and written, and the most memory it takes."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app import create_app
from app.core.database import db
from app.core.transaction import transaction
from app.files.rules import TEXT
from app.lines.commands.imports import LineFile, apply_lines, bring_lines
from app.lines.commands.imports.applying import write_import
from app.lines.commands.imports.checking import check_lines
from app.lines.commands.places import add_consortium
from app.lines.commands.strains import add_strain
from app.lines.models.imports import LineImport
from app.members.commands import InstitutionFacts, add_institution
from app.members.rules import InstitutionKind
from benchmarks.consortium import words
from benchmarks.consortium.world import OFFICE
from benchmarks.output import Figure
from benchmarks.site import Site
from benchmarks.timing import Timing, megabytes_of
from config import Config

ROWS, CENTRES, STRAINS = 100_000, 24, 40
MOST_SECONDS, MOST_MEGABYTES = 60.0, 600
CONSORTIA = ("BaSH", "DTCC", "JAX", "MRC", "Phenomin", "NorCOMM2")
MARKER_HEADS = (
    "MGI Accession ID\tChr\tcM Position\tgenome coordinate start\tgenome coordinate end\tstrand\tMarker Symbol\t"
    "Status\tMarker Name\tMarker Type\tFeature Type\tMarker Synonyms (pipe-separated)\n"
)
STOCK_HEADS = "STRAIN/STOCK_ID,STRAIN/STOCK_DESIGNATION,OTHER_NAMES,STRAIN_TYPE,STATE,MGI_ALLELE_ACCESSION_ID,"
STOCK_HEADS += "ALLELE_SYMBOL,ALLELE_NAME,MUTATION_TYPE,CHROMOSOME,MGI_GENE_ACCESSION_ID,GENE_SYMBOL,GENE_NAME,SDS_URL,"
STOCK_HEADS += "ACCEPTED_DATE,MPT_IDS,PUBMED_IDS,RESEARCH_AREAS \n"
PARTS = ("brought", "tried", "written", "tried again")


def measure_line_imports(site: Site, scale: float) -> Iterator[Figure]:
    """Bring, try out, write and try again each kind of file, one after another, each in a process of its own."""
    count = max(100, round(ROWS * scale))
    with site.app.app_context():
        centres = _make_names()
        db.session.remove()
    for name, write in FILES.items():
        path = site.folder / name
        write(path, count, centres)
        command = [sys.executable, "-m", "benchmarks.figures.line_imports", str(path)]
        done = subprocess.run(command, env=_environment(site), stdout=subprocess.PIPE, text=True, check=True)
        yield from _figures(name, json.loads(done.stdout.splitlines()[-1]), count, site.database)


def _figures(name: str, spent: dict[str, Any], count: int, database: str) -> Iterator[Figure]:
    wanted = MOST_SECONDS * count / ROWS
    seconds, cpu = (sum(spent[part][place] for part in PARTS[:3]) for place in (0, 1))
    counted = cpu if database == "sqlite" else seconds
    yield Figure(
        f"{name}, {count:,} rows on {database}",
        f"{seconds:.1f} s ({cpu:.1f}): " + ", ".join(f"{part} {spent[part][0]:.1f}" for part in PARTS),
        f"\u2264 {wanted:.0f} s",
        counted <= wanted and spent["again"] == 0,
    )
    most = spent["megabytes"]
    yield Figure(
        f"{name}: memory of the process", f"{most:.0f} MB", f"\u2264 {MOST_MEGABYTES} MB", most <= MOST_MEGABYTES
    )


def _environment(site: Site) -> dict[str, str]:
    return {**site.environment, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def _make_names() -> list[str]:
    """The centres, strains and consortia that a production export names; the short names of the centres."""
    centres = []
    for number in range(CENTRES):
        name, short_name = words.institution_name(number)
        centres.append(f"{short_name[:30]} {number}")
        with transaction():
            facts = InstitutionFacts(name, centres[-1], InstitutionKind.RESEARCH_CENTRE, "GB")
            add_institution(facts, actor=OFFICE)
    for number in range(STRAINS):
        with transaction():
            add_strain(f"C57BL/6N-{number}", actor=OFFICE)
    for code in CONSORTIA:
        with transaction():
            add_consortium(code, code, actor=OFFICE)
    return centres


def _symbol(number: int) -> str:
    return f"Gene{number // 4}<tm1{'abce'[number % 4]}(KOMP)Wtsi>"


def _write_markers(path: Path, count: int, _centres: list[str]) -> None:
    with path.open("w", encoding="utf-8") as target:
        target.write(MARKER_HEADS)
        for number in range(count):
            places = f"MGI:{number + 1}\t{number % 19 + 1}\t16.58\t{number}\t{number + 900}\t+"
            target.write(
                f"{places}\tGene{number}\tO\tgene number {number}\tGene\tprotein coding gene\tG{number}|g{number}\n"
            )


def _write_alleles(path: Path, count: int, _centres: list[str]) -> None:
    with path.open("w", encoding="utf-8") as target:
        target.write("# KOMP alleles\n#\n")
        for number in range(count):
            allele = (f"CSD{number}", "KOMP-CSD", f"MGI:{number + 4_000_000}", _symbol(number), f"mutation {number}")
            gene = (f"MGI:{number // 4 + 1}", f"Gene{number // 4}")
            target.write("\t".join((*allele, *gene, f"EPD{number:06d}_1_A01,EPD{number:06d}_1_A02")) + "\n")


def _write_phenotypic(path: Path, count: int, _centres: list[str]) -> None:
    with path.open("w", encoding="utf-8") as target:
        target.write("#\n# MGI Allele Accession ID\n#\n")
        for number in range(count):
            allele = (f"MGI:{number + 4_000_000}", _symbol(number), f"mutation {number}", "Targeted", "Null|Reporter")
            gene = (str(20_000_000 + number), f"MGI:{number // 4 + 1}", f"Gene{number // 4}", f"NM_{number}")
            more = (
                f"ENSMUSG{number:011d}",
                "MP:0001262,MP:0001399",
                f"old{number}|Older{number}",
                f"gene {number // 4}",
            )
            target.write("\t".join((*allele, *gene, *more)) + "\n")


def _write_production(path: Path, count: int, centres: list[str]) -> None:
    chance, first = random.Random(3), date(2009, 1, 5)
    heads: tuple[str, ...] = (
        "plan_id",
        "attempt_id",
        "gentar_id",
        "colony",
        "centre",
        "consortium",
        "gene_mgi_id",
        "allele_symbol",
    )
    heads += ("clone", "background_strain", "Plan Created date", "Attempt In Progress date", "Founder Obtained date")
    heads += ("Genotype Confirmed date", "Phenotyping Started date")
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(heads)
        for number in range(count):
            ids = (str(number), str(number + 500_000), f"PIN:{number:010d}", f"COL-{number}")
            names = (centres[number % CENTRES], CONSORTIA[number % len(CONSORTIA)])
            genes = (f"MGI:{number // 4 + 1}", _symbol(number), f"EPD{number:06d}_1_A01")
            day, days = first + timedelta(days=chance.randrange(3000)), []
            for _ in range(5):
                days.append(day.isoformat())
                day += timedelta(days=20 + chance.randrange(90))
            writer.writerow(
                (
                    *ids,
                    *names,
                    *genes,
                    f"C57BL/6N-{number % STRAINS}",
                    *days[: 2 + number % 4],
                    *[""] * (3 - number % 4),
                )
            )


def _write_stocks(path: Path, count: int, _centres: list[str]) -> None:
    """A stock of three rows of genes and one of its allele, as most are."""
    with path.open("w", encoding="utf-8") as target:
        target.write(STOCK_HEADS)
        for number in range(count):
            stock, allele = number // 4, f"MGI:{number // 4 + 4_000_000},{_symbol(number // 4)}"
            begin = (
                f"MMRRC:{stock:06d}-UCD,C57BL/6N-<i>Gene{stock}<sup>tm1</sup></i>/Mmucd,RRID:MMRRC_{stock:06d}-UCD,MSR"
            )
            middle = (
                f'"LM,SP",{allele},targeted,TM,7,,,'
                if number % 4 == 0
                else f'"LM,SP",,,,TM,7,MGI:{number},Gene{number},'
            )
            target.write(f"{begin},{middle},https://www.mmrrc.org/catalog/sds.php?mmrrc_id={stock},04/24/2013,,,\n")


FILES: dict[str, Callable[[Path, int, list[str]], None]] = {
    "MRK_List2.rpt": _write_markers,
    "KOMP_Allele.rpt": _write_alleles,
    "MGI_PhenotypicAllele.rpt": _write_phenotypic,
    "production.csv": _write_production,
    "mmrrc_catalog_data.csv": _write_stocks,
}


def _import(path: Path) -> dict[str, Any]:
    """Import a file in this process: seconds of each part, and how many rows a second run would write."""
    timings = {name: Timing() for name in PARTS}
    with timings["brought"].lap():
        import_id = _bring(path)
    with timings["tried"].lap():
        check_lines({"import_id": import_id})
    db.session.remove()
    with transaction():
        apply_lines(import_id, version=_case(import_id).version, actor=OFFICE)
    with timings["written"].lap():
        write_import({"import_id": import_id})
    db.session.remove()
    again = _bring(path)
    with timings["tried again"].lap():
        check_lines({"import_id": again})
    case = _case(again)
    spent: dict[str, Any] = {name: (timing.seconds, timing.cpu_seconds) for name, timing in timings.items()}
    return spent | {"again": case.added + case.changed}


def _bring(path: Path) -> int:
    with transaction():
        import_id = bring_lines(LineFile(path.name, path.read_bytes(), TEXT), actor=OFFICE).id
    db.session.remove()
    return import_id


def _case(import_id: int) -> LineImport:
    return db.session.get_one(LineImport, import_id)


def main() -> None:
    """Import the file named on the command line into the site of the environment, and print what it took."""
    app = create_app(Config.from_environment())
    with app.app_context():
        spent = _import(Path(sys.argv[1]))
    spent["megabytes"] = megabytes_of("self", "VmHWM")
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
