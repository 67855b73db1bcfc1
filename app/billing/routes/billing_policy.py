"""The settings of billing: on which day fee years begin, and what needs a second person."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.billing.commands import adopt_billing as adopt
from app.billing.commands import ask_billing
from app.billing.forms.billing_policy import BillingPolicyForm, shown_policy
from app.billing.models import BillingPolicy
from app.billing.queries.approvals import policy_waits
from app.billing.queries.as_asked import by_two_words
from app.billing.queries.fee_years import (
    billing_terms_on,
    fee_year_on,
    list_billing_policies,
    newest_billing_policy,
)
from app.billing.routes.approvals import ASKED, waiting_acts
from app.billing.routes.asked import begins_words
from app.billing.routes.blueprint import pages
from app.billing.rules import SETTABLE, SETTING_WORDS, Act, BillingTerms
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.on_date import current_on
from app.web.requests import see
from app.web.table_files import tables_page
from app.web.wording import day, long_day

register_subject("billing_policy", "Policy of billing")
POLICY_COLUMNS: tuple[Column[BillingPolicy], ...] = (
    Column("first", "In force from", lambda row: day(row.first_day), Kind.NAME, narrow=Narrow.NAME),
    Column("year", "Fee years begin", lambda row: begins_words(row.year_month, row.year_day), narrow=Narrow.META),
    Column("second", "By two persons", lambda row: _by_two(row.second_above), narrow=Narrow.META),
    Column("by", "Adopted by", lambda row: row.adopted_by, narrow=Narrow.META),
)


@pages.get("/settings/billing")
@requires(Permission.SETTING_READ)
def billing_policy() -> ResponseReturnValue:
    """The policy of billing in force on the day looked at, and all there were."""
    table = Table("Policies of billing", POLICY_COLUMNS, list_billing_policies(the_actor()))
    facts, waiting = _facts(billing_terms_on(current_on())), waiting_acts(Act.POLICY)
    return tables_page("billing/billing_policy.html", {"policies": table}, facts=facts, waiting=waiting)


@pages.route("/settings/billing/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def adopt_billing() -> ResponseReturnValue:
    """Adopt a policy of billing from a day on, beginning with what holds today."""
    shown = {**shown_policy(billing_terms_on(today())), "first_day": today(), "version": newest_billing_policy()}
    form = BillingPolicyForm(data=shown)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            if policy_waits(form.first_day.data, form.terms()):
                ask_billing(form.first_day.data, form.terms(), version=form.shown_version, actor=the_actor())
                return see("billing.billing_policy", ASKED)
            adopt(form.first_day.data, form.terms(), version=form.shown_version, actor=the_actor())
            return see("billing.billing_policy", "The policy is adopted.")
    return render_template("billing/adopt_billing.html", form=form)


def _facts(terms: BillingTerms) -> list[tuple[Any, ...]]:
    year = fee_year_on(current_on())
    span = f"the present one is {long_day(year.first)} to {long_day(year.last)}"
    return [
        ("Fee years begin", begins_words(terms.year_month, terms.year_day), None, span),
        *(_act_fact(terms, act) for act in SETTABLE),
    ]


def _act_fact(terms: BillingTerms, act: Act) -> tuple[Any, ...]:
    note = "nobody approves their own" if act in terms.second_above else ""
    return SETTING_WORDS[act], by_two_words(terms, act), None, note


def _by_two(second_above: Any) -> str:
    """The acts that need a second person."""
    return ", ".join(SETTING_WORDS[act].lower() for act in SETTABLE if act in second_above) or "nothing"
