"""What `flask verify` proves of constituencies: nothing outlasts a closed one, and no rule holds twice on a day."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from app.committees.models import Constituency, ConstituencyRule, Seat
from app.core.database import db
from app.core.history import as_known, beyond
from app.core.verification import verifies


@verifies("No seat of a constituency goes on after it was closed, and nobody belongs to it after that")
def check_closed() -> Iterator[str]:
    """Look for seats and rules that outlast a constituency."""
    last = Constituency.closed_on
    for model, what, known in ((Seat, "a seat", ()), (ConstituencyRule, "a rule", (as_known(ConstituencyRule),))):
        asked = (
            select(Constituency.id)
            .join(model, model.constituency_id == Constituency.id)
            .where(*known, last.is_not(None), beyond(model, last))
        )
        for constituency_id in db.session.scalars(asked.distinct().order_by(Constituency.id)):
            yield f"Constituency {constituency_id} is closed, and {what} of it goes on."


@verifies("Each rule of who belongs to a constituency holds once on a day")
def check_rules_once() -> Iterator[str]:
    """Compare all rules on record of a constituency with each other."""
    one, other = aliased(ConstituencyRule), aliased(ConstituencyRule)
    alike = or_(
        one.country == other.country,
        one.institution_kind == other.institution_kind,
        one.class_id == other.class_id,
        one.institution_id == other.institution_id,
    )
    asked = (
        select(one.id.label("one"), other.id.label("other"))
        .join(other, and_(other.constituency_id == one.constituency_id, other.id > one.id, alike))
        .where(
            as_known(one),
            as_known(other),
            or_(one.last_day.is_(None), one.last_day >= other.first_day),
            or_(other.last_day.is_(None), other.last_day >= one.first_day),
        )
    )
    for first, second in db.session.execute(asked.order_by(one.id, other.id)):
        yield f"Rules {first} and {second} of a constituency say the same on some day."
