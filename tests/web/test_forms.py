"""Our own fields: what a person may type, what is refused in which words, and that typing is kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError, NotFoundError, StaleError
from app.core.money import Money
from app.core.texts import parse_day
from app.web.choices import ChoiceField
from app.web.forms import (
    DayField,
    EmailField,
    MoneyField,
    MusterForm,
    NumberField,
    ProseField,
    TextField,
    errors_to,
)

if TYPE_CHECKING:
    from app.web.requests import House


class SampleForm(MusterForm):
    """One field of each kind."""

    class Meta:
        csrf = False

    name = TextField("Name", most=10)
    note = ProseField("Note", optional=True)
    email = EmailField("E-mail", optional=True)
    amount = MoneyField("Amount", currency="GBP", optional=True)
    day = DayField("Day", optional=True)
    count = NumberField("Count", least=1, most=99, optional=True)
    kind = ChoiceField("Kind", choices=[("", "Choose one"), ("a", "A"), ("b", "B")], optional=True)


class PriceForm(MusterForm):
    """An amount in the currency of another field, and a text that must be there."""

    class Meta:
        csrf = False

    amount = MoneyField("Amount")
    currency = ChoiceField("Currency", choices=[("GBP", "GBP")])
    address = ProseField("Address")


def filled(house: House, **typed: str) -> SampleForm:
    with house.test_request_context("/", method="POST", data={"name": "Ok", **typed}):
        form = SampleForm()
        form.validate()
        return form


def wrong(house: House, field: str, text: str) -> str:
    errors = filled(house, **{field: text})[field].errors
    return str(errors[0]) if errors else ""


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("name", "   ", "Please fill this in."),
        ("name", "x" * 11, "At most 10 characters; this has 11."),
        ("name", "a\x00b", "cannot be printed"),
        ("name", "two\nlines", "cannot be printed"),
        ("name", "Ada\u2028Lee", "ends after \u201cAda\u201d, though that does not show: type a space there"),
        ("name", "a\u2029b", "ends after \u201ca\u201d"),
        ("note", "a\x00b", "cannot be printed"),
        ("email", "nobody", "This is not an e-mail address. Write it as name@example.org."),
        ("email", "\u00fc@muster.example", "This is not an e-mail address. Write it as name@example.org."),
        ("email", "a@b\r\nBcc: c@d.example", "cannot be printed"),
        ("amount", "Infinity", "in digits"),
        ("amount", "NaN", "in digits"),
        ("amount", "sNaN", "in digits"),
        ("amount", "1E+400", "in digits"),
        ("amount", "1_000", "in digits"),
        ("amount", "\u0661\u0662\u0663", "in digits"),
        ("amount", "0.005", "2 decimals; this has 3"),
        ("amount", "-1", "at least 0.00"),
        ("amount", "9" * 30, "too large"),
        ("amount", "1,00", "in digits"),
        ("day", "30 February 2016", "Write the day"),
        ("day", "9999-12-31", "Days from 1800 to 2999"),
        ("day", "0001-01-01", "Days from 1800 to 2999"),
        ("day", "\u0661-1-2016", "Write the day"),
        ("day", "yesterday", "Write the day"),
        ("day", "24 1_2 2016", "Write the day"),
        ("day", f"{'9' * 20} 5 2016", "Write the day"),
        ("day", f"24 {'9' * 20} 2016", "Write the day"),
        ("count", "0", "Between 1 and 99."),
        ("count", "1.5", "whole number"),
        ("count", "--5", "whole number"),
        ("count", "\u0663", "whole number"),
        ("kind", "c", "not one of the choices"),
    ],
)
def test_wrong_input_is_refused_in_plain_words(house: House, field: str, text: str, says: str) -> None:
    assert says in wrong(house, field, text)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("name", "  Łódź ", "Łódź"),
        ("note", "a\r\nb", "a\nb"),
        ("email", "Someone@Site.Example", "someone@site.example"),
        ("amount", "50,000.00", Money(5_000_000, "GBP")),
        ("amount", "50000", Money(5_000_000, "GBP")),
        ("amount", "0.5", Money(50, "GBP")),
        ("day", "2016-05-24", date(2016, 5, 24)),
        ("day", "24 May 2016", date(2016, 5, 24)),
        ("day", "24 5 2016", date(2016, 5, 24)),
        ("day", "24/05/2016", date(2016, 5, 24)),
        ("count", "42", 42),
        ("kind", "b", "b"),
    ],
)
def test_right_input_is_read(house: House, field: str, text: str, value: Any) -> None:
    form = filled(house, **{field: text})
    assert not form[field].errors
    assert form[field].data == value


def test_an_unknown_currency_and_an_empty_text_are_refused_beside_their_fields(house: House) -> None:
    typed = {"amount": "1.00", "currency": "Taler", "address": " \n "}
    with house.test_request_context("/", method="POST", data=typed):
        form = PriceForm()
        form.validate()
    assert form.amount.errors == ["Taler is not an ISO 4217 currency code."]
    assert form.currency.errors == ["This is not one of the choices."]
    assert form.address.errors == ["Please fill this in."]


def test_what_was_typed_stays_when_it_is_refused(house: House) -> None:
    form = filled(house, amount="1_000", day="31 June 2016", name="x" * 11)
    with house.test_request_context("/"):
        assert 'value="1_000"' in str(form.amount())
        assert 'value="31 June 2016"' in str(form.day())
        assert f'value="{"x" * 11}"' in str(form.name())


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_day(text: str) -> None:
    parse_day(text)


@given(st.text(max_size=60))
def test_no_text_breaks_a_form(house: House, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    filled(house, amount=text, day=text, count=text, kind=text, email=text, name=text, note=text)


def test_a_rules_refusal_stands_beside_its_field(house: House) -> None:
    form = filled(house)
    with errors_to(form):
        message = "A term cannot start before the institution became a member."
        raise DomainError(message, field="day")
    assert form.day.errors == ["A term cannot start before the institution became a member."]


def test_a_refusal_without_field_stands_at_the_head(house: House) -> None:
    form = filled(house)
    with errors_to(form):
        message = "The year is closed."
        raise DomainError(message)
    assert form.form_errors == ["The year is closed."]


def test_a_stale_form_knows_that_it_is_stale(house: House) -> None:
    form = filled(house)
    with errors_to(form):
        raise StaleError(saved_version=3)
    assert form.conflict is not None


def test_a_hidden_record_is_still_not_there(house: House) -> None:
    with pytest.raises(NotFoundError), errors_to(filled(house)):
        message = "no"
        raise NotFoundError(message)
