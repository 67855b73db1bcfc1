"""Asking for material: for whom and which lines, then from whom, with what the papers say before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.agreements.queries.offered import LineName, names_of_lines
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.exchange.commands.requesting import ItemValues, RequestValues, request_material
from app.exchange.forms.requesting import RequestForm, StartForm, read_items, wanted_of
from app.exchange.queries.facts import parties_of
from app.exchange.queries.giving import Offer, Wanted, offers_of
from app.exchange.routes.blueprint import pages
from app.exchange.routes.ways import ways_out
from app.lines.rules import FORM_WORDS, MaterialForm
from app.members.queries import person_choices
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import here, ids_in_address
from app.web.forms import errors_to
from app.web.requests import see


@dataclass(frozen=True)
class Asked:
    """What the address of a request says: who asks, for which lines, and whom."""

    taker_id: int
    wanted: Sequence[Wanted]
    names: Sequence[LineName]
    offers: Sequence[Offer]
    chosen: Offer | None

    @property
    def items(self) -> list[tuple[str, str, bool]]:
        """Each item in words, what the papers say of it, and whether it may leave."""
        answers = self.chosen.answers if self.chosen else ()
        return [
            (
                f"{each.quantity} × {FORM_WORDS[each.form].lower()} of {name.allele}, {name.colony}",
                said.said,
                said.allowed,
            )
            for each, name, said in zip(self.wanted, self.names, answers, strict=False)
        ]

    @property
    def others(self) -> list[tuple[str, str, str]]:
        """Who else could give it: the name, how much stands against it, and the address."""
        return [
            (each.giver, _against(each), here(giver=each.giver_id)) for each in self.offers if each is not self.chosen
        ]


@pages.get("/exchanges/new")
@requires(Permission.EXCHANGE_EDIT)
def new() -> ResponseReturnValue:
    """For whom, and which lines: then it is found who could give them."""
    form = StartForm.from_request()
    ask_institution(form.taker, _own(), permission=Permission.EXCHANGE_EDIT)
    _show_lines(form)
    items = read_items(form) if request.args.get("taker") is not None and form.validate() else []
    if items:
        return redirect(url_for("exchange.request_lines", taker=form.taker.chosen_id, item=items))
    return render_template("exchange/new.html", form=form)


@pages.route("/exchanges/request", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def request_lines() -> ResponseReturnValue:
    """From whom, with what the papers say of each line; for which scientist, and what for."""
    asked = _asked()
    form = RequestForm()
    form.person_id.offer(person_choices(the_actor(), institution_id=asked.taker_id))
    if asked.chosen and form.validate_on_submit():
        with errors_to(form), transaction():
            made = request_material(_values(form, asked, asked.chosen), actor=the_actor())
            return see("exchange.exchange", "The giver is asked.", exchange_id=made.id)
    taker = parties_of([asked.taker_id], today())[asked.taker_id]
    ways = ways_out(asked.chosen.answers, asked.chosen.giver_id, asked.taker_id) if asked.chosen else []
    return render_template("exchange/request_lines.html", form=form, asked=asked, taker=taker.name, ways=ways)


def _asked() -> Asked:
    """What the address asks for; what it cannot mean is not found."""
    taker, wanted = ids_in_address("taker"), wanted_of(request.args.getlist("item"))
    names = names_of_lines([each.line_id for each in wanted])
    if not taker or not wanted or len(names) != len(wanted):
        abort(404)
    if not the_actor().may(Permission.EXCHANGE_EDIT, institution_id=taker[0]):
        abort(404)
    offers = offers_of(wanted, taker[0])
    giver = next(iter(ids_in_address("giver")), None)
    chosen = next((each for each in offers if each.giver_id == giver), offers[0] if offers else None)
    return Asked(taker[0], wanted, names, offers, chosen)


def _values(form: RequestForm, asked: Asked, chosen: Offer) -> RequestValues:
    items = [ItemValues(each.line_id, each.form, each.quantity) for each in asked.wanted]
    person_id = form.person_id.chosen_id or 0
    purpose = str(form.purpose.value)
    return RequestValues(chosen.giver_id, asked.taker_id, person_id, purpose, form.chosen_payer, items)


def _against(offer: Offer) -> str:
    if not offer.obstacles:
        return "allowed"
    return "1 thing is missing" if offer.obstacles == 1 else f"{offer.obstacles} things are missing"


def _own() -> int | None:
    """The institution of who asks, where it is one."""
    own = the_actor().own_institutions(Permission.EXCHANGE_EDIT)
    return next(iter(own)) if len(own) == 1 else None


def _show_lines(form: StartForm) -> None:
    """Show the lines of the address in words, as pages of lines ask for them by id."""
    if not form.lines.data:
        form.lines.data = "\n".join(each.words for each in names_of_lines(ids_in_address("line")))
    if not form.form.data:
        form.form.data = MaterialForm.SPERM.value
    if not form.quantity.data:
        form.quantity.data = 1
