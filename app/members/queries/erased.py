"""What `flask verify` proves of erased people: nothing is left of them but a number."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, or_, select

from app.accounts.models import AccessLink, Grant, SignInSession, User
from app.audit.models import AuditPersonalValue
from app.core import clock
from app.core.database import db
from app.core.paging import AnySelect, exists_row
from app.core.verification import verifies
from app.members.models import Affiliation, ContactRoute, KeptPerson, Person, PersonPhoto
from app.members.rules import ERASED_NAME


@verifies("Of an erased person nothing is left but a number")
def check_erased() -> Iterator[str]:
    """Erased people of whom a name, an address, a photo, a way to sign in or a value in the trail is on record."""
    asked = select(Person, User).join(User, User.id == Person.user_id).where(Person.erased_at.is_not(None))
    for person, user in db.session.execute(asked.order_by(Person.id)).all():
        left = [*_values_left(person, user), *(name for name, rows in _rows_of(person) if exists_row(rows))]
        if left:
            yield f"Person {person.id} is erased, but there is still: {', '.join(left)}."


def _values_left(person: Person, user: User) -> Iterator[str]:
    """Names of columns that hold more than the number."""
    alias = f"{ERASED_NAME} {person.id}"
    if person.name != alias or user.name != alias:
        yield "a name"
    for name in ("title", "email", "phone", "orcid", "languages"):
        if getattr(person, name) is not None:
            yield name
    if user.email or user.password_hash or user.disabled_at is None:
        yield "a way to sign in"


def _rows_of(person: Person) -> Iterator[tuple[str, AnySelect]]:
    """What must find nothing."""
    open_role: ColumnElement[bool] = or_(Grant.last_day.is_(None), Grant.last_day >= clock.today())
    named = AuditPersonalValue.value != f"{ERASED_NAME} {person.id}"
    yield "a contact route", select(ContactRoute).where(ContactRoute.person_id == person.id)
    yield "a photo", select(PersonPhoto).where(PersonPhoto.person_id == person.id)
    yield "a reason to be kept", select(KeptPerson).where(KeptPerson.person_id == person.id)
    yield "a position", select(Affiliation).where(Affiliation.person_id == person.id, Affiliation.position.is_not(None))
    yield "a role", select(Grant).where(Grant.user_id == person.user_id, open_role)
    yield "a session", select(SignInSession).where(SignInSession.user_id == person.user_id)
    yield "a link", select(AccessLink).where(AccessLink.user_id == person.user_id)
    yield "a value in the trail", select(AuditPersonalValue).where(AuditPersonalValue.person_id == person.id, named)
