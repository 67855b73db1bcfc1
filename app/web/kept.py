"""A form that came when nobody was signed in any more: kept on the page that answers it, and sent again from there.

The page carries it in hidden fields; the server keeps nothing. Only what comes from our own pages is kept, or another
site could have a form of its making sent with the rights of whoever signs in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form

from app.core.site import this_site
from app.web.forms import PasswordTextField
from app.web.security import FORM_LIMIT, endpoint_at, local_address

ADDRESS, PAGE, FILES, FIELD = "kept_address", "kept_page", "kept_files", "kept."
TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
MOST_FIELDS = 1000
ROOM = 16 * 1024  # for the fields of the sign-in form, which has to carry all of it within the limit of a form


@dataclass(frozen=True)
class Kept:
    """A form that was not accepted: where it goes, the page to go on from without it, its fields, any files lost."""

    address: str
    page: str
    fields: tuple[tuple[str, str], ...]
    has_lost_files: bool

    @property
    def endpoint(self) -> str:
        """The view it goes to, empty where there is none."""
        return endpoint_at(self.address, method="POST") or ""

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The hidden fields by which the sign-in form carries it on."""
        about = [(ADDRESS, self.address), (PAGE, self.page), *([(FILES, "lost")] if self.has_lost_files else [])]
        return [*about, *((FIELD + name, value) for name, value in self.fields)]


def init_kept(app: Flask, ask_to_sign_in: Callable[[Kept], ResponseReturnValue]) -> None:
    """Set who draws the sign-in form that carries a kept form on."""
    app.extensions["ask_to_sign_in"] = ask_to_sign_in


def ask_to_sign_in(kept: Kept) -> ResponseReturnValue:
    """The page that says that the session has ended, with what was typed and the way to sign in."""
    answer: ResponseReturnValue = current_app.extensions["ask_to_sign_in"](kept)
    return answer


def offer_to_send(kept: Kept, *, status: int = 200) -> ResponseReturnValue:
    """The page that offers to send what was kept, to who is signed in again."""
    return render_template("errors/unsent.html", kept=kept), status


def find_kept() -> Kept | None:
    """The form this request carries on, else its own, where that may be kept; None otherwise."""
    if request.method != "POST" or request.mimetype not in TYPES or not _is_from_our_pages():
        return None
    kept = _carried() if ADDRESS in request.form else _sent()
    return kept if kept.endpoint and _may_be_kept(kept) else None


def find_carried() -> Kept | None:
    """The form this request carries on beside its own, such as that of sign-in."""
    return find_kept() if ADDRESS in request.form else None


def password_names(form: type[Form] = Form) -> set[str]:
    """The names of the password fields of a form and of all forms derived from it."""
    kinds = {name: getattr(getattr(form, name), "field_class", object) for name in dir(form)}
    own = {name for name, kind in kinds.items() if issubclass(kind, PasswordTextField)}
    return own.union(*(password_names(derived) for derived in form.__subclasses__()))


def _is_from_our_pages() -> bool:
    """Whether the browser says so; what it says of this, no page can change."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    base = urlsplit(this_site().base_url)
    return origin in {f"{base.scheme}://{base.netloc}", f"{base.scheme}://{request.host}"}


def _sent() -> Kept:
    address = request.full_path.removesuffix("?")
    came_from = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    page = local_address(address) or local_address(came_from) or "/"
    has_files = any(file.filename for _, file in request.files.items(multi=True))
    return Kept(address, page, _fields(""), has_files)


def _carried() -> Kept:
    page = local_address(request.form.get(PAGE)) or "/"
    return Kept(request.form[ADDRESS], page, _fields(FIELD), FILES in request.form)


def _fields(prefix: str) -> tuple[tuple[str, str], ...]:
    """The fields whose names begin so, without that beginning, and without the token, which is never used again."""
    given = [(name, value) for name, value in request.form.items(multi=True) if name.startswith(prefix)]
    bare = [(name.removeprefix(prefix), value) for name, value in given]
    return tuple((name, value) for name, value in bare if name != "csrf_token")


def _may_be_kept(kept: Kept) -> bool:
    """Not what holds a password, nor what is for the past and refused there, nor more than a form can carry."""
    if {"on", "known"} & parse_qs(urlsplit(kept.address).query).keys():
        return False
    if {name.rpartition("-")[2] for name, _ in kept.fields} & password_names():
        return False
    return len(kept.fields) <= MOST_FIELDS and len(urlencode(kept.carried)) <= FORM_LIMIT - ROOM
