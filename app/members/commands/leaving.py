"""Leaving as a tracked case: the notice, the steps that members take themselves, and calling it off in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.core.series import take_numbers
from app.files.commands import store_file
from app.members.commands.cases import (
    CaseStep,
    Done,
    begin_leaving_step,
    finish_leaving_step,
    open_leaving,
    register_leaving_step,
)
from app.members.commands.memberships import withdraw_member
from app.members.commands.representations import end_representation, retract_representation
from app.members.commands.steps import steps_of
from app.members.commands.survivors import lock_institution
from app.members.documents.applications import Letter
from app.members.models import (
    CaseTask,
    Departure,
)
from app.members.queries import (
    list_addressees,
    list_memberships_to_come,
    list_memberships_to_end,
    list_representations_to_end,
    member_after,
    papers_of,
)
from app.members.rules import (
    TERM_STEP,
    LeavingState,
    check_grace,
    day_words,
    freed_on,
)
from app.outbox.commands import Address, send_mail
from app.web.wording import plural

TERM, ACCESS, LETTER = TERM_STEP, "access", "letter"

ENDING = ("Membership", "End each of its memberships with its last day.", 10, "End it", "members.end_memberships")
register_leaving_step(CaseStep(TERM, *ENDING))
register_leaving_step(
    CaseStep(
        ACCESS,
        "Access",
        "End what its representatives may do, with the last day or after the days of grace.",
        20,
        "End access",
        "members.end_access",
        needs=(TERM,),
    )
)
register_leaving_step(
    CaseStep(
        LETTER,
        "Closing letter",
        "Write to those who voted and paid for it, on paper and by e-mail.",
        90,
        "Write it",
        "members.close_departure",
        waits_for_end=True,
        comes_last=True,
    )
)


@dataclass(frozen=True)
class Notice:
    """That an institution leaves: with which last day, why, and how many days seats and access go on after it."""

    last_day: date
    reason: str
    grace_days: int = 0


@dataclass(frozen=True)
class ClosingLetter:
    """The closing letter as it goes out: by mail as text, and as a printed paper."""

    letter: Letter
    paper: bytes


def give_notice(institution_id: int, notice: Notice, *, actor: Actor) -> Departure:
    """Begin the case of an institution that leaves; whoever enters it owns it."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    institution = lock_institution(institution_id)
    check_grace(notice.grace_days)
    still_open = (Departure.institution_id == institution_id, Departure.state == LeavingState.NOTICE_GIVEN)
    other = db.session.scalar(select(Departure.number).where(*still_open).limit(1))
    if other is not None:
        raise DomainError(f"Its leaving is under way already, as {other}.")
    if not list_memberships_to_end(institution_id, notice.last_day):
        raise DomainError(f"It is no member on {day_words(notice.last_day)}.", "last_day")
    _refuse_to_come(institution_id, notice.last_day)
    day = clock.today()
    (number,) = take_numbers("departure", year=day.year, count=1, day=day)
    departure = Departure(
        number=f"L-{day.year}-{number:03}",
        institution_id=institution_id,
        state=LeavingState.NOTICE_GIVEN,
        state_since=day,
        owner_id=actor.user_id,
        noticed_on=day,
        last_day=notice.last_day,
        grace_days=notice.grace_days,
        reason=notice.reason,
    )
    db.session.add(departure)
    db.session.flush()
    open_leaving(departure)
    record(
        "members.give_notice",
        Subject("departure", departure.id),
        summary=f"{institution.name} leaves: last day {day_words(notice.last_day)}, case {departure.number}",
        after={"last_day": notice.last_day, "grace_days": notice.grace_days},
        reason=notice.reason,
        actor=actor,
    )
    return departure


def end_memberships(departure_id: int, *, actor: Actor) -> CaseTask:
    """Withdraw the institution from every class, with the last day of the notice."""
    departure, task = begin_leaving_step(departure_id, TERM, actor=actor)
    _refuse_to_come(departure.institution_id, departure.last_day)
    kept = []
    for membership in list_memberships_to_end(departure.institution_id, departure.last_day):
        last_day = _written(membership.last_day)
        withdraw_member(membership.id, last_day=departure.last_day, reason=departure.reason, actor=actor)
        withdrawal = steps_of(membership.id)[-1].id
        kept.append({"membership": membership.id, "last_day": last_day, "withdrawal": withdrawal})
    last = day_words(departure.last_day)
    outcome = f"Withdrawn: the last day is {last}." if kept else f"It had no membership on {last}."
    return finish_leaving_step(departure, task, Done(outcome, kept={"memberships": kept}), actor=actor)


def _refuse_to_come(institution_id: int, last_day: date) -> None:
    """Who leaves is to be no member by itself later on, as by a change of class that is still to come."""
    for found in list_memberships_to_come(institution_id, last_day):
        told = f"It is to be a member as {found.membership_class.name} from {day_words(found.first_day)}"
        raise DomainError(f"{told}: take that membership back first, where its first day is corrected.", "last_day")


def end_access(departure_id: int, *, actor: Actor) -> CaseTask:
    """End every representation, and the rights that follow from it, with the last day or after the grace."""
    departure, task = begin_leaving_step(departure_id, ACCESS, actor=actor)
    lock_institution(departure.institution_id)  # Nobody is named meanwhile.
    stays = member_after(departure)
    if stays:
        return finish_leaving_step(departure, task, Done(stays), actor=actor)
    last_day = freed_on(departure.last_day, departure.grace_days)
    kept = []
    for found in list_representations_to_end(departure.institution_id, last_day):
        begins_later = found.first_day > last_day
        ended = None if begins_later else _written(last_day)
        kept.append({"representation": found.id, "last_day": _written(found.last_day), "ended": ended})
        if begins_later:
            retract_representation(found.id, reason=departure.reason, version=found.version, actor=actor)
        else:
            end_representation(found.id, last_day=last_day, reason=departure.reason, actor=actor)
    outcome = _ended(sum(1 for each in kept if each["ended"]), len(kept), last_day)
    return finish_leaving_step(departure, task, Done(outcome, kept={"representations": kept}), actor=actor)


def _ended(ended: int, found: int, last_day: date) -> str:
    """What became of the representations found, in words: those from after the last day are taken back."""
    told = []
    if ended:
        words = plural(ended, "representation ends", "representations end")
        told.append(f"{words} with {day_words(last_day)}, and the rights that followed.")
    if found > ended:
        words = plural(found - ended, "representation", "representations")
        told.append(f"{words} from after {day_words(last_day)} taken back.")
    return " ".join(told) or "Nobody represented it."


def close_departure(departure_id: int, closing: ClosingLetter, *, actor: Actor) -> CaseTask:
    """Send the closing letter with all papers of the case, and keep its own: once everything else is done."""
    departure, task = begin_leaving_step(departure_id, LETTER, actor=actor)
    file = store_file(closing.paper, "application/pdf", f"Closing letter {departure.number}.pdf")
    papers, people = [*papers_of(departure), file.id], list_addressees(departure)
    for person in people:
        to = Address(person.name, str(person.email))
        send_mail(to, closing.letter.subject, closing.letter.body, attachments=papers)
    told = f"and sent to {len(people)} of its representatives" if people else "but there was nobody to mail it to"
    done = Done(f"The closing letter is printed, {told}.", file_id=file.id)
    return finish_leaving_step(departure, task, done, actor=actor)


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None
