"""Settings: what the consortium says of itself, from which day on."""

from __future__ import annotations

from dataclasses import asdict

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.accounts import commands, queries
from app.accounts.commands import ProfileValues
from app.accounts.forms import PROFILE_PARTS, ConsortiumLogoForm, ProfileForm, country_choices
from app.accounts.models import ConsortiumProfile
from app.accounts.routes.browser import pages
from app.core import clock
from app.core.languages import LANGUAGE_WORDS, Language
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_picture
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

NEW = {
    "language": Language.ENGLISH,
    "invoice_numbers": "INV-{year}-{number}",
    "credit_note_numbers": "CN-{year}-{number}",
    "number_digits": 4,
}


@pages.get("/settings")
@requires(Permission.SETTING_READ)
def settings() -> ResponseReturnValue:
    """The profile in force on the day looked at, and all others."""
    profile = queries.find_profile(current_on())
    profiles = queries.list_profiles(the_actor())
    return render_template(
        "accounts/settings.html",
        profile=profile,
        sections=_sections(profile) if profile else [],
        periods=Table("Profiles", PROFILE_COLUMNS, profiles),
    )


@pages.route("/settings/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def adopt_profile() -> ResponseReturnValue:
    """Adopt a profile from a day on, beginning with what holds today."""
    present = queries.find_profile(clock.today())
    shown = asdict(ProfileValues.of(present)) if present else NEW
    form = ProfileForm(data={**shown, "first_day": clock.today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.adopt_profile(form.first_day.data, form.values(), the_actor())
            return see("accounts.settings", "The profile is adopted.")
    return render_template("accounts/adopt_profile.html", form=form, parts=PROFILE_PARTS)


@pages.route("/settings/logo/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def set_logo() -> ResponseReturnValue:
    """Choose the picture at the head of papers."""
    form = ConsortiumLogoForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.set_consortium_logo(form.logo.data.content, actor=the_actor())
            return see("accounts.settings", "The logo is set.")
    back = url("accounts.settings")
    page = {"title": "Logo of the consortium", "verb": "Set the logo", "cancel": back, "crumbs": [("Settings", back)]}
    return render_template("layouts/form.html", form=form, **page)


@pages.post("/settings/logo/remove")
@requires(Permission.SETTING_EDIT)
def remove_logo() -> ResponseReturnValue:
    """Print papers without a picture."""
    with transaction():
        commands.remove_consortium_logo(actor=the_actor())
        return see("accounts.settings", "The logo is removed.")


@pages.get("/settings/logo/<int:file_id>")
@requires(Permission.SETTING_READ)
def logo(file_id: int) -> Response:
    """A logo that the consortium has or had."""
    found = queries.open_logo(file_id, the_actor())
    return send_picture(found.content, found.media_type)


def _sections(profile: ConsortiumProfile) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a profile says, by what it is for."""
    country = dict(country_choices()).get(profile.country, profile.country)
    example = clock.today().year
    return [
        ("Consortium", [
            ("Full name", profile.name),
            ("Short name, on every page", profile.short_name),
            ("Unit that sends the papers", profile.unit),
            ("Postal address", "\n".join([*profile.postal.lines, country])),
            ("E-mail", profile.email),
            ("Website", profile.website),
            ("Registration number", profile.legal_id),
        ]),
        ("Tax", [
            ("Tax number", profile.tax_number),
            ("VAT number", profile.vat_number or ""),
            ("Note on tax", profile.tax_note),
            *_translated(profile.tax_note_de, profile.tax_note_fr),
        ]),
        ("Payment", [
            ("To pay within", plural(profile.terms_days, "day", "days")),
            ("Bank", profile.bank_name),
            ("Account holder", profile.bank_holder),
            ("IBAN", profile.iban),
            ("BIC", profile.bic),
        ]),
        ("Invoices and credit notes", [
            ("Numbers of invoices, such as", profile.invoice_format.number(example, 1)),
            ("Numbers of credit notes, such as", profile.credit_note_format.number(example, 1)),
            ("Language of papers", LANGUAGE_WORDS[profile.language]),
            ("Words before the lines", profile.invoice_intro),
            *_translated(profile.invoice_intro_de, profile.invoice_intro_fr),
            ("Note under the amount due", profile.invoice_note),
            *_translated(profile.invoice_note_de, profile.invoice_note_fr),
        ]),
    ]  # fmt: skip


def _translated(german: str, french: str) -> list[tuple[str, str]]:
    """A text in the languages there is one in, under the same in English."""
    return [(words, text) for words, text in (("in German", german), ("in French", french)) if text]
