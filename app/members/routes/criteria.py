"""What applicants have to fulfil: the page of criteria, and the forms that adopt and end one."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.forms.applications import CriterionEndForm, CriterionForm
from app.members.models import Criterion
from app.members.queries import get_criterion, list_classes, list_criteria
from app.members.routes.blueprint import pages
from app.members.routes.tables import until
from app.members.rules import CHECK_WORDS, CRITERION_KIND_WORDS
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see


@pages.get("/settings/criteria")
@requires(Permission.SETTING_READ)
def criteria() -> ResponseReturnValue:
    """Every criterion there is and was."""
    return render_template("members/criteria.html", criteria=Table("Criteria", _columns(), list_criteria(the_actor())))


@pages.route("/settings/criteria/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def adopt_criterion() -> ResponseReturnValue:
    """Ask something of applicants from a day on."""
    form = CriterionForm(data={"first_day": today()})
    form.class_id.offer([(row.id, row.name) for row in list_classes()], empty="All classes")
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.adopt_criterion(form.criterion(), actor=the_actor())
            return see("members.criteria", "The criterion is adopted.")
    return render_template(
        "layouts/form.html", form=form, title="Adopt a criterion", verb="Adopt criterion", **_place()
    )


@pages.route("/settings/criteria/<int:criterion_id>/end", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def end_criterion(criterion_id: int) -> ResponseReturnValue:
    """Ask it no longer of those who apply after a day."""
    criterion = get_criterion(criterion_id, the_actor())
    form = CriterionEndForm(data={"last_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.end_criterion(criterion_id, last_day=form.last_day.data, actor=the_actor())
            return see("members.criteria", "The criterion ends.")
    title = "End a criterion"
    return render_template("layouts/form.html", form=form, title=title, verb="End", sub=criterion.text, **_place())


def _place() -> dict[str, object]:
    back = url("members.criteria")
    return {"crumbs": [("Settings", url("accounts.settings")), ("Criteria", back)], "cancel": back}


def _columns() -> list[Column[Criterion]]:
    columns: list[Column[Criterion]] = [
        Column("text", "Criterion", lambda row: row.text, Kind.NAME, narrow=Narrow.NAME),
        Column("class", "Class", _class_name, narrow=Narrow.META),
        Column("who", "Is it met?", _who, narrow=Narrow.META),
        Column("first", "From", lambda row: row.first_day, Kind.DATE),
        Column("last", "Until", lambda row: until(row.last_day), Kind.DATE, narrow=Narrow.STATE),
    ]
    if not the_actor().may(Permission.SETTING_EDIT):
        return columns
    ending = Column[Criterion]("end", "", _end_word, link=_end_link, narrow=Narrow.AMOUNT)
    return [*columns, ending]


def _class_name(row: Criterion) -> str:
    return row.membership_class.name if row.membership_class else "All"


def _who(row: Criterion) -> str:
    words = CRITERION_KIND_WORDS[row.kind]
    return f"{words}: {CHECK_WORDS[row.check][0]}" if row.check else words


def _end_word(row: Criterion) -> str:
    return "End" if row.last_day is None or row.last_day >= today() else ""


def _end_link(row: Criterion) -> str | None:
    return url("members.end_criterion", criterion_id=row.id) if _end_word(row) else None
