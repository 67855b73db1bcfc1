"""How accounts forgets a person: user, roles, browsers, links and tries to sign in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, false, literal, or_, select

from app.accounts.commands.grants import administration_kept
from app.accounts.commands.throttle import Subjects
from app.accounts.models import AccessLink, ConsortiumProfile, Grant, SignInAttempt, SignInSession, User
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.history import beyond, lock
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.periods import ONE_DAY
from app.core.personal_data import DataSubject, erases

ERASURE = program("Erasure")


@erases("user and sign-in")
def erase_user(subject: DataSubject) -> int:
    """Leave of a user the number alone: no name, address, password, browser or link; nobody signs in as them."""
    user = lock(User, subject.user_id)
    with administration_kept():
        user.name, user.email, user.password_hash = subject.alias, None, None
        user.disabled_at, user.erased_at = user.disabled_at or clock.now(), clock.now()
        ended = _end_roles(subject.user_id)
    gone = [
        delete(SignInSession).where(SignInSession.user_id == user.id),
        delete(AccessLink).where(AccessLink.user_id == user.id),
    ]
    for table in gone:
        db.session.execute(table.execution_options(synchronize_session=False))
    _forget_tries(subject)
    db.session.flush()
    summary, after = "User erased", {"roles ended": ended}
    record("accounts.erase_user", Subject("user", user.id), summary=summary, after=after, actor=ERASURE)
    return 1


def _end_roles(user_id: int) -> int:
    """End with yesterday what roles there are; those that begin today or later are taken back."""
    yesterday = clock.today() - ONE_DAY
    held = select(Grant).where(Grant.user_id == user_id, beyond(Grant, yesterday))
    grants = db.session.scalars(held.order_by(Grant.id).with_for_update()).all()
    for grant in grants:
        if grant.first_day > yesterday:
            db.session.delete(grant)
        else:
            grant.last_day = yesterday
    return len(grants)


def _forget_tries(subject: DataSubject) -> None:
    """Tries are kept under keyed hashes of the addresses; with the addresses gone nobody could find them again."""
    theirs = [
        and_(SignInAttempt.subject == Subjects.of(each.text, "", kind=kind).address, each.was_theirs(SignInAttempt.at))
        for each in subject.addresses
        for kind in ("sign-in", "reset")
    ]
    tries = delete(SignInAttempt).where(or_(false(), *theirs))
    db.session.execute(tries.execution_options(synchronize_session=False))


@free_texts("accounts.users")
def texts_of_users(_subject: DataSubject) -> Sequence[AnySelect]:
    """Why roles were given, and what the consortium says of itself on its papers."""
    profile, whole = ConsortiumProfile, literal(0)
    printed = {
        "Address on papers": (profile.street,),
        "Note on taxes": (profile.tax_note, profile.tax_note_de, profile.tax_note_fr),
        "Words on invoices": (profile.invoice_intro, profile.invoice_intro_de, profile.invoice_intro_fr),
        "Note on invoices": (profile.invoice_note, profile.invoice_note_de, profile.invoice_note_fr),
    }
    return [
        free_text("Reason of a role", "user", Grant.user_id, Grant.reason),
        *(
            free_text(what, "consortium_profile", whole, column)
            for what, columns in printed.items()
            for column in columns
        ),
    ]
