"""Seats: adding several at once, changing what may change of one, and ending them with who sits on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.accounts.commands import administration_kept, end_grants_of
from app.accounts.rules import GrantSource
from app.audit.commands import Subject, record
from app.committees.commands.committees import days_said, locked_committee
from app.committees.commands.constituencies import check_constituency
from app.committees.commands.dated_facts import (
    Since,
    change_facts,
    checked_since,
    fit_seats,
    put_facts,
    reaches_back,
)
from app.committees.commands.entries import seat_of
from app.committees.commands.following import (
    check_follows,
    fill_following,
    settle_offices,
    stop_following,
)
from app.committees.commands.holding_over import settle_replaced
from app.committees.commands.leave_days import fit_leave
from app.committees.commands.succession_ending import end_succession
from app.committees.models import Appointment, Committee, Seat, SeatAlternate
from app.committees.queries.following import committees_following
from app.committees.rules import OFFICE_WORDS, Ending, Office, SeatKind, check_within, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.history import Recorded, advance, as_known, beyond, check_version, lock, overlapping, retract, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.commands import hold_institution

MOST_AT_ONCE = 50


@dataclass(frozen=True)
class SeatValues:
    """A place on a committee. One filled by an institution names it, one of a constituency says of which.

    `cycle_end` is a day on which a term of the seat ends; one ex officio may follow an office of another committee.
    """

    kind: SeatKind
    label: str
    period: Period
    votes: bool = True
    institution_id: int | None = None
    constituency_id: int | None = None
    cycle_end: date | None = None
    follows_committee_id: int | None = None
    follows_office: Office | None = None


@dataclass(frozen=True)
class SeatChange:
    """What may change of a seat; its kind, whom it is for and whether it votes stay as long as it lasts."""

    label: str
    cycle_end: date | None = None
    follows_committee_id: int | None = None
    follows_office: Office | None = None


@dataclass(frozen=True)
class Ended:
    """How terms come to their end with their seat, and why."""

    how: Ending
    reason: str


def add_seat(committee_id: int, values: SeatValues, *, actor: Actor) -> Seat:
    """Add a seat at the end of a committee's roster."""
    return add_seats(committee_id, values, 1, actor=actor)[0]


def add_seats(committee_id: int, values: SeatValues, number: int, *, actor: Actor) -> list[Seat]:
    """Add so many alike at the end of a committee's roster; several are numbered behind their name."""
    _lock_followed(committee_id, {values.follows_committee_id}, actor)
    committee = locked_committee(committee_id, actor)
    if not 1 <= number <= MOST_AT_ONCE:
        raise DomainError(f"From 1 to {MOST_AT_ONCE} at once.", "number")
    _check_seat(committee, values, number)
    if values.follows_committee_id is not None:
        _require_secretariat(actor)
    last = db.session.scalar(select(func.max(Seat.position)).where(Seat.committee_id == committee_id)) or 0
    labels = _labels(committee_id, values, number)
    return [_insert(committee, values, last + place, label, actor) for place, label in enumerate(labels, start=1)]


def change_seat(seat_id: int, change: SeatChange, *, since: Since | None = None, version: int, actor: Actor) -> Seat:
    """Change what a seat is called, its cycle, or what office it follows.

    It is called so from a day on (of today, where none is said), and what it was called before keeps its days. Where
    nothing is changed but that day, it was called so since then.
    """
    found = seat_of(seat_id)
    _lock_followed(found.committee_id, {found.follows_committee_id, change.follows_committee_id}, actor)
    committee, seat = _locked(seat_id, version, actor)
    before = SeatChange(seat.label, seat.cycle_end, seat.follows_committee_id, seat.follows_office)
    is_named = change.label != seat.label or reaches_back(seat, since)
    if before == change and not is_named:
        return seat
    _check_kind(committee, seat.kind, change)
    if _followed(before) != _followed(change):
        _require_secretariat(actor)
    if _followed(before) not in {None, _followed(change)}:
        stop_following(seat, actor)
    seat.cycle_end = change.cycle_end
    seat.follows_committee_id, seat.follows_office = change.follows_committee_id, change.follows_office
    named = _name(seat, change.label, since) if is_named else {}
    from_when = f": its name, from {in_words(date.fromisoformat(named['since']))}" if named else ""
    db.session.flush()
    fill_following(seat, actor)
    record(
        "committees.change_seat",
        Subject("seat", seat.id),
        summary=f"Changed seat {seat.position} of {committee.name}{from_when}.",
        before=_changed(before, change),
        after=_changed(change, before) | named,
        reason=since.reason if since else None,
        actor=actor,
    )
    return seat


