"""Forms that record what came of an election: the votes of a ballot, or that nobody was opposed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from app.committees.commands.election_results import declare_elected, places_open, record_result
from app.committees.forms.elections import result_form
from app.committees.forms.plans import NeededDecisionForm
from app.committees.models import Election
from app.committees.queries.elections import get_own_election, list_candidates, list_seats_of
from app.committees.routes.blueprint import pages
from app.committees.rules.elections import proposed_places
from app.committees.rules.plans import seat_words
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see

FOLLOWS = [
    ("The result appoints by itself.", "Who is elected has the seat, and its rights, from the first day of the term."),
    ("Substitutes are kept in order.", "They are shown where a seat falls vacant later."),
]


@pages.route("/committees/elections/<int:election_id>/result", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def election_result(election_id: int) -> ResponseReturnValue:
    """Record the votes and who is elected."""
    found = get_own_election(election_id, the_actor())
    candidates, seats = list_candidates(election_id), list_seats_of(election_id)
    form = result_form(candidates, seats, _proposed(found) | {"version": str(found.version)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            result, version = form.result(candidates), form.shown_version
            record_result(election_id, result, version=version, actor=the_actor())
            return see("committees.election", "The result is recorded.", election_id=election_id)
    return _page("Record the result", "Record result", form, found, FOLLOWS)


@pages.route("/committees/elections/<int:election_id>/declare", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def declare_unopposed(election_id: int) -> ResponseReturnValue:
    """Declare candidates elected whom nobody opposes."""
    found = get_own_election(election_id, the_actor())
    form = NeededDecisionForm(data={"version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            decision, version = str(form.decision.value), form.shown_version
            declare_elected(election_id, decision=decision, version=version, actor=the_actor())
            return see("committees.election", "They are elected.", election_id=election_id)
    return _page("Declare them elected", "Declare elected", form, found, [*_unopposed(found), FOLLOWS[0]])


def _proposed(found: Election) -> dict[str, str]:
    """The places that are proposed before any vote is counted: only of who is not opposed."""
    open_to = places_open(found)
    places = proposed_places({}, open_to) if len(open_to) <= len(list_seats_of(found.id)) else {}
    return {f"place_{each}": str(seat) for each, seat in places.items()}


def _unopposed(found: Election) -> list[tuple[str, str]]:
    """Who would be declared elected to which seat."""
    places, seats = _proposed(found), {str(each.id): each.seat for each in list_seats_of(found.id)}
    proposed = [(each.person.name, seats.get(places.get(f"place_{each.id}", ""))) for each in list_candidates(found.id)]
    return [(f"{name} is elected", f"to {seat_words(seat.position, seat.label)}.") for name, seat in proposed if seat]


def _page(title: str, verb: str, form: object, found: Election, follows: Sequence[tuple[str, str]]) -> str:
    back = url("committees.election", election_id=found.id)
    crumbs = [("Elections", url("committees.elections")), (found.title, back)]
    return render_template(
        "layouts/form.html",
        title=title,
        sub=found.title,
        verb=verb,
        form=form,
        crumbs=crumbs,
        cancel=back,
        follows=follows,
    )
