"""Roles from a first to a last day: by hand, or following an appointment or a representation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, NotRequired, TypedDict, Unpack

from sqlalchemy import Select, select

from app.accounts.models import Grant, User
from app.accounts.rules import BY_HAND, GrantSource, check_scope, first_gap
from app.audit.commands import Entry, Subject, record, record_many
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.bulk import in_chunks, insert_with_ids
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock, overlapping
from app.core.periods import Period
from app.core.permissions import Permission, Role

RoleFor = Granted
GUARDED = "administration_kept"
BLOCK = 5_000
WORDS_OF_LAST = (
    "Nobody could administer the site from {day} on. Give another person who can sign in the role of secretariat first."
)


class Ground(TypedDict):
    """The record a role follows from, and why in words."""

    source: GrantSource
    source_id: int
    reason: NotRequired[str | None]


@dataclass(frozen=True)
class Following:
    """A role that follows from a record of some kind: whose it is, for what, and on which days."""

    user_id: int
    role_for: RoleFor
    period: Period
    source_id: int


def grant_role(user_id: int, role_for: RoleFor, period: Period, *, actor: Actor, **ground: Unpack[Ground]) -> Grant:
    """Give a role that follows from a record for its period; the command of that record has checked the right."""
    if ground["source"] is GrantSource.HAND:
        raise DomainError("What is given by hand follows from no record.")
    return _grant(Grant(user_id=user_id, **ground), role_for, period, actor)


def grant_by_hand(user_id: int, role: Role, period: Period, *, reason: str, actor: Actor) -> Grant:
    """Give someone a role of the whole site for a reason."""
    actor.require(Permission.ACCOUNT_EDIT)
    if lock(User, user_id).erased_at is not None:
        raise DomainError("This user was erased and holds no role any more.", "role")
    if role not in BY_HAND:
        raise DomainError("This role follows from an appointment or a representation and is not given by hand.", "role")
    if db.session.scalar(_held_by_hand(user_id, role, period)):
        raise DomainError("They already hold this role on some of these days.", "role")
    return _grant(Grant(user_id=user_id, source=GrantSource.HAND, reason=reason), RoleFor(role), period, actor)


def end_grant(grant_id: int, *, last_day: date, actor: Actor) -> User:
    """End a role given by hand after its last day; a day before its first takes it back altogether."""
    actor.require(Permission.ACCOUNT_EDIT)
    grant = lock(Grant, grant_id)
    user = lock(User, grant.user_id)
    if grant.source is not GrantSource.HAND:
        raise DomainError(f"This role follows from {_article(grant.source)} and ends with it.")
    if grant.last_day is not None and grant.last_day < clock.today():
        raise DomainError("This role has ended already.", "last_day")
    if grant.last_day is not None and last_day > grant.last_day:
        raise DomainError(f"This role ends after {_said(grant.last_day)}: for later days, give it anew.", "last_day")
    with administration_kept():
        _end(grant, last_day, actor)
    return user


def grant_roles(source: GrantSource, following: Sequence[Following], *, actor: Actor) -> None:
    """Give the roles that follow from many records of one kind, in a statement a block."""
    for each in following:
        check_scope(each.role_for)
    for chunk in in_chunks(following, BLOCK):
        rows = [
            {
                "user_id": each.user_id,
                "source": source,
                "source_id": each.source_id,
                "role": each.role_for.role,
                "institution_id": each.role_for.institution_id,
                "committee_id": each.role_for.committee_id,
                "first_day": each.period.first,
                "last_day": each.period.last,
                "granted_at": clock.now(),
            }
            for each in chunk
        ]
        given = [Grant(id=number, **row) for number, row in zip(insert_with_ids(Grant, rows), rows, strict=True)]
        record_many([_given(grant) for grant in given], actor)


def end_grants(source: GrantSource, source_id: int, last_day: date, actor: Actor) -> None:
    """End all roles that follow from a record after its last day; those that would begin later are taken back."""
    end_grants_of(source, {source_id: last_day}, actor)


def end_grants_of(source: GrantSource, last_days: Mapping[int, date], actor: Actor) -> None:
    """End all roles that follow from records of one kind, each after its last day, as `end_grants` does for one."""
    with administration_kept():
        for grant in _following(source, last_days):
            last_day = last_days[grant.source_id or 0]
            if grant.last_day is None or grant.last_day > last_day:
                _end(grant, last_day, actor)


def restore_grants(source: GrantSource, last_days: Mapping[int, date | None], actor: Actor) -> None:
    """Let the roles that follow from records last as long as these do again, whose end was taken back.

    Of a role given in several spells only the last one: the earlier ones ended where the next began.
    """
    last = {(grant.source_id, grant.role): grant for grant in sorted(_following(source, last_days), key=_begins)}
    for grant in last.values():
        before, grant.last_day = _facts(grant), last_days[grant.source_id or 0]
        until = f"lasts until {_said(grant.last_day)}" if grant.last_day else "has no end"
        summary = f"{_role_words(grant)} {until} again"
        _record("accounts.restore_role", grant, summary, actor, before=before, after=_facts(grant))
    db.session.flush()


def _begins(grant: Grant) -> tuple[date, int]:
    return grant.first_day, grant.id


def _following(source: GrantSource, source_ids: Mapping[int, object]) -> Iterator[Grant]:
    for chunk in in_chunks(sorted(source_ids), BLOCK):
        asked = select(Grant).where(Grant.source == source, Grant.source_id.in_(chunk))
        yield from db.session.scalars(asked.order_by(Grant.id).with_for_update()).all()


@contextmanager
def administration_kept() -> Iterator[None]:
    """Refuse a change after which a day is without anybody who can administer the site, where there was somebody.

    The roles of the secretariat are locked first, in one order, so that of two people who remove each other at once
    the second sees what the first has done. Nested, the outermost one looks: roles may be ended and given anew in it.
    """
    if db.session.info.get(GUARDED):
        yield
        return
    administering = select(Grant.id).where(Grant.role == Role.SECRETARIAT)
    db.session.execute(administering.order_by(Grant.id).with_for_update()).all()
    before = _administration()
    db.session.info[GUARDED] = True
    try:
        yield
    finally:
        del db.session.info[GUARDED]
    db.session.flush()
    gap = first_gap(before, _administration(), clock.today())
    if gap is not None:
        raise DomainError(WORDS_OF_LAST.format(day=_said(gap)))


def _administration() -> Sequence[Period]:
    """Periods of the secretariat's roles of people who can sign in."""
    can_sign_in = (User.password_hash.is_not(None), User.email.is_not(None), User.disabled_at.is_(None))
    held = (
        select(Grant.first_day, Grant.last_day)
        .join(User, User.id == Grant.user_id)
        .where(Grant.role == Role.SECRETARIAT, *can_sign_in, overlapping(Grant, Period(clock.today())))
    )
    return [Period(first, last) for first, last in db.session.execute(held)]


