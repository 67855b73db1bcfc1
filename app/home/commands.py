"""The digest: who chooses how often, and the daily round that writes to whom one is due."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.audit.commands import Subject, record
from app.committees.queries import find_actor_of
from app.core import clock
from app.core.actor import Actor
from app.core.database import db, insert_or_ignore
from app.core.errors import AccessDeniedError, DomainError
from app.core.history import lock
from app.core.site import this_site
from app.core.transaction import reading, transaction
from app.home.documents import digest_message
from app.home.models import DigestChoice, DigestRound
from app.home.queries.digest import frequency_of, list_due
from app.home.queries.tasks import list_tasks
from app.home.rules import FREQUENCY_WORDS, Frequency, digest_day, grouped
from app.members.queries.applications import consortium_name
from app.outbox.commands import Address, HopelessError, send_mail
from app.outbox.duties import daily

MORNING = timedelta(hours=6)
NEVER_YET = date.min


def choose_digest(frequency: Frequency, *, actor: Actor) -> None:
    """Choose how often one is written what needs one."""
    if actor.user_id is None:
        raise AccessDeniedError("Only somebody with an account has a digest.")
    user = lock(User, actor.user_id)
    before = frequency_of(user.id)
    if before is frequency:
        return
    chosen = db.session.get(DigestChoice, user.id)
    if chosen is None:
        db.session.add(DigestChoice(user_id=user.id, frequency=frequency, chosen_at=clock.now()))
    else:
        chosen.frequency, chosen.chosen_at = frequency, clock.now()
    db.session.flush()
    record(
        "home.choose_digest",
        Subject("user", user.id),
        summary=f"Digest: {FREQUENCY_WORDS[frequency]}",
        before={"frequency": before.value},
        after={"frequency": frequency.value},
        actor=actor,
    )


@daily("home.send_digests")
def send_digests() -> None:
    """Write to everybody whose digest is due, each in a transaction of their own; one refused keeps no other."""
    with reading():
        due = list_due(clock.today())
    refused = []
    for user_id, _ in due:
        try:
            with transaction():
                send_digest(user_id)
        except DomainError as error:
            refused.append(f"User {user_id}: {error.message}")
    if refused:
        raise HopelessError(" ".join(["Some digests could not be written.", *refused]))


def send_digest(user_id: int) -> None:
    """Write to a user what needs them, if a digest is due and there is anything. Done twice, it is done once.

    It looks at what is so now: late, it tells of today; where nothing needs them, that is noted and nothing is sent.
    """
    user = db.session.get_one(User, user_id)
    frequency = frequency_of(user_id)
    day = digest_day(frequency, clock.today())
    done = _locked_round(user_id)
    actor = find_actor_of(user_id)
    if day is None or done.done_for >= day or user.email is None or actor is None:
        return
    groups = grouped(list_tasks(actor))
    if groups:
        often = FREQUENCY_WORDS[frequency]
        message = digest_message(user.name, consortium_name(), this_site().base_url, groups, often)
        morning = clock.start_of(clock.today()) + MORNING
        send_mail(Address(user.name, user.email), message.subject, message.body, not_before=morning)
    done.done_for, done.looked_at = day, clock.now()
    db.session.flush()


def _locked_round(user_id: int) -> DigestRound:
    """How far a user's digests have come, locked: two workers write nobody twice."""
    first = {"user_id": user_id, "done_for": NEVER_YET, "looked_at": clock.now()}
    db.session.execute(insert_or_ignore(DigestRound).values(**first))
    asked = select(DigestRound).where(DigestRound.user_id == user_id).with_for_update()
    return db.session.scalars(asked.execution_options(populate_existing=True)).one()
