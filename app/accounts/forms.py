"""Forms of sign-in, of one's own account, of users and their roles, and of the consortium's profile."""

from __future__ import annotations

from functools import cache
from typing import Any

import pycountry
from wtforms import ValidationError

from app.accounts.commands import Credentials, PasswordChange, ProfileValues, UserValues
from app.accounts.queries import UserFilters
from app.accounts.rules import BY_HAND, ROLE_HELD, SHORTEST_PASSWORD, UserState, read_profile
from app.core.languages import LANGUAGE_WORDS, Language
from app.core.periods import DueBy, Period
from app.core.permissions import Role
from app.files.forms import UploadField
from app.files.rules import PICTURES
from app.web.choices import ChoiceField
from app.web.forms import (
    DayField,
    EmailField,
    FilterForm,
    MusterForm,
    NumberField,
    PasswordTextField,
    ProseField,
    TextField,
)
from app.web.wording import pill_word

PASSWORD_HINT = (
    f"At least {SHORTEST_PASSWORD} characters, spaces and all others included. "
    "A few unrelated words are easy to keep in mind."
)


def role_choices(roles: tuple[Role, ...]) -> list[tuple[str, str]]:
    """Roles in words."""
    return [(role.value, pill_word(role)) for role in roles]


@cache
def country_choices() -> list[tuple[str, str]]:
    """Countries by name."""
    named = [(each.alpha_2, getattr(each, "common_name", each.name)) for each in pycountry.countries]
    return sorted(named, key=lambda pair: pair[1])


class SignInForm(MusterForm):
    """The two fields of sign-in. The address is any text: whether it is somebody's, the answer does not say."""

    email = TextField("E-mail", render_kw={"autocomplete": "username", "inputmode": "email", "autofocus": True})
    password = PasswordTextField("Password", render_kw={"autocomplete": "current-password"})

    def credentials(self) -> Credentials:
        """What was typed."""
        return Credentials(email=self.email.data or "", password=self.password.data or "")


class ForgottenPasswordForm(MusterForm):
    """Where the link is to go."""

    email = EmailField("E-mail", render_kw={"autocomplete": "username", "inputmode": "email"})


class LinkForm(MusterForm):
    """The password a link sets."""

    password = PasswordTextField("New password", hint=PASSWORD_HINT, render_kw={"autocomplete": "new-password"})


class PasswordForm(MusterForm):
    """Another password for oneself."""

    present = PasswordTextField("Present password", render_kw={"autocomplete": "current-password"})
    new = PasswordTextField("New password", hint=PASSWORD_HINT, render_kw={"autocomplete": "new-password"})

    def change(self) -> PasswordChange:
        """What was typed."""
        return PasswordChange(present=self.present.data or "", new=self.new.data or "")


class UserFilterForm(FilterForm):
    """What users are looked for."""

    words = TextField("Name or e-mail", optional=True)
    role = ChoiceField(
        "Role held",
        choices=[("", "Any or none"), (ROLE_HELD, "Any role"), *role_choices(tuple(Role))],
        optional=True,
    )
    state = ChoiceField(
        "State", choices=[("", "Any state"), *((each.value, pill_word(each)) for each in UserState)], optional=True
    )

    def filters(self) -> UserFilters:
        """What was asked for."""
        role = self.role.data or ""
        return UserFilters(
            words=self.words.data or "",
            role=Role(role) if role not in {"", ROLE_HELD} else None,
            has_role=role == ROLE_HELD,
            state=UserState(self.state.data) if self.state.data else None,
        )


class UserForm(MusterForm):
    """A user's name and address."""

    name = TextField("Name")
    email = EmailField("E-mail", optional=True, hint="They sign in with it, and invitations go there.")

    def values(self) -> UserValues:
        """What was typed."""
        return UserValues(name=self.name.data or "", email=self.email.value)


class ReasonForm(MusterForm):
    """Why something is done."""

    reason = TextField("Reason", most=500, hint="It stands in the audit trail.")


class GrantForm(ReasonForm):
    """A role of the whole site, its days, and why."""

    role = ChoiceField("Role", choices=[("", "Choose one"), *role_choices(BY_HAND)])
    first_day = DayField("First day")
    last_day = DayField("Last day", optional=True, hint="Included. Without one the role is held until it is ended.")

    def period(self) -> Period:
        """The days typed; DomainError where the last is before the first."""
        return Period(self.first_day.data, self.last_day.data)


class EndGrantForm(MusterForm):
    """When a role ends."""

    last_day = DayField("Last day", hint="Included. A day before the first day takes the role back altogether.")


