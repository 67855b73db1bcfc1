"""From what one can draft: the templates of a day, lines by the words people use, and people of the parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from app.agreements.models import AgreementItem, AgreementTemplate, TemplateVersion
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.folding import folded
from app.core.paging import AnySelect
from app.lines.models import Allele, MouseLine
from app.members.models import Institution

MOST_TOLD = 4


@dataclass(frozen=True)
class LineName:
    """A line as a draft names it: its colony and, in brackets, its centre; and its allele."""

    id: int
    colony: str
    centre: str
    allele: str

    @property
    def words(self) -> str:
        """What means this line and no other."""
        return f"{self.colony} ({self.centre})"


def list_offered(day: date) -> Sequence[TemplateVersion]:
    """The version in force on a day of each template that is not retired, by the titles of the templates."""
    newest = (
        select(TemplateVersion.template_id, func.max(TemplateVersion.number).label("number"))
        .where(TemplateVersion.first_day <= day)
        .group_by(TemplateVersion.template_id)
        .subquery()
    )
    asked = (
        select(TemplateVersion)
        .join(
            newest,
            (newest.c.template_id == TemplateVersion.template_id) & (newest.c.number == TemplateVersion.number),
        )
        .join(AgreementTemplate, AgreementTemplate.id == TemplateVersion.template_id)
        .where(or_(AgreementTemplate.retired_on.is_(None), AgreementTemplate.retired_on > day))
    )
    return db.session.scalars(asked.order_by(AgreementTemplate.title, TemplateVersion.id)).all()


def get_template(template_id: int) -> AgreementTemplate:
    """A template by its id."""
    return db.session.get_one(AgreementTemplate, template_id)


def parties_named(provider_id: int, recipient_id: int) -> tuple[str, str]:
    """What provider and recipient are called for short; NotFoundError where there is none."""
    found = [db.session.get(Institution, each) for each in (provider_id, recipient_id)]
    if None in found:
        raise NotFoundError("There is no such institution.")
    giver, taker = (each.short_name if each else "" for each in found)
    return giver, taker


def titles_of(template_ids: Sequence[int]) -> dict[int, str]:
    """The titles of templates, by their ids."""
    asked = select(AgreementTemplate.id, AgreementTemplate.title).where(AgreementTemplate.id.in_(template_ids))
    return {row.id: row.title for row in db.session.execute(asked.order_by(AgreementTemplate.id))}


def names_of_lines(line_ids: Sequence[int]) -> list[LineName]:
    """Lines as a draft names them, in the order given."""
    asked = _named().where(MouseLine.id.in_(line_ids))
    found = {row.id: LineName(*row) for row in db.session.execute(asked.order_by(MouseLine.id))}
    return [found[each] for each in line_ids if each in found]


def lines_meant(rows: Sequence[str], field: str = "lines") -> list[int]:
    """The one line that each row means; where there is none or are several, that is said and nothing guessed."""
    plain = {folded(row) for row in rows}
    colonies = {each.rpartition(" (")[0] or each for each in plain}
    asked = _named().where(or_(MouseLine.colony_key.in_(plain | colonies), func.lower(Allele.symbol).in_(plain)))
    known = [LineName(*row) for row in db.session.execute(asked.order_by(MouseLine.sort_key, MouseLine.id))]
    return [_meant(row, known, field) for row in rows]


def read_lines(text: str) -> tuple[list[int], str]:
    """The lines that the rows of a text mean, or none and why they cannot be told."""
    try:
        return lines_meant([row.strip() for row in text.splitlines() if row.strip()]), ""
    except DomainError as refused:
        return [], refused.message


def _meant(row: str, known: Sequence[LineName], field: str) -> int:
    wanted = folded(row)
    exact = [each for each in known if folded(each.words) == wanted]
    like = exact or [each for each in known if wanted in {folded(each.colony), folded(each.allele)}]
    if len(like) == 1:
        return like[0].id
    if not like:
        raise DomainError(f"No line of the catalogue is called \u201c{row}\u201d.", field)
    told = ", ".join(each.words for each in like[:MOST_TOLD])
    raise DomainError(f"\u201c{row}\u201d means several lines: {told}. Write one of these.", field)


def _named() -> AnySelect:
    return (
        select(MouseLine.id, MouseLine.colony, Institution.short_name, Allele.symbol)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .join(Institution, Institution.id == MouseLine.centre_id)
    )


def split_items(agreement_id: int) -> tuple[list[int], list[str]]:
    """The lines and the other material of an agreement, apart."""
    asked = select(AgreementItem).where(AgreementItem.agreement_id == agreement_id)
    items = db.session.scalars(asked.order_by(AgreementItem.position, AgreementItem.id)).all()
    lines = [each.line_id for each in items if each.line_id is not None]
    return lines, [each.description or "" for each in items if each.line_id is None]
