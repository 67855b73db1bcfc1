"""The bylaws of a committee: in force on the day looked at, all that were adopted, and the form that adopts others."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from app.committees.commands import adopt_bylaws as adopt_bylaws_of
from app.committees.forms import TERMS, VOTES, BylawsForm, bylaws_meanwhile
from app.committees.models import Bylaws
from app.committees.queries import (
    Quorum,
    bylaws_on,
    facts_of,
    find_bylaws,
    get_committee,
    list_bylaws,
    newest_bylaws,
    quorum_on,
)
from app.committees.routes.blueprint import pages
from app.committees.routes.ways import committee_tabs
from app.committees.rules import USUAL, BylawFacts, limit_said, quorum_said, term_said, terms_said, votes_said
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.on_date import current_on, known_at
from app.web.requests import see
from app.web.table_files import tables_page
from app.web.wording import day, join_words, long_day, plural

COLUMNS: Sequence[Column[Bylaws]] = (
    Column("first", "In force from", lambda row: day(row.first_day), Kind.NAME, narrow=Narrow.NAME),
    Column("number", "Number", lambda row: row.number, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("quorum", "Quorum", lambda row: quorum_said(facts_of(row)), narrow=Narrow.SAID),
    Column("term", "Term", lambda row: term_said(facts_of(row)), narrow=Narrow.SAID),
    Column("limit", "Terms", lambda row: limit_said(facts_of(row)).partition(";")[0]),
    Column("over", "Hold over", lambda row: "yes" if row.holds_over else "no"),
    Column("decision", "Decision", lambda row: row.decision, narrow=Narrow.META),
    Column("by", "Adopted by", lambda row: row.adopted_by),
)
BARRED = {
    False: ("voting seat of a member that may not vote", "voting seats of members that may not vote"),
    True: ("institution that may not vote", "institutions that may not vote"),
}


@pages.get("/committees/<int:committee_id>/bylaws")
@requires(Permission.COMMITTEE_READ)
def bylaws(committee_id: int) -> ResponseReturnValue:
    """The bylaws of a committee in force on the day looked at, the quorum of that day, and all there were."""
    committee = get_committee(committee_id, the_actor())
    on, known = current_on(), known_at()
    facts, adopted = bylaws_on(committee_id, on, known), find_bylaws(committee_id, on, known)
    return tables_page(
        "committees/bylaws.html",
        {"adopted": Table(f"Bylaws of {committee.name}", COLUMNS, list_bylaws(committee_id, known))},
        committee=committee,
        sub=_sub(adopted),
        votes=votes_said(facts),
        terms=terms_said(facts),
        quorum=_quorum_words(quorum_on(committee_id, on, known)),
        tabs=committee_tabs(committee_id, "committees.bylaws"),
    )


@pages.route("/committees/<int:committee_id>/bylaws/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def adopt_bylaws(committee_id: int) -> ResponseReturnValue:
    """Adopt bylaws for a committee from a day on, beginning with what holds."""
    committee = get_committee(committee_id, the_actor())
    facts = bylaws_on(committee_id, today())
    form = BylawsForm.of(facts, first_day=today(), version=newest_bylaws(committee_id))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            told, version = (form.facts(), form.adoption()), form.shown_version
            adopt_bylaws_of(committee_id, *told, version=version, actor=the_actor())
            return see("committees.bylaws", "The bylaws are adopted.", committee_id=committee_id)
    return render_template(
        "committees/adopt_bylaws.html",
        form=form,
        committee=committee,
        parts=(("Votes", VOTES), ("Seats and terms", TERMS)),
        stale=bylaws_meanwhile(form, _newest_facts(committee_id)),
        quorum=_quorum_words(quorum_on(committee_id, today())),
    )


def bylaws_fact(committee_id: int) -> tuple[str, str]:
    """Which bylaws hold on the day looked at, and where they stand, for the record of a committee."""
    adopted = find_bylaws(committee_id, current_on(), known_at())
    words = f"number {adopted.number}, from {long_day(adopted.first_day)}" if adopted else "the usual ones"
    return words, url("committees.bylaws", committee_id=committee_id)


def _newest_facts(committee_id: int) -> BylawFacts:
    newest = max(list_bylaws(committee_id), key=lambda each: each.number, default=None)
    return facts_of(newest) if newest else USUAL


def _sub(adopted: Bylaws | None) -> str:
    if adopted is None:
        return "None were adopted by then: the usual ones hold."
    decision = f", {adopted.decision}" if adopted.decision else ""
    return f"Number {adopted.number}, in force from {long_day(adopted.first_day)}{decision}."


def _quorum_words(quorum: Quorum) -> tuple[str, str]:
    """The quorum of a day in a sentence, and who is not in its base."""
    one, many = ("institution", "institutions") if quorum.of_institutions else ("voting seat", "voting seats")
    outside = [f"{plural(quorum.vacant, one, many)} vacant"] * bool(quorum.vacant)
    outside += [f"{plural(quorum.on_leave, one, many)} on leave"] * bool(quorum.on_leave)
    outside += [plural(quorum.barred, *BARRED[quorum.of_institutions])] * bool(quorum.barred)
    text = f"Outside the base: {join_words(outside)}." if outside and not quorum.of_all else ""
    if not quorum.base:
        return f"Nobody can be quorate: {_why_nobody(quorum)}.", text
    if quorum.of_all:
        return f"{quorum.needed} of {plural(quorum.base, one, many)}.", text
    return f"{quorum.needed} of {plural(quorum.base, f'filled {one}', f'filled {many}')}.", text


def _why_nobody(quorum: Quorum) -> str:
    """Why the base of a quorum is empty: of no seat, nobody on one, or nobody there who may vote."""
    if not quorum.away:
        return "no voting seat is filled" if quorum.vacant else "there is no voting seat"
    if not quorum.on_leave:
        return "nobody on a voting seat may vote"
    return "everybody on a voting seat is on leave" + (" or may not vote" if quorum.barred else "")
