"""What a user can cause, said in their words. Anything else is a bug and surfaces as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class DomainError(Exception):
    """A rule refused the act. `field` names the input it belongs to; pages show it beside that field."""

    def __init__(self, message: str, field: str | None = None) -> None:
        """Keep the sentence for the user and the name of the field it is about."""
        super().__init__(message)
        self.message = message
        self.field = field


class SeveralError(DomainError):
    """Several rules refused the act; each is said beside its own field."""

    def __init__(self, refusals: Sequence[DomainError]) -> None:
        """Keep each refusal, and for whoever shows one message only all of them in one."""
        super().__init__(" ".join(each.message for each in refusals), refusals[0].field)
        self.refusals = tuple(refusals)


class Refusals:
    """What rules refuse of one act, gathered, so that everything is said at once and not one rule after the other.

    `with refusals:` stands around each rule, and around several where one asks for what the other has read.
    """

    def __init__(self) -> None:
        """Nothing is refused yet."""
        self.gathered: list[DomainError] = []

    def __enter__(self) -> None:
        """Rules are tried within it."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """Keep what a rule refused of a field; what may not be known or done at all goes on at once."""
        if not isinstance(error, DomainError) or isinstance(error, NotFoundError | AccessDeniedError | StaleError):
            return False
        self.gathered.extend(refusals_in(error))
        return True

    def say(self) -> None:
        """Refuse with all that was gathered, if anything was."""
        if len(self.gathered) > 1:
            raise SeveralError(self.gathered)
        if self.gathered:
            raise self.gathered[0]


def refusals_in(error: DomainError) -> tuple[DomainError, ...]:
    """Each refusal of one that may be several."""
    return error.refusals if isinstance(error, SeveralError) else (error,)


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
