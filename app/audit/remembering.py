"""What was found on record is kept until the next entry of the trail: nothing on record changes without one."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from app.audit.queries import get_head
from app.audit.rules import Head
from app.core.database import db, is_reading_only

Arguments = ParamSpec("Arguments")
Found = TypeVar("Found")

HEAD = "audit_head"
MOST_KEPT = 256

_forget: list[Callable[[], None]] = []


def remembered(read: Callable[Arguments, Found]) -> Callable[Arguments, Found]:
    """Look up once what many pages ask for, such as how many members there are, while nothing is changed.

    What is found must hang on the arguments, given by their places (else a TypeError), and on what is recorded: on no
    actor, no clock. It is shared: let it be a value nobody can change. Only what reads is answered from memory; in a
    change, the trail does not hold yet what has been changed so far.
    """

    @lru_cache(maxsize=MOST_KEPT)
    def kept(_head: Head, given: tuple[Any, ...]) -> Found:
        return read(*given)  # type: ignore[call-arg]

    _forget.append(kept.cache_clear)

    @wraps(read)
    def found(*given: Arguments.args, **named: Arguments.kwargs) -> Found:
        if named:
            message = f"What is remembered is asked by places, not by names: {', '.join(named)}."
            raise TypeError(message)
        head = _head_of_reading() if is_reading_only() else None
        return kept(head, given) if head else read(*given, **named)

    return found


def forget() -> None:
    """Forget all that was found, for who puts another database in the place of this one."""
    for clear in _forget:
        clear()


def _head_of_reading() -> Head | None:
    """The end of the chain as this transaction first saw it; None where nothing has been recorded yet.

    On PostgreSQL a change may be committed after that: it is then found a moment early, under a head nobody will ask
    for again.
    """
    session = db.session()
    transaction, head = session.info.get(HEAD, (None, None))
    if transaction is None or transaction is not session.get_transaction():
        head = get_head()
        session.info[HEAD] = (session.get_transaction(), head)
    return head if head and head.sequence else None
