"""Failures to sign in, counted in the database: each more makes the next try wait longer, and nobody waits for ever.

What anybody may send without signing in, a request for a link or an application, is counted in the same way.

A machine that this user signed in from lately has its own count, so that strangers who try their address from
elsewhere do not keep them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select

from app.accounts.models import SignInAttempt
from app.accounts.rules import (
    FAILURES_COUNT_FOR,
    FREE_APPLICATIONS,
    FREE_APPLICATIONS_OF_ALL,
    FREE_APPLICATIONS_OF_MACHINE,
    FREE_RESETS,
    FREE_TRIES,
    FREE_TRIES_OF_MACHINE,
    MACHINE_KNOWN_FOR,
    machine_of,
    wait_after,
)
from app.core import clock
from app.core.database import db
from app.core.site import this_site


@dataclass(frozen=True)
class Subjects:
    """What tries are counted by: the address typed, the machine, and both together, each as a keyed hash."""

    address: str
    machine: str
    pair: str

    @classmethod
    def of(cls, email: str, machine: str, *, kind: str = "sign-in") -> Subjects:
        """The subjects of one try."""
        blind, place = this_site().blind, machine_of(machine)
        address = email.strip().casefold()
        return cls(
            blind(f"{kind}|address|{address}"), blind(f"{kind}|machine|{place}"), blind(f"{kind}|{place}|{address}")
        )


def wait_to_sign_in(subjects: Subjects) -> timedelta:
    """How long to wait before the next try to sign in."""
    known = _has_signed_in(subjects.pair)
    return max(
        _wait(subjects.pair if known else subjects.address, FREE_TRIES),
        _wait(subjects.machine, FREE_TRIES_OF_MACHINE),
    )


def wait_to_reset(subjects: Subjects) -> timedelta:
    """How long to wait before another link to reset a password is sent."""
    return max(_wait(subjects.address, FREE_RESETS), _wait(subjects.machine, FREE_TRIES_OF_MACHINE))


def wait_to_apply(subjects: Subjects) -> timedelta:
    """How long to wait before another application is taken: by address, by machine, and of everybody together."""
    return max(
        _wait(subjects.address, FREE_APPLICATIONS),
        _wait(subjects.machine, FREE_APPLICATIONS_OF_MACHINE),
        _wait(_of_all(), FREE_APPLICATIONS_OF_ALL),
    )


def count_application(subjects: Subjects) -> None:
    """Count an application that was taken, each of which sends a mail to an address nobody has proved yet."""
    count_failure(subjects)
    _add(_of_all(), succeeded=False)


def count_failure(subjects: Subjects) -> None:
    """Count a try that failed, and forget old ones."""
    _forget_old()
    _add(subjects.address, subjects.machine, subjects.pair, succeeded=False)


def count_success(subjects: Subjects) -> None:
    """Count a try that succeeded: failures of the address end here, those of the machine do not."""
    _add(subjects.address, subjects.pair, succeeded=True)


def _of_all() -> str:
    return this_site().blind("apply|all")


def _wait(subject: str, free: int) -> timedelta:
    failures, last = db.session.execute(
        select(func.count(), func.max(SignInAttempt.at)).where(
            SignInAttempt.subject == subject,
            SignInAttempt.succeeded.is_(False),
            SignInAttempt.at > _counted_since(subject),
        )
    ).one()
    return max(last + wait_after(failures, free) - clock.now(), timedelta()) if failures else timedelta()


def _counted_since(subject: str) -> datetime:
    last_success = db.session.scalar(
        select(func.max(SignInAttempt.at)).where(SignInAttempt.subject == subject, SignInAttempt.succeeded.is_(True))
    )
    earliest = clock.now() - FAILURES_COUNT_FOR
    return max(last_success, earliest) if last_success else earliest


def _has_signed_in(pair: str) -> bool:
    since = clock.now() - MACHINE_KNOWN_FOR
    of_pair = (SignInAttempt.subject == pair, SignInAttempt.succeeded.is_(True), SignInAttempt.at > since)
    return db.session.scalar(select(SignInAttempt.id).where(*of_pair).limit(1)) is not None


def _add(*subjects: str, succeeded: bool) -> None:
    now = clock.now()
    db.session.add_all(SignInAttempt(subject=subject, at=now, succeeded=succeeded) for subject in subjects)
    db.session.flush()


def _forget_old() -> None:
    now = clock.now()
    failed = and_(SignInAttempt.succeeded.is_(False), SignInAttempt.at < now - FAILURES_COUNT_FOR)
    db.session.execute(delete(SignInAttempt).where(or_(failed, SignInAttempt.at < now - MACHINE_KNOWN_FOR)))
