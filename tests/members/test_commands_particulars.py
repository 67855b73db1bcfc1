"""What is on record of an institution holds from day to day, and a correction never edits what was known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError, StaleError
from app.core.tables import PageRequest
from app.core.verification import run_checks
from app.files.pictures import drawn_anew
from app.members.commands import (
    ContactFacts,
    InstitutionFacts,
    Naming,
    Paper,
    UnitFacts,
    add_alias,
    add_document,
    add_institution,
    add_unit,
    edit_contact,
    edit_institution,
    end_unit,
    note,
    remove_alias,
    remove_logo,
    rename_institution,
    set_logo,
    set_parent,
    strike_note,
    withdraw_document,
)
from app.members.models import Institution, InstitutionParticulars
from app.members.queries import (
    InstitutionFilters,
    get_institution,
    list_documents,
    list_notes,
    list_units,
    open_document,
    open_logo,
    search_institutions,
)
from app.members.rules import DocumentKind, InstitutionKind
from tests.members.world import OFFICE, do, full_facts, institution, member, on

pytestmark = pytest.mark.usefixtures("context")
MOVED = date(2015, 3, 1)


def facts(**changed: Any) -> InstitutionFacts:
    """What is on record of ICS, but for what changed."""
    values: dict[str, Any] = {
        "name": "Institut Clinique de la Souris",
        "short_name": "ICS",
        "kind": InstitutionKind.RESEARCH_CENTRE,
        "country": "FR",
    }
    return InstitutionFacts(**(values | changed))


def edit(ics: Institution, since: date | None, **changed: Any) -> None:
    """Edit it as someone does who has the newest form."""
    version = db.session.get_one(Institution, ics.id).version
    do(edit_institution, ics.id, facts(**changed), version=version, since=since)


def address_on(identity: int, day: date, known: datetime | None = None) -> str | None:
    return full_facts(identity, day, known).postal_address


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300)) -> bytes:
    target = BytesIO()
    Image.new("RGB", size, "navy").save(target, kind, **({"exif": b"Exif\0\0secret"} if kind == "JPEG" else {}))
    return target.getvalue()


def test_a_change_holds_from_its_day_and_the_old_values_until_the_day_before():
    ics = institution(postal_address="Old Road")
    edit(ics, MOVED, postal_address="New Road", country="DE")
    assert [address_on(ics.id, day) for day in (date(1990, 1, 1), date(2015, 2, 28), MOVED)] == [
        "Old Road",
        "Old Road",
        "New Road",
    ]
    assert get_institution(ics.id, OFFICE, on=date(2015, 2, 28)).country == "France"
    assert full_facts(ics.id, date(2015, 2, 28)).billing_address == "Old Road"
    assert db.session.get_one(Institution, ics.id).postal_address == "New Road"


def test_a_mistake_put_right_holds_since_ever_and_what_was_known_stays_known():
    ics = institution(postal_address="Wrong Road")
    before = clock.now() - timedelta(minutes=1)
    edit(ics, None, postal_address="Right Road")
    assert address_on(ics.id, date(2012, 1, 1)) == "Right Road"
    assert address_on(ics.id, date(2012, 1, 1), before) == "Wrong Road"
    assert full_facts(ics.id, date(2012, 1, 1), before).billing_address == "Wrong Road"


def test_the_list_of_a_day_has_the_kind_and_country_of_that_day():
    ics = institution()
    member(ics)
    edit(ics, MOVED, country="DE", kind=InstitutionKind.FUNDER)
    for day, country, other in ((date(2015, 2, 28), "FR", "DE"), (date(2016, 5, 24), "DE", "FR")):
        found = search_institutions(InstitutionFilters(country=country), PageRequest(sort="country"), OFFICE, on=day)
        assert [row.id for row in found.rows] == [ics.id]
        missed = search_institutions(InstitutionFilters(country=other), PageRequest(sort="kind"), OFFICE, on=day)
        assert missed.rows == []


@pytest.mark.parametrize(
    ("since", "message"),
    [
        (date(2016, 5, 25), "A change is recorded once its first day has come."),
        (date(2015, 2, 28), "The present values hold since 1 March 2015: a change begins later."),
    ],
)
def test_a_change_neither_begins_in_the_future_nor_before_the_present_values(since: date, message: str):
    ics = institution()
    edit(ics, MOVED, unit="Phenomin")
    with pytest.raises(DomainError, match=message) as refused:
        edit(ics, since, unit="Other")
    assert refused.value.field == "since"
    assert db.session.get_one(Institution, ics.id).unit == "Phenomin"


def test_two_changes_on_one_day_are_one():
    ics = institution()
    edit(ics, MOVED, unit="One")
    edit(ics, MOVED, unit="Two")
    rows = db.session.query(InstitutionParticulars).filter_by(superseded_at=None).order_by("first_day").all()
    assert [(row.unit, row.first_day, row.last_day) for row in rows] == [
        (None, date(1800, 1, 1), date(2015, 2, 28)),
        ("Two", MOVED, None),
    ]


def test_an_institution_is_a_part_of_another_from_a_day_on():
    one, two = institution(), institution("MRC Harwell", "Harwell", country="GB")
    do(set_parent, one.id, two.id, since=MOVED)
    assert get_institution(one.id, OFFICE, on=date(2015, 2, 28)).parent is None
    assert get_institution(one.id, OFFICE, on=MOVED).parent == (two.id, "MRC Harwell")
    assert get_institution(two.id, OFFICE, on=MOVED).children == ((one.id, "Institut Clinique de la Souris"),)
    assert get_institution(two.id, OFFICE, on=date(2015, 2, 28)).children == ()


def test_a_representative_changes_the_address_from_today():
    ics = institution(postal_address="Old Road")
    do(edit_contact_at, ics.id, date(2016, 5, 24), "New Road")
    assert address_on(ics.id, date(2016, 5, 23)) == "Old Road"
    assert address_on(ics.id, date(2016, 5, 24)) == "New Road"


@settings(max_examples=20)
@given(st.lists(st.dates(date(2012, 1, 1), date(2016, 5, 24)), min_size=1, max_size=5, unique=True))
def test_every_day_has_the_values_of_the_last_change_by_then(days: list[date]):
    ics = institution(f"Institute {len(days)} {days[0]} {clock.now()}", "I")
    for number, day in enumerate(sorted(days), start=1):
        do(edit_contact_at, ics.id, day, f"Road {number}")
    for day in [*days, date(2011, 1, 1), date(2016, 5, 24)]:
        number = sum(change <= day for change in days)
        assert address_on(ics.id, day) == (f"Road {number}" if number else None)
    check = next(found for found in run_checks() if found.check.startswith("What is on record of an institution"))
    assert list(check.problems) == []


def edit_contact_at(institution_id: int, day: date, address: str, *, actor: Actor) -> None:
    """Change the address as of the day, on that day."""
    with on(day):
        version = db.session.get_one(Institution, institution_id).version
        edit_contact(institution_id, ContactFacts(None, address, None, None), version=version, actor=actor)


def test_the_check_of_particulars_finds_a_row_that_says_otherwise():
    ics = institution()
    with db.session.begin():
        db.session.get_one(Institution, ics.id).unit = "Somewhere else"
    found = next(each for each in run_checks() if each.check.startswith("What is on record of an institution"))
    assert found.problems == ("Institution M-0001 has no present particulars like its own.",)


def test_an_alias_finds_its_institution_and_means_no_other():
    ics, harwell = institution(), institution("MRC Harwell", "Harwell", country="GB")
    added = do(add_alias, ics.id, "PHENOMIN-ICS")
    found = search_institutions(InstitutionFilters(text="phenomin"), PageRequest(), OFFICE, on=clock.today())
    assert [row.id for row in found.rows] == [ics.id]
    for taken, whose in ((ics, "a name of the institution already"), (harwell, "is or was a name of Institut")):
        with pytest.raises(DomainError, match=whose):
            do(add_alias, taken.id, "ICS")
    with pytest.raises(DomainError, match="This alias means an institution already"):
        do(add_alias, harwell.id, "phénomin-ics")
    with pytest.raises(DomainError, match="This is an alias of Institut Clinique de la Souris"):
        do(rename_institution, harwell.id, Naming("Phenomin-ICS", "H", date(2016, 5, 1)))
    with pytest.raises(DomainError, match="This is an alias of Institut Clinique de la Souris"):
        do(add_institution, facts(name="Some other", short_name="phenomin-ics"))
    do(remove_alias, added.id)
    found = search_institutions(InstitutionFilters(text="phenomin"), PageRequest(), OFFICE, on=clock.today())
    assert found.rows == []


def test_a_unit_is_part_of_its_institution_for_its_days():
    ics = institution()
    unit = do(add_unit, ics.id, UnitFacts("Mouse Clinic", date(2012, 1, 1)))
    with pytest.raises(DomainError, match="It has a unit of this name in these days"):
        do(add_unit, ics.id, UnitFacts("Mouse Clinic", date(2014, 1, 1)))
    do(end_unit, unit.id, last_day=date(2015, 12, 31), reason="Closed", version=1)
    do(add_unit, ics.id, UnitFacts("Mouse Clinic", date(2016, 1, 1)))
    assert [row.period.last for row in list_units(ics.id, actor=OFFICE)] == [date(2015, 12, 31), None]
    with pytest.raises(StaleError):
        do(end_unit, unit.id, last_day=date(2014, 12, 31), reason="Closed", version=1)


def test_a_logo_is_drawn_anew_without_what_the_file_hides():
    ics = institution()
    do(set_logo, ics.id, picture("JPEG"))
    first = db.session.get_one(Institution, ics.id).logo_id
    assert first is not None
    kept = open_logo(ics.id, first, OFFICE)
    assert (kept.media_type, b"secret" in kept.content) == ("image/jpeg", False)
    with Image.open(BytesIO(kept.content)) as drawn:
        assert drawn.size == (600, 200)
    do(remove_logo, ics.id)
    assert get_institution(ics.id, OFFICE, on=clock.today()).logo_id is None
    with pytest.raises(NotFoundError):
        open_logo(institution("MRC Harwell", "Harwell", country="GB").id, first, OFFICE)


@pytest.mark.parametrize("content", [b"", b"GIF89a", picture()[:80], b"\x89PNG\r\n\x1a\n" + b"x" * 99])
def test_what_is_no_picture_is_refused(content: bytes):
    with pytest.raises(DomainError, match="This picture cannot be read") as refused:
        drawn_anew(content, side=600, field="logo")
    assert refused.value.field == "logo"


def test_a_picture_that_unpacks_to_too_many_pixels_is_refused():
    with pytest.raises(DomainError, match="more than 40 million pixels"):
        drawn_anew(picture(size=(8000, 5001)), side=600, field="logo")


def test_a_document_is_read_by_full_readers_and_stays_on_the_record_of_its_days():
    ics = institution()
    paper = Paper(b"%PDF-1.7", "application/pdf", "charter.pdf", DocumentKind.AGREEMENT, "Charter", date(2012, 1, 1))
    with on(date(2015, 1, 1)):
        kept = do(add_document, ics.id, paper)
    assert open_document(kept.id, OFFICE).content == b"%PDF-1.7"
    assert list_documents(ics.id, on=date(2014, 12, 31), actor=OFFICE) == []
    assert list_documents(ics.id, on=clock.today(), known=clock.end_of(date(2014, 12, 31)), actor=OFFICE) == []
    do(withdraw_document, kept.id, reason="Superseded")
    assert list_documents(ics.id, on=clock.today(), actor=OFFICE) == []
    assert [row.title for row in list_documents(ics.id, on=date(2016, 5, 23), actor=OFFICE)] == ["Charter"]
    with pytest.raises(DomainError, match="withdrawn already"):
        do(withdraw_document, kept.id, reason="Again")
    with pytest.raises(NotFoundError):
        open_document(kept.id, Actor("Nobody", user_id=7))


def test_a_note_struck_is_shown_only_for_the_days_before():
    ics = institution()
    with on(date(2015, 1, 1)):
        noted = do(note, ics.id, "Asks for invoices in January.")
    do(strike_note, noted.id)
    assert len(list_notes(ics.id, on=clock.today(), known=clock.end_of(date(2015, 1, 1)), actor=OFFICE)) == 1
    assert list_notes(ics.id, on=clock.today(), actor=OFFICE) == []
    assert [row.text for row in list_notes(ics.id, on=date(2016, 5, 23), actor=OFFICE)] == [
        "Asks for invoices in January."
    ]
    assert list_notes(ics.id, on=date(2016, 5, 23), actor=Actor("Nobody", user_id=7)) == []


def test_only_who_edits_institutions_adds_to_their_record():
    ics, nobody = institution(), Actor("Nobody", user_id=7)
    for command, values in (
        (add_alias, ("X",)),
        (add_unit, (UnitFacts("X", MOVED),)),
        (set_logo, (picture(),)),
        (note, ("X",)),
    ):
        with pytest.raises(AccessDeniedError):
            do(command, ics.id, *values, actor=nobody)
