"""One holding of the actor's own side, and the agreements under which something may be held."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.agreements.models import Agreement
from app.agreements.rules import TemplateKind
from app.agreements.rules.states import EVER_EXECUTED
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.permissions import Permission
from app.exchange.models import Holding

COVERS_NOTHING = (TemplateKind.MASTER, TemplateKind.CONSENT)


def get_own_holding(holding_id: int, actor: Actor) -> Holding:
    """A holding that goes on, with its line, for who may say that it ended; to others there is none."""
    asked = select(Holding).where(Holding.id == holding_id, Holding.superseded_at.is_(None))
    found = db.session.scalar(asked.options(joinedload(Holding.line)))
    if found is None or not actor.may(Permission.EXCHANGE_EDIT, institution_id=found.institution_id):
        raise NotFoundError("There is no such holding.")
    return found


def agreement_choices(institution_id: int) -> list[tuple[int, str]]:
    """The agreements that were signed by all and gave an institution something, the newest first."""
    asked = (
        select(Agreement.id, Agreement.number, Agreement.title)
        .where(
            Agreement.recipient_id == institution_id,
            Agreement.state.in_(EVER_EXECUTED),
            Agreement.kind.not_in(COVERS_NOTHING),
        )
        .order_by(Agreement.executed_on.desc(), Agreement.id.desc())
    )
    return [(row.id, f"{row.number}, {row.title}") for row in db.session.execute(asked)]
