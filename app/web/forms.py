"""The base of every form, with our own fields: what a person types is checked here for shape, and kept."""

from __future__ import annotations

import re
import secrets
import unicodedata
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from flask import request, url_for
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field, Form, HiddenField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import PasswordInput, TextArea, TextInput

from app.core.errors import AccessDeniedError, DomainError, NotFoundError, Refusals, StaleError, refusals_in
from app.core.money import LARGEST_MINOR, Money, decimals_of
from app.core.periods import EARLIEST, LATEST
from app.core.texts import NO_EMAIL, check_text, email_address, parse_day
from app.web.choices import ChoiceField
from app.web.on_date import travelling

AMOUNT = re.compile(r"(?P<sign>[-\u2212]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<rest>\d+))?", re.ASCII)
WHOLE_NUMBER = re.compile(r"-?\d+", re.ASCII)


class MusterForm(FlaskForm):
    """A form that writes. It carries its token, its key against being done twice, and the version it shows."""

    idempotency_key = HiddenField(default=lambda: secrets.token_urlsafe(16))
    version = HiddenField(default="0")
    conflict: StaleError | None = None
    form_errors: list[str]
    untouched = "Nothing was changed."
    """What is said of everything else while something is wrong."""
    called: ClassVar[Mapping[str, str]] = {}
    """Which of its fields is meant where a command calls it otherwise."""

    @property
    def comfort(self) -> str:
        """What is said of everything else, where no message says so itself."""
        messages = [*self.form_errors, *(str(error) for field in self for error in field.errors)]
        return "" if any(self.untouched in message for message in messages) else self.untouched

    def refuse(self, error: DomainError) -> None:
        """Show each refusal of a rule beside the field it is about, or at the head of the form."""
        if isinstance(error, StaleError):
            self.conflict = error
        for refusal in refusals_in(error):
            name = refusal.field or ""
            field = self._fields.get(name) or self._fields.get(self.called.get(name, ""))
            if field is None:
                self.form_errors = [*list(self.form_errors), refusal.message]
            else:
                field.errors = [*field.errors, refusal.message]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape; where some of it is wrong, say also what rules say of the rest, as no command will."""
        whole = bool(super().validate(extra_validators))
        if not whole:
            self.say_rules()
        return whole

    def say_rules(self) -> None:
        """Show what rules refuse of the values alone, beside fields with which nothing else is wrong."""
        refusals = Refusals()
        with refusals:
            self.check_rules()
        for refusal in refusals.gathered:
            field = self._fields.get(refusal.field or "")
            if field is None or not field.errors:
                self.refuse(refusal)

    def check_rules(self) -> None:
        """Ask the rules of the values alone, as the command will; a form with such values names them here."""

    @property
    def shown_version(self) -> int:
        """The version of the record the form was filled from, 0 where there is none."""
        text = str(self.version.data or "0")
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0

    @property
    def visible_fields(self) -> list[Field]:
        """The fields a person fills in, in order."""
        return [field for field in self if not isinstance(field, HiddenField)]


class errors_to:  # noqa: N801 - it reads as a verb where it stands: with errors_to(form)
    """Show on the form what a command refuses; a record that may not be seen is still not there."""

    def __init__(self, form: MusterForm) -> None:
        """Keep the form."""
        self.form = form

    def __enter__(self) -> None:
        """Nothing is prepared."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """Take what a user can cause; let everything else go on."""
        if not isinstance(error, DomainError) or isinstance(error, NotFoundError | AccessDeniedError):
            return False
        self.form.refuse(error)
        return True


class TextField(StringField):
    """One line of text, trimmed, of at most `most` characters.

    One that is `part_of` something given whole or not at all is called after it where labels alone are not enough.
    """

    lines = False
    part_of = ""

    def __init__(self, label: str, *, most: int = 200, optional: bool = False, hint: str = "", **options: Any) -> None:
        """Set the rules of shape; `hint` stands under the label."""
        validators = [Optional() if optional else InputRequired("Please fill this in.")]
        self.part_of = options.pop("part_of", "")
        super().__init__(label, validators=validators, description=hint, **options)
        self.most, self.optional = most, optional

    def process_formdata(self, valuelist: list[str]) -> None:
        """Trim what was typed, and use one kind of line end."""
        if valuelist:
            self.data = unicodedata.normalize("NFC", valuelist[0]).replace("\r\n", "\n").strip()

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Check length and characters."""
        text = self.data or ""
        if len(text) > self.most:
            message = f"At most {self.most} characters; this has {len(text):,}."
            raise ValidationError(message)
        wrong = check_text(text, lines=self.lines)
        if wrong:
            raise ValidationError(wrong)
        if not text and not self.optional:
            message = "Please fill this in."
            raise ValidationError(message)

    @property
    def value(self) -> str | None:
        """The text, None where nothing was typed."""
        return self.data or None


