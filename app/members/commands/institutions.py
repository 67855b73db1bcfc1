"""Adding an institution, its facts and names from day to day, and whose part it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, Refusals
from app.core.history import check_version
from app.core.languages import Language
from app.core.permissions import Permission
from app.core.series import take_numbers
from app.members.commands.indexing import filed_under, index_institution
from app.members.commands.names import Naming, new_name, refuse_alias, respell
from app.members.commands.particulars import begin_particulars, change_particulars
from app.members.commands.survivors import lock_institution, refuse_merged
from app.members.models import FIRST_DAY_OF_NAMES, Institution
from app.members.rules import (
    Identifiers,
    InstitutionKind,
    TwinKind,
    check_website,
    is_part_of_itself,
    read_identifiers,
)

NEXT_TO_NAME = ("name", "short_name")


@dataclass(frozen=True)
class InstitutionFacts:
    """What is on record of an institution."""

    name: str
    short_name: str
    kind: InstitutionKind
    country: str
    is_composite: bool = False
    ror: str | None = None
    vat_number: str | None = None
    website: str | None = None
    unit: str | None = None
    postal_address: str | None = None
    billing_address: str | None = None
    purchase_order: str | None = None
    buyer_reference: str | None = None
    document_language: Language | None = None


@dataclass(frozen=True)
class ContactFacts:
    """What an institution may change of itself."""

    website: str | None
    postal_address: str | None
    billing_address: str | None
    purchase_order: str | None
    buyer_reference: str | None = None
    document_language: Language | None = None


def add_institution(facts: InstitutionFacts, *, founded: date | None = None, actor: Actor) -> Institution:
    """Take up an institution under the next account number; its name holds since it was founded, or ever."""
    actor.require(Permission.INSTITUTION_EDIT)
    refusals = Refusals()
    with refusals:
        facts = _checked(facts)
    with refusals:
        refuse_alias(facts.name, facts.short_name)
    refusals.say()
    number = take_numbers("account", year=0, count=1, day=clock.today())[0]
    institution = Institution(
        **asdict(facts),
        account_number=f"M-{number:04}",
        sort_name=filed_under(facts.name),
        search_text="",
        created_at=clock.now(),
    )
    db.session.add(institution)
    db.session.flush()
    db.session.add(new_name(institution.id, Naming(facts.name, facts.short_name, founded or FIRST_DAY_OF_NAMES)))
    begin_particulars(institution)
    index_institution(institution)
    record(
        "members.add_institution",
        Subject("institution", institution.id),
        summary=f"{facts.name} taken up as {institution.account_number}",
        after=asdict(facts),
        actor=actor,
    )
    return institution


def edit_institution(
    institution_id: int, facts: InstitutionFacts, *, version: int, since: date | None = None, actor: Actor
) -> Institution:
    """Change the facts of an institution from a day on, or without one put right what was wrong.

    Of its name only the spelling is put right here; a new name from a day on is `rename_institution`.
    """
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(institution_id)
    check_version(institution, version)
    facts = _checked(facts)
    before, after = _differences(institution, asdict(facts))
    if any(name in after for name in NEXT_TO_NAME):
        refuse_alias(facts.name, facts.short_name, besides=institution_id)
        respell(institution, facts.name, facts.short_name)
    change_particulars(institution, after, since)
    index_institution(institution)
    return _changed(institution, "members.edit_institution", before, _since(after, since), actor)


def edit_contact(institution_id: int, facts: ContactFacts, *, version: int, actor: Actor) -> Institution:
    """Change from today how an institution is reached and where its invoices go: its own representatives may."""
    actor.require(Permission.INSTITUTION_EDIT_CONTACT, institution_id=institution_id)
    institution = lock_institution(institution_id)
    check_version(institution, version)
    before, after = _differences(institution, asdict(replace(facts, website=check_website(facts.website))))
    change_particulars(institution, after, clock.today())
    return _changed(institution, "members.edit_contact", before, after, actor)


def set_parent(
    institution_id: int,
    parent_id: int | None,
    *,
    since: date | None = None,
    version: int | None = None,
    actor: Actor,
) -> Institution:
    """Say of which other institution this one is a part, if of any, from a day on or as it always was.

    Nothing is ever a part of itself.
    """
    actor.require(Permission.INSTITUTION_EDIT)
    parents = _lock_tree()
    institution = lock_institution(institution_id)
    if version is not None:
        check_version(institution, version)
    if parent_id is not None and parent_id not in parents:
        raise DomainError("There is no such institution.", "parent_id")
    if parent_id is not None:
        refuse_merged(TwinKind.INSTITUTION, parent_id)
    if is_part_of_itself(institution_id, {**parents, institution_id: parent_id}):
        raise DomainError("An institution cannot be a part of itself.", "parent_id")
    before, after = _differences(institution, {"parent_id": parent_id})
    change_particulars(institution, after, since)
    return _changed(institution, "members.set_parent", before, _since(after, since), actor)


def _lock_tree() -> dict[int, int | None]:
    """Who is part of whom, with every institution locked: two changes at once could close a circle."""
    asked = select(Institution.id, Institution.parent_id).order_by(Institution.id).with_for_update()
    return {row.id: row.parent_id for row in db.session.execute(asked)}


def _checked(facts: InstitutionFacts) -> InstitutionFacts:
    typed = Identifiers(facts.country, facts.ror, facts.website, facts.vat_number)
    return replace(facts, **asdict(read_identifiers(typed)))


def _differences(institution: Institution, wanted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Saved and wanted values of the fields that change."""
    changed = [name for name, value in wanted.items() if getattr(institution, name) != value]
    return {name: getattr(institution, name) for name in changed}, {name: wanted[name] for name in changed}


def _since(after: dict[str, Any], since: date | None) -> dict[str, Any]:
    """The wanted values with the day they begin on, where they are no correction."""
    return after | {"since": since.isoformat()} if after and since else after


def _changed(
    institution: Institution, action: str, before: dict[str, Any], after: dict[str, Any], actor: Actor
) -> Institution:
    if after:
        fields = ", ".join(name.removesuffix("_id").replace("_", " ") for name in after)
        record(
            action,
            Subject("institution", institution.id),
            summary=f"{institution.name}: {fields} changed",
            before=before,
            after=after,
            actor=actor,
        )
    db.session.flush()
    return institution
