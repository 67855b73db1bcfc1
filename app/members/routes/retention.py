"""Who has left and is erased when; and the form that keeps somebody for longer."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import KeepForm
from app.members.queries.retention import LeaverRow, get_leaver, keeping_months, search_leavers
from app.members.routes.blueprint import pages
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.forms import errors_to
from app.web.listing import Empty, Listing, list_page
from app.web.on_date import answer_as_known_now, is_past
from app.web.requests import see
from app.web.wording import long_day, plural


def _sub(page: Page[LeaverRow]) -> str:
    """How many had left when they were last looked for, and how long they are kept."""
    months = plural(keeping_months(today()), "month", "months")
    return f"{plural(page.total, 'person', 'people')} had left by the last night. Kept for {months} after that."


def _keep_word(row: LeaverRow) -> str:
    return "" if is_past() else "Keep longer" if row.kept_until is None else "Change"


LEAVERS = Listing(
    title="Due for erasure",
    noun=("person", "people"),
    columns=(
        Column(
            "name",
            "Person",
            lambda row: row.name,
            Kind.NAME,
            sortable=True,
            link=record_link("members.person", "person_id", lambda row: row.id),
            narrow=Narrow.NAME,
        ),
        Column("left", "Left on", lambda row: row.left_on, Kind.DATE, sortable=True),
        Column("due", "Erased on", lambda row: row.due_on, Kind.DATE, narrow=Narrow.STATE),
        Column("kept", "Kept until", lambda row: row.kept_until, Kind.DATE),
        Column("why", "Why", lambda row: row.kept_for, narrow=Narrow.META),
        Column(
            "keep",
            "Keep",
            _keep_word,
            link=lambda row: url("members.keep_person", person_id=row.id) if _keep_word(row) else None,
            narrow=Narrow.AMOUNT,
        ),
    ),
    default_sort="left",
    empty=Empty(
        "Nobody had left by the last night",
        "Each night all people without a place, a seat or a role are put here; they stay until they are erased.",
    ),
    sub=_sub,
)


@pages.get("/leavers")
@requires(Permission.PERSON_ERASE)
def leavers() -> ResponseReturnValue:
    """Everybody who has left, with the day they are erased on."""
    answer_as_known_now()
    return list_page(LEAVERS, _search)


@pages.route("/people/<int:person_id>/keep", methods=["GET", "POST"])
@requires(Permission.PERSON_ERASE)
def keep_person(person_id: int) -> ResponseReturnValue:
    """Keep somebody who has left until a day, for a reason."""
    found = get_leaver(person_id, the_actor(), on=today())
    form = KeepForm(data={"last_day": found.kept_until, "reason": found.kept_for})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason = form.last_day.data, str(form.reason.data)
            commands.keep_person(person_id, last_day=day, reason=reason, actor=the_actor())
            return see("members.leavers", f"{found.name} is kept until {long_day(day)}.")
    back = url("members.leavers")
    crumbs = [("Due for erasure", back), (found.name, url("members.person", person_id=person_id))]
    return render_template("members/keep_person.html", form=form, found=found, crumbs=crumbs, cancel=back)


@pages.post("/people/<int:person_id>/release")
@requires(Permission.PERSON_ERASE)
def release_person(person_id: int) -> ResponseReturnValue:
    """Keep somebody no longer than the policy says."""
    get_leaver(person_id, the_actor(), on=today())
    with transaction():
        commands.release_person(person_id, actor=the_actor())
        return see("members.leavers", "They are kept no longer than the policy says.")


def _search(_form: Any, wanted: PageRequest) -> Page[LeaverRow]:
    return search_leavers(wanted, the_actor(), on=today())
