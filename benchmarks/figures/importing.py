"""Importing a hundred thousand people, tried and written, beside the csv module and Core inserts of the same rows."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select

from app import create_app
from app.accounts.models import User
from app.audit.models import AuditEntry, AuditPersonalValue
from app.core.database import db
from app.core.transaction import transaction
from app.files.rules import CSV
from app.members.commands import InstitutionFacts, add_institution
from app.members.commands.imports import ImportFile, apply_import, bring_import, choose_columns
from app.members.commands.imports.applying import write_import
from app.members.commands.imports.checking import check_import
from app.members.models import Affiliation, ImportEffect, ImportRow, Institution, Person, RegisterImport
from app.members.rules import InstitutionKind
from app.members.rules.imports import ImportKind
from benchmarks.consortium import words
from benchmarks.consortium.world import OFFICE
from benchmarks.output import Figure
from benchmarks.site import Site
from benchmarks.timing import Timing, megabytes_of
from config import Config

ROWS, INSTITUTIONS = 100_000, 200
MOST_SECONDS, MOST_MEGABYTES = 60.0, 600
HEADS = ("Given name", "Family name", "Title", "E-mail", "Telephone", "Institution", "As", "There since")
WRITTEN: tuple[Any, ...] = (User, Person, Affiliation, ImportRow, ImportEffect, AuditEntry, AuditPersonalValue)


def measure_importing(site: Site, scale: float) -> Iterator[Figure]:
    """Bring, try out and write a table of people in a process of its own, whose largest memory is looked at."""
    count = max(100, round(ROWS * scale))
    table = site.folder / "people.csv"
    with site.app.app_context():
        _make_institutions()
        _write_table(table, count)
        db.session.remove()
        command = [sys.executable, "-m", "benchmarks.figures.importing", str(table)]
        done = subprocess.run(command, env=_environment(site), stdout=subprocess.PIPE, text=True, check=True)
        spent = json.loads(done.stdout.splitlines()[-1])
        rows, floor = _floor(table)
        db.session.remove()
    megabytes, parts = spent.pop("megabytes"), ("brought", "tried", "written")
    seconds, cpu = sum(spent[part][0] for part in parts), sum(spent[part][1] for part in parts)
    counted = cpu if site.database == "sqlite" else seconds
    wanted = MOST_SECONDS * count / ROWS
    yield Figure(
        f"{count:,} people imported on {site.database}",
        f"{seconds:.1f} s ({cpu:.1f}): "
        + ", ".join(f"{part} {spent[part][0]:.1f} ({spent[part][1]:.1f})" for part in parts),
        f"\u2264 {wanted:.0f} s",
        counted <= wanted,
        f"{floor.seconds:.1f} s ({floor.cpu_seconds:.1f})",
        f"the csv module and Core inserts alone of the same {rows:,} rows",
    )
    yield Figure(
        "memory of the process that imports",
        f"{megabytes:.0f} MB",
        f"\u2264 {MOST_MEGABYTES} MB",
        megabytes <= MOST_MEGABYTES,
    )


def _environment(site: Site) -> dict[str, str]:
    return {**site.environment, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def _make_institutions() -> None:
    with transaction():
        for number in range(INSTITUTIONS):
            name, short_name = words.institution_name(number)
            facts = InstitutionFacts(name, f"{short_name[:30]} {number}", InstitutionKind.RESEARCH_CENTRE, "GB")
            add_institution(facts, actor=OFFICE)


def _write_table(path: Path, count: int) -> None:
    chance, numbers = random.Random(11), db.session.scalars(select(Institution.account_number).order_by(Institution.id))
    accounts = numbers.all()
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(HEADS)
        for number in range(count):
            given, family = words.person_name(chance)
            since = date(2011 + number % 5, 1 + number % 12, 1)
            place = (
                accounts[number % len(accounts)],
                words.POSITIONS[number % len(words.POSITIONS)],
                since.isoformat(),
            )
            email, phone = f"person{number}@member{number % 97}.example", f"+44 20 7946 {number % 10_000:04d}"
            writer.writerow((given, family, "Dr" if number % 3 else "", email, phone, *place))


def _floor(path: Path) -> tuple[int, Timing]:
    """The rows the import wrote, read by the csv module and inserted again into empty copies by Core alone."""
    timing, count = Timing(), 0
    kept = {model: [dict(row._mapping) for row in db.session.execute(select(model.__table__))] for model in WRITTEN}  # noqa: SLF001
    db.session.remove()
    metadata = {model: _copy_of(model.__table__) for model in WRITTEN}
    with db.engine.begin() as connection:
        for table in metadata.values():
            table.create(connection)
        with timing.lap():
            list(csv.reader(path.open(encoding="utf-8", newline="")))
            for model, rows in kept.items():
                connection.execute(insert(metadata[model]), rows)
                count += len(rows)
        for table in metadata.values():
            table.drop(connection)
    return count, timing


def _copy_of(table: Table) -> Table:
    """The table under another name, without what points elsewhere."""
    columns = [column._copy() for column in table.columns]  # noqa: SLF001 - a column belongs to one table
    for column in columns:
        column.foreign_keys.clear()
        column.constraints.clear()
        column.index = column.unique = None
    return Table(f"floor_{table.name}", type(table.metadata)(), *columns)


def _import(path: Path) -> dict[str, Any]:
    """Import a table in this process: seconds of each part, and the most memory it took."""
    timings = {name: Timing() for name in ("brought", "tried", "written")}
    with timings["brought"].lap(), transaction():
        brought = ImportFile(ImportKind.PEOPLE, path.name, path.read_bytes(), CSV)
        case = bring_import(brought, actor=OFFICE)
        import_id, mapping, version = case.id, {int(key): name for key, name in case.mapping.items()}, case.version
    del brought
    with transaction():
        choose_columns(import_id, mapping, version=version, actor=OFFICE)
    db.session.remove()
    with timings["tried"].lap():
        check_import({"import_id": import_id})
    db.session.remove()
    with transaction():
        apply_import(import_id, version=_version(import_id), actor=OFFICE)
    db.session.remove()
    with timings["written"].lap():
        write_import({"import_id": import_id})
    db.session.remove()
    return {name: (timing.seconds, timing.cpu_seconds) for name, timing in timings.items()}


def _version(import_id: int) -> int:
    return db.session.get_one(RegisterImport, import_id).version


def main() -> None:
    """Import the table named on the command line into the site of the environment, and print what it took."""
    app = create_app(Config.from_environment())
    with app.app_context():
        spent = _import(Path(sys.argv[1]))
    spent["megabytes"] = megabytes_of("self", "VmHWM")
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
