"""The pages of constituencies, as their users meet them."""

from __future__ import annotations

from datetime import date

import pytest

from app.committees.commands import AppointmentValues, SeatValues, add_seat, appoint
from app.committees.commands.constituencies import BelongingChange, change_belonging, form_constituency
from app.committees.models import Committee, Constituency, Seat
from app.committees.rules import SeatKind
from app.committees.rules.constituencies import Belonging
from app.core.actor import Granted
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.models import Person
from app.web.requests import House
from tests.client import Browser
from tests.committees.ruled import called, ruled
from tests.committees.sitting import FOUNDED, OFFICE, TERM, committee
from tests.committees.test_pages import measured
from tests.members import world
from tests.signin import sign_in

LIST = "/committees/constituencies"
RIKEN = ["RIKEN BioResource Center RIKEN", "Japan \u00b7 Partner", "Research centre", "Partner", "Active"]
Ids = dict[str, int]


@pytest.fixture
def ids(app: House) -> Ids:
    """Asia and Pacific, with one member and a seat that its person holds, and a person from elsewhere."""
    with app.app_context():
        at, elsewhere = world.institution("RIKEN BioResource Center", "RIKEN", country="JP"), world.institution()
        world.member(at)
        aya, ken = world.person(at, "Aya", "Sato"), world.person(at, "Ken", "Ito")
        world.person(elsewhere)
        with transaction():
            found = form_constituency("Asia and Pacific", [Belonging("JP")], FOUNDED, actor=OFFICE)
            board = committee()
            values = SeatValues(SeatKind.CONSTITUENCY, "Asia", Period(FOUNDED), constituency_id=found.id)
            place = add_seat(board.id, values, actor=OFFICE)
            free = add_seat(board.id, values, actor=OFFICE)
            appoint(place.id, AppointmentValues(aya.id, TERM), actor=OFFICE)
        made = {"id": found.id, "committee": board.id, "seat": place.id, "free": free.id, "ken": ken.id}
        db.session.remove()
    return made


def record_of(ids: Ids) -> str:
    return f"{LIST}/{ids['id']}"


def test_the_list_says_how_many_belong_and_which_seats_are_elected(browser: Browser, ids: Ids):
    sign_in(browser, Role.AUDITOR)
    wanted = ["Asia and Pacific", "Institutions 1", "Finance Committee, seat 1; Finance Committee, seat 2"]
    assert wanted in browser.get(LIST).rows()
    before = browser.get(f"{LIST}?on=2011-01-01&format=csv").response.get_data(as_text=True)
    assert "Asia and Pacific,decides nothing" in before
    assert "Asia and Pacific" in browser.get(f"{LIST}?q=pacific").words
    assert "Constituencies" in browser.get("/committees").words
    for path in ("/new", f"/{ids['id']}/members", f"/{ids['id']}/rename", f"/{ids['id']}/close"):
        browser.get(f"{LIST}{path}", status=403)
    browser.get(f"{LIST}/999999", status=404)


def test_the_record_shows_members_rules_and_seats_of_the_day_and_hands_them_out(browser: Browser, ids: Ids):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(record_of(ids))
    assert "1 institution on 24 May 2016" in page.words.replace("\u00a0", " ")
    assert RIKEN in page.rows()
    assert ["Japan", "Country \u00b7 From 24 Sep 2011", "24 Sep 2011", "To open"] in page.rows()
    assert ["Finance Committee", "1, Asia \u00b7 Aya Sato", "Aya Sato", "24 Sep 2011", "To open"] in page.rows()
    then = browser.get(f"{record_of(ids)}?on=2011-01-01")
    assert "No institution belongs on this day" in then.words
    assert not any(then.has_action(f"{record_of(ids)}/{verb}") for verb in ("members", "rename", "close"))
    sent = browser.get(f"{record_of(ids)}?table=members&format=csv").response.get_data(as_text=True)
    assert sent.splitlines()[1].startswith("RIKEN BioResource Center,")
    with browser.client.get(f"{record_of(ids)}?table=rules&format=xlsx") as answer:
        assert answer.data.startswith(b"PK")
    seat = browser.get(f"/committees/seats/{ids['seat']}").words
    assert "Constituency Asia and Pacific 1 institution" in seat


def test_a_holder_whose_institution_is_of_the_constituency_no_more_is_told_of_on_desk_and_seat(
    browser: Browser, ids: Ids, app: House
):
    sign_in(browser, Role.SECRETARIAT)
    desk, seat = f"/committees/{ids['committee']}/desk", f"/committees/seats/{ids['seat']}"
    told = "belongs to no institution of Asia and Pacific any more"
    assert not any(told in browser.get(path).words for path in (desk, seat))
    before = measured(browser, desk)
    with app.app_context():
        with transaction():
            appoint(ids["free"], AppointmentValues(ids["ken"], TERM), actor=OFFICE)
        with transaction():
            version = db.session.get_one(Constituency, ids["id"]).version
            french = BelongingChange([Belonging("FR")], date(2016, 5, 1))
            change_belonging(ids["id"], french, version=version, actor=OFFICE)
        db.session.remove()
    browser.get(desk)  # What is remembered until the next change is remembered again.
    assert measured(browser, desk) == before
    page = browser.get(desk)
    assert f"Aya Sato {told} The term goes on until it is ended Seat 1" in page.words.replace("\u00a0", " ")
    assert f"Ken Ito {told}" in page.words
    step = page.tree.xpath("//a[normalize-space()='Open the term']/@href")[0]
    assert "Aya Sato" in browser.get(step).words
    assert f"Aya Sato {told}" in browser.get(seat).words
    assert told not in browser.get(f"{seat}?on=2016-04-30").words
    with app.app_context():
        speaks = world.institution("Institut", "Inst", country="FR")
        world.voice(db.session.get_one(Person, ids["ken"]), speaks)
        db.session.remove()
    assert browser.get(desk).words.count(told) == 1


