"""By which words an institution is found, and where it is filed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.bulk import derive_rows, in_chunks
from app.core.database import db
from app.core.folding import folded
from app.members.models import Institution, InstitutionAlias, InstitutionName, InstitutionUnit
from app.members.queries.mergers import merged_words_of
from app.members.rules import TwinKind, filed_name

BLOCK = 5_000


def filed_under(name: str) -> str:
    """What a name is sorted by."""
    return folded(filed_name(name))[:200]


def index_institution(institution: Institution) -> None:
    """Write the words by which the institution is found: all names it ever had, its aliases and units among them."""
    db.session.flush()
    index_institutions([institution.id])
    db.session.expire(institution, ["sort_name", "search_text"])


def index_institutions(ids: Sequence[int]) -> None:
    """Write anew by which words these institutions are found, and where they are filed: that makes no new version."""
    for chunk in in_chunks(ids, BLOCK):
        columns = (Institution.id, Institution.name, Institution.ror, Institution.account_number, Institution.unit)
        found = db.session.execute(select(*columns).where(Institution.id.in_(chunk)).order_by(Institution.id)).all()
        asked = select(InstitutionName.institution_id, InstitutionName.name, InstitutionName.short_name).where(
            InstitutionName.institution_id.in_(chunk), InstitutionName.superseded_at.is_(None)
        )
        names: dict[int, list[str]] = {}
        for row in db.session.execute(asked.order_by(InstitutionName.first_day.desc(), InstitutionName.id)):
            names.setdefault(row.institution_id, []).extend((row.name, row.short_name))
        further = _further_words(chunk)
        rows = [
            {
                "id": row.id,
                "sort_name": filed_under(row.name),
                "search_text": folded(
                    *names.get(row.id, ()), row.ror, row.account_number, row.unit, *further.get(row.id, ())
                ),
            }
            for row in found
        ]
        derive_rows(Institution, rows)


def _further_words(ids: Sequence[int]) -> dict[int, list[str]]:
    """Aliases, units and the words of what was merged into it, by institution."""
    found: dict[int, list[str]] = {}
    aliases = select(InstitutionAlias.institution_id, InstitutionAlias.alias).order_by(InstitutionAlias.id)
    units = select(InstitutionUnit.institution_id, InstitutionUnit.name).order_by(InstitutionUnit.id)
    for institution_id, words in [
        *db.session.execute(aliases.where(InstitutionAlias.institution_id.in_(ids))),
        *db.session.execute(
            units.where(InstitutionUnit.institution_id.in_(ids), InstitutionUnit.superseded_at.is_(None))
        ),
    ]:
        found.setdefault(institution_id, []).append(words)
    for institution_id, merged in merged_words_of(TwinKind.INSTITUTION, ids).items():
        found.setdefault(institution_id, []).extend(merged)
    return found
