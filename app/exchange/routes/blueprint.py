"""The blueprint that all pages of exchanges hang on, and what they have in common."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from app.audit.commands import Subject
from app.audit.queries import HistoryRow, list_history, may_read_history
from app.audit.subjects import register_subject
from app.core.tables import PageRequest
from app.exchange.models import Exchange
from app.web.access import the_actor
from app.web.addresses import url
from app.web.forms import MusterForm

pages = Blueprint("exchange", __name__)
HISTORY_LINES = 10

register_subject("exchange", "Exchange", "exchange.exchange", "exchange_id")
register_subject("holding", "Holding of a line")


def name_of(exchange: Exchange) -> str:
    """What an exchange is called: its number, before it has one that it is a request."""
    return exchange.number or f"Request {exchange.id}"


def crumbs_of(exchange: Exchange) -> list[tuple[str, str]]:
    """The way to a page about an exchange."""
    here = url("exchange.exchange", exchange_id=exchange.id)
    return [("Exchanges", url("exchange.exchanges")), (name_of(exchange), here)]


def form_of(exchange: Exchange, form: MusterForm, title: str, verb: str, **more: Any) -> str:
    """A form about an exchange."""
    crumbs = crumbs_of(exchange)
    sub = f"From {exchange.giver.name} to {exchange.taker.name}"
    shown = {"cancel": crumbs[-1][1], "sub": sub, **more}
    return render_template("layouts/form.html", form=form, title=title, verb=verb, crumbs=crumbs, **shown)


def history_of(exchange_id: int) -> list[HistoryRow]:
    """The newest of what happened to an exchange, for who may read it."""
    if not may_read_history(the_actor()):
        return []
    return list(list_history(Subject("exchange", exchange_id), PageRequest(size=HISTORY_LINES)).rows)
