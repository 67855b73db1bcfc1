"""A former address that somebody else had since: what was written to each of them is theirs alone."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select, update

from app.accounts.commands.throttle import Subjects
from app.accounts.models import SignInAttempt, User
from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from app.members.commands import Merging, PersonFacts, add_route, edit_person, erase_person, merge_records
from app.members.models import Applicant, Application, Person
from app.members.queries.personal import subject_of
from app.members.rules import RouteFacts, RouteKind, RoutePurpose, TwinKind
from app.members.rules.imports import ImportKind
from app.outbox.commands import Address, send_mail
from app.outbox.holdings import mails_to
from app.outbox.models import Job, Mail
from app.outbox.rules import JobState
from tests.members.applying import confirmed, open_the_door
from tests.members.importing import written
from tests.members.world import LAUNCH, do, institution, on, person, statements
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
DESK = "office@ics.example"
MOVED = date(2013, 5, 1)
TAKEN = date(2014, 5, 1)
LATER = date(2015, 5, 1)


def change_address(who: Person, email: str | None, day: date) -> None:
    facts = PersonFacts(who.given_name, who.family_name, email=email)
    with on(day):
        do(edit_person, who.id, facts, version=db.session.get_one(Person, who.id).version)


def write(text: str, day: date, to: str = DESK) -> None:
    with on(day), transaction():
        send_mail(Address("The Office", to), text, text)


def handed_over(**more: str) -> tuple[Person, Person]:
    """Two people who had one address after the other, and a mail to each there."""
    at = institution()
    ada = person(at, "Ada", "Moreau", email=DESK, phone=None)
    write("To Ada", date(2012, 1, 1))
    change_address(ada, "ada@new.example", MOVED)
    with on(TAKEN):
        ben = person(at, "Ben", "Zola", **{"email": "ben@ics.example", **more}, phone=None)
    change_address(ben, DESK, TAKEN)
    write("To Ben", LATER)
    return ada, ben


def mails_of(who: Person) -> list[str]:
    held = mails_to(subject_of(who))
    return [str(row["Subject"]) for row in held.rows] if held else []


def subjects() -> list[str]:
    return list(db.session.scalars(select(Mail.subject).order_by(Mail.id)))


def test_mails_to_a_former_address_are_handed_out_to_whom_they_were_written():
    ada, ben = handed_over()
    assert (mails_of(ada), mails_of(ben)) == (["To Ada"], ["To Ben"])


def test_mails_to_whoever_has_a_former_address_by_now_are_not_erased():
    ada, _ = handed_over()
    do(erase_person, ada.id, reason="Asked for it")
    assert subjects() == ["Erased", "To Ben"]


def test_mails_to_whoever_had_an_address_before_are_not_erased():
    _, ben = handed_over()
    do(erase_person, ben.id, reason="Asked for it")
    assert subjects() == ["To Ada", "Erased"]


def test_an_address_somebody_had_in_between_is_still_theirs_for_that_time():
    ada, ben = handed_over()
    change_address(ben, "ben@else.example", date(2015, 9, 1))
    change_address(ada, DESK, date(2015, 10, 1))
    write("To Ada again", date(2015, 11, 1))
    assert (mails_of(ada), mails_of(ben)) == (["To Ada", "To Ada again"], ["To Ben"])


def test_an_address_known_from_an_import_is_theirs_from_then_on():
    with on(date(2012, 1, 1)):
        written(ImportKind.PEOPLE, [{"Given name": "Ada", "Family name": "Moreau", "E-mail": DESK}])
    ada = db.session.scalars(select(Person)).one()
    write("To Ada", date(2012, 6, 1))
    change_address(ada, "ada@new.example", MOVED)
    with on(TAKEN):
        ben = person(institution(), "Ben", "Zola", email=None, phone=None)
    change_address(ben, DESK, TAKEN)
    write("To Ben", LATER)
    assert (mails_of(ada), mails_of(ben)) == (["To Ada"], ["To Ben"])


def test_a_contact_route_makes_an_address_somebodys_for_its_days():
    at = institution()
    ada, ben = person(at, "Ada", "Moreau", phone=None), person(at, "Ben", "Zola", phone=None)
    for who, first, last in ((ada, LAUNCH, date(2012, 12, 31)), (ben, date(2014, 1, 1), None)):
        do(add_route, who.id, RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, DESK, first, last))
    write("To Ada", date(2012, 12, 31))
    write("To Ben", date(2014, 1, 1))
    assert (mails_of(ada), mails_of(ben)) == (["To Ada"], ["To Ben"])
    do(erase_person, ben.id, reason="Asked for it")
    assert subjects() == ["To Ada", "Erased"]


def test_a_user_without_a_person_keeps_what_was_written_to_them():
    at = institution()
    ada = person(at, "Ada", "Moreau", email=DESK, phone=None)
    write("To Ada", date(2012, 1, 1))
    change_address(ada, "ada@new.example", MOVED)
    with on(TAKEN), beside_the_trail():
        db.session.add(User(name="Office", email=DESK, created_at=clock.now()))
    write("To the office", LATER)
    assert mails_of(ada) == ["To Ada"]


def test_what_somebody_merged_into_another_was_written_goes_with_the_other():
    at = institution()
    ada = person(at, "Ada", "Moreau", email=DESK, phone=None)
    write("To Ada", date(2012, 1, 1))
    other = person(institution("Second Place", "Second"), "Ada", "Moreau-Lind", email=None, phone=None)
    do(merge_records, Merging(TwinKind.PERSON, other.id, ada.id, "The same"))
    write("To Ada since", date(2016, 5, 24))
    assert mails_of(other) == ["To Ada", "To Ada since"]
    do(erase_person, other.id, reason="Asked for it")
    assert subjects() == ["Erased", "Erased"]


def test_applications_and_tries_to_sign_in_are_theirs_by_the_same_days():
    open_the_door()
    before = confirmed(contact_name="Ada Moreau", contact_email=DESK)
    with beside_the_trail():
        db.session.execute(update(Application).values(consented_at=datetime.fromisoformat("2012-01-01T10:00+00:00")))
        db.session.execute(update(Applicant).values(email=DESK))
        tried = Subjects.of(DESK, "").address
        for year in (2012, 2015):
            moment = datetime.fromisoformat(f"{year}-06-01T10:00+00:00")
            db.session.add(SignInAttempt(subject=tried, at=moment, succeeded=False))
            job = {"kind": "x", "payload": {}, "state": JobState.DEAD, "run_at": moment, "created_at": moment}
            db.session.add(Job(**job, last_error=f"550 no {DESK} in {year}"))
    ada, ben = handed_over()
    do(erase_person, ben.id, reason="Asked for it")
    db.session.expire_all()
    case = db.session.get_one(Application, before.id)
    assert (case.contact_email, set(db.session.scalars(select(Applicant.email)))) == (DESK, {DESK})
    tries = select(SignInAttempt.at).where(SignInAttempt.subject == tried)
    assert [each.year for each in db.session.scalars(tries)] == [2012]
    errors = list(db.session.scalars(select(Job.last_error).where(Job.kind == "x").order_by(Job.id)))
    assert errors[0] == f"550 no {DESK} in 2012"
    assert DESK not in str(errors[1])
    do(erase_person, ada.id, reason="Asked for it")
    db.session.expire_all()
    assert DESK not in str(db.session.execute(select(Applicant.email)).all())
    assert db.session.get_one(Application, before.id).contact_name == f"Erased person {ada.id}"


def test_whose_addresses_are_is_found_in_as_many_statements_for_many_holders_as_for_one():
    ada, _ = handed_over()
    with statements() as few:
        subject_of(db.session.get_one(Person, ada.id))
    for number in range(5):
        who = person(
            institution(f"Place {number}", f"P{number}"), "Carl", f"Abel{number}", email=f"c{number}@x.example"
        )
        do(add_route, who.id, RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, DESK, LAUNCH, date(2011, 12, 31)))
        do(add_route, ada.id, RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, f"c{number}@x.example", LAUNCH))
    with statements() as many:
        subject_of(db.session.get_one(Person, ada.id))
    assert len(few) == len(many)
