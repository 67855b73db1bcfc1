"""The classes of membership: what each brings, and the forms that add and change one."""

from __future__ import annotations

from calendar import month_name
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import ClassForm, changed_meanwhile, shown_class
from app.members.queries import MembershipClassRow, get_class, list_classes
from app.members.routes.blueprint import pages
from app.members.rules import TermKind, TermRule
from app.web.access import may_open, requires, the_actor
from app.web.addresses import url
from app.web.choices import ChoiceField
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import plural

register_subject("membership_class", "Class of membership", "members.edit_class", "class_id")


def term_words(term: TermRule) -> str:
    """How the periods of a class run, in words."""
    if term.kind is TermKind.OPEN or term.months is None:
        return "without an end"
    long = plural(term.months, "month", "months")
    if term.kind is TermKind.FIXED:
        return f"{long}, rolling over on {term.rollover_day} {month_name[term.rollover_month or 1]}"
    return f"{long} from the day of joining"


def offer_classes(field: ChoiceField, rows: Iterable[MembershipClassRow]) -> None:
    """Let one of the classes be chosen, with a hint that says how the periods of each run."""
    by_term: dict[str, list[str]] = defaultdict(list)
    offered = list(rows)
    for row in offered:
        by_term[term_words(row.term)].append(row.name)
    field.offer([(row.id, row.name) for row in offered])
    field.description = " ".join(f"{term[0].upper()}{term[1:]}: {', '.join(names)}." for term, names in by_term.items())


CLASS_COLUMNS: tuple[Column[MembershipClassRow], ...] = (
    Column(
        "name",
        "Class",
        lambda row: row.name,
        Kind.NAME,
        link=lambda row: url("members.edit_class", class_id=row.id) if may_open("members.edit_class") else None,
        aside=lambda row: None if row.is_offered else "no longer offered",
        narrow=Narrow.NAME,
    ),
    Column("votes", "Vote", lambda row: "votes" if row.votes else "no vote", narrow=Narrow.META),
    Column("billed", "Fee", lambda row: "pays a fee" if row.is_billed else "no fee", narrow=Narrow.META),
    Column("seats", "Seats", lambda row: row.seats, Kind.NUMBER, narrow=Narrow.META),
    Column("term", "Periods", lambda row: term_words(row.term), narrow=Narrow.META),
    Column("grace", "Days of grace", lambda row: row.grace_days, Kind.NUMBER, narrow=Narrow.META),
)


@pages.get("/settings/classes")
@requires(Permission.SETTING_READ)
def classes() -> ResponseReturnValue:
    """The classes of membership in their order."""
    return render_template("members/classes.html", table=Table("Classes", CLASS_COLUMNS, list_classes()))


@pages.route("/settings/classes/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def add_class() -> ResponseReturnValue:
    """Offer another class."""
    form = ClassForm(data={"seats": 0, "grace_days": 0, "is_billed": True, "is_offered": True, "term_kind": "open"})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            added = commands.add_class(form.facts(), actor=the_actor())
            return see("members.classes", f"Class {added.name} is offered.")
    return _page(form, "Add a class of membership", "Add class")


@pages.route("/settings/classes/<int:class_id>", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def edit_class(class_id: int) -> ResponseReturnValue:
    """Change what a class brings."""
    saved = get_class(class_id, the_actor())
    form = ClassForm(data=shown_class(saved))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.edit_class(class_id, form.facts(), version=form.shown_version, actor=the_actor())
            return see("members.classes", "The class is changed.")
    stale = changed_meanwhile(form, saved)
    return _page(form, f"Class {saved.name}", "Save changes", stale=stale)


def _page(form: ClassForm, title: str, verb: str, **more: Any) -> ResponseReturnValue:
    back = url("members.classes")
    crumbs = [("Settings", url("accounts.settings")), ("Classes", back)]
    return render_template("layouts/form.html", form=form, title=title, verb=verb, crumbs=crumbs, cancel=back, **more)
