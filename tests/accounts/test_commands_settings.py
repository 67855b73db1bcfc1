"""The consortium's profile: the numbers and the logo of its papers, from a day on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from app.accounts.commands import adopt_profile, remove_consortium_logo, set_consortium_logo
from app.accounts.queries import get_profile
from app.core.actor import Actor
from app.core.errors import AccessDeniedError, DomainError
from app.core.transaction import transaction
from tests.accounts.test_commands import AUDITOR, PROFILE
from tests.conftest import TODAY

TOMORROW = TODAY + timedelta(days=1)


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (64, 32), "navy").save(made, "PNG")
    return made.getvalue()


def adopted(day: date, office: Actor, **changes: str) -> None:
    with transaction():
        adopt_profile(day, replace(PROFILE, **changes), office)  # type: ignore[arg-type]


@pytest.mark.usefixtures("context")
def test_letters_that_numbered_invoices_once_never_number_credit_notes(office: Actor):
    adopted(date(2011, 9, 1), office)
    adopted(TODAY, office, invoice_numbers="R-{year}-{number}")
    with pytest.raises(DomainError, match="other letters"):
        adopted(TOMORROW, office, invoice_numbers="R-{year}-{number}", credit_note_numbers="INV-{year}-{number}")


@pytest.mark.usefixtures("context")
def test_logo_is_shown_from_today_and_the_past_keeps_its_own(office: Actor):
    adopted(date(2011, 9, 1), office)
    adopted(TOMORROW, office)
    with transaction():
        set_consortium_logo(picture(), actor=office)
    before, today, after = (get_profile(day).logo_id for day in (date(2016, 5, 23), TODAY, TOMORROW))
    assert before is None
    assert today is not None
    assert after == today
    adopted(date(2016, 7, 1), office)
    assert get_profile(date(2016, 7, 1)).logo_id == today
    with transaction():
        remove_consortium_logo(actor=office)
    assert [get_profile(day).logo_id for day in (TODAY, date(2016, 7, 1))] == [None, None]


@pytest.mark.usefixtures("context")
def test_logo_that_papers_cannot_carry_is_refused(office: Actor):
    adopted(date(2011, 9, 1), office)
    noise = Image.effect_noise((600, 600), 90)
    made = BytesIO()
    noise.save(made, "PNG")
    with pytest.raises(DomainError, match="too rich in detail"), transaction():
        set_consortium_logo(made.getvalue(), actor=office)
    with pytest.raises(AccessDeniedError):
        set_consortium_logo(picture(), actor=AUDITOR)
