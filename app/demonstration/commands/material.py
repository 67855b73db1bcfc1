"""Agreements from draft to signature, and what was asked for and sent under them, as diary entries."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import select

from app.agreements.commands import (
    Scan,
    ScannedSignature,
    approve_agreement,
    draft_agreement,
    record_signed_copy,
    send_for_review,
)
from app.agreements.commands.approving import keep_pdf
from app.agreements.commands.steps import present_version
from app.agreements.documents.pressed import version_pdf
from app.agreements.models import Agreement, AgreementTemplate
from app.agreements.queries.signatories import who_could_sign
from app.agreements.queries.templates import find_version_in_force
from app.agreements.rules import Side
from app.agreements.rules.drafting import DraftValues, Item, Origin, Parties, Terms
from app.agreements.rules.wording import restrictions_from
from app.core.database import db
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts, as_paper
from app.exchange.commands.reaching import items_of
from app.exchange.commands.requesting import ItemValues, RequestValues, approve_exchange, request_material
from app.exchange.commands.shipping import Receipt, Shipment, receive, ship
from app.exchange.models import Exchange
from app.exchange.rules.exchanges import Payer
from app.lines.models import MouseLine
from app.lines.rules import MaterialForm
from app.web.pdf import PdfUnavailableError

Step = Callable[..., Agreement]
FACTS = Path(__file__).parents[1] / "material.toml"
PLAIN = "text/plain; charset=utf-8"


def write_material(diary: Diary) -> None:
    """Agreements as far as each came, and the exchanges under them."""
    facts = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    for each in facts["agreement"]:
        _write_agreement(diary, each)
    for each in facts["exchange"]:
        _write_exchange(diary, each)


def _write_agreement(diary: Diary, facts: Facts) -> None:
    made: list[int] = []
    diary.on(facts["drafted"], partial(_draft, diary, facts, made))
    for day, step in (("reviewed", send_for_review), ("approved", approve_agreement)):
        if day in facts:
            diary.on(facts[day], partial(_step, diary, step, made))
    if "kept" in facts:
        diary.on(facts["kept"], partial(_sign, diary, facts, made))


def _draft(diary: Diary, facts: Facts, made: list[int]) -> None:
    template = db.session.scalars(
        select(AgreementTemplate).where(AgreementTemplate.code == facts["template"]).order_by(AgreementTemplate.id)
    ).one()
    version = find_version_in_force(template.id, on=facts["drafted"])
    if version is None:
        message = f"{template.code} is not in force on {facts['drafted']}."
        raise LookupError(message)
    scientist = diary.person(facts["scientist"], facts["recipient"], facts["drafted"]) if "scientist" in facts else None
    parties = Parties(
        diary.institutions[facts["provider"]].id,
        diary.institutions[facts["recipient"]].id,
        diary.institutions[facts["third"]].id if "third" in facts else None,
        recipient_scientist_id=scientist.id if scientist else None,
    )
    terms = Terms(
        title=facts["title"],
        purpose=facts["purpose"],
        last_day=facts["last_day"],
        restrictions=restrictions_from(version.terms),
        fees=version.fees,
        law=version.law,
        body=version.body,
    )
    values = DraftValues(parties, terms, [Item(_line(colony)) for colony in facts["lines"]])
    made.append(draft_agreement(Origin(template.kind, version.id), values, actor=diary.actor).id)


def _step(diary: Diary, step: Step, made: list[int]) -> None:
    step(made[0], comment=None, version=_agreement(made[0]).version, actor=diary.actor)


def _sign(diary: Diary, facts: Facts, made: list[int]) -> None:
    """Print what was approved, and keep the copy that came back; where nothing can be printed it waits to be signed."""
    frozen = present_version(made[0])
    if frozen is None:
        message = f"{facts['title']} was not approved."
        raise LookupError(message)
    try:
        pdf = version_pdf(frozen.content, frozen.sha256)
    except PdfUnavailableError:
        return
    keep_pdf(frozen, pdf)
    text = "\n".join(f"Signed by {name} on {day}." for name, day in facts["signed"].values())
    scan = Scan(as_paper("Signed copy", facts["title"], text), PLAIN, "Signed copy.txt")
    signed = [_signature(diary, facts, Side(side), name, day) for side, (name, day) in facts["signed"].items()]
    record_signed_copy(made[0], scan, signed, version=_agreement(made[0]).version, actor=diary.actor)


def _signature(diary: Diary, facts: Facts, side: Side, name: str, day: date) -> ScannedSignature:
    institution = diary.institutions[facts[side.value]]
    (entitled,) = (each for each in who_could_sign(institution.id, on=day) if each.person == name)
    return ScannedSignature(side, entitled.id, day)


def _write_exchange(diary: Diary, facts: Facts) -> None:
    made: list[Exchange] = []
    diary.on(facts["asked"], partial(_ask, diary, facts, made))
    for day, step in (("approved", _approve), ("shipped", _ship), ("received", _receive)):
        if day in facts:
            diary.on(facts[day], partial(step, diary, facts, made))


def _ask(diary: Diary, facts: Facts, made: list[Exchange]) -> None:
    colony, form, quantity = facts["item"]
    values = RequestValues(
        giver_id=diary.institutions[facts["giver"]].id,
        taker_id=diary.institutions[facts["taker"]].id,
        person_id=diary.person(facts["scientist"], facts["taker"], facts["asked"]).id,
        purpose=facts["purpose"],
        payer=Payer.TAKER,
        items=[ItemValues(_line(colony), MaterialForm(form), quantity)],
    )
    made.append(request_material(values, actor=diary.actor))


def _approve(diary: Diary, facts: Facts, made: list[Exchange]) -> None:  # noqa: ARG001 - steps take the same.
    approve_exchange(made[0].id, version=made[0].version, actor=diary.actor)


def _ship(diary: Diary, facts: Facts, made: list[Exchange]) -> None:
    """Send it, where its agreement could be signed: nothing leaves without one."""
    if _is_signed():
        shipment = Shipment(facts["shipped"], facts["carrier"])
        ship(made[0].id, shipment, version=made[0].version, actor=diary.actor)


def _receive(diary: Diary, facts: Facts, made: list[Exchange]) -> None:
    if made[0].shipped_on is not None:
        (item,) = items_of(made[0].id)
        receipt = Receipt(facts["received"], {item.id: facts["counted"]})
        receive(made[0].id, receipt, version=made[0].version, actor=diary.actor)


def _is_signed() -> bool:
    """Whether papers can be printed here, and so were signed."""
    return db.session.scalar(select(Agreement.id).where(Agreement.executed_on.is_not(None)).limit(1)) is not None


def _agreement(agreement_id: int) -> Agreement:
    return db.session.get_one(Agreement, agreement_id)


def _line(colony: str) -> int:
    return db.session.scalars(select(MouseLine.id).where(MouseLine.colony == colony).order_by(MouseLine.id)).one()
