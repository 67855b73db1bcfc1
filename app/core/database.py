"""The database: our declarative base, column types, and how transactions begin on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from functools import lru_cache, partial
from typing import Annotated, Any, ClassVar, ParamSpec, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
)
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

from app.core.canonical import kept

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Arguments = ParamSpec("Arguments")
Built = TypeVar("Built")
BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC; SQLite gives it back without a zone, so the zone is put on again here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive instant and write UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "An instant needs its time zone."
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(enum: type[Enum]) -> list[str]:
    return [str(member.value) for member in enum]


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcInstant,
        StrEnum: EnumType(StrEnum, native_enum=False, create_constraint=False, length=40, values_callable=_values),
        dict[str, Any]: JSON,
    }

    @classmethod
    def __table_cls__(cls, name: str, metadata: MetaData, *parts: SchemaItem, **options: Any) -> Table:
        """Let SQLite, as PostgreSQL, give no id twice: the trail and imports name what is gone by its id."""
        has_ids = any(isinstance(each, Column) and each.name == "id" and each.autoincrement for each in parts)
        return Table(name, metadata, *parts, sqlite_autoincrement=has_ids, **options)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

# A relationship is loaded by the query that wants it, or not at all: N+1 is an exception, not a slow page.
linked = partial(relationship, lazy="raise_on_sql")

Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Code = Annotated[str, mapped_column(String(40))]
Name = Annotated[str, mapped_column(String(200))]
Line = Annotated[str, mapped_column(String(500))]
Prose = Annotated[str, mapped_column(Text)]
Sha256 = Annotated[str, mapped_column(String(64))]
Minor = Annotated[int, mapped_column(BigInteger)]
Currency = Annotated[str, mapped_column(String(3))]
Country = Annotated[str, mapped_column(String(2))]
Instant = Mapped[datetime]
Day = Mapped[date]

_reading: ContextVar[bool] = ContextVar("reading_only", default=False)


@contextmanager
def reading_only() -> Iterator[None]:
    """Within it, transactions begin read-only: for safe requests, exports and checks."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def is_reading_only() -> bool:
    """Whether this context may only read."""
    return _reading.get()


def prepare_engine(engine: Engine) -> None:
    """Begin transactions as the house wants it: IMMEDIATE on SQLite unless reading, READ ONLY for reads."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def engine_options(url: str) -> dict[str, Any]:
    """Options of create_engine for a database URL."""
    if url.startswith("sqlite"):
        at_once = {"isolation_level": None, "timeout": 10, "check_same_thread": False}
        return {"json_serializer": kept, "connect_args": at_once}
    pool = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}
    return {"json_serializer": kept, **pool, "connect_args": {"connect_timeout": 5}}


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "cache_size=-16384",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = is_reading_only()
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    connection.connection.driver_connection.read_only = is_reading_only()  # type: ignore[union-attr]


def prepared(build: Callable[Arguments, Built]) -> Callable[Arguments, Built]:
    """Build a statement, or a part of one, once for the same arguments.

    Building takes longer than running, and nearly everyone asks for today. What is built must hang on its arguments
    alone; they are days, instants, filters, never rows or actors.
    """
    return cast("Callable[Arguments, Built]", lru_cache(maxsize=64)(build))


def look_over_tables() -> None:
    """Let SQLite learn how many rows its indexes hold, by which it plans; PostgreSQL looks by itself."""
    if db.engine.dialect.name == "sqlite":
        db.session.connection().exec_driver_sql("ANALYZE")


def insert_or_ignore(table: Any) -> Any:
    """An INSERT that leaves an existing row alone, in the words of the database at hand."""
    return upsert(table).on_conflict_do_nothing()


def upsert(table: Any) -> Any:
    """An INSERT to which one may add what happens on a conflict, in the words of the database at hand."""
    return (postgresql_insert if db.engine.dialect.name == "postgresql" else sqlite_insert)(table)
