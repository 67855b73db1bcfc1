"""Elections: the list, the call, an election's record, nominating, and how it ends without a result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.audit.commands import Subject
from app.audit.queries import list_history, may_read_history
from app.audit.subjects import register_subject
from app.committees.commands import elections as commands
from app.committees.commands import nominations
from app.committees.commands.election_deadlines import move_deadline as later
from app.committees.forms.elections import CallForm, DeadlineForm, ElectionFilterForm, NominationForm
from app.committees.forms.plans import ReasonForm
from app.committees.models import Committee, Election
from app.committees.queries import committees_to_choose, get_editable_committee
from app.committees.queries.candidates import people_to_nominate
from app.committees.queries.elections import (
    ElectionFilters,
    ElectionRow,
    get_election,
    get_nomination,
    get_own_election,
    list_dropped_seats,
    list_nominations,
    list_seats_of,
    search_elections,
    why_no_nomination,
)
from app.committees.queries.electorate import list_frozen_voters
from app.committees.queries.plans import list_succession
from app.committees.queries.terms import may_appoint
from app.committees.routes.blueprint import pages
from app.committees.routes.constituency_tables import electing_words
from app.committees.routes.election_tables import (
    ELECTION_COLUMNS,
    SEAT_COLUMNS,
    VOTER_COLUMNS,
    facts_of_election,
    nomination_columns,
    path_of_election,
)
from app.committees.rules.elections import ElectionState
from app.core.clock import today
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.core.tables import AnyTable, Page, PageRequest, Table
from app.core.transaction import transaction
from app.web.access import requires, signed_in, the_actor
from app.web.addresses import ids_in_address, url
from app.web.forms import MusterForm, errors_to
from app.web.listing import Empty, Listing, list_page
from app.web.requests import see
from app.web.table_files import tables_page

register_subject("election", "Election", "committees.election", "election_id")
HISTORY_LINES = 10
NOMINATING = timedelta(days=30)
EMPTY = Empty("No election yet", "A committee's chair or the secretariat calls one on the page of its succession.")


ON_RECORD = [("It stays on record.", "The reason stands on the page of the election, with who gave it and when.")]
LATER = [
    ("Only to a later time.", "Nobody who counts on the deadline loses time by it."),
    ("Everybody concerned is told.", "Nominees, voters and who may nominate get a mail with the reason."),
    ("Links that were mailed go on.", "Whoever is nominated can answer by theirs until then."),
]


class OpenFilterForm(ElectionFilterForm):
    """The filters with the committees there are."""

    def __init__(self, *given: Any, **more: Any) -> None:
        """Offer the committees of today."""
        super().__init__(*given, **more)
        self.committee.offer(committees_to_choose(on=today()), empty="Any")


LISTING: Listing[ElectionRow] = Listing(
    title="Elections",
    noun=("election", "elections"),
    columns=ELECTION_COLUMNS,
    default_sort="deadline",
    descending=True,
    empty=EMPTY,
    filters_form=OpenFilterForm,
    crumbs=(("Committees", "/committees"),),
)


@pages.get("/committees/elections")
@requires(Permission.COMMITTEE_READ)
def elections() -> ResponseReturnValue:
    """All elections, those that end last first."""
    return list_page(LISTING, _search)


@pages.route("/committees/<int:committee_id>/elections/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def call_election(committee_id: int) -> ResponseReturnValue:
    """Call for nominations to seats of a committee."""
    committee = get_editable_committee(committee_id, the_actor())
    form = _call_form(committee)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            made = commands.call_election(committee_id, form.values(), actor=the_actor())
            return see("committees.election", "The election is called.", election_id=made.id)
    return render_template("committees/call_election.html", form=form, committee=committee)


@pages.get("/committees/elections/<int:election_id>")
@signed_in
def election(election_id: int) -> ResponseReturnValue:
    """An election: what is to be filled, who stands, who may vote, how it ended."""
    found = get_election(election_id, the_actor())
    runs = the_actor().may(Permission.COMMITTEE_EDIT, committee_id=found.committee_id)
    return tables_page(
        "committees/election.html",
        _tables(found, runs=runs),
        election=found,
        facts=facts_of_election(found),
        steps=path_of_election(found),
        dropped=[(f"Seat {each.seat.position}", each.dropped_because) for each in list_dropped_seats(election_id)],
        runs=runs,
        why_not=why_no_nomination(found, the_actor()),
        electing=electing_words(election_id),
        decides=may_appoint(found.committee_id, the_actor(), today()),
        history=_history(election_id),
    )


@pages.route("/committees/elections/<int:election_id>/nominate", methods=["GET", "POST"])
@signed_in
def nominate(election_id: int) -> ResponseReturnValue:
    """Nominate somebody, or oneself."""
    found = get_election(election_id, the_actor())
    form = NominationForm()
    form.person_id.offer(people_to_nominate(found, the_actor()))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            person_id, statement = form.person_id.chosen_id or 0, form.statement.value
            nominations.nominate(election_id, person_id, statement=statement, actor=the_actor())
            return _seen(election_id, "They are nominated.")
    found = get_election(election_id, the_actor())
    why_not = why_no_nomination(found, the_actor())
    runs = the_actor().may(Permission.COMMITTEE_EDIT, committee_id=found.committee_id)
    return render_template("committees/nominate.html", form=form, election=found, why_not=why_not, runs=runs)


@pages.route("/committees/elections/<int:election_id>/deadline", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def move_deadline(election_id: int) -> ResponseReturnValue:
    """Let nominations end later."""
    found = get_own_election(election_id, the_actor())
    form = DeadlineForm(data={"version": found.version, "deadline": found.deadline_text})
    form.name_zone()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values, reason, version = form.typed_deadline(), str(form.reason.value), form.shown_version
            later(election_id, values, reason=reason, version=version, actor=the_actor())
            return _seen(election_id, "Nominations end later; whom it concerns is told by mail.")
    return _form(f"Move the deadline of {found.title}", "Move it", form, found, LATER)


@pages.route("/committees/nominations/<int:nomination_id>/strike", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def strike(nomination_id: int) -> ResponseReturnValue:
    """Let somebody stand no longer."""
    found = get_nomination(nomination_id, the_actor())
    form = ReasonForm(data={"version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            nominations.strike_nomination(nomination_id, reason=reason, version=version, actor=the_actor())
            return _seen(found.election_id, "They stand no longer.")
    found = get_nomination(nomination_id, the_actor())
    return _form(f"Strike {found.person.name}", "Strike", form, found.election)


@pages.route("/committees/elections/<int:election_id>/cancel", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def cancel_election(election_id: int) -> ResponseReturnValue:
    """Cancel an election."""
    found = get_own_election(election_id, the_actor())
    form = ReasonForm(data={"version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.cancel_election(election_id, reason=reason, version=version, actor=the_actor())
            return _seen(election_id, "The election is cancelled.")
    return _form(f"Call off {found.title}", "Call it off", form, found)


def _search(form: ElectionFilterForm, wanted: PageRequest) -> Page[ElectionRow]:
    state = ElectionState(form.state.data) if form.state.data else None
    return search_elections(ElectionFilters(state, form.committee.chosen_id), wanted, the_actor())


def _call_form(committee: Committee) -> CallForm:
    """The form with the seats of today, those chosen in the address ticked, and the day after the first term ends."""
    rows = list_succession(committee.id, the_actor())
    wanted = set(ids_in_address("seat")) or {row.seat.seat_id for row in rows if row.seat.person_id is None}
    chosen = [row for row in rows if row.seat.seat_id in wanted]
    last = today() + NOMINATING
    shown: dict[str, Any] = {
        "opens_on": today(),
        "seats": [row.seat.seat_id for row in chosen],
        "deadline": f"{last.day} {last:%B %Y} 17:00",
        "first_day": max([last + ONE_DAY, *(row.next_day for row in chosen)]),
    }
    form = CallForm(data=shown)
    form.name_zone()
    form.seats.offer((row.seat.seat_id, f"{row.seat.seat}: {row.seat.holder or 'vacant'}") for row in rows)
    return form


def _tables(found: Election, *, runs: bool) -> dict[str, AnyTable]:
    tables: dict[str, AnyTable] = {
        "nominations": Table(
            "Nominations",
            nomination_columns(found, runs=runs),
            list_nominations(found, the_actor()),
        ),
        "seats": Table("Seats to be filled", SEAT_COLUMNS, list_seats_of(found.id)),
    }
    voters = list_frozen_voters(found) if the_actor().has_any(Permission.COMMITTEE_READ) else []
    return tables | {"voters": Table("Who may vote", VOTER_COLUMNS, voters)}


def _form(
    title: str, verb: str, form: MusterForm, found: Election, follows: Sequence[tuple[str, str]] = ON_RECORD
) -> str:
    back = url("committees.election", election_id=found.id)
    crumbs: Sequence[tuple[str, str]] = [("Elections", url("committees.elections")), (found.title, back)]
    return render_template(
        "layouts/form.html", title=title, verb=verb, form=form, crumbs=crumbs, cancel=back, follows=follows
    )


def _history(election_id: int) -> list[Any]:
    if not may_read_history(the_actor()):
        return []
    return list(list_history(Subject("election", election_id), PageRequest(size=HISTORY_LINES)).rows)


def _seen(election_id: int, notice: str) -> Response:
    return see("committees.election", notice, election_id=election_id)
