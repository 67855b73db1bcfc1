"""The parts of an agreement's page: its parties, material and signatures, and which steps the reader may take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.agreements.models import Agreement, AgreementSignature, AgreementVersion, Signatory
from app.agreements.queries.agreements import has_signed
from app.agreements.queries.contents import items_of, lines_by_id
from app.agreements.queries.entitled import signs_for
from app.agreements.rules.states import PARTIES, SIDE_WORDS, SIGNABLE, Side, Standing, Verb, may_take
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import valid
from app.core.permissions import Permission
from app.members.models import Institution, Person

NOBODY = "nobody on record"


def standing_of(found: Agreement) -> Standing:
    """What decides who may do what with it now."""
    given = select(*(has_signed(side).label(side.value) for side in PARTIES)).where(Agreement.id == found.id)
    row = db.session.execute(given).one()
    signed = frozenset(side for side, is_signed in zip(PARTIES, row, strict=True) if is_signed)
    return Standing(found.state, found.kind, found.proposed_by, signed)


def parties_shown(found: Agreement) -> list[tuple[str, int, str, str, str | None, str]]:
    """Each party: its role, itself, its scientist, and who may sign for it today."""
    signers = _signers([found.provider_id, found.recipient_id], clock.today())
    sides: list[tuple[str, Institution, Person | None]] = [
        (SIDE_WORDS[Side.PROVIDER], found.provider, found.provider_scientist),
        (SIDE_WORDS[Side.RECIPIENT], found.recipient, found.recipient_scientist),
    ]
    shown = [
        (role, of.id, of.name, of.short_name, who.name if who else None, signers.get(of.id, NOBODY))
        for role, of, who in sides
    ]
    if found.third is not None:
        shown.append(("May be passed on to", found.third.id, found.third.name, found.third.short_name, None, ""))
    return shown


def _signers(institution_ids: Sequence[int], day: date) -> dict[int, str]:
    asked = (
        select(Signatory.institution_id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Signatory.person_id)
        .where(Signatory.institution_id.in_(institution_ids), valid(Signatory, day))
    )
    found: dict[int, list[str]] = {}
    for row in db.session.execute(asked.order_by(Person.sort_name, Signatory.id)):
        found.setdefault(row.institution_id, []).append(f"{row.given_name} {row.family_name}")
    return {institution_id: ", ".join(names) for institution_id, names in found.items()}


def items_shown(agreement_id: int) -> list[dict[str, Any]]:
    """The material of an agreement, in its order."""
    items = items_of(agreement_id)
    lines = lines_by_id([each.line_id for each in items if each.line_id is not None])
    unknown = dict.fromkeys(("allele", "colony", "strain", "centre"))
    return [
        {
            "position": each.position,
            "line_id": each.line_id,
            "description": each.description,
            **lines.get(each.line_id or 0, unknown),
        }
        for each in items
    ]


def signatures_shown(found: Agreement) -> list[tuple[Side, str, AgreementSignature | None]]:
    """Who must sign, and the signature under the present version where it is given."""
    asked = (
        select(AgreementSignature)
        .join(AgreementVersion, AgreementVersion.id == AgreementSignature.version_id)
        .where(AgreementVersion.agreement_id == found.id, AgreementVersion.reopened_at.is_(None))
    )
    given = {each.side: each for each in db.session.scalars(asked.order_by(AgreementSignature.id))}
    must = Standing(found.state, found.kind, found.proposed_by).must_sign
    names = {Side.PROVIDER: found.provider.name, Side.RECIPIENT: found.recipient.name}
    return [(side, names[side], given.get(side)) for side in PARTIES if side in must]


def sides_open_to(found: Agreement, actor: Actor) -> frozenset[Side]:
    """For which sides the actor acts."""
    if actor.has_all(Permission.AGREEMENT_EDIT):
        return frozenset({Side.CONSORTIUM})
    own = actor.own_institutions(Permission.AGREEMENT_EDIT)
    parties = {Side.PROVIDER: found.provider_id, Side.RECIPIENT: found.recipient_id}
    return frozenset(side for side, institution_id in parties.items() if institution_id in own)


def steps_open_to(found: Agreement, actor: Actor) -> frozenset[Verb]:
    """The steps that the actor may take now."""
    standing, sides = standing_of(found), sides_open_to(found, actor)
    return frozenset(verb for verb in Verb if may_take(standing, verb, sides))


def signing_sides(found: Agreement, actor: Actor) -> list[Side]:
    """For which sides the actor may sign in the program today."""
    if found.state not in SIGNABLE or actor.user_id is None:
        return []
    signs = signs_for(actor, clock.today())
    parties = {Side.PROVIDER: found.provider_id, Side.RECIPIENT: found.recipient_id}
    unsigned = standing_of(found).unsigned
    return [side for side in PARTIES if side in unsigned and parties[side] in signs]


def signatory_choices(institution_id: int) -> list[tuple[int, str]]:
    """Who ever could sign for an institution, with their office: a copy may have been signed on an earlier day."""
    asked = (
        select(Signatory.id, Person.given_name, Person.family_name, Signatory.office)
        .join(Person, Person.id == Signatory.person_id)
        .where(Signatory.institution_id == institution_id, Signatory.superseded_at.is_(None))
    )
    rows = db.session.execute(asked.order_by(Person.sort_name, Signatory.id))
    return [(row.id, f"{row.given_name} {row.family_name}, {row.office}") for row in rows]
