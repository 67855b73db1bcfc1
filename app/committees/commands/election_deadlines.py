"""Deadlines of nominations: moving one to later, and ending by the day what its own job did not."""

from __future__ import annotations

from sqlalchemy import select, update

from app.committees.commands.election_mails import tell_later
from app.committees.commands.elections import (
    close_later,
    close_nominations,
    locked_election,
    note_election,
)
from app.committees.models import AnswerLink, Election, Nomination
from app.committees.queries.elections import list_seats_of
from app.committees.rules import in_words
from app.committees.rules.deadlines import Deadline
from app.committees.rules.elections import ElectionState
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import check_version
from app.core.transaction import reading, transaction
from app.outbox.duties import daily


def move_deadline(election_id: int, deadline: Deadline, *, reason: str, version: int, actor: Actor) -> Election:
    """Let nominations end later, for a reason: nominees, voters and who may nominate are told.

    The deadline before stands in the trail; links to answer by work as long as nominations are taken.
    """
    election = locked_election(election_id, actor)
    check_version(election, version)
    if election.state is not ElectionState.NOMINATING or clock.now() > election.deadline_at:
        raise DomainError("Nominations have ended.")
    if deadline.at <= election.deadline_at:
        raise DomainError("Nominations do not end before they were to: choose a later time.", "deadline")
    first = min(each.first_day for each in list_seats_of(election_id))
    if clock.local(deadline.at).date() >= first:
        raise DomainError(f"The terms begin on {in_words(first)}: nominations end before that day.", "deadline")
    before, said = election.deadline_at, _said(election)
    election.deadline_at, election.deadline_text, election.deadline_zone = deadline.at, deadline.text, deadline.zone
    election.moved_because = reason
    db.session.flush()
    _keep_links(election)
    close_later(election)
    note_election(
        "committees.move_deadline",
        election,
        "Moved the deadline",
        actor,
        before=said,
        after=_said(election),
        reason=reason,
    )
    tell_later(election, before, reason, actor)
    return election


@daily("committees.close_overdue_nominations")
def close_overdue() -> None:
    """End nominations whose deadline has passed, and let a job wait for each that is to come.

    After a restore the jobs that were written with the calls are put aside, and nothing else would.
    """
    asked = select(Election.id).where(Election.state == ElectionState.NOMINATING).order_by(Election.id)
    with reading():
        nominating = db.session.scalars(asked).all()
    for election_id in nominating:
        with transaction():
            election = close_nominations(election_id, actor=program("Deadline"))
            if election.state is ElectionState.NOMINATING:
                close_later(election)


def _said(election: Election) -> dict[str, str]:
    return {"deadline": f"{election.deadline_text} ({election.deadline_zone})"}


def _keep_links(election: Election) -> None:
    """Let links that are still to be used work until the deadline."""
    nominations = select(Nomination.id).where(Nomination.election_id == election.id)
    kept = update(AnswerLink).where(AnswerLink.nomination_id.in_(nominations), AnswerLink.used_at.is_(None))
    db.session.execute(kept.values(expires_at=election.deadline_at).execution_options(synchronize_session=False))