def _held_by_hand(user_id: int, role: Role, period: Period) -> Select[int]:
    by_hand = (Grant.user_id == user_id, Grant.role == role, Grant.source == GrantSource.HAND)
    return select(Grant.id).where(*by_hand, overlapping(Grant, period)).limit(1)


def _grant(grant: Grant, role_for: RoleFor, period: Period, actor: Actor) -> Grant:
    check_scope(role_for)
    grant.role, grant.institution_id, grant.committee_id = role_for.role, role_for.institution_id, role_for.committee_id
    grant.first_day, grant.last_day, grant.granted_at = period.first, period.last, clock.now()
    db.session.add(grant)
    db.session.flush()
    record_many([_given(grant)], actor)
    return grant


def _given(grant: Grant) -> Entry:
    summary = f"{_role_words(grant)} given from {_said(grant.first_day)}"
    subject = Subject("user", grant.user_id)
    return Entry("accounts.grant_role", subject, summary, after=_facts(grant), reason=grant.reason)


def _end(grant: Grant, last_day: date, actor: Actor) -> None:
    before = _facts(grant)
    if grant.first_day > last_day:
        db.session.delete(grant)
        _record("accounts.take_back_role", grant, f"{_role_words(grant)} taken back", actor, before=before)
        return
    grant.last_day = last_day
    summary = f"{_role_words(grant)} ends after {_said(last_day)}"
    _record("accounts.end_role", grant, summary, actor, before=before, after=_facts(grant))


def _record(action: str, grant: Grant, summary: str, actor: Actor, **values: dict[str, Any]) -> None:
    record(action, Subject("user", grant.user_id), summary=summary, reason=grant.reason, actor=actor, **values)


def _role_words(grant: Grant) -> str:
    return f"Role {grant.role.value.replace('_', ' ')}"


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _article(source: GrantSource) -> str:
    return f"an {source}" if source[0] in "aeiou" else f"a {source}"


def _facts(grant: Grant) -> dict[str, Any]:
    return {
        "grant": grant.id,
        "role": grant.role.value,
        "institution": grant.institution_id,
        "committee": grant.committee_id,
        "first_day": grant.first_day.isoformat(),
        "last_day": grant.last_day.isoformat() if grant.last_day else None,
        "source": grant.source.value,
        "source_id": grant.source_id,
    }
