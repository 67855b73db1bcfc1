"""The papers of a committee on a day: what was in force, what came before it and what is to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from app.committees.models import CommitteePaper
from app.committees.rules import PaperKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.folding import folded
from app.core.paging import AnySelect
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.files.models import StoredFile
from app.files.queries import OpenedFile, open_file


@dataclass(frozen=True)
class PaperRow:
    """A version of a paper, with the last day on which it was the one in force; None while it is."""

    id: int
    committee_id: int
    kind: PaperKind
    title: str
    number: int
    first_day: date
    last_day: date | None
    decision: str | None
    file_name: str
    size: int
    added_by: str
    added_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_because: str | None

    @property
    def version(self) -> str:
        """How a version is spoken of."""
        return f"Version {self.number}"

    def is_in_force(self, on: date) -> bool:
        """Whether it is the version in force on a day."""
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)


def list_papers(committee_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> Sequence[PaperRow]:
    """All versions on the record of a committee at the end of a day, paper by paper, the newest version first.

    Of what was added or withdrawn after the day it is known on, nothing is told.
    """
    if not actor.may(Permission.COMMITTEE_READ, committee_id=committee_id):
        return []
    rows = db.session.execute(_asked().where(CommitteePaper.committee_id == committee_id, _on_record(on, known)))
    found: list[PaperRow] = []
    for paper, name, size in rows:
        later = found[-1] if found and _is_same(found[-1], paper) else None
        found.append(_row(paper, name, size, later))
    return found


def list_withdrawn_papers(committee_id: int, actor: Actor) -> Sequence[PaperRow]:
    """The versions that were taken off the record, for who keeps it."""
    actor.require(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    asked = _asked().where(CommitteePaper.committee_id == committee_id, CommitteePaper.withdrawn_at.is_not(None))
    return [_row(paper, name, size, None) for paper, name, size in db.session.execute(asked)]


def get_paper(paper_id: int, actor: Actor) -> CommitteePaper:
    """One version, withdrawn or not, for those who may read its committee."""
    found = db.session.get(CommitteePaper, paper_id)
    if found is None or not actor.may(Permission.COMMITTEE_READ, committee_id=found.committee_id):
        raise NotFoundError("There is no such paper.")
    return found


def get_editable_paper(paper_id: int, actor: Actor) -> CommitteePaper:
    """One version, for who keeps the record of its committee."""
    found = get_paper(paper_id, actor)
    actor.require(Permission.COMMITTEE_EDIT, committee_id=found.committee_id)
    return found


def open_paper(paper_id: int, actor: Actor) -> OpenedFile:
    """The bytes of a version, for those who may read its committee."""
    return open_file(get_paper(paper_id, actor).file_id)


def _asked() -> AnySelect:
    return (
        select(CommitteePaper, StoredFile.name, StoredFile.size)
        .join(StoredFile, StoredFile.id == CommitteePaper.file_id)
        .order_by(
            CommitteePaper.kind,
            CommitteePaper.title,
            CommitteePaper.first_day.desc(),
            CommitteePaper.number.desc(),
            CommitteePaper.id,
        )
    )


def _on_record(on: date, known: datetime | None) -> ColumnElement[bool]:
    """As far as it was known: added by then, and not withdrawn by the end of the day that is looked at."""
    end = min(clock.end_of(on), known or clock.end_of(on))
    there = or_(CommitteePaper.withdrawn_at.is_(None), CommitteePaper.withdrawn_at > end)
    return there if known is None else and_(there, CommitteePaper.added_at <= known)


def _is_same(row: PaperRow, paper: CommitteePaper) -> bool:
    return row.kind is paper.kind and folded(row.title) == folded(paper.title)


def _row(paper: CommitteePaper, file_name: str, size: int, later: PaperRow | None) -> PaperRow:
    return PaperRow(
        id=paper.id,
        committee_id=paper.committee_id,
        kind=paper.kind,
        title=paper.title,
        number=paper.number,
        first_day=paper.first_day,
        last_day=later.first_day - ONE_DAY if later else None,
        decision=paper.decision,
        file_name=file_name,
        size=size,
        added_by=paper.added_by,
        added_at=paper.added_at,
        withdrawn_by=paper.withdrawn_by,
        withdrawn_at=paper.withdrawn_at,
        withdrawn_because=paper.withdrawn_because,
    )
