"""Papers kept with a committee, such as its terms of reference: version after version, none ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.committees.commands.committees import locked_committee
from app.committees.models import CommitteePaper
from app.committees.rules import PAPER_WORDS, PaperKind, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.folding import folded
from app.core.history import lock
from app.files.commands import store_file
from app.files.models import StoredFile


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True)
class PaperValues:
    """What a paper is, from which day on it is in force, and which decision adopted it."""

    kind: PaperKind
    title: str
    first_day: date
    decision: str | None = None


def add_paper(committee_id: int, values: PaperValues, sent: SentFile, *, actor: Actor) -> CommitteePaper:
    """Keep a paper with a committee; where it has one of this kind and title, as the next version of that.

    Versions come into force one after the other: a new one begins after the one before.
    """
    committee = locked_committee(committee_id, actor)
    if values.first_day < committee.founded_on:
        raise DomainError(f"The committee begins on {in_words(committee.founded_on)}.", "first_day")
    before = _versions(committee_id, values)
    standing = [each for each in before if each.withdrawn_at is None]
    if standing and values.first_day <= standing[-1].first_day:
        last = standing[-1]
        message = f"Version {last.number} is in force from {in_words(last.first_day)} on: a new one begins later."
        raise DomainError(message, "first_day")
    file = store_file(sent.content, sent.media_type, sent.name)
    added = CommitteePaper(
        committee_id=committee_id,
        file_id=file.id,
        kind=values.kind,
        title=before[-1].title if before else values.title,
        number=before[-1].number + 1 if before else 1,
        first_day=values.first_day,
        decision=values.decision,
        added_by=actor.name,
        added_at=clock.now(),
    )
    db.session.add(added)
    db.session.flush()
    _record_addition(added, committee.name, file, actor)
    return added


def withdraw_paper(paper_id: int, *, reason: str, actor: Actor) -> CommitteePaper:
    """Take a version off the record from now on: the one before it is in force again, who looks back still finds it."""
    found = db.session.get(CommitteePaper, paper_id)
    if found is None:
        raise NotFoundError("There is no such paper.")
    committee = locked_committee(found.committee_id, actor)
    paper = lock(CommitteePaper, paper_id)
    if paper.withdrawn_at is not None:
        raise DomainError("This version is withdrawn already.")
    paper.withdrawn_at, paper.withdrawn_by, paper.withdrawn_because = clock.now(), actor.name, reason
    db.session.flush()
    record(
        "committees.withdraw_paper",
        Subject("committee", committee.id),
        summary=f"Withdrew version {paper.number} of {PAPER_WORDS[paper.kind].lower()} of {committee.name}.",
        before={"paper": paper.id},
        reason=reason,
        actor=actor,
    )
    return paper


def _versions(committee_id: int, values: PaperValues) -> list[CommitteePaper]:
    """All versions of a paper, withdrawn ones too, the newest last; spelt otherwise, a title means the same paper."""
    asked = select(CommitteePaper).where(
        CommitteePaper.committee_id == committee_id, CommitteePaper.kind == values.kind
    )
    rows = db.session.scalars(asked.order_by(CommitteePaper.number, CommitteePaper.id))
    return [each for each in rows if folded(each.title) == folded(values.title)]


def _record_addition(added: CommitteePaper, committee: str, file: StoredFile, actor: Actor) -> None:
    record(
        "committees.add_paper",
        Subject("committee", added.committee_id),
        summary=f"Added version {added.number} of {PAPER_WORDS[added.kind].lower()} of {committee}.",
        after={
            "paper": added.id,
            "first_day": added.first_day.isoformat(),
            "decision": added.decision,
            "sha256": file.sha256,
        },
        actor=actor,
    )
