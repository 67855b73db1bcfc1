"""How agreements follow when institutions or people are merged; what was frozen and signed says what it said."""

from __future__ import annotations

from itertools import combinations

from sqlalchemy import and_, or_, select

from app.agreements.models import Agreement, AgreementSignature
from app.core.database import db
from app.members.queries import Clash, follows, forbids
from app.members.rules import TwinKind

follows(TwinKind.INSTITUTION, Agreement.provider_id, ("agreement it gives under", "agreements it gives under"))
follows(TwinKind.INSTITUTION, Agreement.recipient_id, ("agreement it takes under", "agreements it takes under"))
follows(
    TwinKind.INSTITUTION,
    Agreement.third_id,
    ("consent to pass material on to it", "consents to pass material on to it"),
)
follows(
    TwinKind.PERSON,
    Agreement.provider_scientist_id,
    ("agreement as scientist of the provider", "agreements as scientist of the provider"),
)
follows(
    TwinKind.PERSON,
    Agreement.recipient_scientist_id,
    ("agreement as scientist of the recipient", "agreements as scientist of the recipient"),
)
follows(TwinKind.PERSON, AgreementSignature.person_id, ("signature of theirs", "signatures of theirs"))


@forbids(TwinKind.INSTITUTION)
def _agree_with_each_other(survivor_id: int, merged_id: int) -> list[Clash]:
    """Nobody agrees with themselves."""
    both = (survivor_id, merged_id)
    columns = (Agreement.provider_id, Agreement.recipient_id, Agreement.third_id)
    together = [and_(one.in_(both), other.in_(both)) for one, other in combinations(columns, 2)]
    asked = select(Agreement.id, Agreement.number, Agreement.title).where(or_(*together)).order_by(Agreement.id)
    return [
        Clash(f"Both are parties of {row.number or row.title}.", "They are two institutions by it: keep them apart.")
        for row in db.session.execute(asked.limit(5))
    ]
