"""Changing the class of the chosen institutions: first what it would do, then that."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.permissions import Permission
from app.core.tables import Column, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import ClassChangeForm
from app.members.queries import (
    ChangeLine,
    ClassPlan,
    list_classes,
    list_institution_rows,
    list_offered_classes,
    plan_class_change,
)
from app.members.routes.blueprint import pages
from app.members.routes.lists import INSTITUTION_COLUMNS
from app.members.routes.selection import INSTITUTION, INSTITUTION_COLUMN, WHY_COLUMN, chosen_institutions
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day, plural

MOST_SHOWN = 50
CHOSEN_COLUMNS = tuple(column for column in INSTITUTION_COLUMNS if column.key in {"name", "class", "state"})
KEPT_COLUMN: Column[ChangeLine] = Column("kept", "Class", lambda line: line.kept, narrow=Narrow.META)


@pages.route("/members/change-class", methods=["GET", "POST"])
@requires(Permission.MEMBERSHIP_EDIT)
def change_classes() -> ResponseReturnValue:
    """Change the class of the chosen institutions from a day on."""
    chosen, form = chosen_institutions(), _form()
    plan = _plan(form, chosen)
    if plan and form.seen.data == plan.digest:
        with errors_to(form), transaction():
            change, reason = plan.change, str(form.reason.value)
            ids, day = plan.membership_ids, change.first_day
            commands.change_classes(ids, change.to_id, first_day=day, reason=reason, actor=the_actor())
            return see("members.institutions", _done(plan))
    form.seen.data = plan.digest if plan else ""
    return _page(form, chosen, plan)


def _form() -> ClassChangeForm:
    form = ClassChangeForm(data={"first_day": clock.today()})
    form.from_id.offer([(row.id, row.name) for row in list_classes()])
    form.class_id.offer([(row.id, row.name) for row in list_offered_classes()])
    return form


def _plan(form: ClassChangeForm, chosen: tuple[int, ...]) -> ClassPlan | None:
    if form.validate_on_submit():
        with errors_to(form):
            return plan_class_change(chosen, form.change, the_actor())
    return None


def _done(plan: ClassPlan) -> str:
    changed = f"The class of {plural(len(plan.changing), *INSTITUTION)} is changed"
    return f"{changed} to {_names()[plan.change.to_id]} from {long_day(plan.change.first_day)}."


def _page(form: ClassChangeForm, chosen: tuple[int, ...], plan: ClassPlan | None) -> ResponseReturnValue:
    back = url("members.institutions")
    rows = list_institution_rows(chosen[:MOST_SHOWN], the_actor(), on=clock.today())
    return render_template(
        "members/change_classes.html",
        form=form,
        verb=f"Change {plural(len(plan.changing), *INSTITUTION)}" if plan else "Show what this does",
        sub=f"{plural(len(chosen), *INSTITUTION)} chosen",
        plan=plan,
        chosen=Table("Chosen", CHOSEN_COLUMNS, list(rows)),
        more=max(len(chosen) - MOST_SHOWN, 0),
        unchosen=None if chosen else ("Institutions", back),
        crumbs=[("Institutions", back)],
        cancel=back,
        **(_tables(plan) if plan else {}),
    )


def _tables(plan: ClassPlan) -> dict[str, Table[ChangeLine]]:
    """Who changes from which class to which, and who keeps which class and why."""
    names = _names()
    step = f"{names[plan.change.from_id]} \u2192 {names[plan.change.to_id]}"
    changed = Column[ChangeLine]("classes", "Class", lambda _line: step, narrow=Narrow.META)
    left_out = [line for line in plan.lines if line.left_out]
    return {
        "changing": Table("Changing", (INSTITUTION_COLUMN, changed), plan.changing),
        "left_out": Table("Left out", (INSTITUTION_COLUMN, KEPT_COLUMN, WHY_COLUMN), left_out),
    }


def _names() -> dict[int, str]:
    """What the classes are called."""
    return {row.id: row.name for row in list_classes()}
