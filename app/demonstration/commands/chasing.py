"""How the late are reminded, what follows for members, an invoice in dispute, and one round of reminders."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sqlalchemy import select

from app.billing.commands.disputes import dispute_invoice
from app.billing.commands.policies import adopt_reminders, adopt_standing
from app.billing.commands.reminders import queue_reminders
from app.billing.models import Invoice
from app.billing.rules import USUAL_LEVELS, ReminderTerms, StandingTerms
from app.core.database import db
from app.core.money import Money
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts


def write_chasing(diary: Diary) -> None:
    """What the finance committee decided, the dispute, and the round: its letters are printed by the worker."""
    facts: Facts = diary.facts["late"]
    diary.on(facts["first_day"], partial(_adopt, diary, facts))
    for dispute in facts["disputed"]:
        diary.on(dispute["since"], partial(_dispute, diary, dispute))
    diary.on(facts["reminded_on"], partial(queue_reminders, actor=diary.actor))


def _adopt(diary: Diary, facts: Facts) -> None:
    currency = diary.facts["fee"]["currency"]
    fees = [Money.of(each, currency).minor for each in facts["fees"]]
    levels = tuple(replace(level, fee_minor=fee) for level, fee in zip(USUAL_LEVELS, fees, strict=True))
    adopt_reminders(facts["first_day"], ReminderTerms(levels, currency), actor=diary.actor)
    terms = StandingTerms(facts["warns_after"], facts["votes_after"], currency=currency)
    adopt_standing(facts["first_day"], terms, actor=diary.actor)


def _dispute(diary: Diary, facts: Facts) -> None:
    payer = diary.institutions[facts["payer"]].id
    newest = select(Invoice.id).where(Invoice.payer_id == payer).order_by(Invoice.id.desc()).limit(1)
    dispute_invoice(db.session.scalars(newest).one(), facts["reason"], since=facts["since"], actor=diary.actor)
