"""Settings: what the consortium says of itself, from which day on."""

from __future__ import annotations

from dataclasses import asdict

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts import commands, queries
from app.accounts.commands import ProfileValues
from app.accounts.forms import ProfileForm, country_choices
from app.accounts.models import ConsortiumProfile
from app.accounts.routes.browser import pages
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.on_date import current_on
from app.web.requests import see
from app.web.wording import plural

PROFILE_COLUMNS: tuple[Column[ConsortiumProfile], ...] = (
    Column("first", "In force from", lambda row: row.first_day, Kind.DATE),
    Column(
        "name",
        "Name",
        lambda row: row.name,
        Kind.NAME,
        narrow=Narrow.NAME,
        aside=lambda row: row.short_name,
        link=lambda row: url("accounts.settings", on=row.first_day.isoformat()),
    ),
    Column("iban", "IBAN", lambda row: row.iban or None, Kind.CODE),
    Column("terms", "To pay within", lambda row: plural(row.terms_days, "day", "days"), narrow=Narrow.META),
    Column("adopted", "Adopted", lambda row: row.adopted_at, Kind.INSTANT),
)


@pages.get("/settings")
@requires(Permission.SETTING_READ)
def settings() -> ResponseReturnValue:
    """The profile in force on the day looked at, and all others."""
    profile = queries.find_profile(current_on())
    profiles = queries.list_profiles(the_actor())
    return render_template(
        "accounts/settings.html",
        profile=profile,
        country=dict(country_choices()).get(profile.country, profile.country) if profile else "",
        periods=Table("Profiles", PROFILE_COLUMNS, profiles),
    )


@pages.route("/settings/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def adopt_profile() -> ResponseReturnValue:
    """Adopt a profile from a day on, beginning with what holds today."""
    present = queries.find_profile(clock.today())
    shown = asdict(ProfileValues.of(present)) if present else {}
    form = ProfileForm(data={**shown, "first_day": clock.today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.adopt_profile(form.first_day.data, form.values(), the_actor())
            return see("accounts.settings", "The profile is adopted.")
    return render_template("accounts/adopt_profile.html", form=form)
