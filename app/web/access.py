"""Every view carries a mark of who may open it; one check before each request refuses what is not marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.permissions import Permission
from app.web.kept import ask_to_sign_in, find_kept

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC, SIGNED_IN = "public", "signed in"


@dataclass(frozen=True)
class Access:
    """Who may open a view: everybody, anyone signed in, or the holders of a permission."""

    rule: str
    permission: Permission | None = None

    def admits(self, actor: Actor | None) -> bool:
        """Whether the actor may open the view at all; which records, the queries decide."""
        if self.rule == PUBLIC:
            return True
        if actor is None:
            return False
        return self.permission is None or actor.has_any(self.permission)


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view: only holders of the permission."""
    return _marking(Access(permission.value, permission))


def signed_in(view: View) -> View:
    """Mark a view: anyone who is signed in."""
    return _marking(Access(SIGNED_IN))(view)


def public(view: View) -> View:
    """Mark a view: everybody."""
    return _marking(Access(PUBLIC))(view)


def _marking(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def access_of(endpoint: str) -> Access | None:
    """The mark of an endpoint; files of the program itself are public."""
    if endpoint == "static":
        return Access(PUBLIC)
    return getattr(current_app.view_functions.get(endpoint), "access", None)


def current_actor() -> Actor | None:
    """Who is signed in to this request, with the rights of this moment; None for nobody."""
    if "actor" not in g:
        g.actor = current_app.extensions["load_actor"]()
    actor: Actor | None = g.actor
    return actor


def the_actor() -> Actor:
    """Who is signed in to this request, in a view that only lets signed-in people in."""
    actor = current_actor()
    if actor is None:
        abort(401)
    return actor


def may_open(endpoint: str) -> bool:
    """Whether the present actor may open an endpoint that exists."""
    access = access_of(endpoint)
    return access is not None and access.admits(current_actor())


def init_access(app: Flask, load_actor: Callable[[], Actor | None]) -> None:
    """Check every request; `load_actor` finds who is signed in."""
    app.extensions["load_actor"] = load_actor
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    access = access_of(request.endpoint) if request.endpoint else Access(PUBLIC)
    if access is not None and access.admits(None if access.rule == PUBLIC else current_actor()):
        return None
    if access is None or current_actor() is not None:
        abort(403)
    kept = find_kept()
    if kept is not None:
        return ask_to_sign_in(kept)
    wanted = request.full_path.removesuffix("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=wanted))