def end_seat(seat_id: int, last_day: date, *, reason: str, version: int, actor: Actor) -> Seat:
    """End a seat with a day: whoever holds it, its alternates and their rights end with it."""
    committee, seat = _locked(seat_id, version, actor)
    if last_day < seat.first_day:
        raise DomainError(f"The seat began on {in_words(seat.first_day)}; it cannot end before.", "last_day")
    if seat.last_day is not None and last_day >= seat.last_day:
        raise DomainError(f"This seat ends on {in_words(seat.last_day)} already.", "last_day")
    before = days_said(seat.period)
    end_seats([seat], last_day, Ended(Ending.FREED, reason), actor)
    settle_offices(committee, actor)
    record(
        "committees.end_seat",
        Subject("committee", committee.id),
        summary=f"Ended seat {seat.position}, {seat.label}, of {committee.name} with {in_words(last_day)}.",
        before=before,
        after={"seat": seat.position} | days_said(seat.period),
        reason=reason,
        actor=actor,
    )
    return seat


def end_seats(seats: Sequence[Seat], last_day: date, ended: Ended, actor: Actor) -> dict[str, Any]:
    """End seats of a locked committee that go on after a day, with all terms, alternates and rights of them.

    A term that would begin later is taken back, also one on a seat that would. What stood before is told by ids, for
    who undoes it.
    """
    ids = [seat.id for seat in seats]
    terms = _going_on(Appointment, Appointment.seat_id.in_(ids), last_day)
    alternates = _going_on(SeatAlternate, SeatAlternate.seat_id.in_(ids), last_day)
    stood = _cut(seats, terms, alternates, last_day)
    for term in terms:
        _end(term, last_day, ended_how=ended.how, end_reason=ended.reason)
    db.session.flush()
    yesterday = clock.today() - ONE_DAY
    rights = {each.id: last_day if each.first_day <= last_day else yesterday for each in terms}
    with administration_kept():
        end_grants_of(GrantSource.APPOINTMENT, rights, actor)
        _settle_others(seats, terms, ended, actor)
    end_succession(ids, last_day, ended.how, actor)
    return stood


def _cut(
    seats: Sequence[Seat], terms: Sequence[Appointment], alternates: Sequence[SeatAlternate], last_day: date
) -> dict[str, Any]:
    """End seats and their alternates with a day; what stood before is told by ids, for who undoes it."""
    begun, _ = _begun(seats, last_day)
    going_on = [each for each in begun if each.last_day is None or each.last_day > last_day]
    stood = _stood(going_on, terms, alternates, last_day)
    for seat in going_on:
        seat.last_day = last_day
    fit_seats(going_on)
    for alternate in alternates:
        _end(alternate, last_day)
    return stood


def _name(seat: Seat, label: str, since: Since | None) -> dict[str, Any]:
    """Let a seat be called so from a day on; name and day, for the trail."""
    first_day = checked_since(seat, since)
    change_facts(seat, {"label": label}, first_day)
    advance(seat)
    return {"label": label, "since": first_day.isoformat()}


def _settle_others(seats: Sequence[Seat], terms: Sequence[Appointment], ended: Ended, actor: Actor) -> None:
    """Let leave lie within the terms that ended, and whoever was to go for one of those hold over again."""
    if ended.how is Ending.DISSOLVED:
        return  # A committee can go on again, with all leave and whoever follows.
    for term in terms:
        fit_leave(term, holder_before=term.person_id)
    if seats:
        committee = db.session.get_one(Committee, seats[0].committee_id)
        settle_replaced(committee, {seat.id for seat in seats}, actor)


def _require_secretariat(actor: Actor) -> None:
    """A seat that follows an office fills itself, and touches two committees: no chair decides that for both."""
    if not actor.has_all(Permission.COMMITTEE_FOUND):
        raise DomainError("Only the secretariat lets a seat follow an office.", "follows_committee_id")


