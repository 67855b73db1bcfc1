"""What an agreement says: as the values of a draft, in words for comparing, and as it is frozen for signing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.agreements.models import Agreement, AgreementItem, AgreementTemplate, TemplateVersion
from app.agreements.rules.drafting import DraftValues, Item, Parties, Terms, told_terms
from app.agreements.rules.terms import Restrictions
from app.core.database import db
from app.lines.models import Allele, MouseLine, Strain
from app.members.models import Institution, Person
from app.members.queries import consortium_name


def values_of(agreement: Agreement) -> DraftValues:
    """All that an agreement says, as the values of a draft."""
    parties = Parties(
        provider_id=agreement.provider_id,
        recipient_id=agreement.recipient_id,
        third_id=agreement.third_id,
        provider_scientist_id=agreement.provider_scientist_id,
        recipient_scientist_id=agreement.recipient_scientist_id,
    )
    items = [Item(each.line_id, each.description) for each in items_of(agreement.id)]
    return DraftValues(parties, terms_of(agreement), items)


def terms_of(agreement: Agreement) -> Terms:
    """The terms of an agreement."""
    return Terms(
        title=agreement.title,
        purpose=agreement.purpose,
        first_day=agreement.first_day,
        last_day=agreement.last_day,
        restrictions=restrictions_of(agreement),
        fees=agreement.fees,
        law=agreement.law,
        body=agreement.body,
    )


def restrictions_of(agreement: Agreement) -> Restrictions:
    """What the recipient may not do, or not yet."""
    return Restrictions(
        onward=agreement.onward,
        commercial=agreement.commercial,
        embargo_until=agreement.embargo_until,
        embargo_to_publication=agreement.embargo_to_publication,
        citation=agreement.citation,
        at_end=agreement.at_end,
    )


def items_of(agreement_id: int) -> Sequence[AgreementItem]:
    """The things an agreement is about, in their order."""
    asked = select(AgreementItem).where(AgreementItem.agreement_id == agreement_id)
    return db.session.scalars(asked.order_by(AgreementItem.position, AgreementItem.id)).all()


def words_of_draft(values: DraftValues) -> dict[str, str | None]:
    """All that a draft says in words, by what each is called: for telling both sides what was changed."""
    parties = values.parties
    ids = {parties.provider_id, parties.recipient_id, parties.third_id or 0}
    names = dict(db.session.execute(select(Institution.id, Institution.name).where(Institution.id.in_(ids))).all())
    people = _people(parties)
    said = {
        "Provider": names.get(parties.provider_id),
        "Recipient": names.get(parties.recipient_id),
        "May be passed on to": names.get(parties.third_id or 0),
        "Provider's scientist": people.get(parties.provider_scientist_id or 0),
        "Recipient's scientist": people.get(parties.recipient_scientist_id or 0),
    }
    return {**said, **told_terms(values.terms), "Material": "\n".join(_words_of_items(values.items)) or None}


def _people(parties: Parties) -> dict[int, str]:
    ids = {parties.provider_scientist_id or 0, parties.recipient_scientist_id or 0}
    asked = select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(ids))
    return {row.id: f"{row.given_name} {row.family_name}" for row in db.session.execute(asked)}


def _words_of_items(items: Sequence[Item]) -> list[str]:
    lines = lines_by_id([each.line_id for each in items if each.line_id is not None])
    return [_word_of_item(each, lines) for each in items]


def _word_of_item(item: Item, lines: dict[int, dict[str, Any]]) -> str:
    found = lines.get(item.line_id or 0)
    if found is None:
        return item.description or ""
    said = f"{found['allele']}, colony {found['colony']}"
    return f"{said}: {item.description}" if item.description else said


def lines_by_id(line_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Lines as an agreement names them: their allele, colony, background and centre, by their ids."""
    asked = (
        select(MouseLine.id, MouseLine.colony, Allele.symbol, Strain.name, Institution.short_name)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .join(Institution, Institution.id == MouseLine.centre_id)
        .outerjoin(Strain, Strain.id == MouseLine.strain_id)
        .where(MouseLine.id.in_(line_ids))
    )
    return {
        line_id: {"allele": symbol, "colony": colony, "strain": strain, "centre": centre}
        for line_id, colony, symbol, strain, centre in db.session.execute(asked.order_by(MouseLine.id))
    }


def frozen_content(agreement: Agreement, number: int, at: datetime) -> dict[str, Any]:
    """What a version says: all of the agreement in words and values of JSON, as it is approved at an instant."""
    values = values_of(agreement)
    held = values.terms.restrictions
    people = _people(values.parties)
    return {
        "number": agreement.number,
        "version": number,
        "kind": agreement.kind.value,
        "consortium": consortium_name(),
        "approved_at": at.isoformat(),
        "title": agreement.title,
        "template": _template(agreement),
        "relation": _relation(agreement),
        "provider": _party(agreement.provider_id, people.get(agreement.provider_scientist_id or 0)),
        "recipient": _party(agreement.recipient_id, people.get(agreement.recipient_scientist_id or 0)),
        "third": _party(agreement.third_id, None),
        "purpose": agreement.purpose,
        "first_day": _day(agreement.first_day),
        "last_day": _day(agreement.last_day),
        "onward": held.onward.value,
        "commercial": held.commercial.value,
        "embargo_until": _day(held.embargo_until),
        "embargo_to_publication": held.embargo_to_publication,
        "citation": held.citation,
        "at_end": held.at_end.value,
        "fees": agreement.fees,
        "law": agreement.law,
        "body": agreement.body,
        "items": _frozen_items(values.items),
    }


def _frozen_items(items: Sequence[Item]) -> list[dict[str, Any]]:
    lines = lines_by_id([each.line_id for each in items if each.line_id is not None])
    return [
        {
            "position": place,
            "line_id": each.line_id,
            "description": each.description,
            **lines.get(each.line_id or 0, {}),
        }
        for place, each in enumerate(items, start=1)
    ]


def _party(institution_id: int | None, scientist: str | None) -> dict[str, Any] | None:
    if institution_id is None:
        return None
    found = db.session.get_one(Institution, institution_id)
    return {
        "id": found.id,
        "name": found.name,
        "short_name": found.short_name,
        "address": found.postal_address,
        "country": found.country,
        "scientist": scientist,
    }


def _template(agreement: Agreement) -> dict[str, Any] | None:
    asked = (
        select(AgreementTemplate.code, AgreementTemplate.title, TemplateVersion.number, TemplateVersion.sha256)
        .join(TemplateVersion, TemplateVersion.template_id == AgreementTemplate.id)
        .where(TemplateVersion.id == agreement.template_version_id)
    )
    row = db.session.execute(asked).one_or_none()
    return None if row is None else {"code": row.code, "title": row.title, "version": row.number, "sha256": row.sha256}


def _relation(agreement: Agreement) -> dict[str, Any] | None:
    """What it hangs on: the agreement it amends, renews or stands beside, or the master it is a letter under."""
    if agreement.parent_id is not None and agreement.relation is not None:
        parent = db.session.get_one(Agreement, agreement.parent_id)
        return {"kind": agreement.relation.value, "number": parent.number, "title": parent.title}
    if agreement.master_id is None:
        return None
    master = db.session.get_one(AgreementTemplate, agreement.master_id)
    return {"kind": "letter", "number": master.code, "title": master.title}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
