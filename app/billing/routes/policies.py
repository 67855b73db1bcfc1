"""The settings of billing: how late payers are reminded, and what counts as good standing."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.queries import short_name_on
from app.audit.subjects import register_subject
from app.billing import commands
from app.billing.forms.policies import FILLED_IN, LEVEL_NUMBERS, StandingPolicyForm, filled_policy_form
from app.billing.models import ReminderPolicy, StandingPolicy
from app.billing.queries.policies import (
    list_reminder_policies,
    list_standing_policies,
    newest_reminder_policy,
    newest_standing_policy,
    reminders_on,
    standing_terms_on,
)
from app.billing.queries.reminders import rate_words
from app.billing.routes.blueprint import pages
from app.billing.rules import CONSEQUENCE_WORDS, EXAMPLE, USUAL_LEVELS, ReminderTerms, StandingTerms, fill_reminder
from app.core.clock import today
from app.core.money import Money
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.on_date import current_on
from app.web.requests import see
from app.web.table_files import tables_page
from app.web.wording import day, money, plural

register_subject("reminder_policy", "Levels of reminders")
register_subject("standing_policy", "Policy of good standing")
REMINDER_COLUMNS: tuple[Column[ReminderPolicy], ...] = (
    Column("first", "In force from", lambda row: day(row.first_day), Kind.NAME, narrow=Narrow.NAME),
    Column("levels", "Days after due", lambda row: ", ".join(str(each.days_after_due) for each in row.levels)),
    Column("interest", "Interest", lambda row: _rate(row.interest_basis_points), narrow=Narrow.SAID),
    Column("by_itself", "Sent", lambda row: "each day" if row.sends_daily else "by hand", narrow=Narrow.SAID),
    Column("by", "Adopted by", lambda row: row.adopted_by, narrow=Narrow.SAID),
)


def _forgiven(policy: StandingPolicy) -> Money | None:
    """What is not counted, if anything."""
    return Money(policy.forgiven_minor, policy.currency) if policy.forgiven_minor else None


STANDING_COLUMNS: tuple[Column[StandingPolicy], ...] = (
    Column("first", "In force from", lambda row: day(row.first_day), Kind.NAME, narrow=Narrow.NAME),
    Column("warns", "Warned after, days", lambda row: row.warns_after, Kind.NUMBER, narrow=Narrow.META),
    Column("votes", "Votes after, days", lambda row: _never(row.votes_after), narrow=Narrow.SAID),
    Column("seats", "Seats after, days", lambda row: _never(row.seats_after), narrow=Narrow.SAID),
    Column("forgiven", "Not counted up to", _forgiven, Kind.MONEY),
    Column("disputed", "Disputed", lambda row: "counted" if row.counts_disputed else "not counted"),
    Column("by", "Adopted by", lambda row: row.adopted_by, narrow=Narrow.SAID),
)


@pages.get("/settings/reminders")
@requires(Permission.SETTING_READ)
def reminder_policy() -> ResponseReturnValue:
    """The levels in force on the day looked at as a payer would read them, and all there were."""
    found = reminders_on(current_on())
    return tables_page(
        "billing/reminder_policy.html",
        {"policies": Table("Policies of reminders", REMINDER_COLUMNS, list_reminder_policies(the_actor()))},
        facts=_reminder_facts(found.terms) if found else [],
        levels=_as_read(found.terms) if found else [],
    )


@pages.route("/settings/reminders/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def adopt_reminders() -> ResponseReturnValue:
    """Adopt levels of reminders from a day on, beginning with what holds, or with the usual ones."""
    found = reminders_on(today())
    terms = found.terms if found else ReminderTerms(USUAL_LEVELS, this_site().home_currency)
    form = filled_policy_form(terms, first_day=today(), version=newest_reminder_policy())
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.adopt_reminders(form.first_day.data, form.terms(), version=form.shown_version, actor=the_actor())
            return see("billing.reminder_policy", "The levels are adopted.")
    return render_template(
        "billing/adopt_reminders.html",
        **_policy_form(form, "Adopt levels of reminders", "Adopt levels", "Reminders", "billing.reminder_policy"),
        levels=LEVEL_NUMBERS,
        places=FILLED_IN,
    )


@pages.post("/settings/reminders/usual")
@requires(Permission.SETTING_EDIT)
def adopt_usual_reminders() -> ResponseReturnValue:
    """Adopt the usual levels from today on."""
    with transaction():
        commands.adopt_usual_reminders(actor=the_actor())
        return see("billing.reminder_policy", "The usual levels are adopted.")


@pages.get("/settings/standing")
@requires(Permission.SETTING_READ)
def standing_policy() -> ResponseReturnValue:
    """What counts as good standing on the day looked at, and all policies there were."""
    return tables_page(
        "billing/standing_policy.html",
        {"policies": Table("Policies of good standing", STANDING_COLUMNS, list_standing_policies(the_actor()))},
        facts=_standing_facts(standing_terms_on(current_on())),
    )


@pages.route("/settings/standing/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def adopt_standing() -> ResponseReturnValue:
    """Adopt what counts as good standing from a day on, beginning with what holds."""
    form = StandingPolicyForm.of(standing_terms_on(today()), first_day=today(), version=newest_standing_policy())
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.adopt_standing(form.first_day.data, form.terms(), version=form.shown_version, actor=the_actor())
            return see("billing.standing_policy", "The policy is adopted.")
    words = ("Adopt a policy of good standing", "Adopt policy", "Standing")
    return render_template("layouts/form.html", **_policy_form(form, *words, "billing.standing_policy"))


def _policy_form(form: Any, title: str, verb: str, place: str, endpoint: str) -> dict[str, Any]:
    back = url(endpoint)
    crumbs = [("Settings", url("accounts.settings")), (place, back)]
    return {"form": form, "title": title, "verb": verb, "crumbs": crumbs, "cancel": back}


def _reminder_facts(terms: ReminderTerms) -> list[tuple[Any, ...]]:
    interest = _rate(terms.interest_basis_points)
    begins = f"from level {terms.interest_from_level} on, by days over 365" if terms.interest_basis_points else ""
    sent = "each day by itself" if terms.sends_daily else "by hand, after a look at the preview"
    return [("Sent", sent), ("Interest a year", interest, None, begins)]


def _as_read(terms: ReminderTerms) -> list[tuple[str, str, str, str]]:
    """Each level: its heading, its days and fee, and subject and text with an example filled in."""
    values = {**EXAMPLE, "consortium": short_name_on(today()) or "the consortium"}
    return [
        (
            f"Level {number}",
            _level_words(level.days_after_due, Money(level.fee_minor, terms.currency)),
            fill_reminder(level.subject, values),
            fill_reminder(level.text, values),
        )
        for number, level in enumerate(terms.levels, 1)
    ]


def _level_words(days: int, fee: Money) -> str:
    late = f"{plural(days, 'day', 'days')} after the due day"
    return f"{late}, fee {money(fee)}" if fee else late


def _standing_facts(terms: StandingTerms) -> list[tuple[Any, ...]]:
    steps: list[tuple[Any, ...]] = [
        (f"Overdue by more than {plural(days, 'day', 'days')}", CONSEQUENCE_WORDS[consequence])
        for days, consequence in terms.steps
    ]
    forgiven = Money(terms.forgiven_minor, terms.currency or this_site().home_currency)
    return [
        *steps,
        ("Overdue amounts not counted", f"up to {money(forgiven)}" if forgiven else "every amount counts"),
        ("Invoices in dispute", "count too" if terms.counts_disputed else "do not count"),
    ]


def _rate(basis_points: int) -> str:
    return rate_words(basis_points) if basis_points else "none"


def _never(days: int | None) -> str:
    return "never" if days is None else str(days)
