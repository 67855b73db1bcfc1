"""Drafting agreements, and changing what a draft says: both sides may, and see what the other has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select

from app.agreements.commands.steps import (
    NO_SUCH,
    acting_side,
    held_agreement,
    index,
    locked_agreement,
    move,
    note,
    sides_of,
)
from app.agreements.models import Agreement, AgreementItem
from app.agreements.queries.contents import items_of, values_of, words_of_draft
from app.agreements.rules.drafting import DraftValues, Item, Origin, changed, check_draft
from app.agreements.rules.states import EDITABLE, HANGS_ON, STATE_WORDS, AgreementState, Relation, Side
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.lines.models import MouseLine
from app.members.commands import hold_institution
from app.members.models import Person


def draft_agreement(origin: Origin, values: DraftValues, *, actor: Actor) -> Agreement:
    """Draft an agreement; whoever drafts acts for their own side, the secretariat and the MTA group for both."""
    _require_party(values, actor)
    check_draft(origin.kind, values)
    _hold(values)
    _check_parent(origin, values, actor)
    now = clock.now()
    agreement = Agreement(
        **asdict(origin),
        **asdict(values.parties),
        **_columns(values),
        state=AgreementState.DRAFT,
        proposed_by=Side.CONSORTIUM,
        drafted_by=actor.name,
        created_at=now,
        changed_at=now,
    )
    agreement.proposed_by = acting_side(agreement, actor)
    db.session.add(agreement)
    db.session.flush()
    _write_items(agreement, values.items)
    step = move(agreement, AgreementState.DRAFT, agreement.proposed_by, actor=actor)
    step.from_state = None
    index(agreement, words_of_draft(values)["Material"] or "")
    note("draft", agreement, "Drafted an agreement", actor)
    return agreement


def change_draft(
    agreement_id: int, values: DraftValues, *, comment: str | None, version: int, actor: Actor
) -> Agreement:
    """Change what a draft says, while it is drafted or changes are asked for; the step keeps what was changed."""
    _hold(values)
    agreement = locked_agreement(agreement_id, version, actor)
    if agreement.state not in EDITABLE:
        state = STATE_WORDS[agreement.state].lower()
        raise DomainError(f"It is \u201c{state}\u201d: ask for changes, then it can be edited.")
    _require_party(values, actor)
    check_draft(agreement.kind, values)
    before = values_of(agreement)
    changes = changed(words_of_draft(before), words_of_draft(values))
    if not changes:
        raise DomainError("Nothing is changed.")
    _check_origin(agreement, before, values)
    for name, value in {**asdict(values.parties), **_columns(values)}.items():
        setattr(agreement, name, value)
    if list(before.items) != list(values.items):
        _write_items(agreement, values.items)
    side = acting_side(agreement, actor)
    move(agreement, agreement.state, side, actor=actor, comment=comment, changes=changes)
    index(agreement, words_of_draft(values)["Material"] or "")
    note("change", agreement, "Changed a draft", actor, after={"changed": sorted(changes)})
    return agreement


def _columns(values: DraftValues) -> dict[str, object]:
    """Terms as the columns of an agreement."""
    terms = {name: value for name, value in vars(values.terms).items() if name != "restrictions"}
    return {**terms, **vars(values.terms.restrictions)}


def _require_party(values: DraftValues, actor: Actor) -> None:
    """Whoever acts for one institution drafts for it alone."""
    parties = {"provider_id": values.parties.provider_id, "recipient_id": values.parties.recipient_id}
    if not sides_of(Agreement(**parties), actor):
        raise DomainError("One of the two parties is your own institution.", "provider_id")


def _check_parent(origin: Origin, values: DraftValues, actor: Actor) -> None:
    """What hangs on another agreement has its parties; only what is in force is amended, what was may be renewed."""
    if origin.parent_id is None:
        return
    parent = held_agreement(origin.parent_id)
    if not sides_of(parent, actor):
        raise NotFoundError(NO_SUCH)
    if (parent.provider_id, parent.recipient_id) != (values.parties.provider_id, values.parties.recipient_id):
        raise DomainError("It hangs on another agreement: the parties are those of it.", "provider_id")
    if parent.state not in HANGS_ON[origin.relation or Relation.AMENDMENT]:
        raise DomainError(f"Nothing of this kind can follow what is \u201c{STATE_WORDS[parent.state].lower()}\u201d.")


def _check_origin(agreement: Agreement, before: DraftValues, values: DraftValues) -> None:
    """What hangs on another agreement keeps its parties."""
    is_moved = (before.parties.provider_id, before.parties.recipient_id) != (
        values.parties.provider_id,
        values.parties.recipient_id,
    )
    if agreement.parent_id is not None and is_moved:
        raise DomainError("It hangs on another agreement: the parties stay those of it.", "provider_id")


def _hold(values: DraftValues) -> None:
    """Let neither party be merged meanwhile; what is named must be on record."""
    parties = values.parties
    named = [parties.provider_id, parties.recipient_id, *([parties.third_id] if parties.third_id else [])]
    for institution_id in sorted(set(named)):
        hold_institution(institution_id)
    _check_person(parties.provider_scientist_id, "provider_scientist_id")
    _check_person(parties.recipient_scientist_id, "recipient_scientist_id")
    lines = [each.line_id for each in values.items if each.line_id is not None]
    known = set(db.session.scalars(select(MouseLine.id).where(MouseLine.id.in_(lines)).order_by(MouseLine.id)))
    if known != set(lines):
        raise DomainError("There is no such line.", "lines")


def _check_person(person_id: int | None, field: str) -> None:
    person = db.session.get(Person, person_id) if person_id is not None else None
    if person_id is not None and (person is None or person.erased_at is not None):
        raise DomainError("There is no such person on record.", field)


def _write_items(agreement: Agreement, items: Sequence[Item]) -> None:
    for gone in items_of(agreement.id):
        db.session.delete(gone)
    db.session.flush()
    db.session.add_all(
        AgreementItem(agreement_id=agreement.id, position=place, line_id=each.line_id, description=each.description)
        for place, each in enumerate(items, start=1)
    )
    db.session.flush()