class ProseField(TextField):
    """Several lines of text of at most `most` characters."""

    widget = TextArea()
    lines = True

    def __init__(self, label: str, *, most: int = 4000, **options: Any) -> None:
        """Set the rules of shape; it may be longer than a line."""
        super().__init__(label, most=most, **options)


class SuggestedField(TextField):
    """One line of text with usual ones to choose from; anything else may be typed as well."""

    def __init__(self, label: str, *, usual: Sequence[str], **options: Any) -> None:
        """Keep what is offered."""
        super().__init__(label, **options)
        self.usual = usual

    def __call__(self, **attributes: Any) -> Markup:
        """The text field, and the list a browser offers under it."""
        listed = f"{self.id}-usual"
        options = Markup().join(Markup('<option value="{}"></option>').format(words) for words in self.usual)
        drawn: Markup = super().__call__(list=listed, **attributes)
        return drawn + Markup('<datalist id="{}">{}</datalist>').format(listed, options)


class EmailField(TextField):
    """An e-mail address of ordinary form."""

    def pre_validate(self, form: Form) -> None:
        """Check the form of the address, asking no name server."""
        super().pre_validate(form)
        if not self.data:
            return
        try:
            self.data = email_address(self.data)
        except ValueError:
            raise ValidationError(NO_EMAIL) from None


