"""What a user can cause, said in their words. Anything else is a bug and surfaces as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class DomainError(Exception):
    """A rule refused the act. `field` names the input it belongs to; pages show it beside that field."""

    def __init__(self, message: str, field: str | None = None) -> None:
        """Keep the sentence for the user and the name of the field it is about."""
        super().__init__(message)
        self.message = message
        self.field = field


class NotFoundError(DomainError):
    """There is no such record, or the actor may not know that there is."""


class AccessDeniedError(DomainError):
    """The actor may know the record but not do this to it."""


@dataclass(frozen=True)
class Difference:
    """One value that changed under a form: what was typed and what is saved now."""

    field: str
    typed: Any
    saved: Any


class StaleError(DomainError):
    """The record was changed by someone else after the form was shown; nothing was overwritten."""

    def __init__(self, saved_version: int) -> None:
        """Remember the version now saved, so that the page can offer both values."""
        super().__init__("Someone else changed this record meanwhile. Nothing was overwritten.")
        self.saved_version = saved_version


class UnavailableError(Exception):
    """The database or the disk cannot take the work now; nothing was changed, the same act may be tried again."""
