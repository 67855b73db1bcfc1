"""Writing imported memberships: new ones with all their steps, and the end of those on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Entry, Subject, record_many
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import in_chunks, insert_rows, insert_with_ids
from app.core.database import db
from app.core.history import advance, retract, supersede
from app.members.commands.imports.effects import Changed, Writing, as_day
from app.members.commands.withdrawals import gives_way
from app.members.models import Membership, MembershipStep
from app.members.rules import MembershipState, day_words
from app.members.rules.imports import Change, RowPlan, StepCell

BLOCK = 5_000
Changes = Sequence[tuple[RowPlan, Change]]


def write_memberships(plans: Sequence[RowPlan], writing: Writing) -> None:
    """Write the rows of a table of memberships."""
    for changes in in_chunks(((plan, change) for plan in plans if (change := plan.changes())), BLOCK):
        _end(changes, writing)
    for changes in in_chunks(((plan, change) for plan in plans if (change := plan.adds())), BLOCK):
        _add(changes, writing)


def _add(changes: Changes, writing: Writing) -> None:
    rows = [
        {
            **{key: value for key, value in change.values.items() if key != "steps"},
            "recorded_at": clock.now(),
            "superseded_at": None,
            "version": 1,
        }
        for _, change in changes
    ]
    steps: list[dict[str, Any]] = []
    entries: list[Entry] = []
    for (plan, change), row, membership_id in zip(changes, rows, insert_with_ids(Membership, rows), strict=True):
        steps += [_step_row(membership_id, step, writing.actor.name) for step in change.values["steps"]]
        writing.added(plan.line, "membership", membership_id)
        summary = f"{plan.label}: member from {day_words(row['first_day'])}, by import {writing.import_id}"
        after = {
            "first_day": row["first_day"],
            "last_day": row["last_day"],
            "steps": [f"{step.state.value} from {step.first_day.isoformat()}" for step in change.values["steps"]],
        }
        subject = Subject("institution", row["institution_id"])
        entries.append(Entry("members.admit_member", subject, summary, after=after))
    insert_rows(MembershipStep, steps)
    record_many(entries, writing.actor)


def _step_row(membership_id: int, step: StepCell, recorded_by: str) -> dict[str, Any]:
    return {
        "membership_id": membership_id,
        "state": step.state,
        "first_day": step.first_day,
        "last_day": step.last_day,
        "reason": step.reason,
        "recorded_by": recorded_by,
        "recorded_at": clock.now(),
        "superseded_at": None,
        "kept": None,
    }


def _end(changes: Changes, writing: Writing) -> None:
    """Let memberships on record end: their last day, and all that was to follow, give way to the end."""
    ids = [change.record_id for _, change in changes]
    asked = select(Membership).where(Membership.id.in_(ids)).order_by(Membership.id)
    memberships = {membership.id: membership for membership in db.session.scalars(asked)}
    steps = steps_on_record(ids)
    new: list[dict[str, Any]] = []
    entries: list[Entry] = []
    for plan, change in changes:
        membership, last_day = memberships[change.record_id], change.values["last_day"]
        kept = gives_way(membership.last_day, _cut(steps[membership.id], last_day))
        supersede(membership, last_day=last_day)
        advance(membership)
        new.append(_step_row(membership.id, change.values["steps"][-1], writing.actor.name))
        if change.values["state"] is MembershipState.WITHDRAWN:
            new[-1]["kept"] = kept
        writing.changed(plan.line, "membership", membership.id, change.before or {}, change.values)
        summary = f"{plan.label}: last day {day_words(last_day)}, by import {writing.import_id}"
        subject = Subject("institution", membership.institution_id)
        after = {"last_day": last_day, "state": change.values["state"]}
        entries.append(Entry("members.end_membership", subject, summary, before={"last_day": None}, after=after))
    db.session.flush()
    insert_rows(MembershipStep, new)
    record_many(entries, writing.actor)


def _cut(steps: Sequence[MembershipStep], last_day: date) -> list[MembershipStep]:
    """Let the steps of a membership end with a last day; those that give way to it altogether."""
    following = [step for step in steps if step.first_day > last_day]
    for step in steps:
        if step in following:
            retract(step)
        elif step.last_day is None or step.last_day > last_day:
            supersede(step, last_day=last_day)
    return following


def take_back_memberships(added: set[int], ended: Mapping[int, Changed], *, import_id: int, actor: Actor) -> None:
    """Memberships an import put on record are retracted, those it ended go on as they were."""
    reason = f"Import {import_id} undone"
    for chunk in in_chunks(sorted({*added, *ended}), BLOCK):
        steps, recorded_by = steps_on_record(chunk), _who_recorded(chunk)
        new: list[dict[str, Any]] = []
        entries: list[Entry] = []
        asked = select(Membership).where(Membership.id.in_(chunk)).order_by(Membership.id)
        for membership in db.session.scalars(asked):
            advance(membership)
            before = [] if membership.id in added else [_cell_of(kept) for kept in ended[membership.id].before["steps"]]
            for cell in _give_back(steps[membership.id], before):
                name = recorded_by.get((membership.id, cell.state, cell.first_day), actor.name)
                new.append(_step_row(membership.id, cell, name))
            if membership.id in added:
                retract(membership)
            else:
                supersede(membership, last_day=as_day(ended[membership.id].before["last_day"]))
            subject = Subject("institution", membership.institution_id)
            entries.append(Entry("members.undo_import", subject, "Membership as before", reason=reason))
        db.session.flush()
        insert_rows(MembershipStep, new)
        record_many(entries, actor)


def _give_back(steps: Sequence[MembershipStep], before: Sequence[StepCell]) -> list[StepCell]:
    """Retract the steps that were not there before; those of before that are to be written anew."""
    standing = {StepCell(step.state, step.first_day, step.last_day, step.reason): step for step in steps}
    for cell in standing.keys() - before:
        retract(standing[cell])
    return [cell for cell in before if cell not in standing]


def _cell_of(kept: Sequence[Any]) -> StepCell:
    state, first_day, last_day, reason = kept
    return StepCell(MembershipState(state), date.fromisoformat(first_day), as_day(last_day), reason)


def _who_recorded(membership_ids: Sequence[int]) -> dict[tuple[int, MembershipState, date], str]:
    """Who put the steps of these memberships on record, by state and first day, which a cut leaves alone; the last."""
    asked = select(MembershipStep).where(MembershipStep.membership_id.in_(membership_ids))
    found = db.session.scalars(asked.order_by(MembershipStep.recorded_at, MembershipStep.id))
    return {(step.membership_id, step.state, step.first_day): step.recorded_by for step in found}


def steps_on_record(membership_ids: Sequence[int]) -> dict[int, list[MembershipStep]]:
    """The steps of these memberships, in their order."""
    found: dict[int, list[MembershipStep]] = {membership_id: [] for membership_id in membership_ids}
    asked = select(MembershipStep).where(
        MembershipStep.membership_id.in_(membership_ids), MembershipStep.superseded_at.is_(None)
    )
    for step in db.session.scalars(asked.order_by(MembershipStep.first_day, MembershipStep.id)):
        found[step.membership_id].append(step)
    return found
