"""Who acts: a user with the grants of this moment. Every query and command takes the actor."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import AccessDeniedError
from app.core.permissions import ALLOWED, Permission, Reach, Role


@dataclass(frozen=True)
class Granted:
    """A role held today, with the institution or the committee it is held for."""

    role: Role
    institution_id: int | None = None
    committee_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """A user, or the program itself (no user id, every right), with the roles held now."""

    name: str
    user_id: int | None = None
    granted: tuple[Granted, ...] = ()

    @property
    def is_system(self) -> bool:
        """Whether the program acts by itself: a job, the shell."""
        return self.user_id is None

    @property
    def initials(self) -> str:
        """First letters of the first and the last name."""
        words = self.name.split() or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    def has_any(self, permission: Permission) -> bool:
        """Whether any record at all is within the permission."""
        return self.is_system or any(granted.role in ALLOWED[permission] for granted in self.granted)

    def has_all(self, permission: Permission) -> bool:
        """Whether every record is within the permission."""
        return self.is_system or any(ALLOWED[permission].get(granted.role) is Reach.ALL for granted in self.granted)

    def own_institutions(self, permission: Permission) -> frozenset[int]:
        """Institutions the permission reaches as one's own."""
        return frozenset(
            granted.institution_id
            for granted in self.granted
            if granted.institution_id is not None and ALLOWED[permission].get(granted.role) is Reach.OWN
        )

    def own_committees(self, permission: Permission) -> frozenset[int]:
        """Committees the permission reaches as one's own."""
        return frozenset(
            granted.committee_id
            for granted in self.granted
            if granted.committee_id is not None and ALLOWED[permission].get(granted.role) is Reach.OWN
        )

    def may(
        self, permission: Permission, *, institution_id: int | None = None, committee_id: int | None = None
    ) -> bool:
        """Whether the permission reaches the record of this institution or committee (of none: every record)."""
        if self.has_all(permission):
            return True
        if institution_id is not None and institution_id in self.own_institutions(permission):
            return True
        return committee_id is not None and committee_id in self.own_committees(permission)

    def require(
        self, permission: Permission, *, institution_id: int | None = None, committee_id: int | None = None
    ) -> None:
        """Refuse where `may` says no."""
        if not self.may(permission, institution_id=institution_id, committee_id=committee_id):
            message = "You may not do this."
            raise AccessDeniedError(message)


def program(name: str) -> Actor:
    """The program acting by itself, under a name for the audit trail."""
    return Actor(name=name)
