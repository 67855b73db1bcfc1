"""What `flask verify` proves of templates, of the rule table, of parties to masters and of signatories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app.agreements.models import AgreementTemplate, MasterParty, Signatory, TemplateRule, TemplateVersion
from app.agreements.queries.templates import text_of
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.texts import text_hash
from app.core.database import db
from app.core.history import as_known
from app.core.paging import AnySelect
from app.core.verification import verifies


@verifies("Each version of a template says what was adopted, and its versions hold one after the other")
def check_versions() -> Iterator[str]:
    """Work the hash of each version out again, and walk through the versions of each template."""
    asked = select(TemplateVersion).order_by(TemplateVersion.template_id, TemplateVersion.number, TemplateVersion.id)
    versions: dict[int, list[TemplateVersion]] = {}
    for each in db.session.scalars(asked):
        versions.setdefault(each.template_id, []).append(each)
        if text_hash(text_of(each)) != each.sha256:
            yield f"Version {each.number} of template {each.template_id} does not say what was adopted."
    yield from _out_of_order(versions)


def _out_of_order(versions: Mapping[int, Sequence[TemplateVersion]]) -> Iterator[str]:
    for template_id in db.session.scalars(select(AgreementTemplate.id).order_by(AgreementTemplate.id)):
        own = versions.get(template_id, [])
        if [each.number for each in own] != list(range(1, len(own) + 1)) or not own:
            yield f"The versions of template {template_id} are not numbered from 1 without a gap."
        if any(other.first_day <= one.first_day for one, other in pairwise(own)):
            yield f"A version of template {template_id} holds no later than the one before it."


@verifies("No two rows of the rule table have one place")
def check_places_of_rules() -> Iterator[str]:
    """Count the rows on record at each place."""
    asked = select(TemplateRule.position).where(as_known(TemplateRule)).group_by(TemplateRule.position)
    twice = asked.having(func.count() > 1).order_by(TemplateRule.position)
    for position in db.session.scalars(twice):
        yield f"Several rows of the rule table have place {position}."


@verifies("Nobody may sign for an institution, and no institution is a party to a master, twice on one day")
def check_once() -> Iterator[str]:
    """Compare all signatories of an institution, and all parties of a master, with each other."""
    for model, same, what in (
        (Signatory, ("institution_id", "person_id"), "Signatories"),
        (MasterParty, ("template_id", "institution_id"), "Parties"),
    ):
        for first, second in db.session.execute(_twice(model, same)):
            yield f"{what} {first} and {second} are the same on some day."


@verifies("Only master agreements have parties, and letters are written under one")
def check_masters() -> Iterator[str]:
    """Look for parties and letters of what is no master agreement."""
    master = aliased(AgreementTemplate)
    parties = select(MasterParty.id).join(AgreementTemplate, AgreementTemplate.id == MasterParty.template_id)
    wrong = parties.where(AgreementTemplate.kind != TemplateKind.MASTER).order_by(MasterParty.id)
    for party_id in db.session.scalars(wrong):
        yield f"Party {party_id} is one to a template that is no master agreement."
    letters = select(AgreementTemplate.id).join(master, master.id == AgreementTemplate.master_id)
    for template_id in db.session.scalars(
        letters.where(master.kind != TemplateKind.MASTER).order_by(AgreementTemplate.id)
    ):
        yield f"Template {template_id} is written under a template that is no master agreement."


def _twice(model: Any, same: tuple[str, str]) -> AnySelect:
    """Pairs of facts on record that are alike in some columns and share a day."""
    one, other = aliased(model), aliased(model)
    alike = and_(other.id > one.id, *(getattr(one, name) == getattr(other, name) for name in same))
    return (
        select(one.id, other.id)
        .join(other, alike)
        .where(
            as_known(one),
            as_known(other),
            or_(one.last_day.is_(None), one.last_day >= other.first_day),
            or_(other.last_day.is_(None), other.last_day >= one.first_day),
        )
        .order_by(one.id, other.id)
    )
