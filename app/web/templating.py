"""What every template may use: wording, addresses, rights, the rail, drawings; an undefined name is an error."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from flask import Flask, g, request
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from werkzeug.local import LocalProxy
from wtforms import Field

from app.core.texts import full_stop
from app.web import addresses, chart_view, drawings, navigation, table_view, wording
from app.web.access import current_actor, may_open
from app.web.on_date import current_on, has_knowledge, is_ahead, is_past, known_at, travelling

THEMES = ("light", "dark")


def csp_nonce() -> str:
    """The nonce of this response, which lets its own scripts run."""
    return str(g.get("csp_nonce", ""))


def chosen_theme() -> str:
    """Light, dark, or auto: whatever the machine of the reader prefers."""
    wish = request.cookies.get("theme", "")
    return wish if wish in THEMES else "auto"


def new_key() -> str:
    """A key that makes one shown form count once, however often it is sent."""
    return secrets.token_urlsafe(18)


def aria(field: Field, about: str) -> dict[str, str]:
    """What ties a control to its hint and to what is wrong with it, for those who hear the page."""
    described = [f"{field.id}-hint"] if about else []
    if not field.errors:
        return {"aria-describedby": described[0]} if described else {}
    return {"aria-invalid": "true", "aria-describedby": " ".join([*described, f"{field.id}-error"])}


def as_shown(form: Iterable[Field], shown: str) -> list[Field]:
    """The fields of a form in the order in which a page shows them; those it does not show come first."""
    return sorted(form, key=lambda field: shown.find(f'id="{field.id}"'))


FILTERS = (
    wording.day, wording.long_day, wording.instant, wording.amount, wording.money, wording.count, wording.plural,
    wording.all_of, wording.hash6, wording.pill_word, wording.join_words, wording.symbol, wording.plain,
    full_stop, as_shown,
)  # fmt: skip
GLOBALS = (
    addresses.url, addresses.here, addresses.kept_parameters, addresses.asset, csp_nonce, new_key, aria,
    wording.pill_class, may_open, is_past, is_ahead, current_on, known_at, has_knowledge, travelling,
    navigation.rail, navigation.setting_tabs, navigation.has_page, drawings.draw_timeline,
    table_view.table_view, chart_view.page_spec,
)  # fmt: skip


def init_templating(app: Flask) -> None:
    """Give the templates their filters and functions, and make an undefined name an error."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update({filter_.__name__: filter_ for filter_ in FILTERS})
    environment.globals.update({function.__name__: function for function in GLOBALS})
    environment.globals.update(actor=LocalProxy(current_actor), theme=LocalProxy(chosen_theme))
    environment.globals.setdefault("csrf_token", generate_csrf)
    environment.globals.setdefault("brand", str)  # The name of the consortium, from the feature that keeps it.