def _lock_followed(committee_id: int, followed: set[int | None], actor: Actor) -> None:
    """Lock the committees whose offices a seat follows or is to, before its own: as who changes those offices does.

    One that follows an office of another of them comes after it.
    """
    actor.require(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    ids = {each for each in followed if each is not None and db.session.get(Committee, each) is not None}
    after = {each: sum(each in committees_following(other) for other in ids) for each in ids}
    for each in sorted(ids, key=lambda one: (after[one], one)):
        lock(Committee, each)


def _followed(change: SeatChange) -> tuple[int, Office] | None:
    """The office of which committee a seat follows, if any."""
    if change.follows_committee_id is None or change.follows_office is None:
        return None
    return change.follows_committee_id, change.follows_office


def _locked(seat_id: int, version: int, actor: Actor) -> tuple[Committee, Seat]:
    committee = locked_committee(seat_of(seat_id).committee_id, actor)
    seat = lock(Seat, seat_id)
    check_version(seat, version)
    return committee, seat


def _check_seat(committee: Committee, values: SeatValues, number: int) -> None:
    if values.kind is SeatKind.INSTITUTION:
        _check_institution(committee, values, number)
    elif values.institution_id is not None:
        raise DomainError("Only a seat by institution is filled by one.", "institution_id")
    check_constituency(values.kind, values.constituency_id, values.period)
    change = SeatChange(
        values.label,
        values.cycle_end,
        values.follows_committee_id,
        values.follows_office,
    )
    _check_kind(committee, values.kind, change)
    check_within(committee.period, values.period, "The committee")


def _check_institution(committee: Committee, values: SeatValues, number: int) -> None:
    """Refuse a second seat of one institution on the same days: one per member at a time."""
    if values.institution_id is None:
        raise DomainError("Choose the institution that fills this seat.", "institution_id")
    if number > 1:
        raise DomainError("An institution has one seat on a committee at a time.", "number")
    hold_institution(values.institution_id)
    asked = select(Seat.position, Seat.first_day).where(
        Seat.committee_id == committee.id,
        Seat.kind == SeatKind.INSTITUTION,
        Seat.institution_id == values.institution_id,
        overlapping(Seat, values.period),
    )
    found = db.session.execute(asked.order_by(Seat.first_day, Seat.id).limit(1)).first()
    if found is not None:
        message = f"This institution fills seat {found.position} since {in_words(found.first_day)}: one at a time."
        raise DomainError(message, "institution_id")


def _check_kind(committee: Committee, kind: SeatKind, change: SeatChange) -> None:
    if (change.follows_committee_id is None) != (change.follows_office is None):
        missing = "follows_office" if change.follows_office is None else "follows_committee_id"
        raise DomainError("Say both: the office, and of which committee.", missing)
    if change.follows_committee_id is None or change.follows_office is None:
        return
    if kind is not SeatKind.EX_OFFICIO:
        raise DomainError("Only a seat ex officio follows an office.", "follows_committee_id")
    check_follows(committee.id, change.follows_committee_id, change.follows_office)


def _labels(committee_id: int, values: SeatValues, number: int) -> list[str]:
    """What the seats are called: several by the next numbers that no seat of the committee has behind this name."""
    if number == 1:
        return [values.label]
    asked = select(Seat.label).where(Seat.committee_id == committee_id, overlapping(Seat, values.period))
    taken = {folded(label) for label in db.session.scalars(asked.order_by(Seat.id))}
    free = (f"{values.label} {place}" for place in range(1, len(taken) + number + 1))
    labels = [label for label in free if folded(label) not in taken][:number]
    if len(max(labels, key=len)) > Seat.label.type.length:
        raise DomainError("The name has to leave room for a number.", "label")
    return labels


def _insert(committee: Committee, values: SeatValues, position: int, label: str, actor: Actor) -> Seat:
    seat = Seat(
        committee_id=committee.id,
        position=position,
        kind=values.kind,
        label=label,
        votes=values.votes,
        institution_id=values.institution_id,
        constituency_id=values.constituency_id,
        cycle_end=values.cycle_end,
        follows_committee_id=values.follows_committee_id,
        follows_office=values.follows_office,
        first_day=values.period.first,
        last_day=values.period.last,
    )
    db.session.add(seat)
    db.session.flush()
    put_facts(seat)
    record(
        "committees.add_seat",
        Subject("committee", committee.id),
        summary=f"Added seat {seat.position}, {seat.label}, to {committee.name}.",
        actor=actor,
        after={
            "seat": seat.position,
            "kind": values.kind.value,
            "votes": values.votes,
            "institution_id": values.institution_id,
            "constituency_id": values.constituency_id,
        }
        | _told(values)
        | {"label": label}
        | days_said(values.period),
    )
    fill_following(seat, actor)
    return seat


def _stood(
    seats: Sequence[Seat], terms: Sequence[Appointment], alternates: Sequence[SeatAlternate], last_day: date
) -> dict[str, Any]:
    """The last days that facts had by their ids; of those that begin after a day, their ids alone."""
    begun, taken_back = _begun(terms, last_day)
    standing_in, not_yet = _begun(alternates, last_day)
    return {
        "seats": {str(each.id): _day(each.last_day) for each in seats},
        "terms": {str(each.id): [_day(each.last_day), each.ended_how] for each in begun},
        "alternates": {str(each.id): _day(each.last_day) for each in standing_in},
        "taken_back": taken_back,
        "alternates_taken_back": not_yet,
    }


def _begun(facts: Sequence[Any], last_day: date) -> tuple[list[Any], list[int]]:
    """Those that have begun by a day, and the ids of those that have not."""
    begun = [each for each in facts if each.first_day <= last_day]
    return begun, [each.id for each in facts if each.first_day > last_day]


def _going_on(model: Any, of_seats: Any, last_day: date) -> list[Any]:
    """Facts on record about seats that go on after a day, or begin after it."""
    asked = select(model).where(of_seats, as_known(model), beyond(model, last_day))
    return list(db.session.scalars(asked.order_by(model.id)).all())


def _end(fact: Recorded, last_day: date, **more: Any) -> None:
    if fact.first_day > last_day:
        retract(fact)
    else:
        supersede(fact, last_day=last_day, **more)


def _told(change: SeatChange | SeatValues) -> dict[str, Any]:
    """What a seat is beside its kind, for the trail."""
    office = OFFICE_WORDS[change.follows_office] if change.follows_office else None
    return {
        "label": change.label,
        "cycle_end": _day(change.cycle_end),
        "follows_committee_id": change.follows_committee_id,
        "follows_office": office,
    }


def _changed(one: SeatChange, other: SeatChange) -> dict[str, Any]:
    said = _told(other)
    return {name: value for name, value in _told(one).items() if value != said[name]}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
