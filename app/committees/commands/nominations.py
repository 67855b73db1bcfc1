"""Nominating somebody in an election, what they answer, and striking who can stand no longer."""

from __future__ import annotations

from app.audit.commands import Personal
from app.committees.commands.answer_links import open_link, spend_links_of
from app.committees.commands.elections import locked_election, note_election
from app.committees.commands.entries import person_of
from app.committees.documents import Asked, nomination_message
from app.committees.models import Committee, Election, Nomination
from app.committees.queries.candidates import standings_of
from app.committees.queries.elections import find_own_person, list_seats_of, why_no_nomination
from app.committees.rules.elections import RUNNING_ELECTIONS, ElectionState, NominationState
from app.committees.rules.plans import ENDED_MEANWHILE, Answer, lasts, seat_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import check_version, lock
from app.core.permissions import Permission
from app.members.models import Person
from app.members.queries.applications import consortium_name
from app.outbox.commands import Address, send_mail
from app.web.wording import join_words

TOO_LATE = "Nominations have ended: the deadline has passed."


def nominate(election_id: int, person_id: int, *, statement: str | None, actor: Actor) -> Nomination:
    """Nominate somebody, or oneself, before the deadline; who is nominated by others is asked by mail.

    Refused where they could be elected to none of the seats, with the reason.
    """
    election = _open_election(election_id)
    why = why_no_nomination(election, actor)
    if why is not None:
        raise DomainError(why)
    person = _person_to_nominate(election, person_id)
    own = find_own_person(actor)
    is_own = own is not None and own.id == person.id
    if not is_own and not actor.has_any(Permission.PERSON_LIST):
        raise DomainError("You can nominate yourself.", "person_id")
    nomination = Nomination(
        election_id=election.id,
        person_id=person.id,
        statement=statement,
        state=NominationState.ACCEPTED if is_own else NominationState.PROPOSED,
        nominated_by=actor.name,
        nominated_by_id=actor.user_id,
        nominated_at=clock.now(),
        answered_at=clock.now() if is_own else None,
    )
    db.session.add(nomination)
    db.session.flush()
    said = {"person": Personal(person.name, person.id), "state": nomination.state.value}
    note_election("committees.nominate", election, "Nominated somebody", actor, after=said)
    if not is_own and person.email:
        _ask(election, nomination, person, actor)
    return nomination


def answer_nomination(nomination: Nomination, answer: Answer, *, words: str | None, actor: Actor) -> None:
    """Keep whether somebody stands who was nominated; their election is locked. After the deadline it is too late."""
    election = db.session.get_one(Election, nomination.election_id)
    if election.state is not ElectionState.NOMINATING or clock.now() > election.deadline_at:
        raise DomainError(TOO_LATE)
    if nomination.state is not NominationState.PROPOSED:
        raise DomainError("This was answered already.")
    if answer is Answer.YES and not _any_lasts(election):
        raise DomainError(ENDED_MEANWHILE)
    following = NominationState.ACCEPTED if answer is Answer.YES else NominationState.DECLINED
    nomination.state, nomination.answer, nomination.answered_at = following, words, clock.now()
    db.session.flush()
    spend_links_of(nomination)
    said = {"nomination": nomination.id, "state": following.value}
    note_election("committees.answer_nomination", election, f"One nominated has {following.value}", actor, after=said)


def strike_nomination(nomination_id: int, *, reason: str, version: int, actor: Actor) -> Nomination:
    """Let somebody stand no longer, for a reason, as when they have withdrawn; their nomination stays on record."""
    found = db.session.get(Nomination, nomination_id)
    if found is None:
        raise NotFoundError("There is no such nomination.")
    election = locked_election(found.election_id, actor)
    nomination = lock(Nomination, nomination_id)
    check_version(nomination, version)
    if election.state not in RUNNING_ELECTIONS or nomination.state not in {
        NominationState.PROPOSED,
        NominationState.ACCEPTED,
    }:
        raise DomainError("They do not stand, or the election is over.")
    nomination.state, nomination.struck_because = NominationState.STRUCK, reason
    db.session.flush()
    spend_links_of(nomination)
    said = {"nomination": nomination.id}
    note_election("committees.strike_nomination", election, "Struck a candidate", actor, after=said, reason=reason)
    return nomination


def _open_election(election_id: int) -> Election:
    found = db.session.get(Election, election_id)
    if found is None:
        raise NotFoundError("There is no such election.")
    lock(Committee, found.committee_id)
    return lock(Election, election_id)


def _person_to_nominate(election: Election, person_id: int) -> Person:
    person = person_of(person_id)
    standing = standings_of(election.id, election.committee_id, [person_id])[person_id]
    if not standing.open_to:
        raise DomainError(standing.why_not, "person_id")
    return person


def _any_lasts(election: Election) -> bool:
    """Whether there is a seat of an election still that goes on for its days, as its committee does."""
    committee = db.session.get_one(Committee, election.committee_id)
    whole = committee.period
    return any(lasts((each.seat.period, whole), each.period) for each in list_seats_of(election.id))


def _ask(election: Election, nomination: Nomination, person: Person, actor: Actor) -> None:
    committee = db.session.get_one(Committee, election.committee_id)
    link = open_link(nomination, election.deadline_at)
    until = clock.local(election.deadline_at)
    asked = Asked(person.name, consortium_name(), committee.name, actor.name, link, until)
    seats = join_words(seat_words(each.seat.position, each.seat.label) for each in list_seats_of(election.id))
    message = nomination_message(asked, seats, nomination.statement or "")
    send_mail(Address(person.name, str(person.email)), message.subject, message.body)
