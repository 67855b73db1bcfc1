"""How people are reached: routes dated and corrected, where invoices go, photos made anew, places put right."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.billing.queries.contents import contacts_on
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError, StaleError
from app.core.permissions import Role
from app.core.verification import run_checks
from app.members.commands import AffiliationFacts as Place
from app.members.commands import (
    Merging,
    PersonFacts,
    PlaceFacts,
    add_route,
    affiliate_person,
    correct_affiliation,
    correct_route,
    edit_person,
    end_route,
    merge_records,
    remove_photo,
    retract_affiliation,
    set_photo,
)
from app.members.models import Affiliation, ContactRoute, Person, PersonPhoto
from app.members.queries import get_person, list_routes
from app.members.rules import Purpose, RouteFacts, RouteKind, RoutePurpose, TwinKind
from tests.members.world import LAUNCH, OFFICE, do, full_facts, institution, on, person, voice

pytestmark = pytest.mark.usefixtures("context")
TODAY = date(2016, 5, 24)
INVOICES = RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, "invoices@ics.example", LAUNCH)


def refused(command, *args, **values) -> DomainError:
    """The refusal of a command."""
    with pytest.raises(DomainError) as caught:
        do(command, *args, **values)
    return caught.value


def texts(who: Person, day: date = TODAY, known: datetime | None = None) -> list[str]:
    """The routes of a person that hold on a day."""
    return [row.text for row in list_routes(who.id, OFFICE, on=day, known=known) if row.period.contains(day)]


def picture(size: tuple[int, int] = (900, 600), mode: str = "RGB", kind: str = "PNG", **more) -> bytes:
    """A picture as somebody sends it."""
    made = BytesIO()
    Image.new(mode, size, "red").save(made, kind, **more)
    return made.getvalue()


def test_a_corrected_route_answers_for_the_past_as_it_was_known_then():
    who = person(institution())
    with on(date(2014, 1, 1)):
        route = do(add_route, who.id, INVOICES)
    with on(date(2015, 6, 1)):
        right = RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, "accounts@ics.example", LAUNCH)
        do(correct_route, route.id, right, reason="Typed wrong", version=route.version)
    assert texts(who, date(2014, 6, 1)) == ["accounts@ics.example"]
    assert texts(who, date(2014, 6, 1), datetime(2015, 1, 1, tzinfo=UTC)) == ["invoices@ics.example"]


def test_an_ended_route_is_no_longer_used_after_its_last_day():
    who = person(institution())
    route = do(add_route, who.id, INVOICES)
    do(end_route, route.id, last_day=date(2016, 6, 30), reason="Moved", version=route.version)
    assert texts(who, date(2016, 6, 30)) == ["invoices@ics.example"]
    assert texts(who, date(2016, 7, 1)) == []
    assert refused(end_route, route.id, last_day=date(2016, 7, 1), version=route.version).field == "last_day"


def test_the_same_route_is_not_recorded_twice_and_alternates_have_one_place_each():
    who = person(institution())
    do(add_route, who.id, INVOICES)
    assert refused(add_route, who.id, INVOICES).field == "text"
    first = RouteFacts(RouteKind.TELEPHONE, RoutePurpose.ALTERNATE, "+33 1 11 11 11", LAUNCH, rank=1)
    do(add_route, who.id, first)
    other = RouteFacts(RouteKind.TELEPHONE, RoutePurpose.ALTERNATE, "+33 2 22 22 22", LAUNCH, rank=1)
    assert refused(add_route, who.id, other).field == "rank"


def test_a_route_changed_meanwhile_is_not_overwritten():
    who = person(institution())
    route = do(add_route, who.id, INVOICES)
    seen = route.version
    do(end_route, route.id, last_day=date(2016, 6, 30), version=seen)
    with pytest.raises(StaleError):
        do(correct_route, route.id, INVOICES, reason="Late", version=seen)


def test_invoices_go_where_the_billing_contact_wants_them():
    at = institution(billing_address="Accounts\n1 rue Exemple")
    who = person(at)
    voice(who, at, Purpose.BILLING)
    assert contacts_on([at.id], TODAY)[at.id].email == "thibault.ferronays@ics.example"
    do(add_route, who.id, INVOICES)
    address = RouteFacts(RouteKind.ADDRESS, RoutePurpose.BILLING, "Shared services\nLyon", date(2016, 1, 1))
    do(add_route, who.id, address)
    general = RouteFacts(RouteKind.EMAIL, RoutePurpose.GENERAL, "private@ics.example", LAUNCH)
    do(add_route, who.id, general)
    contact = contacts_on([at.id], TODAY)[at.id]
    assert (contact.email, contact.address) == ("invoices@ics.example", "Shared services\nLyon")
    assert full_facts(at.id, TODAY).billing_address == "Shared services\nLyon"
    assert full_facts(at.id, TODAY, clock.now() - timedelta(minutes=1)).billing_address == "Accounts\n1 rue Exemple"
    before = date(2015, 12, 31)
    contact = contacts_on([at.id], before)[at.id]
    assert (contact.email, contact.address) == ("invoices@ics.example", None)
    assert full_facts(at.id, before).billing_address == "Accounts\n1 rue Exemple"


def test_what_a_route_says_never_stands_in_the_chain_itself():
    who = person(institution())
    route = do(add_route, who.id, INVOICES)
    do(end_route, route.id, last_day=TODAY, version=route.version)
    kept = [f"{entry.summary} {entry.before} {entry.after}" for entry in db.session.scalars(select(AuditEntry))]
    assert [line for line in kept if "invoices@" in line] == []
    assert any("E-mail (billing)" in line for line in kept)


def test_a_representative_changes_routes_of_their_own_people_only():
    own, other = institution(), institution("Other", "O")
    colleague, stranger = person(own), person(other, "Isolde", "Marchbanks")
    rep = Actor("Rep", 7, (Granted(Role.REPRESENTATIVE, institution_id=own.id),))
    route = do(add_route, colleague.id, INVOICES, actor=rep)
    with pytest.raises(AccessDeniedError):
        do(add_route, stranger.id, INVOICES, actor=rep)
    theirs = do(add_route, stranger.id, INVOICES)
    with pytest.raises(NotFoundError):
        do(end_route, theirs.id, last_day=TODAY, version=theirs.version, actor=rep)
    assert list_routes(stranger.id, rep, on=TODAY) == []
    assert [row.id for row in list_routes(colleague.id, rep, on=TODAY)] == [route.id]


def test_a_photo_is_made_anew_small_and_without_what_the_camera_wrote():
    who = person(institution())
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Secret Camera", 6
    do(set_photo, who.id, picture(kind="JPEG", exif=exif))
    kept = b64decode(db.session.get_one(PersonPhoto, who.id).content)
    with Image.open(BytesIO(kept)) as seen:
        assert (seen.format, seen.size, dict(seen.getexif())) == ("JPEG", (320, 480), {})
    assert b"Secret" not in kept
    do(set_photo, who.id, picture(mode="RGBA"))
    do(remove_photo, who.id)
    assert db.session.get(PersonPhoto, who.id) is None


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_a_picture_of_any_kind_of_colours_becomes_a_photo(mode: str):
    who = person(institution())
    made = BytesIO()
    Image.new(mode, (40, 30)).save(made, "JPEG" if mode == "CMYK" else "PNG")
    do(set_photo, who.id, made.getvalue())
    assert db.session.get(PersonPhoto, who.id) is not None


def test_a_small_file_of_a_huge_picture_is_refused_unopened():
    bomb = picture((9000, 9000), mode="1")
    assert len(bomb) < 50_000
    who = person(institution())
    error = refused(set_photo, who.id, bomb)
    assert (error.field, "40 million" in error.message) == ("photo", True)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\nnothing", picture()[:20], b"GIF89a" + bytes(40)])
def test_what_is_no_readable_picture_is_refused_in_words(content: bytes):
    who = person(institution())
    assert refused(set_photo, who.id, content).field == "photo"


def test_a_corrected_place_is_right_on_both_axes():
    at = institution()
    who = person(at)
    place = db.session.scalars(select(Affiliation)).one()
    with on(date(2015, 6, 1)):
        facts = PlaceFacts("Director", date(2012, 1, 1), date(2015, 12, 31))
        do(correct_affiliation, place.id, facts, reason="Contract found", version=place.version)
    (now,) = get_person(who.id, OFFICE, on=TODAY).affiliations
    (then,) = get_person(who.id, OFFICE, on=TODAY, known=datetime(2015, 1, 1, tzinfo=UTC)).affiliations
    assert (now.position, now.period.first, now.period.last) == ("Director", date(2012, 1, 1), date(2015, 12, 31))
    assert (then.position, then.period.first, then.period.last) == ("Group leader", LAUNCH, None)


def test_a_place_is_not_corrected_into_the_days_of_another_entry():
    at = institution()
    who = person(at)
    place = db.session.scalars(select(Affiliation)).one()
    do(correct_affiliation, place.id, PlaceFacts(None, LAUNCH, date(2014, 12, 31)), reason="x", version=place.version)
    do(affiliate_person, who.id, Place(at.id, date(2015, 6, 1)))
    into = PlaceFacts(None, LAUNCH, date(2015, 6, 1))
    assert refused(correct_affiliation, place.id, into, reason="x", version=place.version).field == "first_day"


def test_languages_are_kept_in_order_and_shown_by_name():
    who = person(institution())
    facts = PersonFacts("Thibault", "Ferronays", email=who.email, languages="French, English")
    do(edit_person, who.id, facts, version=who.version)
    contact = get_person(who.id, OFFICE, on=TODAY).contact
    assert contact is not None
    assert (who.languages, contact.languages) == ("fr en", ("French", "English"))
    assert db.session.scalars(select(ContactRoute)).all() == []


def test_a_place_entered_twice_is_taken_back_and_then_two_people_are_merged():
    at = institution()
    one, two = person(at), person(at, email=None)
    merging = Merging(TwinKind.PERSON, one.id, two.id, "The same")
    assert "or take one back where it is corrected" in refused(merge_records, merging).message
    twice = db.session.scalars(select(Affiliation).where(Affiliation.person_id == two.id)).one()
    with pytest.raises(StaleError):
        do(retract_affiliation, twice.id, reason="x", version=twice.version + 1)
    with on(date(2015, 6, 1)):
        do(retract_affiliation, twice.id, reason="Entered twice", version=twice.version)
    assert get_person(two.id, OFFICE, on=TODAY).affiliations == ()
    known = get_person(two.id, OFFICE, on=TODAY, known=datetime(2015, 1, 1, tzinfo=UTC))
    assert [each.institution_id for each in known.affiliations] == [at.id]
    with pytest.raises(NotFoundError):
        do(retract_affiliation, twice.id, reason="x", version=twice.version)
    do(merge_records, merging)
    assert [problem for finding in run_checks() for problem in finding.problems] == []
