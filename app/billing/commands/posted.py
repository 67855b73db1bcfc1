"""Papers that are mailed: printed while nobody is held up, and sent only if all of it still holds under the lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.core.transaction import reading, transaction

Found = TypeVar("Found")
Send = Callable[[Found, bytes], bool]
"""Locks, reads again and sends; False, with nothing done, where what it reads is not what was printed."""


def print_and_send(find: Callable[[], Found | None], to_print: Callable[[Found], bytes], send: Send[Found]) -> None:
    """Find what is to be sent, print it outside of any transaction, send it in one; begin anew where it changed.

    `find` answers None where there is nothing to send, or nothing left.
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
