"""The page of how the register is open to the public, and the form that changes it."""

from __future__ import annotations

from dataclasses import asdict

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import PolicyForm, changed_meanwhile
from app.members.models import RegisterPolicy
from app.members.queries import list_policies, newest_policy, policy_on
from app.members.routes.blueprint import pages
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.on_date import current_on
from app.web.requests import see
from app.web.wording import day

register_subject("register_policy", "Policy of the register")
POLICY_COLUMNS: tuple[Column[RegisterPolicy], ...] = (
    Column("first", "In force from", lambda row: day(row.first_day), Kind.NAME, narrow=Narrow.NAME),
    Column(
        "apply",
        "Applications",
        lambda row: "anyone may apply" if row.accepts_applications else "no public form",
        narrow=Narrow.META,
    ),
    Column(
        "directory",
        "Directory",
        lambda row: "public directory" if row.has_public_directory else "no public directory",
        narrow=Narrow.META,
    ),
    Column("people", "Months to keep people", lambda row: row.keeps_people_months, Kind.NUMBER, narrow=Narrow.META),
    Column(
        "applications",
        "Months to keep applications",
        lambda row: row.keeps_applications_months,
        Kind.NUMBER,
        narrow=Narrow.META,
    ),
    Column("books", "Years to keep the books", lambda row: row.keeps_books_years, Kind.NUMBER, narrow=Narrow.META),
    Column("by", "Adopted by", lambda row: row.adopted_by, narrow=Narrow.META),
)


@pages.get("/settings/register")
@requires(Permission.SETTING_READ)
def policy() -> ResponseReturnValue:
    """The policy in force on the day looked at, and all others."""
    table = Table("Policies", POLICY_COLUMNS, list_policies(the_actor()))
    return render_template("members/policy.html", policy=policy_on(current_on()), policies=table)


@pages.route("/settings/register/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def adopt_policy() -> ResponseReturnValue:
    """Adopt a policy from a day on, beginning with what holds today."""
    form = PolicyForm(data={**asdict(policy_on(today())), "first_day": today(), "version": newest_policy()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.adopt_policy(form.first_day.data, form.policy(), version=form.shown_version, actor=the_actor())
            return see("members.policy", "The policy is adopted.")
    stale = changed_meanwhile(form, policy_on(today()))
    back = url("members.policy")
    return render_template(
        "layouts/form.html",
        form=form,
        title="Adopt a policy of the register",
        verb="Adopt policy",
        crumbs=[("Settings", url("accounts.settings")), ("Register", back)],
        cancel=back,
        stale=stale,
    )
