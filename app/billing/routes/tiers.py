"""Tiers: the income groups of countries, the tiers of members, and the forms that enter them."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import group_country as enter_group
from app.billing.commands import place_member as place
from app.billing.forms.tiers import CountryGroupForm, MemberTierForm
from app.billing.queries.fee_years import fee_year_on
from app.billing.queries.tiers import TierRow, countries_without_group, list_country_groups, list_member_tiers
from app.billing.routes.blueprint import pages
from app.billing.rules import TIER_WORDS, state_on
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, record_link
from app.web.forms import errors_to
from app.web.on_date import current_on, known_at
from app.web.requests import see
from app.web.table_files import tables_page


def _columns(title: str) -> tuple[Column[TierRow], ...]:
    return (
        Column(
            "name",
            title,
            lambda row: row.name,
            Kind.NAME,
            link=record_link("members.institution", "institution_id", lambda row: row.institution_id),
            narrow=Narrow.NAME,
        ),
        Column("tier", "Tier", lambda row: TIER_WORDS[row.tier], narrow=Narrow.META),
        Column("state", "State", lambda row: state_on(row.period, current_on()), Kind.STATE, narrow=Narrow.STATE),
        Column("first", "From", lambda row: row.period.first, Kind.DATE),
        Column("last", "To", lambda row: row.period.last, Kind.DATE),
        Column("reason", "By what", lambda row: row.reason, narrow=Narrow.META),
    )


@pages.get("/fees/tiers")
@requires(Permission.FEE_READ)
def tiers() -> ResponseReturnValue:
    """In which tiers members and countries are, as they stand on the day looked at."""
    actor = the_actor()
    of_countries = list_country_groups(known=known_at(), actor=actor)
    of_members = list_member_tiers(known=known_at(), actor=actor)
    tables = {
        "countries": Table("Income groups of countries", _columns("Country"), of_countries),
        "members": Table("Tiers of members", _columns("Member"), of_members),
    }
    return tables_page("billing/tiers.html", tables, missing=countries_without_group(current_on(), actor))


@pages.route("/fees/tiers/members/new", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def place_member() -> ResponseReturnValue:
    """Put a member into a tier."""
    form = MemberTierForm(data={"first_day": fee_year_on(today()).first})
    ask_institution(form.institution, next(iter(ids_in_address("member")), None))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            place(form.institution.chosen_id or 0, form.terms(), actor=the_actor())
            return see("billing.tiers", "The tier is entered.")
    return render_template("billing/place_member.html", form=form)


@pages.route("/fees/tiers/countries/new", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def group_country() -> ResponseReturnValue:
    """Put a country into an income group."""
    form = CountryGroupForm(data={"first_day": fee_year_on(today()).first})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            enter_group(form.country.data, form.terms(), actor=the_actor())
            return see("billing.tiers", "The income group is entered.")
    return render_template("billing/group_country.html", form=form)
