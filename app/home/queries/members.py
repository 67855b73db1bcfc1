"""Tasks about members and people: who has no voting representative, no billing contact, or was never invited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select

from app.accounts.models import AccessLink, Grant, User
from app.accounts.queries import short_name_on
from app.accounts.rules import ROLE_HELD, UserState
from app.audit.remembering import remembered
from app.billing.models import FeeSchedule
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import on_day, valid
from app.core.paging import AnySelect, count_rows, exists_row
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone
from app.members.models import Institution, Membership, MembershipClass, MembershipStep, Representation
from app.members.rules import MEMBER_STATES, Purpose
from app.web import wording

MOST = 8
SHUT_OUT = (User.password_hash.is_(None), User.disabled_at.is_(None))


@dataclass(frozen=True)
class _Lack:
    """What a member lacks, said as a task."""

    purpose: Purpose
    title: str
    reason: str
    all_of_them: str


VOTING = _Lack(
    Purpose.VOTING, "No voting representative: {}", "Nobody can vote for this member", "have no voting representative"
)
BILLING = _Lack(Purpose.BILLING, "No billing contact: {}", "Its invoices reach nobody", "have no billing contact")


def first_steps(actor: Actor) -> Iterator[Task]:
    """What a new site waits for: to say who the consortium is, and to bring its members."""
    if actor.has_any(Permission.SETTING_EDIT) and not short_name_on(clock.today()):
        text = "Its name, address and bank stand on every paper"
        yield _first("The consortium has not said who it is", text, "Say who it is", "accounts.adopt_profile")
    if actor.has_any(Permission.REGISTER_IMPORT) and not _has_institutions():
        text = "Bring a table of your members, then one of their people; or add them one by one under Institutions"
        yield _first("No institution is on record", text, "Bring a table", "members.new_import")


def _first(title: str, text: str, verb: str, endpoint: str) -> Task:
    return Task(Group.MISSING, title, text, "", "", Tone.QUIET, verb, endpoint)


@remembered
def _has_institutions() -> bool:
    return exists_row(select(Institution.id))


def members_without_voice(actor: Actor) -> Iterator[Task]:
    """Members in a class that votes whom nobody represents today."""
    yield from _lacking(VOTING, actor)


def members_without_billing_contact(actor: Actor) -> Iterator[Task]:
    """Members in a class that pays who have nobody to send invoices to today."""
    yield from _lacking(BILLING, actor)


def people_never_invited(actor: Actor) -> Iterator[Task]:
    """Users with a role today who cannot sign in and have no open invitation: one line for all."""
    if not actor.has_any(Permission.ACCOUNT_EDIT):
        return
    today = clock.today()
    # Invitations end by the clock, so they are asked for each time; they are few, and lead to their users.
    is_open = (AccessLink.used_at.is_(None), AccessLink.expires_at > clock.now())
    held = select(Grant.id).where(Grant.user_id == User.id, on_day(Grant, today))
    invited = select(AccessLink.user_id).join(User, User.id == AccessLink.user_id)
    invited = invited.where(*is_open, *SHUT_OUT, held.exists()).distinct()
    number = _without_password(today) - count_rows(select(invited.subquery()))
    if number > 0:
        yield Task(
            Group.MISSING,
            f"{wording.plural(number, 'person has a role and cannot', 'people have a role and cannot')} sign in",
            "They have no password and no open invitation",
            "",
            "",
            Tone.QUIET,
            "See users",
            "accounts.users",
            {"role": ROLE_HELD, "state": UserState.NOT_INVITED.value},
        )


@remembered
def _without_password(today: date) -> int:
    """How many cannot sign in and hold a role, invited or not."""
    with_role = select(Grant.user_id).where(on_day(Grant, today))
    return count_rows(select(User.id).where(*SHUT_OUT, User.id.in_(with_role)))


def _lacking(lack: _Lack, actor: Actor) -> Iterator[Task]:
    everyone = actor.has_any(Permission.INSTITUTION_EDIT)
    own = actor.own_institutions(Permission.INSTITUTION_READ)
    if not everyone and not own:
        return
    rows = _without(lack.purpose, clock.today(), None if everyone else tuple(sorted(own)))
    for row in rows:
        yield Task(
            Group.MISSING,
            lack.title.format(row.name),
            lack.reason if everyone else f"{lack.reason}; the secretariat records who it is",
            row.short_name,
            "",
            Tone.QUIET,
            "Name one" if everyone else "See who there is",
            "members.institution",
            {"institution_id": row.id},
        )
    if rows and rows[0].total > len(rows):
        more = wording.plural(rows[0].total - len(rows), "more member", "more members")
        yield Task(
            Group.MISSING,
            f"{more} {lack.all_of_them}",
            lack.reason,
            "",
            "",
            Tone.QUIET,
            "See all",
            "members.institutions",
        )


@remembered
def _without(purpose: Purpose, today: date, own: tuple[int, ...] | None) -> tuple[Row[Any], ...]:
    """The first members of today without anyone for a purpose their class asks for, how many there are; all or own."""
    members = (
        _held_in_need(purpose, today)
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .where(MembershipStep.state.in_(MEMBER_STATES), valid(MembershipStep, today))
    )
    voice = select(Representation.id).where(
        Representation.institution_id == Institution.id,
        Representation.purpose == purpose,
        valid(Representation, today),
    )
    among_them = [] if own is None else [Institution.id.in_(own)]
    asked: AnySelect = (
        select(Institution.id, Institution.name, Institution.short_name, func.count().over().label("total"))
        .where(Institution.id.in_(members), ~voice.exists(), *among_them)
        .order_by(Institution.sort_name, Institution.id)
        .limit(MOST)
    )
    return tuple(db.session.execute(asked))


def _held_in_need(purpose: Purpose, today: date) -> AnySelect:
    """The institutions of memberships in classes that vote, or that pay a fee today."""
    if purpose is Purpose.VOTING:
        held = select(Membership.institution_id).join(MembershipClass, MembershipClass.id == Membership.class_id)
        return held.where(MembershipClass.votes.is_(True))
    paying = select(FeeSchedule.class_id).where(valid(FeeSchedule, today), FeeSchedule.amount_minor > 0)
    return select(Membership.institution_id).where(Membership.class_id.in_(paying))