def test_the_secretariat_forms_changes_renames_and_closes_a_constituency(browser: Browser, ids: Ids):
    sign_in(browser, Role.SECRETARIAT)
    asked = {"name": "Production centres", "first_day": "1 January 2016", "countries": "Atlantis, Japan"}
    page = browser.submit(f"{LIST}/new", asked, status=200)
    assert "There is no country called Atlantis." in page.words
    asked |= {"countries": "jp, France", "kinds": "corporation", "institutions": "Nobody"}
    assert "Nobody: Nothing you can choose here is called so." in browser.submit(f"{LIST}/new", asked, status=200).words
    made = browser.follow(browser.submit(f"{LIST}/new", asked | {"institutions": "ICS\nriken"}))
    assert made.heading == "Production centres"
    assert "2 institutions, 1 of them members, on" in made.words
    with browser.app.app_context():
        formed = db.session.query(Constituency.id).order_by(Constituency.id.desc()).limit(1).scalar()
        db.session.remove()
    path = f"{LIST}/{formed}"
    form = browser.get(f"{path}/members").form_values()
    assert sorted(form["countries"].split()) == ["France", "Japan"]
    changed = {"first_day": "1 May 2016", "countries": "Japan", "institutions": "", "reason": "SC-2016-4"}
    page = browser.follow(browser.submit(f"{path}/members", changed))
    assert "RIKEN BioResource Center, Corporation \u2192 Japan, Corporation" in page.words
    assert RIKEN in page.rows()
    assert ["France", "Country \u00b7 From 1 Jan 2016", "1 Jan 2016", "To 30 Apr 2016"] in page.rows()
    stale = browser.submit(f"{path}/members", changed | {"countries": "China", "version": form["version"]}, status=200)
    assert ["Countries", "China", "Japan"] in stale.rows()
    assert browser.follow(browser.submit(f"{path}/rename", {"name": "Centres"})).heading == "Centres"
    refused = browser.submit(f"{record_of(ids)}/close", {"last_day": "24 May 2016", "reason": "Done"}, status=200)
    assert "Seat 1 of Finance Committee goes on after this day" in refused.words
    closed = browser.follow(browser.submit(f"{path}/close", {"last_day": "24 May 2016", "reason": "Done"}))
    assert "It is closed after 24 May 2016." in closed.words.replace("\u00a0", " ")


def test_a_seat_is_given_its_constituency_from_the_list_and_refuses_beside_the_person(browser: Browser, ids: Ids):
    sign_in(browser, Role.SECRETARIAT)
    new = {"kind": "constituency", "number": "1", "label": "Second", "first_day": "1 January 2016"}
    path = f"/committees/{ids['committee']}/seats/new"
    assert "Choose the constituency that elects its holder." in browser.submit(path, new, status=200).words
    browser.submit(path, new | {"constituency_id": str(ids["id"])})
    with browser.app.app_context():
        assert db.session.query(Seat).filter(Seat.constituency_id == ids["id"]).count() == 3
        db.session.remove()
    offered = browser.get(f"/committees/seats/{ids['free']}/appoint").words
    assert "Sato, Aya" in offered
    assert "Ferronays" not in offered
    planning = browser.get(f"/committees/seats/{ids['free']}/plan").words
    assert "The seat is for Asia and Pacific: 1 institution." in planning
    with browser.app.app_context():
        late = BelongingChange([Belonging("JP")], date(2016, 1, 1))
        for change in (BelongingChange([Belonging("CN")], FOUNDED), late):
            found = db.session.get_one(Constituency, ids["id"])
            world.do(change_belonging, found.id, change, version=found.version)
        db.session.remove()
    who = {"person_id": str(ids["ken"]), "first_day": "1 June 2015"}
    told = browser.submit(f"/committees/seats/{ids['free']}/appoint", who, status=200)
    beside = told.tree.xpath("string(//*[@id='person_id-error'])")
    assert "neither belongs to nor represents an institution of Asia and Pacific" in beside


def test_an_election_says_who_elects(app: House, browser: Browser, ids: Ids):
    with app.app_context():
        board = db.session.get_one(Committee, ids["committee"])
        ruled(board)
        with transaction():
            election = called(board, db.session.get_one(Seat, ids["free"])).id
        db.session.remove()
    sign_in(browser, Granted(Role.CHAIR, committee_id=ids["committee"]))
    words = browser.get(f"/committees/elections/{election}").words
    assert "The members among the institutions of Asia and Pacific elect" in words


def test_the_pages_take_as_many_statements_for_many_as_for_one(app: House, browser: Browser, ids: Ids):
    sign_in(browser, Role.SECRETARIAT)
    one = [measured(browser, path) for path in (LIST, record_of(ids))]
    with app.app_context():
        for number in range(5):
            world.member(world.institution(f"Institute {number}", f"I{number}", country="JP"))
        with transaction():
            for number in range(5):
                form_constituency(f"Group {number}", [Belonging("JP")], FOUNDED, actor=OFFICE)
                values = SeatValues(SeatKind.CONSTITUENCY, "More", Period(FOUNDED), constituency_id=ids["id"])
                add_seat(ids["committee"], values, actor=OFFICE)
        db.session.remove()
    assert [measured(browser, path) for path in (LIST, record_of(ids))] == one
