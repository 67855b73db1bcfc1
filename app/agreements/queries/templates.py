"""Templates on a day: the list, one with its versions, what is in force, and what can be drafted from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from app.agreements.models import AgreementTemplate, TemplateVersion
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.texts import TemplateText
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.folding import folded
from app.core.paging import AnySelect
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest


@dataclass(frozen=True)
class TemplateFilters:
    """What the list is narrowed to."""

    words: str = ""
    kind: TemplateKind | None = None


@dataclass(frozen=True)
class TemplateRow:
    """A template on a day, with the version in force then; None before the first."""

    id: int
    code: str
    title: str
    kind: TemplateKind
    master: str | None
    retired_on: date | None
    version_id: int | None
    number: int | None
    first_day: date | None
    law: str | None

    def state_on(self, day: date) -> str:
        """How it stands on a day."""
        if self.retired_on is not None and self.retired_on <= day:
            return "Retired"
        return "In force" if self.number else "Not yet"

    def is_usable_on(self, day: date) -> bool:
        """Whether something can be drafted from it on a day."""
        return self.state_on(day) == "In force"


@dataclass(frozen=True)
class VersionRow:
    """A version of a template, with the last day on which it was the one in force; None while it is."""

    id: int
    number: int
    first_day: date
    last_day: date | None
    law: str | None
    decision: str | None
    adopted_by: str
    adopted_at: datetime
    sha256: str

    def is_in_force(self, day: date) -> bool:
        """Whether it is the version in force on a day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


SORTS: dict[str, Callable[[TemplateRow], Any]] = {
    "code": lambda row: folded(row.code),
    "title": lambda row: (folded(row.title), row.code),
    "kind": lambda row: (row.kind, folded(row.code)),
    "first_day": lambda row: (row.first_day or date.max, folded(row.code)),
}


def search_templates(
    filters: TemplateFilters, request: PageRequest, actor: Actor, *, on: date, known: datetime | None = None
) -> Page[TemplateRow]:
    """Templates as they stand on a day. A consortium has a dozen: all are read at once and put in order here."""
    wanted = folded(filters.words).split()
    rows = [
        row
        for row in list_templates(actor, on=on, known=known)
        if all(word in folded(f"{row.code} {row.title}") for word in wanted) and filters.kind in {None, row.kind}
    ]
    rows.sort(key=SORTS.get(request.sort, SORTS["code"]), reverse=request.descending)
    start, end = request.offset if request.size else 0, request.offset + request.size if request.size else None
    return Page(rows[start:end], len(rows), request)


def list_templates(actor: Actor, *, on: date, known: datetime | None = None) -> list[TemplateRow]:
    """All templates by code, with the version in force on a day, of those adopted by then."""
    actor.require(Permission.TEMPLATE_READ)
    return [TemplateRow(*row) for row in db.session.execute(_listed(on, known))]


def templates_on(*, on: date, known: datetime | None = None) -> dict[int, TemplateRow]:
    """All templates by their id, as `list_templates`, for what is decided for everyone."""
    return {row.id: TemplateRow(*row) for row in db.session.execute(_listed(on, known))}


def templates_to_choose(*, on: date) -> list[tuple[int, str]]:
    """The templates from which something can be drafted on a day, by code."""
    return [(row.id, f"{row.code}: {row.title}") for row in templates_on(on=on).values() if row.is_usable_on(on)]


def masters_to_choose() -> list[tuple[int, str]]:
    """The master agreements an implementing letter can be written under."""
    asked = select(AgreementTemplate.id, AgreementTemplate.code, AgreementTemplate.title)
    masters = asked.where(AgreementTemplate.kind == TemplateKind.MASTER).order_by(
        AgreementTemplate.code, AgreementTemplate.id
    )
    return [(row.id, f"{row.code}: {row.title}") for row in db.session.execute(masters)]


def get_template(template_id: int, actor: Actor) -> AgreementTemplate:
    """A template, for who may read templates."""
    found = db.session.get(AgreementTemplate, template_id, populate_existing=True)
    if found is None or not actor.has_any(Permission.TEMPLATE_READ):
        raise NotFoundError("There is no such template.")
    return found


def get_editable_template(template_id: int, actor: Actor) -> AgreementTemplate:
    """A template, for who may change it."""
    found = get_template(template_id, actor)
    actor.require(Permission.TEMPLATE_EDIT)
    return found


def get_template_version(version_id: int, actor: Actor) -> TemplateVersion:
    """A version of a template with the template, for who may read templates."""
    asked = select(TemplateVersion).where(TemplateVersion.id == version_id)
    found = db.session.scalar(asked.order_by(TemplateVersion.id))
    if found is None or not actor.has_any(Permission.TEMPLATE_READ):
        raise NotFoundError("There is no such version.")
    return found


def list_template_versions(template_id: int, *, known: datetime | None = None) -> Sequence[VersionRow]:
    """All versions of a template, the newest first, of those adopted by an instant."""
    of = TemplateVersion
    asked = select(of).where(of.template_id == template_id, *([of.adopted_at <= known] if known else []))
    rows: list[VersionRow] = []
    for each in db.session.scalars(asked.order_by(of.number.desc(), of.id)):
        last_day = rows[-1].first_day - ONE_DAY if rows else None
        rows.append(
            VersionRow(
                id=each.id,
                number=each.number,
                first_day=each.first_day,
                last_day=last_day,
                law=each.law,
                decision=each.decision,
                adopted_by=each.adopted_by,
                adopted_at=each.adopted_at,
                sha256=each.sha256,
            )
        )
    return rows


def find_version_in_force(template_id: int, *, on: date, known: datetime | None = None) -> TemplateVersion | None:
    """What a template says on a day, of the versions adopted by an instant; None before its first."""
    of = TemplateVersion
    asked = select(of).where(
        of.template_id == template_id, of.first_day <= on, *([of.adopted_at <= known] if known else [])
    )
    return db.session.scalar(asked.order_by(of.number.desc(), of.id).limit(1))


def find_newest_version(template_id: int) -> TemplateVersion | None:
    """The version adopted last, in force or to come."""
    asked = select(TemplateVersion).where(TemplateVersion.template_id == template_id)
    return db.session.scalar(asked.order_by(TemplateVersion.number.desc(), TemplateVersion.id).limit(1))


def text_of(version: TemplateVersion) -> TemplateText:
    """All that a version says."""
    return TemplateText(version.body, version.terms, version.law, version.fees)


def _listed(on: date, known: datetime | None) -> AnySelect:
    of, master = TemplateVersion, aliased(AgreementTemplate)
    newest = (
        select(of.template_id, func.max(of.number).label("number"))
        .where(of.first_day <= on, *([of.adopted_at <= known] if known else []))
        .group_by(of.template_id)
        .subquery()
    )
    template = AgreementTemplate
    return (
        select(
            template.id,
            template.code,
            template.title,
            template.kind,
            master.code,
            template.retired_on,
            of.id,
            of.number,
            of.first_day,
            of.law,
        )
        .outerjoin(master, master.id == template.master_id)
        .outerjoin(newest, newest.c.template_id == template.id)
        .outerjoin(of, and_(of.template_id == template.id, of.number == newest.c.number))
        .where(*([template.created_at <= known] if known else []))
        .order_by(template.code, template.id)
    )
