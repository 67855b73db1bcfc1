"""Single-use timed links by which somebody answers who need not sign in, as they are mailed."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from app.accounts.rules import hash_token
from app.committees.models import AnswerLink, Nomination, SuccessionPlan
from app.core import clock
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.site import this_site

TOKEN_BYTES = 32
STALE_LINK = "This link has been used meanwhile, or is too old."


def open_link(about: SuccessionPlan | Nomination, until: datetime) -> str:
    """A new link to answer by, which makes earlier ones useless; its address."""
    spend_links_of(about)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    is_plan = isinstance(about, SuccessionPlan)
    db.session.add(
        AnswerLink(
            plan_id=about.id if is_plan else None,
            nomination_id=None if is_plan else about.id,
            token_hash=hash_token(token),
            expires_at=until,
        )
    )
    db.session.flush()
    return this_site().address(f"/committees/answer/{token}")


def spend_links_of(about: SuccessionPlan | Nomination) -> None:
    """Make every link about a plan or a nomination useless."""
    still_open = update(AnswerLink).where(_about(about), AnswerLink.used_at.is_(None))
    db.session.execute(still_open.values(used_at=clock.now()).execution_options(synchronize_session=False))


def get_usable_link(token: str) -> AnswerLink:
    """The link of a token that can still be used; looked at again, locked, once what it is about is locked."""
    found = db.session.scalar(select(AnswerLink).where(AnswerLink.token_hash == hash_token(token)))
    if found is None:
        raise DomainError(STALE_LINK)
    return found


def use_link_up(link_id: int) -> None:
    """Use a link up; refused where that was done meanwhile, or it is too old."""
    link = lock(AnswerLink, link_id)
    if link.used_at is not None or link.expires_at <= clock.now():
        raise DomainError(STALE_LINK)
    link.used_at = clock.now()


def _about(about: SuccessionPlan | Nomination) -> ColumnElement[bool]:
    if isinstance(about, SuccessionPlan):
        return AnswerLink.plan_id == about.id
    return AnswerLink.nomination_id == about.id
