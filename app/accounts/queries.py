"""Every read of accounts: who is signed in and what they may do today, users, grants, sessions, links, the profile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, and_, bindparam, case, exists, func, literal, or_, select

from app.accounts.models import AccessLink, ConsortiumProfile, Grant, SignInSession, User
from app.accounts.rules import GrantSource, LinkPurpose, UserState, fits_scope, hash_token
from app.audit.remembering import remembered
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import UtcInstant, db, prepared
from app.core.errors import NotFoundError
from app.core.history import on_day
from app.core.paging import count_rows, fetch_page, matches
from app.core.permissions import Permission, Role
from app.core.personal_data import DataSubject, Fate, Held, held_rows, holds
from app.core.tables import Page, PageRequest
from app.core.verification import verifies
from app.files.queries import OpenedFile, open_file
from app.web.wording import pill_word

HISTORY_GROUND = "Who held which right on which day is the consortium's own record; it names a number from then on"

Names = Callable[[Iterable[int]], dict[int, str]]

_names: dict[str, Names] = {}


def name_scopes(kind: str, names: Names) -> None:
    """Let the feature that owns institutions, or committees, say what the ones named in grants are called."""
    _names[kind] = names


def scope_names(kind: str, ids: Iterable[int]) -> dict[int, str]:
    """What institutions, or committees, of these ids are called; nothing of records of other kinds."""
    wanted = sorted(set(ids))
    return _names[kind](wanted) if wanted and kind in _names else {}


@dataclass(frozen=True)
class UserFilters:
    """What users are looked for; `has_role` keeps those who hold any."""

    words: str = ""
    role: Role | None = None
    has_role: bool = False
    state: UserState | None = None


@dataclass(frozen=True)
class UserRow:
    """A line of the list of users."""

    id: int
    name: str
    email: str | None
    state: UserState
    roles: int
    last_sign_in: datetime | None


@dataclass(frozen=True)
class GrantRow:
    """A role held, with what it is held for in words."""

    id: int
    role: Role
    scope: str
    first_day: date
    last_day: date | None
    source: GrantSource
    reason: str | None

    def state(self, on: date) -> str:
        """Whether it is in force on a day, will be, or was."""
        if on < self.first_day:
            return "planned"
        return "in force" if self.last_day is None or on <= self.last_day else "ended"


@dataclass(frozen=True)
class SessionRow:
    """A browser signed in."""

    id: int
    browser: str
    address: str
    started_at: datetime
    expires_at: datetime
    is_this: bool


# Built once: it is asked on every request, and building it cost more than running it.
_ACTOR = (
    select(User.id, User.name, Grant.role, Grant.institution_id, Grant.committee_id)
    .join(SignInSession, SignInSession.user_id == User.id)
    .outerjoin(
        Grant,
        and_(
            Grant.user_id == User.id,
            Grant.first_day <= bindparam("today", type_=Date),
            or_(Grant.last_day.is_(None), Grant.last_day >= bindparam("today", type_=Date)),
        ),
    )
    .where(
        SignInSession.token_hash == bindparam("token_hash"),
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > bindparam("now", type_=UtcInstant),
        User.disabled_at.is_(None),
    )
    .order_by(Grant.id)
)


def find_actor(token: str) -> Actor | None:
    """Who the token of a session stands for, with the roles held today; None once it has ended. One statement."""
    asked = {"token_hash": hash_token(token), "now": clock.now(), "today": clock.today()}
    rows = db.session.execute(_ACTOR, asked).all()
    if not rows:
        return None
    held = dict.fromkeys(Granted(role, *scope) for _, _, role, *scope in rows if role)
    return Actor(name=rows[0].name, user_id=rows[0].id, granted=tuple(held))


def find_enabled_user(email: str) -> User | None:
    """Who has this address and is not shut out."""
    address = email.strip().lower()
    if not address.isprintable():
        return None
    return db.session.scalar(select(User).where(User.email == address, User.disabled_at.is_(None)))


def get_user(user_id: int, actor: Actor) -> User:
    """A user, for those who may read accounts, and oneself."""
    user = db.session.get(User, user_id)
    if user is None or not (actor.may(Permission.ACCOUNT_READ) or actor.user_id == user_id):
        raise NotFoundError("There is no such user.")
    return user


def state_of_user(user_id: int) -> UserState:
    """How a user stands now."""
    return UserState(db.session.execute(select(user_state()).where(User.id == user_id)).scalar_one())


def search_users(filters: UserFilters, request: PageRequest, *, on: date, actor: Actor) -> Page[UserRow]:
    """Users by name, address, role held on the day, and state."""
    actor.require(Permission.ACCOUNT_READ)
    state, roles, last = user_state(), _role_count(on), _last_sign_in()
    statement = select(User.id, User.name, User.email, state.label("state"), roles.label("roles"), last.label("last"))
    sorts = {"name": User.search_text, "email": User.email, "state": state, "roles": roles, "last": last}
    narrowed = statement.where(*_conditions(filters, state, on))
    total = None
    if filters == UserFilters(words=filters.words):
        # How a user stands hangs on the clock; names do not.
        total = partial(_count_named, filters.words)
        narrowed = narrowed.where(*_among_first(filters.words, request))
    return fetch_page(narrowed, request, sorts=sorts, key=User.id, build=_user_row, total=total)


def list_grants(user_id: int, actor: Actor) -> list[GrantRow]:
    """All roles of a user, the newest first."""
    get_user(user_id, actor)
    return _named(_grants_of(user_id))


def list_grants_held(user_id: int, on: date, actor: Actor) -> list[GrantRow]:
    """The roles of a user on a day."""
    get_user(user_id, actor)
    return _named(_grants_of(user_id).where(on_day(Grant, on)))


def get_grant(grant_id: int, actor: Actor) -> tuple[Grant, User]:
    """A grant with its user."""
    grant = db.session.get(Grant, grant_id)
    if grant is None:
        raise NotFoundError("There is no such role.")
    return grant, get_user(grant.user_id, actor)


def list_sessions(user_id: int, token: str | None, actor: Actor) -> list[SessionRow]:
    """Browsers a user is signed in with, the one of the token marked."""
    get_user(user_id, actor)
    this = hash_token(token) if token else None
    sessions = db.session.scalars(
        select(SignInSession)
        .where(
            SignInSession.user_id == user_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > clock.now(),
        )
        .order_by(SignInSession.started_at.desc(), SignInSession.id)
    )
    return [
        SessionRow(each.id, each.browser, each.address, each.started_at, each.expires_at, each.token_hash == this)
        for each in sessions
    ]


def find_open_link(token: str) -> AccessLink | None:
    """The link of a token while it can still be used."""
    return db.session.scalar(
        select(AccessLink)
        .join(User, User.id == AccessLink.user_id)
        .where(
            AccessLink.token_hash == hash_token(token),
            AccessLink.used_at.is_(None),
            AccessLink.expires_at > clock.now(),
            User.disabled_at.is_(None),
        )
    )


def find_profile(on: date) -> ConsortiumProfile | None:
    """The consortium's profile on a day: the newest that had begun, else the earliest, if there is any."""
    return db.session.scalar(_profile_on(on))


