"""What the pages of one committee have in common: where they stand, their tabs, and forms about it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from app.committees.queries import CommitteeView
from app.committees.routes.ways import committee_tabs
from app.committees.rules import COMMITTEE_WORDS
from app.web import wording
from app.web.addresses import url
from app.web.forms import MusterForm
from app.web.on_date import current_on

DISSOLVED = "Dissolved"
UNKNOWN = "Not on record"
Crumbs = list[tuple[str, str]]


def crumbs_of(committee_id: int, name: str) -> Crumbs:
    """The way to a page about a committee."""
    here = url("committees.committee", committee_id=committee_id)
    return [("Committees", url("committees.committees")), (name, here)]


def frame_of(view: CommitteeView, current: str) -> dict[str, Any]:
    """What every tab shows of a committee: its name of the day, how it stands, its place in the tree, and the tabs."""
    above = [(place.name, url("committees.committee", committee_id=place.id)) for place in view.above]
    return {
        "title": view.committee.name,
        "state": _state(view),
        "sub": _sentence(view) if view.facts else "Nothing was on record of it by then.",
        "crumbs": [("Committees", url("committees.committees")), *above],
        "here_is": view.committee.name,
        "tabs": committee_tabs(view.committee.id, current),
    }


def committee_form(form: MusterForm, place: tuple[int, str], title: str, verb: str, **more: Any) -> str:
    """A form about a committee, given by id and name; `more` is what the layout of forms takes besides."""
    crumbs = crumbs_of(*place)
    shown = {"cancel": crumbs[-1][1], **more}
    return render_template("layouts/form.html", form=form, title=title, verb=verb, crumbs=crumbs, **shown)


def _state(view: CommitteeView) -> str | None:
    """That it was no committee any more on the day looked at, or that nothing was known of it yet."""
    last = view.committee.dissolved_on
    if not view.facts:
        return UNKNOWN
    return DISSOLVED if last is not None and last < current_on() else None


def _sentence(view: CommitteeView) -> str:
    committee = view.committee
    kind = COMMITTEE_WORDS[committee.kind]
    part = f", part of {view.parent.name}" if view.parent else ""
    on, last = current_on(), committee.dissolved_on
    if last is not None and last < on:
        return f"{kind}{part}, until {wording.long_day(last)}."
    seats = f"{wording.count(view.filled)} of {wording.plural(len(view.roster), 'seat', 'seats')} filled"
    ends = f" It is dissolved after {wording.long_day(last)}." if last is not None else ""
    return f"{kind}{part}. {seats if view.roster else 'No seats'} on {wording.long_day(on)}.{ends}"
