"""The field that names one record of many: what it takes, what it says of anything else, what it draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.datastructures import MultiDict

from app.core.naming import Meant, Named
from app.web.forms import MusterForm
from app.web.naming import NamedField

if TYPE_CHECKING:
    from app.web.requests import House

HARWELL, SOURIS = Named(17, "MRC Harwell (M-0017)"), Named(8, "Institut Clinique de la Souris (M-0008)")


class Houses:
    """Two houses; "mouse" means both."""

    def called(self, words: str) -> Meant:
        means = {HARWELL.words: [HARWELL], "mouse": [SOURIS, HARWELL], "many": [HARWELL] * 6}
        return Meant(means.get(words, ()), [SOURIS] if words == "souris" else [])

    def named(self, record_id: int) -> Named | None:
        return next((each for each in (HARWELL, SOURIS) if each.id == record_id), None)


class HouseForm(MusterForm):
    class Meta:
        csrf = False

    house = NamedField("House", source="components.names")
    other = NamedField("Other", source="components.names", optional=True)


def sent(app: House, house: str, other: str = "") -> HouseForm:
    with app.test_request_context(method="POST", data={"house": house, "other": other}):
        form = HouseForm()
        form.house.ask(Houses())
        form.other.ask(Houses(), chosen_id=8)
        form.validate()
    return form


def test_what_means_one_record_is_taken(app: House):
    form = sent(app, f"  {HARWELL.words} ")
    assert (form.house.errors, form.house.chosen_id) == ([], 17)
    assert (form.other.errors, form.other.chosen_id) == ([], None)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("nowhere", "Nothing you can choose here is called so."),
        ("souris", "Nothing you can choose here is called so. Like it: Institut Clinique de la Souris (M-0008)."),
        ("mouse", f"Several are called so: {SOURIS.words}, {HARWELL.words}. Write one of these with its number."),
        ("many", f"so: {', '.join([HARWELL.words] * 4)} and 2 more. Write one of these with its number."),
        ("a\x00b", "cannot be printed"),
        ("x" * 251, "At most 250 characters; this has 251."),
        ("", "Please fill this in."),
    ],
)
def test_of_anything_else_it_is_said_why_not_and_what_was_typed_stays(app: House, typed: str, told: str):
    field = sent(app, typed).house
    assert told in " ".join(map(str, field.errors))
    assert (field.data, field.chosen_id) == (typed, None)


def test_the_record_that_stands_there_is_shown_until_something_is_typed(app: House):
    with app.test_request_context():
        form = HouseForm()
        form.house.ask(Houses(), chosen_id=17)
        form.other.ask(Houses(), chosen_id=99)
        assert (form.house.data, form.other.data) == (HARWELL.words, "")
    assert sent(app, "mouse", "").other.data == ""
    with app.test_request_context(method="POST", data=MultiDict([("house", "mouse")])):
        form = HouseForm()
        form.house.ask(Houses(), chosen_id=17)
        assert form.house.data == "mouse"


def test_it_draws_a_text_field_that_knows_where_suggestions_come_from(app: House):
    with app.test_request_context():
        form = HouseForm()
        form.house.ask(Houses(), own="1")
        form.house.data = '"><b>'
        drawn = form.house()
    assert 'type="text"' in drawn
    assert 'data-suggest="/_components/names?own=1"' in drawn
    assert "<b>" not in drawn