@remembered
def short_name_on(on: date) -> str:
    """What the consortium is called in short on a day, empty before it has said who it is."""
    profile = find_profile(on)
    return profile.short_name if profile else ""


@prepared
def _profile_on(on: date) -> Select[ConsortiumProfile]:
    begun = ConsortiumProfile.first_day <= on
    newest_begun = case((begun, ConsortiumProfile.first_day), else_=None)
    return select(ConsortiumProfile).order_by(begun.desc(), newest_begun.desc(), ConsortiumProfile.first_day).limit(1)


def get_profile(on: date) -> ConsortiumProfile:
    """The consortium's profile on a day."""
    if (profile := find_profile(on)) is None:
        raise NotFoundError("The consortium has not said who it is yet: adopt a profile under Settings.")
    return profile


def open_logo(file_id: int, actor: Actor) -> OpenedFile:
    """A logo that the consortium has or had, for whoever reads its settings."""
    had = select(ConsortiumProfile.first_day).where(ConsortiumProfile.logo_id == file_id)
    if not actor.may(Permission.SETTING_READ) or db.session.scalar(had.limit(1)) is None:
        raise NotFoundError("There is no such logo.")
    return open_file(file_id)


def list_profiles(actor: Actor) -> Sequence[ConsortiumProfile]:
    """All profiles, the newest first."""
    actor.require(Permission.SETTING_READ)
    return db.session.scalars(select(ConsortiumProfile).order_by(ConsortiumProfile.first_day.desc())).all()


@verifies("Every role is for the institution or committee it needs, and for nothing else")
def check_scopes() -> Iterator[str]:
    """One line for each role that is not."""
    grants = select(Grant.id, Grant.role, Grant.institution_id, Grant.committee_id).order_by(Grant.id)
    for grant_id, role, institution_id, committee_id in db.session.execute(grants):
        if not fits_scope(Granted(role, institution_id, committee_id)):
            yield f"Role {grant_id} of {role.value} is for something else than that role needs."