class PasswordTextField(StringField):
    """A password: taken as typed, never shown again."""

    widget = PasswordInput()

    def __init__(self, label: str, *, most: int = 256, hint: str = "", **options: Any) -> None:
        """Set the largest length."""
        super().__init__(label, validators=[InputRequired("Please fill this in.")], description=hint, **options)
        self.most = most

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Check the length, so that hashing stays cheap."""
        if len(self.data or "") > self.most:
            message = f"At most {self.most} characters."
            raise ValidationError(message)

    def _value(self) -> str:
        return ""


class ShapedField(Field):
    """A field whose text is read into a value; what was typed stays as it was when it cannot be read."""

    widget = TextInput()
    data: Any

    def __init__(self, label: str, *, optional: bool = False, hint: str = "", **options: Any) -> None:
        """Keep whether it may be empty, and what it is part of."""
        self.part_of = options.pop("part_of", "")
        super().__init__(label, description=hint, **options)
        self.optional = optional
        self.typed: str | None = None

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value of a text; ValidationError where it has none."""

    def write(self, value: Any) -> str:
        """The text of a value, as a person would type it."""
        return str(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed and try to read it; `pre_validate` speaks of what could not be."""
        self.typed, self.data = (valuelist[0] if valuelist else "").strip(), None

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Read what was typed."""
        if not self.typed:
            if not self.optional:
                message = "Please fill this in."
                raise ValidationError(message)
            return
        self.data = self.read(self.typed[:200])

    def _value(self) -> str:
        if self.typed is not None:
            return str(self.typed)
        return "" if self.data is None else self.write(self.data)


class MoneyField(ShapedField):
    """An amount in plain digits, read exactly; the currency is the field's or that of the form's field `currency`."""

    def __init__(self, label: str, *, currency: str | None = None, smallest: int = 0, **options: Any) -> None:
        """Keep the currency and the smallest amount allowed, in minor units."""
        super().__init__(label, **options)
        self.currency, self.smallest = currency, smallest

    def pre_validate(self, form: Form) -> None:
        """Take the currency from the form where the field has none of its own."""
        if "currency" in form and self.currency is None:
            self.currency = form["currency"].data
        super().pre_validate(form)

    def read(self, text: str) -> Money:
        """An exact amount with no more decimals than the currency has."""
        found = AMOUNT.fullmatch(text.replace(" ", "").replace("\u00a0", ""))
        if found is None:
            message = "Write the amount in digits, for example 50,000.00."
            raise ValidationError(message)
        try:
            places = decimals_of(str(self.currency))
        except DomainError as error:
            raise ValidationError(error.message) from None
        rest = found["rest"] or ""
        if len(rest) > places:
            message = f"{self.currency} has {places} decimals; this has {len(rest)}."
            raise ValidationError(message)
        exact = Decimal(f"{found['whole'].replace(',', '')}.{rest or 0}")
        minor = int(exact.scaleb(places)) * (-1 if found["sign"] else 1)
        if abs(minor) > LARGEST_MINOR:
            message = "This amount is too large."
            raise ValidationError(message)
        if minor < self.smallest:
            message = f"The amount is at least {Money(self.smallest, str(self.currency))}."
            raise ValidationError(message)
        return Money(minor, str(self.currency))


class DayField(ShapedField):
    """A day, typed as 2016-05-24, 24 May 2016 or 24 5 2016 (day first)."""

    def read(self, text: str) -> date:
        """The day, within the years the program knows."""
        day = parse_day(text)
        if day is None:
            message = "Write the day as 24 May 2016 or 2016-05-24."
            raise ValidationError(message)
        if not EARLIEST <= day <= LATEST:
            message = f"Days from {EARLIEST.year} to {LATEST.year} are possible."
            raise ValidationError(message)
        return day

    def write(self, value: date) -> str:
        """As 24 May 2016."""
        return f"{value.day} {value:%B %Y}"


class NumberField(ShapedField):
    """A whole number between two limits."""

    def __init__(self, label: str, *, least: int = 0, most: int = 1_000_000, **options: Any) -> None:
        """Keep the limits."""
        super().__init__(label, **options)
        self.least, self.most = least, most

    def read(self, text: str) -> int:
        """The number."""
        if not WHOLE_NUMBER.fullmatch(text):
            message = "Write a whole number in digits."
            raise ValidationError(message)
        number = int(text)
        if not self.least <= number <= self.most:
            # Years and the numbers of accounts have four digits, and no comma.
            most = f"{self.most:,}" if self.most >= 10_000 else self.most
            message = f"Between {self.least} and {most}."
            raise ValidationError(message)
        return number


class FilterForm(Form):
    """The filters of a list: read from the address, sent by GET, no token."""

    @classmethod
    def from_request(cls) -> FilterForm:
        """The filters asked for in the address."""
        return cls(formdata=request.args)

    def active(self) -> list[tuple[str, str, str]]:
        """The filters that are set: label, value in words, name of the parameter."""
        return [
            (field.label.text, self._words(field), field.short_name)
            for field in self
            if field.data and not field.errors
        ]

    @staticmethod
    def _words(field: Field) -> str:
        if isinstance(field, ChoiceField):
            return field.chosen_words
        return field._value() if hasattr(field, "_value") else str(field.data)  # noqa: SLF001 - the text as typed

    @property
    def clear_url(self) -> str:
        """The list without filters, on the same day."""
        return url_for(str(request.endpoint), **{**(request.view_args or {}), **travelling()})
