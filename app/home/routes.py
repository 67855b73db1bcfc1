"""What needs you today: the page each user opens first, and how often it is written to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.audit.queries import TrailFilters, TrailRow, may_read_history, search_trail
from app.committees.queries import list_own_committees
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import AnyTable, PageRequest, Table
from app.core.transaction import transaction
from app.home.commands import choose_digest
from app.home.forms import DigestForm
from app.home.queries import list_figures, list_tasks
from app.home.queries.digest import frequency_of
from app.home.rules import Figure, Frequency, Task, Tone, counted_sentence, grouped
from app.members.queries import list_representatives
from app.members.routes.tables import representative_columns
from app.web import wording
from app.web.access import signed_in, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.navigation import has_page
from app.web.on_date import current_on, is_past, known_at
from app.web.requests import see

pages = Blueprint("home", __name__)
LATEST = PageRequest(size=8, sort="sequence", descending=True)


@dataclass(frozen=True)
class Line:
    """A task as the work list draws it."""

    title: str
    text: str
    who: str
    age: str
    tone: Tone
    action: tuple[str, str] | None


@pages.get("/")
@signed_in
def today() -> ResponseReturnValue:
    """What needs the reader today, the figures of the day, and for readers of the trail what changed."""
    actor = the_actor()
    groups = grouped([] if is_past() else list_tasks(actor))
    return render_template(
        "home/today.html",
        sentence=counted_sentence(groups),
        figures=[(figure.label, figure.value, figure.note) for figure in _figures()],
        groups=[(group, [_line(task) for task in tasks]) for group, tasks in groups],
        changes=_changes(),
        own=_own_representatives(),
        has_role=bool(actor.granted),
        desks=_desks(),
    )


@pages.route("/account/digest", methods=["GET", "POST"])
@signed_in
def digest() -> ResponseReturnValue:
    """How often what needs one is written to one."""
    form = DigestForm(data={"frequency": frequency_of(the_actor().user_id or 0).value})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            choose_digest(Frequency(form.frequency.data), actor=the_actor())
            return see("accounts.account", "Your choice is kept.")
    account = url("accounts.account")
    return render_template(
        "layouts/form.html",
        form=form,
        title="What needs you, by mail",
        verb="Keep this",
        crumbs=[("Your account", account)],
        cancel=account,
    )


def _figures() -> list[Figure]:
    return list_figures(the_actor(), on=current_on(), known=known_at())


def _line(task: Task) -> Line:
    """The task with its button, where the page behind it exists and the reader may open it."""
    action = (task.verb, url(task.endpoint, **task.values)) if has_page(task.endpoint) else None
    return Line(task.title, task.text, task.who, task.age, task.tone, action)


def _changes() -> list[tuple[str, str, str, str]] | None:
    if is_past() or not may_read_history(the_actor()):
        return None
    return [_change(row) for row in search_trail(TrailFilters(), LATEST, the_actor()).rows]


def _change(row: TrailRow) -> tuple[str, str, str, str]:
    return _moment(row.at), row.summary, row.who, url("audit.entry", sequence=row.sequence)


def _desks() -> list[tuple[str, str]]:
    """The desks of the committees that the reader chairs; the secretariat, which keeps all, goes by the list."""
    actor = the_actor()
    if is_past() or actor.has_all(Permission.COMMITTEE_EDIT) or not actor.has_any(Permission.COMMITTEE_EDIT):
        return []
    own = list_own_committees(actor, Permission.COMMITTEE_EDIT, on=clock.today())
    return [(each.name, url("committees.desk", committee_id=each.id)) for each in own]


def _moment(instant: datetime) -> str:
    """The time of today's changes, the day of older ones."""
    here = clock.local(instant)
    return f"{here:%H:%M}" if here.date() == clock.today() else wording.day(here.date()).rpartition(" ")[0]


def _own_representatives() -> list[AnyTable]:
    """Who speaks for the reader's own institutions, for representatives."""
    actor = the_actor()
    if actor.has_all(Permission.INSTITUTION_READ):
        return []
    found = []
    for institution_id in sorted(actor.own_institutions(Permission.INSTITUTION_READ)):
        rows = list_representatives(institution_id, on=current_on(), known=known_at(), actor=actor)
        name = rows[0].institution if rows else "Your institution"
        found.append(Table(name, representative_columns(rows), rows))
    return found
