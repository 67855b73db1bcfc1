"""What an institution holds on a day, under which terms and until when; and putting on record what came or went."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.agreements.queries.offered import lines_meant
from app.agreements.rules.terms import AT_END_WORDS, FREEDOM_WORDS
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.core.transaction import transaction
from app.exchange.commands import holdings as writing
from app.exchange.forms.steps import EndingForm, HoldingForm, HoldingsForm, LimitForm, WhoseForm
from app.exchange.queries.custody import HeldRow, holdings_on
from app.exchange.queries.facts import parties_of
from app.exchange.queries.holders import agreement_choices, get_own_holding
from app.exchange.routes.blueprint import pages
from app.exchange.routes.ways import tabs_of_exchanges
from app.lines.rules import FORM_WORDS
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, record_link, url
from app.web.forms import errors_to
from app.web.listing import Empty, Listing, list_page
from app.web.on_date import current_on, is_past, known_at
from app.web.requests import see

ENDING = [("Who has the line is known for any day.", "What was on record until now stays known as it was.")]
RECORDING = [
    ("It counts as custody from that day on.", "What is had under no agreement is passed on with consent only.")
]
LIMITING = [("It holds from that day on.", "Shipments of live animals are looked at by the limit of their day.")]


def _end(row: HeldRow) -> str | None:
    if is_past() or not the_actor().may(Permission.EXCHANGE_EDIT, institution_id=row.institution_id):
        return None
    if row.holding_id is None:
        return url("exchange.end_origin", institution=row.institution_id, line=row.line_id)
    return url("exchange.end_holding", holding_id=row.holding_id)


COLUMNS: Sequence[Column[HeldRow]] = (
    Column(
        "line",
        "Line",
        lambda row: row.symbol,
        Kind.SYMBOL,
        sortable=True,
        link=record_link("exchange.custody", "line_id", lambda row: row.line_id),
        aside=lambda row: row.colony,
        narrow=Narrow.NAME,
    ),
    Column("form", "Form", lambda row: FORM_WORDS[row.form] if row.form else "Any", narrow=Narrow.META),
    Column("since", "Since", lambda row: row.first_day, Kind.DATE, sortable=True, narrow=Narrow.AMOUNT),
    Column("giver", "From", lambda row: row.giver or (None if row.agreement_id else "Own line"), narrow=Narrow.META),
    Column(
        "under",
        "Under",
        lambda row: f"{row.agreement_number}, item {row.item}" if row.item else row.agreement_number,
        sortable=True,
        link=record_link("agreements.agreement", "agreement_id", lambda row: row.agreement_id),
        narrow=Narrow.META,
    ),
    Column("until", "Until", lambda row: row.until, Kind.DATE, sortable=True),
    Column("onward", "Onward transfer", lambda row: FREEDOM_WORDS[row.onward] if row.onward else None),
    Column("at_end", "At the end", lambda row: AT_END_WORDS[row.at_end] if row.at_end else None),
    Column(
        "exchange",
        "Exchange",
        lambda row: row.exchange_number,
        link=record_link("exchange.exchange", "exchange_id", lambda row: row.exchange_id),
    ),
    Column("end", "", lambda row: "End" if _end(row) else None, link=_end, narrow=Narrow.ACT),
)
LISTING: Listing[HeldRow] = Listing(
    title="Holdings",
    noun=("line held", "lines held"),
    columns=COLUMNS,
    default_sort="line",
    empty=Empty(
        "No lines here",
        "Name an institution: what it has received, owns or made stands here, with the terms it has it under.",
        "Ask for material",
        "exchange.new",
    ),
    filters_form=HoldingsForm,
    template="exchange/holdings.html",
    of_a_day=True,
)


@pages.get("/exchanges/holdings")
@requires(Permission.EXCHANGE_READ)
def holdings() -> ResponseReturnValue:
    """What an institution holds on the day looked at."""
    institution_id, whose = _whose()
    party = parties_of([institution_id], current_on()).get(institution_id) if institution_id else None
    own = institution_id is not None and the_actor().may(Permission.EXCHANGE_EDIT, institution_id=institution_id)
    shown = {"party": party, "whose": whose, "own": own, "tabs": tabs_of_exchanges("exchange.holdings")}
    return list_page(LISTING, _search, shown)


@pages.route("/exchanges/holdings/new", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def record_holding() -> ResponseReturnValue:
    """Put on record that an institution has a line that came by no exchange here."""
    institution_id = _own_institution()
    form = HoldingForm(data={"first_day": today()})
    form.agreement_id.offer(agreement_choices(institution_id), empty="No agreement")
    if form.validate_on_submit():
        with errors_to(form), transaction():
            (line_id,) = lines_meant([str(form.line.value)], "line")
            writing.record_holding(form.values(line_id, institution_id), actor=the_actor())
            return see("exchange.holdings", "It is on record.", institution=institution_id)
    return _form(form, ("Put custody on record", "Put on record"), institution_id, RECORDING)


@pages.route("/exchanges/holdings/<int:holding_id>/end", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def end_holding(holding_id: int) -> ResponseReturnValue:
    """Put on record that what was had of a line was destroyed, returned or used up."""
    found = get_own_holding(holding_id, the_actor())
    form = EndingForm(data={"version": found.version, "last_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            writing.end_holding(holding_id, form.ending(), version=form.shown_version, actor=the_actor())
            return see("exchange.holdings", "Its end is on record.", institution=found.institution_id)
    return _form(form, (f"End of {found.line.colony}", "Put on record"), found.institution_id, ENDING)


@pages.route("/exchanges/holdings/end", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def end_origin() -> ResponseReturnValue:
    """Put on record that who owns or made a line has it no more."""
    institution_id = _own_institution()
    line_id = next(iter(ids_in_address("line")), None) or abort(404)
    form = EndingForm(data={"last_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            writing.end_origin(line_id, institution_id, form.ending(), actor=the_actor())
            return see("exchange.holdings", "Its end is on record.", institution=institution_id)
    return _form(form, ("End of a line of its own", "Put on record"), institution_id, ENDING)


@pages.route("/exchanges/health-limit", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def set_health_limit() -> ResponseReturnValue:
    """Say how young health reports must be."""
    institution_id = _own_institution()
    party = parties_of([institution_id], today())[institution_id]
    form = LimitForm(data={"days": party.health_days, "first_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            writing.set_health_limit(
                institution_id, int(form.days.data), first_day=form.first_day.data, actor=the_actor()
            )
            return see("exchange.holdings", "The limit is set.", institution=institution_id)
    return _form(form, ("Limit of health reports", "Set"), institution_id, LIMITING)


def _search(form: HoldingsForm, wanted: PageRequest) -> Page[HeldRow]:
    institution_id, _ = _whose()
    if institution_id is None:
        return Page(rows=[], total=0, request=wanted)
    return holdings_on(institution_id, form.q.data or "", wanted, the_actor(), on=current_on(), known=known_at())


def _whose() -> tuple[int | None, WhoseForm]:
    """The institution looked at: by its name or its id in the address, else the reader's own; and the form for it."""
    form = WhoseForm.from_request()
    given = next(iter(ids_in_address("institution")), None)
    given = given or min(the_actor().own_institutions(Permission.EXCHANGE_READ), default=None)
    ask_institution(form.of, given, permission=Permission.EXCHANGE_READ)
    typed = form.of.chosen_id if form.of.data and form.validate() else None
    return typed or given, form


def _own_institution() -> int:
    """The institution something is put on record for: one of the reader's own, or any for the consortium's people."""
    asked = next(iter(ids_in_address("institution")), None)
    if asked is None or not the_actor().may(Permission.EXCHANGE_EDIT, institution_id=asked):
        abort(404)
    if asked not in parties_of([asked], today()):
        abort(404)
    return asked


def _form(form: object, words: tuple[str, str], institution_id: int, follows: list[tuple[str, str]]) -> str:
    title, verb = words
    back = url("exchange.holdings", institution=institution_id)
    sub = parties_of([institution_id], today())[institution_id].name
    crumbs = [("Holdings", back)]
    return render_template(
        "layouts/form.html", form=form, title=title, verb=verb, sub=sub, crumbs=crumbs, cancel=back, follows=follows
    )
