"""The browser behind a request: whose session its cookie carries, and the short name of the consortium it sees."""

from __future__ import annotations

from flask import Blueprint, g, request, session, url_for

from app.accounts import queries
from app.accounts.commands import Machine
from app.accounts.rules import address_of
from app.audit.subjects import register_subject
from app.core.actor import Actor
from app.web.on_date import current_on
from app.web.security import local_address

TOKEN_KEY = "token"  # noqa: S105 - the name of the place, not what is in it

pages = Blueprint("accounts", __name__)
register_subject("user", "User", "accounts.user", "user_id")
register_subject("consortium_profile", "Profile")


def present_token() -> str:
    """The token of this browser's session, empty where it has none."""
    token = session.get(TOKEN_KEY)
    return token if isinstance(token, str) else ""


def load_actor() -> Actor | None:
    """Who is signed in, with the roles of today."""
    token = present_token()
    return queries.find_actor(token) if token else None


def this_machine() -> Machine:
    """Where the request comes from."""
    address = address_of(request.remote_addr or "unknown", request.headers.get("X-Forwarded-For", ""))
    return Machine(address=address, browser=request.user_agent.string)


def begin_cookie(token: str) -> None:
    """Let the cookie carry a new session and nothing of what it carried before, its form token included."""
    session.clear()
    session[TOKEN_KEY] = token
    session.permanent = True
    for name in ("actor", "csrf_token"):
        g.pop(name, None)


def wanted_page() -> str:
    """The page that was asked for before sign-in where it is one of ours, else the start."""
    return local_address(request.args.get("next")) or url_for("home.today")


@pages.app_template_global("brand")
def brand() -> str:
    """The consortium's short name on the day looked at, empty before it has one."""
    if "brand" not in g:
        g.brand = queries.short_name_on(current_on())
    return str(g.brand)