DUE_WORDS = {
    DueBy.DAYS: "so many days after their date",
    DueBy.END_OF_NEXT_MONTH: "at the end of the next month",
}
# The fields of a profile under the heads of its page.
PROFILE_PARTS = (
    (
        "Consortium",
        (
            "name", "short_name", "unit", "street", "postcode", "city", "country", "email", "website", "legal_id",
        ),
    ),
    ("Tax", ("tax_number", "vat_number", "tax_note", "tax_note_de", "tax_note_fr")),
    ("Payment", ("due_by", "terms_days", "bank_name", "bank_holder", "iban", "bic")),
    ("Numbers", ("invoice_numbers", "credit_note_numbers", "number_digits")),
    (
        "Texts of invoices",
        (
            "language", "invoice_intro", "invoice_intro_de", "invoice_intro_fr", "invoice_note", "invoice_note_de",
            "invoice_note_fr",
        ),
    ),
)  # fmt: skip


class ProfileForm(MusterForm):
    """What the consortium says of itself from a day on."""

    first_day = DayField("In force from", hint="Today or later. Papers issued before keep what was in force then.")
    name = TextField("Full name", hint="Heads every paper and mail.")
    short_name = TextField("Short name", most=40, hint="Beside the word Muster on every page.")
    unit = TextField("Unit", optional=True, hint="The office within it that sends the papers, such as Secretariat.")
    street = ProseField("Street", most=500, hint="Line by line as on an envelope, without the town.")
    postcode = TextField("Postcode", most=40, optional=True)
    city = TextField("Town", hint="With the state where the country writes it, such as Bethesda, MD.")
    country = ChoiceField("Country", choices=[])
    email = EmailField("E-mail", hint="Where members write to; printed on papers.")
    website = TextField("Website", optional=True)
    legal_id = TextField(
        "Registration number", most=40, optional=True, hint="In the register of companies or charities."
    )
    tax_number = TextField(
        "Tax number", most=40, optional=True, hint="That of the tax office, where it is not the VAT number."
    )
    vat_number = TextField("VAT number", most=40, optional=True, hint="Printed on invoices; its digits are checked.")
    tax_note = TextField("Note on tax", most=500, optional=True, hint="Why invoices carry no VAT, where they do not.")
    tax_note_de = TextField("Note on tax, in German", most=500, optional=True)
    tax_note_fr = TextField("Note on tax, in French", most=500, optional=True)
    bank_name = TextField("Bank", optional=True)
    bank_holder = TextField("Account holder", optional=True)
    iban = TextField(
        "IBAN",
        most=40,
        optional=True,
        hint="Where members pay to, if no account of the currency is kept under Bank.",
    )
    bic = TextField("BIC", most=40, optional=True)
    due_by = ChoiceField("Invoices are due", choices=[*DUE_WORDS.items()])
    terms_days = NumberField(
        "Days to pay", most=365, optional=True, hint="Where an invoice is due so many days after its date."
    )
    language = ChoiceField(
        "Language of papers", choices=[*LANGUAGE_WORDS.items()], hint="Unless the payer wants them in another."
    )
    invoice_intro = ProseField(
        "Words before the lines", most=1000, optional=True, hint="Printed above what is charged."
    )
    invoice_intro_de = ProseField("Words before the lines, in German", most=1000, optional=True)
    invoice_intro_fr = ProseField("Words before the lines, in French", most=1000, optional=True)
    invoice_note = ProseField("Note on invoices", most=1000, optional=True, hint="Printed under the amount due.")
    invoice_note_de = ProseField("Note on invoices, in German", most=1000, optional=True)
    invoice_note_fr = ProseField("Note on invoices, in French", most=1000, optional=True)
    invoice_numbers = TextField(
        "Numbers of invoices", most=40, hint="{year} and {number} are filled in; the series goes on where it is."
    )
    credit_note_numbers = TextField("Numbers of credit notes", most=40, hint="With other letters than invoices.")
    number_digits = NumberField("Digits of a number", least=1, most=9, hint="At least so many, with zeros before it.")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Offer the countries."""
        super().__init__(*arguments, **options)
        self.country.offer(country_choices())

    def check_rules(self) -> None:
        """The numbers and the address on the web."""
        read_profile(str(self.country.data or ""), self.data)

    def validate_terms_days(self, field: NumberField) -> None:
        """Days are needed where they are counted."""
        if self.due_by.data == DueBy.DAYS and not field.typed:
            message = "Please fill this in."
            raise ValidationError(message)

    def values(self) -> ProfileValues:
        """What was typed; what was left empty is empty, and days that are not counted are none."""
        fields = ((name, self[name].data) for name in ProfileValues.__dataclass_fields__)
        typed: dict[str, Any] = {name: "" if value is None else value for name, value in fields}
        due_by = DueBy(self.due_by.data)
        days = self.terms_days.data if due_by is DueBy.DAYS else 0
        return ProfileValues(**typed | {"language": Language(self.language.data), "due_by": due_by, "terms_days": days})


def profile_labels() -> dict[str, str]:
    """What the fields of a profile are called, by their names."""
    return {name: str(getattr(ProfileForm, name).args[0]) for _, names in PROFILE_PARTS for name in names}


class ConsortiumLogoForm(MusterForm):
    """The picture at the head of papers."""

    logo = UploadField(
        "Picture", kinds=PICTURES, most_megabytes=5, hint="Printed 16 mm high at the head of letters and invoices."
    )
