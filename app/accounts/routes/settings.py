"""Settings: what the consortium says of itself, from which day on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.accounts import commands, queries
from app.accounts.commands import ProfileValues
from app.accounts.forms import DUE_WORDS, PROFILE_PARTS, ConsortiumLogoForm, ProfileForm, country_choices
from app.accounts.models import ConsortiumProfile
from app.accounts.routes.browser import pages
from app.core import clock
from app.core.languages import LANGUAGE_WORDS, Language
from app.core.periods import DueBy
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_picture
from app.web.forms import errors_to
from app.web.on_date import current_on
from app.web.requests import see
from app.web.wording import in_groups, plural


def _due(profile: ConsortiumProfile) -> str:
    """When an invoice is due: 30 days after its date, or at the end of the next month."""
    if profile.due_by is DueBy.DAYS:
        return f"{plural(profile.terms_days, 'day', 'days')} after their date"
    return DUE_WORDS[profile.due_by]


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
    Column("iban", "IBAN", lambda row: in_groups(row.iban) or None, Kind.CODE),
    Column("terms", "Invoices are due", _due, narrow=Narrow.META),
    Column("adopted", "Adopted", lambda row: row.adopted_at, Kind.INSTANT),
)

Waiting = Callable[[], list[dict[str, Any]]]
_waiting: list[Waiting] = []


def shows_waiting(waiting: Waiting) -> Waiting:
    """Let a feature above say which changes of what is said here wait for a second person."""
    _waiting.append(waiting)
    return waiting


NEW = {
    "language": Language.ENGLISH,
    "invoice_numbers": "INV-{year}-{number}",
    "credit_note_numbers": "CN-{year}-{number}",
    "number_digits": 4,
    "due_by": DueBy.DAYS,
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
        waiting=[each for waiting in _waiting for each in waiting()],
    )


@pages.route("/settings/new", methods=["GET", "POST"])
@requires(Permission.SETTING_EDIT)
def adopt_profile() -> ResponseReturnValue:
    """Adopt a profile from a day on, beginning with what holds today."""
    present = queries.find_profile(clock.today())
    shown = asdict(ProfileValues.of(present)) if present else NEW
    if shown["due_by"] is not DueBy.DAYS:
        shown["terms_days"] = None
    form = ProfileForm(data={**shown, "first_day": clock.today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            if commands.profile_waits(form.first_day.data, form.values()):
                commands.ask_profile(form.first_day.data, form.values(), actor=the_actor())
                return see("accounts.settings", "A second person is asked. It is done when they approve it.")
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


def _sections(profile: ConsortiumProfile) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """What a profile says, by what it is for; translations only where there are any."""
    return [
        (head, [(label, said) for label, read in facts if (said := read(profile)) or label not in TRANSLATED])
        for head, facts in PROFILE_FACTS
    ]


def _address(profile: ConsortiumProfile) -> str:
    return "\n".join([*profile.postal.lines, dict(country_choices()).get(profile.country, profile.country)])


TRANSLATED = ("in German", "in French")
Facts = tuple[tuple[str, Callable[[ConsortiumProfile], str | None]], ...]
PROFILE_FACTS: tuple[tuple[str, Facts], ...] = (
    (
        "Consortium",
        (
            ("Full name", lambda row: row.name),
            ("Short name, on every page", lambda row: row.short_name),
            ("Unit that sends the papers", lambda row: row.unit),
            ("Postal address", _address),
            ("E-mail", lambda row: row.email),
            ("Website", lambda row: row.website),
            ("Registration number", lambda row: row.legal_id),
        ),
    ),
    (
        "Tax",
        (
            ("Tax number", lambda row: row.tax_number),
            ("VAT number", lambda row: row.vat_number),
            ("Note on tax", lambda row: row.tax_note),
            ("in German", lambda row: row.tax_note_de),
            ("in French", lambda row: row.tax_note_fr),
        ),
    ),
    (
        "Payment",
        (
            ("Invoices are due", _due),
            ("Bank", lambda row: row.bank_name),
            ("Account holder", lambda row: row.bank_holder),
            ("IBAN", lambda row: in_groups(row.iban)),
            ("BIC", lambda row: row.bic),
        ),
    ),
    (
        "Invoices and credit notes",
        (
            ("Numbers of invoices, such as", lambda row: row.invoice_format.number(row.first_day.year, 1)),
            ("Numbers of credit notes, such as", lambda row: row.credit_note_format.number(row.first_day.year, 1)),
            ("Language of papers", lambda row: LANGUAGE_WORDS[row.language]),
            ("Words before the lines", lambda row: row.invoice_intro),
            ("in German", lambda row: row.invoice_intro_de),
            ("in French", lambda row: row.invoice_intro_fr),
            ("Note under the amount due", lambda row: row.invoice_note),
            ("in German", lambda row: row.invoice_note_de),
            ("in French", lambda row: row.invoice_note_fr),
        ),
    ),
)
