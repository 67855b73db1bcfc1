"""The database of the tests: emptied after each, and filled again with what many begin with."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, event, func, select

from app.audit.remembering import forget
from app.billing.rules import ACCOUNTS
from app.core import clock
from app.core.database import Base, db

Made = TypeVar("Made")

FILLED_BY_REVISIONS = {"alembic_version", "membership_class", "ledger_account", "audit_head"}
LEFT_ALONE = ("membership_class", "ledger_account")
# Where nothing is in these, nobody has written anything yet.
FIRST_WRITTEN = ("audit_entry", "user")

_made: dict[Hashable, tuple[Any, dict[str, Any]]] = {}


def without_waiting_for_the_disk() -> None:
    """Nobody pulls the plug while the database of a test is written; PostgreSQL is told the same by its settings."""
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()
        event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))


def empty_database() -> None:
    """Take away all rows but those the revisions made; who pays is again as they say."""
    with db.engine.begin() as connection:
        _leave_references(connection)
        if connection.dialect.name == "sqlite":
            for statement in _emptying():
                connection.exec_driver_sql(statement)
        else:
            connection.execution_options(no_parameters=True).exec_driver_sql("; ".join(_emptying()))
    forget()


def remade(named: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` returns and writes: made by commands once a process and day, and from then on put back as it was.

    Made anew where something is written already. The tables that revisions fill are not put back: `make` leaves them
    alone.
    """
    key = (named, clock.now(), str(db.engine.url))
    db.session.remove()
    if _is_written():
        return make()
    if key not in _made:
        before = _rows_of(LEFT_ALONE)
        _made[key] = make(), _rows_of([*_emptied_tables(), "audit_head"])
        assert _rows_of(LEFT_ALONE) == before, "What is made changes a table that is not put back."
    else:
        _put_back(_made[key][1])
    found: Made = deepcopy(_made[key][0])
    return found


def _is_written() -> bool:
    with db.engine.begin() as connection:
        return any(_read(connection, name) for name in FIRST_WRITTEN)


def _rows_of(names: Iterable[str]) -> dict[str, Any]:
    db.session.remove()
    with db.engine.begin() as connection:
        read = {name: _read(connection, name) for name in names}
    return {name: rows for name, rows in read.items() if rows}


def _put_back(kept: Mapping[str, Any]) -> None:
    with db.engine.begin() as connection:
        _leave_references(connection)
        for name, rows in kept.items():
            _write(connection, name, rows)
    forget()


def _leave_references(connection: Connection) -> None:
    """Let rows of this transaction come and go in any order."""
    in_any_order = {
        "sqlite": "PRAGMA defer_foreign_keys=ON",
        "postgresql": "SET LOCAL session_replication_role = replica",
    }
    connection.exec_driver_sql(in_any_order[connection.dialect.name])


def _read(connection: Connection, name: str) -> Any:
    """All rows of a table as the driver of the database takes them back."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return driver.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608  a name of our own
    with driver.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
        return b"".join(copy)


def _write(connection: Connection, name: str, rows: Any) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(rows[0]))
        driver.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)  # noqa: S608  a name of our own
    else:
        with driver.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
            copy.write(rows)
        if "id" in Base.metadata.tables[name].c:
            _pass_ids(connection, name)


def _pass_ids(connection: Connection, name: str) -> None:
    """Let the next id be none of those put back: a restored backup has had the sequence begin anew."""
    table, sequence = Base.metadata.tables[name], func.pg_get_serial_sequence(name, "id")
    highest = select(func.max(table.c.id)).scalar_subquery()
    connection.execute(select(func.setval(sequence, func.greatest(highest, func.nextval(sequence)))))


def _emptied_tables() -> list[str]:
    return [table.name for table in Base.metadata.sorted_tables if table.name not in FILLED_BY_REVISIONS]


@cache
def _emptying() -> tuple[str, ...]:
    tables = Base.metadata.tables
    classes, accounts = tables["membership_class"], tables["ledger_account"]
    kept = [
        accounts.delete().where(accounts.c.code.not_in(ACCOUNTS)),
        classes.delete().where(classes.c.code.not_in(["funder", "partner", "observer"])),
        classes.update().values(is_billed=classes.c.code != "observer", version=1),
        tables["audit_head"].delete(),
    ]
    emptied = [tables[name].delete() for name in reversed(_emptied_tables())]
    return tuple(
        str(each.compile(dialect=db.engine.dialect, compile_kwargs={"literal_binds": True}))
        for each in [*emptied, *kept]
    )
