"""Which template the rule table proposes for a transfer on a day, and which row of it matched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.agreements.models import TemplateRule
from app.agreements.queries.offered import list_offered
from app.agreements.rules.proposing import Asked, Material, Proposal, RuleFacts, propose
from app.core.database import db
from app.core.history import as_known, valid
from app.lines.models import Allele, LineDeposit, MouseLine
from app.members.models import Institution


def proposed_template(provider_id: int, recipient_id: int, line_ids: Sequence[int], day: date) -> Proposal:
    """The first row of the rule table that matches a transfer of lines from provider to recipient on a day."""
    usable = {each.template_id for each in list_offered(day)}
    asked = select(TemplateRule).where(as_known(TemplateRule)).order_by(TemplateRule.position, TemplateRule.id)
    rules = [
        RuleFacts(
            id=each.id,
            position=each.position,
            template_id=each.template_id,
            period=each.period,
            provider_id=each.provider_id,
            repository_id=each.repository_id,
            pipeline=each.pipeline,
            allele_class=each.allele_class,
            recipient_kind=each.recipient_kind,
            usable=each.template_id in usable,
        )
        for each in db.session.scalars(asked)
    ]
    recipient = db.session.get(Institution, recipient_id)
    kind = recipient.kind if recipient else None
    return propose(rules, Asked(day, provider_id, kind, tuple(_material(line_ids, day))))


def _material(line_ids: Sequence[int], day: date) -> list[Material]:
    kept: dict[int, set[int]] = {}
    deposits = select(LineDeposit.line_id, LineDeposit.repository_id).where(
        LineDeposit.line_id.in_(line_ids), valid(LineDeposit, day)
    )
    for line_id, repository_id in db.session.execute(deposits.order_by(LineDeposit.id)):
        kept.setdefault(line_id, set()).add(repository_id)
    asked = (
        select(MouseLine.id, Allele.pipeline, Allele.allele_class)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .where(MouseLine.id.in_(line_ids))
    )
    return [
        Material(row.pipeline, row.allele_class, frozenset(kept.get(row.id, ())))
        for row in db.session.execute(asked.order_by(MouseLine.id))
    ]
