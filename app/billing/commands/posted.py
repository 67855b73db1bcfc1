"""Papers that are mailed: printed while nobody is held up, and sent only if all of it still holds under the lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.core.transaction import reading, transaction

Found = TypeVar("Found")


def print_and_send(
    find: Callable[[], Found | None], to_print: Callable[[Found], bytes], send: Callable[[Found, bytes], bool]
) -> None:
    """Find what is to be sent, print it outside of any transaction, send it in one; begin anew where it changed.

    `find` answers None where there is nothing to send, or nothing left. `send` locks, reads again, and says False
    where that is not what was printed.
    """
    while True:
        with reading():
            found = find()
        if found is None:
            return
        content = to_print(found)
        with transaction():
            if send(found, content):
                return
