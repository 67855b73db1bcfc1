"""The form of a backup: one zip with each table as lines of JSON, each document once, and a manifest with their hashes.

It is the same for every database, so that a backup of one is restored into another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from sqlalchemy import JSON, Column, Date, DateTime, Enum, MetaData, String, Table

from app.core.database import Base, UtcInstant
from app.core.errors import DomainError

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Part:
    """One file inside the backup: its name, its hash, and what it holds."""

    name: str
    sha256: str
    table: str = ""
    columns: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class Manifest:
    """What a backup says it holds."""

    revision: str
    made_at: str
    parts: tuple[Part, ...]
    missing: tuple[str, ...] = ()
    format: int = FORMAT

    def written(self) -> bytes:
        """As it stands in the backup."""
        return json.dumps(asdict(self), indent=1).encode()

    @property
    def tables(self) -> list[Part]:
        """The parts that are tables."""
        return [part for part in self.parts if part.table]

    @property
    def documents(self) -> list[Part]:
        """The parts that are documents."""
        return [part for part in self.parts if not part.table]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(part.rows for part in self.parts)


@dataclass
class HashingWriter:
    """Writes bytes on and hashes them."""

    target: IO[bytes]
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, content: bytes) -> None:
        """Write and hash."""
        self.digest.update(content)
        self.target.write(content)


def plain_table(table: Table) -> Table:
    """The table with columns as the database holds them: states as text, nothing turned into objects."""
    return Table(table.name, MetaData(), *(Column(each.name, _plain_type(each)) for each in table.columns))


def plain_tables() -> list[Table]:
    """All tables, those others point to first."""
    return [plain_table(table) for table in Base.metadata.sorted_tables]


def _plain_type(column: Column[Any]) -> Any:
    if isinstance(column.type, Enum):
        return String()
    return JSON(none_as_null=True) if isinstance(column.type, JSON) else column.type


def line_of(row: Sequence[Any]) -> bytes:
    """A row as a line of JSON."""
    return json.dumps([_as_json(value) for value in row], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def rows_of(lines: Iterable[bytes], columns: Sequence[Column[Any]]) -> Iterator[dict[str, Any]]:
    """The rows of a part with these columns, with instants and days as such again."""
    readers = [_reader(column) for column in columns]
    names = [column.name for column in columns]
    for line in lines:
        values = json.loads(line)
        yield {name: read(value) for name, read, value in zip(names, readers, values, strict=True)}


def _reader(column: Column[Any]) -> Any:
    if isinstance(column.type, UtcInstant | DateTime):
        return lambda value: None if value is None else datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return lambda value: None if value is None else date.fromisoformat(value)
    return lambda value: value


def read_manifest(archive: ZipFile) -> Manifest:
    """What a backup says it holds; DomainError where the file is none."""
    try:
        found = json.loads(archive.read(MANIFEST))
        if found["format"] != FORMAT:
            message = f"The backup has format {found['format']}; this program reads {FORMAT}."
            raise DomainError(message)
        parts = tuple(_part(each) for each in found["parts"])
        return Manifest(found["revision"], found["made_at"], parts, tuple(found["missing"]))
    except (KeyError, TypeError, ValueError, AttributeError, BadZipFile) as error:
        message = "The file is not a backup of Muster, or it is damaged."
        raise DomainError(message) from error


def _part(found: Mapping[str, Any]) -> Part:
    return Part(found["name"], found["sha256"], found["table"], tuple(found["columns"]), int(found["rows"]))


def hash_of_part(archive: ZipFile, name: str) -> str | None:
    """The hash of a part as it lies in the backup, None where it is missing or cannot be read."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as part:
            while chunk := part.read(CHUNK):
                digest.update(chunk)
    except (KeyError, BadZipFile, EOFError, OSError):
        return None
    return digest.hexdigest()