@holds("accounts.user", place=40)
def held_of_user(subject: DataSubject) -> Held | None:
    """How someone signs in."""
    user = db.session.get(User, subject.user_id)
    rows: list[dict[str, Any]] = []
    if user is not None:
        has_password = "yes, as a hash nobody can read" if user.password_hash else "no"
        rows = [
            {"Name": user.name, "E-mail": user.email, "Since": user.created_at, "Password": has_password},
        ]
    why = "Whoever holds rights in the program has a user to sign in with."
    return held_rows("User", why, rows, Fate.REPLACED)


@holds("accounts.roles", place=41)
def held_roles(subject: DataSubject) -> Held | None:
    """The roles someone holds and held."""
    rows = [
        {
            "Role": pill_word(each.role),
            "For": each.scope,
            "From": each.first_day,
            "Until": each.last_day,
            "Why": each.reason,
        }
        for each in _named(_grants_of(subject.user_id))
    ]
    why = "A role says what somebody may do in the program, and from when to when."
    return held_rows("Roles", why, rows, Fate.KEPT, ground=HISTORY_GROUND, until="without the name")


@holds("accounts.sessions", place=42)
def held_sessions(subject: DataSubject) -> Held | None:
    """Where someone is and was signed in, as far as it is kept."""
    asked = select(SignInSession).where(SignInSession.user_id == subject.user_id).order_by(SignInSession.id)
    rows: list[dict[str, Any]] = [
        {
            "Browser": each.browser,
            "Machine": each.address,
            "From": each.started_at,
            "Until": each.ended_at or each.expires_at,
        }
        for each in db.session.scalars(asked)
    ]
    why = "So that people see where they are signed in, and end what is not them."
    return held_rows("Browsers signed in", why, rows, Fate.REMOVED)


def _conditions(filters: UserFilters, state: ColumnElement[str], on: date) -> list[ColumnElement[bool]]:
    wanted = matches(User.search_text, filters.words)
    if filters.role is not None or filters.has_role:
        held = [Grant.role == filters.role] if filters.role else []
        wanted.append(User.id.in_(select(Grant.user_id).where(*held, on_day(Grant, on))))
    if filters.state is not None:
        wanted.append(state == filters.state.value)
    return wanted


def _among_first(words: str, request: PageRequest) -> list[ColumnElement[bool]]:
    """Those up to the end of a page by name, found in the index alone: rows are fetched of them only."""
    if not (words and request.size) or request.descending or request.sort not in {"", "name"}:
        return []
    first = _named_so(words).order_by(User.search_text, User.id).limit(request.offset + request.size)
    return [User.id.in_(first.correlate(None))]


@remembered
def _count_named(words: str) -> int:
    return count_rows(_named_so(words))


def _named_so(words: str) -> Select[int]:
    return select(User.id).where(*matches(User.search_text, words))


def user_state() -> ColumnElement[str]:
    """How a user stands now, as a column: the value of a UserState."""
    invited = exists().where(
        AccessLink.user_id == User.id,
        AccessLink.purpose == LinkPurpose.INVITATION,
        AccessLink.used_at.is_(None),
        AccessLink.expires_at > clock.now(),
    )
    return case(
        (User.disabled_at.is_not(None), literal(UserState.DISABLED.value)),
        (User.password_hash.is_not(None), literal(UserState.ACTIVE.value)),
        (invited, literal(UserState.INVITED.value)),
        else_=literal(UserState.NOT_INVITED.value),
    )


def _role_count(on: date) -> ColumnElement[int]:
    held = select(func.count()).where(Grant.user_id == User.id, on_day(Grant, on))
    return held.correlate(User).scalar_subquery()


def _last_sign_in() -> ColumnElement[datetime]:
    last = select(func.max(SignInSession.started_at)).where(SignInSession.user_id == User.id)
    return last.correlate(User).scalar_subquery()


def _user_row(row: Row[Any]) -> UserRow:
    return UserRow(row.id, row.name, row.email, UserState(row.state), row.roles, row.last)


def _grants_of(user_id: int) -> Select[Grant]:
    return select(Grant).where(Grant.user_id == user_id).order_by(Grant.first_day.desc(), Grant.id.desc())


def _named(statement: Select[Grant]) -> list[GrantRow]:
    grants = db.session.scalars(statement).all()
    institutions = _names_of("institution", [each.institution_id for each in grants])
    committees = _names_of("committee", [each.committee_id for each in grants])
    return [
        GrantRow(
            id=each.id,
            role=each.role,
            scope=institutions.get(each.institution_id) or committees.get(each.committee_id) or "the whole site",
            first_day=each.first_day,
            last_day=each.last_day,
            source=each.source,
            reason=each.reason,
        )
        for each in grants
    ]


def _names_of(kind: str, ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = {each for each in ids if each is not None}
    known = scope_names(kind, wanted)
    return {each: known.get(each, f"{kind} {each}") for each in wanted}
