"""Mails about elections: who may nominate is told of the call, and whom it concerns of a later deadline."""

from __future__ import annotations

from datetime import datetime

from app.committees.documents.election_messages import Called, call_message, later_message
from app.committees.models import Committee, Election
from app.committees.queries.elections import list_seats_of
from app.committees.queries.nominators import list_concerned, list_nominators
from app.committees.rules.plans import seat_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.site import this_site
from app.members.queries.applications import consortium_name
from app.outbox.commands import Address, send_mail
from app.web.wording import join_words


def tell_call(election: Election, actor: Actor) -> None:
    """Tell everybody who may nominate that nominations are called for, each in a mail of their own."""
    called = _called(election, f"/committees/elections/{election.id}/nominate", actor)
    for each in list_nominators(election):
        message = call_message(each.name, called, election.text)
        send_mail(Address(each.name, each.email), message.subject, message.body)


def tell_later(election: Election, before: datetime, reason: str, actor: Actor) -> None:
    """Tell nominees, voters and who may nominate that nominations end later, and why."""
    called = _called(election, f"/committees/elections/{election.id}", actor)
    for each in list_concerned(election):
        message = later_message(each.name, called, clock.local(before), reason)
        send_mail(Address(each.name, each.email), message.subject, message.body)


def _called(election: Election, path: str, actor: Actor) -> Called:
    committee = db.session.get_one(Committee, election.committee_id)
    seats = join_words(seat_words(each.seat.position, each.seat.label) for each in list_seats_of(election.id))
    return Called(
        title=election.title,
        consortium=consortium_name(),
        committee=committee.name,
        seats=seats,
        sender=actor.name,
        opens_on=election.opens_on,
        until=clock.local(election.deadline_at),
        link=this_site().address(path),
    )
