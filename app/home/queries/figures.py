"""The figures at the head of the first page, each for those who may see what it counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select

from app.audit.remembering import remembered
from app.billing.models import Invoice
from app.billing.queries.standing import Added, Totals, issued_on, open_on, visible_to
from app.committees.queries import list_committees
from app.core import clock
from app.core.actor import Actor
from app.core.money import Money
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.core.site import this_site
from app.home.rules import Figure
from app.members.queries import count_members
from app.web import wording


def list_figures(actor: Actor, *, on: date, known: datetime | None = None) -> list[Figure]:
    """Members, money owed and vacant seats on a day."""
    return [*_members(actor, on, known), *_owed(actor, on), *_seats(actor, on, known)]


def _members(actor: Actor, on: date, known: datetime | None) -> Iterator[Figure]:
    if actor.has_any(Permission.INSTITUTION_LIST):
        total, classes = count_members(on, known)
        note = ", ".join(f"{each.class_name} {wording.count(each.institutions)}" for each in classes)
        yield Figure("Members", wording.count(total), note)


def _owed(actor: Actor, on: date) -> Iterator[Figure]:
    """What is open on issued invoices: home currency as the figure, others beside it, never added."""
    if not actor.has_any(Permission.INVOICE_READ):
        return
    rows = _owed_by_all(on, clock.today()) if visible_to(actor) is None else _add_owed(on, actor)
    home = this_site().home_currency
    owed = {row.currency: Money(row.sums["owed"], row.currency) for row in rows}
    others = [wording.money(amount) for currency, amount in owed.items() if currency != home]
    invoices = wording.plural(sum(row.count for row in rows), "invoice", "invoices")
    label = "Owed to us" if actor.has_all(Permission.INVOICE_READ) else "Owed by your institution"
    yield Figure(label, wording.money(owed.get(home, Money.zero(home))), ", ".join([*others, invoices]))


@remembered
def _owed_by_all(on: date, _today: date) -> Sequence[Added]:
    return _add_owed(on)


def _add_owed(on: date, actor: Actor | None = None) -> Sequence[Added]:
    """What is open, currency by currency: of all invoices, or of those the actor may see."""
    is_open, seen = open_on(on), visible_to(actor) if actor else None
    wanted = [issued_on(on), is_open > 0, *([] if seen is None else [seen])]
    rows: AnySelect = select(Invoice.id).where(*wanted)
    return Totals(rows=rows, currency=Invoice.currency, amounts={"owed": is_open}).add_up()


def _seats(actor: Actor, on: date, known: datetime | None) -> Iterator[Figure]:
    rows = list_committees(actor, on=on, known=known)
    if rows:
        seats, vacant = sum(row.seats for row in rows), sum(row.vacant for row in rows)
        yield Figure("Vacant seats", wording.count(vacant), f"of {wording.count(seats)}")
