"""Mails about plans of succession: who is asked, who is appointed, and why not."""

from __future__ import annotations

from app.committees.commands.answer_links import open_link
from app.committees.documents import Asked, appointed_message, plan_message, refusal_message
from app.committees.models import Committee, Seat, SuccessionPlan
from app.committees.queries.plans import find_chair
from app.committees.rules import in_words
from app.committees.rules.plans import ANSWER_LIFE, seat_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.periods import Period
from app.core.site import this_site
from app.members.models import Person
from app.members.queries.applications import consortium_name
from app.outbox.commands import Address, send_mail


def ask_successor(plan: SuccessionPlan, seat: Seat, committee: Committee, actor: Actor) -> None:
    """Ask whom a plan names by mail; earlier links are void from now on. Refused where there is no address."""
    to = _address_of(plan)
    asked = _asked_of(plan, committee, open_link(plan, clock.now() + ANSWER_LIFE), actor)
    message = plan_message(asked, seat_words(seat.position, seat.label), _days_words(plan.period))
    send_mail(to, message.subject, message.body)


def _address_of(plan: SuccessionPlan) -> Address:
    person = db.session.get(Person, plan.person_id) if plan.person_id else None
    email = person.email if person else plan.email
    if not email:
        raise DomainError("There is no e-mail address to write to: ask them in another way, or add one first.")
    return Address(_name_of(plan), email)


def _asked_of(plan: SuccessionPlan, committee: Committee, link: str, actor: Actor) -> Asked:
    until = clock.local(clock.now() + ANSWER_LIFE)
    return Asked(_name_of(plan), consortium_name(), committee.name, actor.name, link, until)


def tell_appointed(plan: SuccessionPlan, seat: Seat, committee: Committee, actor: Actor) -> None:
    """Tell whom a plan names that they are appointed, where there is an address."""
    person = db.session.get_one(Person, plan.person_id)
    if person.email:
        asked = _asked_of(plan, committee, this_site().address(f"/committees/{committee.id}"), actor)
        message = appointed_message(asked, seat_words(seat.position, seat.label), _days_words(plan.period))
        send_mail(Address(person.name, person.email), message.subject, message.body)


def tell_chair(plan: SuccessionPlan, committee: Committee, reason: str, actor: Actor) -> None:
    """Tell the chair of a committee why the secretariat does not appoint whom they asked for."""
    chair = find_chair(committee.id)
    if chair is not None and chair.email:
        link, until = this_site().address(f"/committees/{committee.id}/succession"), clock.local(clock.now())
        asked = Asked(chair.name, consortium_name(), committee.name, actor.name, link, until)
        message = refusal_message(asked, _name_of(plan), reason)
        send_mail(Address(chair.name, chair.email), message.subject, message.body)


def _name_of(plan: SuccessionPlan) -> str:
    person = db.session.get(Person, plan.person_id) if plan.person_id else None
    return person.name if person else f"{plan.given_name} {plan.family_name}"


def _days_words(period: Period) -> str:
    until = f" to {in_words(period.last)}" if period.last else " on"
    return f"from {in_words(period.first)}{until}"
