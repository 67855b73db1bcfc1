"""Tasks about members and people: who has no voting representative, no billing contact, or was never invited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from app.accounts.models import AccessLink, Grant, User
from app.billing.models import FeeSchedule
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import on_day, valid
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone
from app.members.models import Institution, Membership, MembershipClass, MembershipStep, Representation
from app.members.rules import MEMBER_STATES, Purpose
from app.web import wording

MOST = 8


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


def members_without_voice(actor: Actor) -> Iterator[Task]:
    """Members in a class that votes whom nobody represents today."""
    held = select(Membership.institution_id).join(MembershipClass, MembershipClass.id == Membership.class_id)
    yield from _lacking(VOTING, held.where(MembershipClass.votes.is_(True)), actor)


def members_without_billing_contact(actor: Actor) -> Iterator[Task]:
    """Members in a class that pays who have nobody to send invoices to today."""
    paying = select(FeeSchedule.class_id).where(valid(FeeSchedule, clock.today()), FeeSchedule.amount_minor > 0)
    held = select(Membership.institution_id)
    yield from _lacking(BILLING, held.where(Membership.class_id.in_(paying)), actor)


def people_never_invited(actor: Actor) -> Iterator[Task]:
    """Users with a role today who can be reached, cannot sign in, and have no open invitation: one line for all."""
    if not actor.has_any(Permission.ACCOUNT_EDIT):
        return
    with_role = select(Grant.user_id).where(on_day(Grant, clock.today()))
    invited = select(AccessLink.id).where(
        AccessLink.user_id == User.id, AccessLink.used_at.is_(None), AccessLink.expires_at > clock.now()
    )
    waiting = select(func.count(User.id)).where(
        User.password_hash.is_(None),
        User.email.is_not(None),
        User.disabled_at.is_(None),
        User.id.in_(with_role),
        ~invited.exists(),
    )
    number = db.session.scalar(waiting) or 0
    if number:
        yield Task(
            Group.MISSING,
            f"{wording.plural(number, 'person has a role and cannot', 'people have a role and cannot')} sign in",
            "They have no password and no open invitation",
            "",
            "",
            Tone.QUIET,
            "See users",
            "accounts.users",
            {"state": "no password"},
        )


def _lacking(lack: _Lack, held: AnySelect, actor: Actor) -> Iterator[Task]:
    everyone = actor.has_any(Permission.INSTITUTION_EDIT)
    own = actor.own_institutions(Permission.INSTITUTION_READ)
    if not everyone and not own:
        return
    statement = _without(lack.purpose, held)
    if not everyone:
        statement = statement.where(Institution.id.in_(own))
    rows = db.session.execute(statement).all()
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


def _without(purpose: Purpose, held: AnySelect) -> AnySelect:
    """Members of today, within the memberships given, without anyone for the purpose."""
    today = clock.today()
    members = held.join(MembershipStep, MembershipStep.membership_id == Membership.id).where(
        MembershipStep.state.in_(MEMBER_STATES), valid(MembershipStep, today)
    )
    voice = select(Representation.id).where(
        Representation.institution_id == Institution.id,
        Representation.purpose == purpose,
        valid(Representation, today),
    )
    return (
        select(Institution.id, Institution.name, Institution.short_name, func.count().over().label("total"))
        .where(Institution.id.in_(members), ~voice.exists())
        .order_by(Institution.sort_name, Institution.id)
        .limit(MOST)
    )
