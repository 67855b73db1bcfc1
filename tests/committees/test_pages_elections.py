"""Pages of elections: who sees and does what, the call, nominations and the result."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.committees.commands.nominations import nominate
from app.committees.models import Committee, Election, Nomination
from app.committees.rules import Office
from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import suspend_member
from app.members.models import Person
from app.outbox.work import run_due_jobs
from app.web.requests import House
from tests.client import Browser
from tests.committees.ruled import DEADLINE, as_user, called, ruled
from tests.committees.sitting import OFFICE, TERM, committee, person, seat, sign_in_as, sits
from tests.committees.test_pages import counted
from tests.members.world import institution as do_institution
from tests.members.world import member
from tests.signin import sign_in

AFTER = DEADLINE + timedelta(seconds=1)


@pytest.fixture
def ids(app: House) -> dict[str, int]:
    """A committee with a chair and an election to its second seat, in which one stands."""
    with app.app_context():
        with transaction():
            found = committee()
            sits(seat(found, "Chair"), person("Chair"), TERM, Office.CHAIR)
            place = seat(found, "Member")
            one, two = person("Rourke"), person("Okonjo")
        ruled(found)
        with transaction():
            election = called(found, place)
            nominate(election.id, one.id, statement="Keeps the books.", actor=as_user(one))
        made = {"committee": found.id, "seat": place.id, "election": election.id, "one": one.user_id, "two": two.id}
        db.session.remove()
    return made


def end_nominations(app: House) -> None:
    with app.app_context():
        run_due_jobs()
        db.session.remove()


def suspended_voter(app: House, ids: dict[str, int]) -> None:
    """A further seat of the committee, of a member that is suspended from June on."""
    with app.app_context():
        house = do_institution()
        held = member(house)
        with transaction():
            sits(seat(db.session.get_one(Committee, ids["committee"]), "Partner", by=house), person("Silent", at=house))
            suspend_member(held.id, first_day=date(2016, 6, 1), reason="Rules", actor=OFFICE)
        db.session.remove()


def page_of(ids: dict[str, int]) -> str:
    return f"/committees/elections/{ids['election']}"


def as_chair(browser: Browser, ids: dict[str, int]) -> None:
    sign_in(browser, Granted(Role.CHAIR, committee_id=ids["committee"]))


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
def test_readers_see_elections_and_run_none(browser: Browser, ids: dict[str, int], role: Role):
    sign_in(browser, role)
    assert browser.get("/committees/elections").rows()[0][:2] == ["Election of members", "Nominations open"]
    page = browser.get(page_of(ids))
    assert "Who stands is shown once nominations have ended." in page.words
    for path in ("result", "declare", "cancel"):
        assert not page.has_action(f"{page_of(ids)}/{path}")
        browser.get(f"{page_of(ids)}/{path}", status=403)
    browser.get(f"/committees/{ids['committee']}/elections/new", status=403)


def test_somebody_without_a_role_nominates_themselves_where_anyone_may(browser: Browser, ids: dict[str, int]):
    with browser.app.app_context():
        with transaction():
            user_id = person("Newcomer").user_id
        db.session.remove()
    sign_in_as(browser, user_id)
    browser.get("/committees/elections", status=403)
    form = browser.get(f"{page_of(ids)}/nominate")
    offered = form.tree.xpath("//select[@name='person_id']/option/text()")
    assert offered == ["Choose one", "Newcomer, Elspeth (yourself)"]
    value = form.tree.xpath("//select[@name='person_id']/option[2]/@value")[0]
    browser.submit(f"{page_of(ids)}/nominate", {"person_id": value, "statement": "I would like to."})
    assert "Elspeth Newcomer" in browser.get(page_of(ids)).words
    again = browser.submit(f"{page_of(ids)}/nominate", {"person_id": value}, status=200)
    assert "This person is nominated already." in again.words


def test_a_call_keeps_what_was_typed_and_says_what_is_wrong_with_the_deadline(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids)
    path = f"/committees/{ids['committee']}/elections/new"
    typed = {"title": "By-election", "first_day": "1 January 2022", "nominators": "voters"}
    for deadline, told in (
        ("30 June", "Write the day and the time"),
        ("26 March 2017 01:30", "There is no 01:30 on that day in Europe/London"),
        ("1 May 2016 12:00", "This is past already"),
    ):
        page = browser.submit(path, typed | {"deadline": deadline}, status=200)
        assert told in page.words
        assert page.form_values()["deadline"] == deadline
    assert "another election" in browser.submit(path, typed | {"first_day": "1 January 2018"}, status=200).words
    done = browser.submit(path, typed | {"deadline": "29 October 2017 01:30", "twice": "earlier"})
    assert "29 Oct 2017 01:30 (Europe/London)" in browser.follow(done).words
    with browser.app.app_context():
        newest = db.session.scalars(select(Election).order_by(Election.id.desc())).first()
        assert newest is not None
        assert (newest.deadline_at.hour, newest.deadline_text) == (0, "29 October 2017 01:30")
        db.session.remove()


def test_nominations_end_and_the_result_is_recorded_and_shown(browser: Browser, app: House, ids: dict[str, int]):
    as_chair(browser, ids)
    browser.submit(f"{page_of(ids)}/nominate", {"person_id": str(ids["two"]), "statement": "Knows the members."})
    with browser.app.app_context():
        with transaction():
            asked = db.session.scalars(select(Nomination).where(Nomination.person_id == ids["two"])).one()
            asked_id = asked.id
        db.session.remove()
    sign_in_as(browser, user_of(browser, ids["two"]))
    assert "You are nominated for Finance Committee" in browser.get("/").words
    browser.submit(f"/committees/asked/nomination/{asked_id}", {"answer": "yes"})
    suspended_voter(app, ids)
    with clock_at(AFTER):
        end_nominations(app)
        as_chair(browser, ids)
        assert "To be decided: Election of members" in browser.get("/").words
        page = browser.get(page_of(ids))
        assert not page.has_action(f"{page_of(ids)}/declare")
        assert "is elected to" not in browser.get(f"{page_of(ids)}/declare").words
        assert "Every vote weighs one" in page.words
        (silent,) = [row for row in page.rows() if row[0].startswith("Elspeth Silent")]
        assert "Its membership is suspended since 1 June 2016" in silent
        form = browser.get(f"{page_of(ids)}/result")
        numbers = sorted(int(name.removeprefix("votes_")) for name in form.form_values() if name.startswith("votes_"))
        first, second = numbers
        seat_entry = form.tree.xpath(f"//select[@name='place_{first}']/option[contains(., 'elected to')]/@value")[0]
        typed = {f"votes_{first}": "4", f"votes_{second}": "6", f"place_{first}": seat_entry, "decision": "FC-9"}
        assert "Somebody with more votes" in browser.submit(f"{page_of(ids)}/result", typed, status=200).words
        right = typed | {f"votes_{first}": "7", f"place_{second}": "substitute-1"}
        browser.submit(f"{page_of(ids)}/result", right)
        shown = browser.get(page_of(ids)).words
        assert "Decided" in shown
        assert "Substitute 1" in shown
        assert "Elspeth Okonjo" in browser.get(f"/committees/{ids['committee']}/succession").words
        assert "Elspeth Rourke" in browser.get(f"/committees/{ids['committee']}").words
        browser.submit(f"{page_of(ids)}/result", {"decision": "FC-10"}, status=200)


def test_declaring_says_who_is_elected_to_which_seat(browser: Browser, app: House, ids: dict[str, int]):
    with clock_at(AFTER):
        end_nominations(app)
        as_chair(browser, ids)
        declaring = f"{page_of(ids)}/declare"
        assert "Elspeth Rourke is elected to seat 2, Member." in browser.get(declaring).words
        browser.submit(declaring, {"decision": "FC-9"})
        assert "Decided" in browser.get(page_of(ids)).words


def user_of(browser: Browser, person_id: int) -> int:
    with browser.app.app_context():
        user_id = db.session.get_one(Person, person_id).user_id
        db.session.remove()
    return user_id


def test_a_candidate_is_struck_and_an_election_cancelled_with_a_reason(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids)
    with browser.app.app_context():
        nomination_id = db.session.scalars(select(Nomination.id)).one()
        db.session.remove()
    browser.submit(f"/committees/nominations/{nomination_id}/strike", {"reason": "Withdrew by letter"})
    assert "Withdrew by letter" in browser.get(page_of(ids)).words
    browser.submit(f"{page_of(ids)}/cancel", {"reason": "Nobody stands"})
    page = browser.get(page_of(ids))
    assert "This election was called off. Nobody stands" in page.words
    assert not page.has_action(f"{page_of(ids)}/nominate")


def test_elections_are_filtered_and_handed_out(browser: Browser, ids: dict[str, int]):
    sign_in(browser, Role.SECRETARIAT)
    path = "/committees/elections"
    assert len(browser.get(f"{path}?state=nominating&committee={ids['committee']}").rows()) == 1
    assert "None of 1 election matches" in browser.get(f"{path}?state=decided").words
    with browser.client.get(f"{path}?format=csv") as answer:
        assert "Election of members" in answer.get_data(as_text=True)


def test_the_list_asks_the_same_number_of_statements_however_many_elections(
    browser: Browser, app: House, ids: dict[str, int]
):
    sign_in(browser, Role.SECRETARIAT)
    few = statements(browser)
    with app.app_context(), transaction():
        other = committee("Communications Working Group")
        for number in range(20):
            called(other, seat(other, f"Seat of {number}"))
    assert statements(browser) == few
    assert ids


def statements(browser: Browser) -> int:
    browser.get("/committees/elections")
    with counted(browser) as sent:
        browser.get("/committees/elections")
    return len(sent)


def test_the_digest_is_chosen_on_the_page_of_the_account(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    assert browser.get("/account").has_action("/account/digest")
    assert browser.get("/account/digest").form_values()["frequency"] == "weekly"
    browser.submit("/account/digest", {"frequency": "daily"})
    assert browser.get("/account/digest").form_values()["frequency"] == "daily"
