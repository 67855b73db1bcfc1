"""Erasing a person: nothing names them any more, history still adds up, the chain still verifies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, update

from app.accounts.commands import (
    Machine,
    UserValues,
    change_user,
    disable_user,
    enable_user,
    grant_by_hand,
    invite_user,
    set_password,
    sign_in,
    start_session,
)
from app.accounts.commands.sign_in import Credentials, Refused
from app.accounts.models import Grant, User
from app.accounts.queries import find_actor
from app.audit.models import AuditEntry
from app.audit.queries import get_head
from app.committees.commands import (
    Dissolving,
    PaperValues,
    SentFile,
    add_alternate,
    add_paper,
    call_off_dissolution,
    dissolve_committee,
    withdraw_paper,
)
from app.committees.models import AppointmentLeave
from app.committees.rules import PaperKind
from app.core.actor import Actor, Granted
from app.core.database import Base, db
from app.core.errors import AccessDeniedError, DomainError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.files.commands import store_file
from app.members.commands import AffiliationFacts as Place
from app.members.commands import (
    PersonFacts,
    add_route,
    affiliate_person,
    edit_person,
    end_representation,
    erase_person,
    name_representative,
    set_photo,
)
from app.members.commands import RepresentationFacts as Facts
from app.members.models import Institution, MembershipStep, Person
from app.members.queries import get_person, list_representatives, person_choices, search_people
from app.members.queries.people import PersonFilters
from app.members.rules import Purpose, RouteFacts, RouteKind, RoutePurpose
from app.outbox.commands import Address, send_mail
from app.outbox.models import Job, Mail
from app.outbox.rules import JobState
from tests.committees.sitting import committee, seat, sits
from tests.members.world import LAUNCH, OFFICE, do, institution, member, on, person, voice
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
TODAY = date(2016, 5, 24)
NAMES = ("Ferronays", "Thibault", "Duroc", "ics.example", "+33", "0000-0002-1825-0097", "Group leader", "Secret Camera")


def everything() -> Iterator[tuple[str, str]]:
    """Each row of each table as text."""
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            yield table.name, str(tuple(row))


def tables_that_name(*names: str) -> set[str]:
    """Tables with a row that holds one of the texts, in whatever case."""
    return {table for table, row in everything() if any(name.casefold() in row.casefold() for name in names)}


def broken() -> list[str]:
    """What `flask verify` would find wrong."""
    return [problem for finding in run_checks() for problem in finding.problems]


def known_everywhere(at: Institution) -> Person:
    """Someone who left traces in every feature and holds no office any more."""
    who = person(at, "Thibault", "Duroc", orcid="0000-0002-1825-0097")
    facts = PersonFacts(
        "Thibault", "Ferronays", email="thibault.ferronays@ics.example", phone="+33 3 11", languages="fr"
    )
    do(edit_person, who.id, facts, version=who.version)
    voice(who, at, until=date(2014, 12, 31))
    for purpose, text in ((RoutePurpose.BILLING, "invoices@ics.example"), (RoutePurpose.GENERAL, "me@ics.example")):
        do(add_route, who.id, RouteFacts(RouteKind.EMAIL, purpose, text, LAUNCH))
    made = BytesIO()
    Image.new("RGB", (64, 64), "navy").save(made, "PNG")
    do(set_photo, who.id, made.getvalue())
    user = db.session.get_one(User, who.user_id)
    with transaction():
        on_committees(who)
        set_password(user, "unlikely otters juggle", actor=OFFICE)
        start_session(user.id, Machine("127.0.0.1", "Firefox on Linux"))
        send_mail(Address("Thibault Duroc", "thibault.duroc@ics.example"), "To Thibault", "Dear Thibault Duroc")
        db.session.execute(update(MembershipStep).values(recorded_by="Thibault Ferronays"))
        job = {
            "kind": "x",
            "payload": {},
            "state": JobState.DEAD,
            "run_at": who.created_at,
            "created_at": who.created_at,
        }
        db.session.add(Job(**job, last_error="550 no such user me@ics.example"))
    return who


def on_committees(who: Person) -> None:
    """A term with leave, an alternate's days, and all that is signed of committees, each by them."""
    body, year = committee(), Period(date(2015, 1, 1), date(2015, 12, 31))
    term, other = sits(seat(body), who, year), seat(body)
    stood_in = add_alternate(other.id, who.id, year, actor=OFFICE)
    assert stood_in.rank == 1
    days = {"first_day": date(2015, 2, 1), "last_day": date(2015, 3, 1), "recorded_at": who.created_at}
    db.session.add(AppointmentLeave(appointment_id=term.id, reason="Thibault Ferronays is ill", **days))
    signs = Actor("Thibault Ferronays", who.user_id, (Granted(Role.SECRETARIAT),))
    rules = PaperValues(PaperKind.TERMS_OF_REFERENCE, "Terms of reference", date(2015, 1, 1))
    paper = add_paper(body.id, rules, SentFile(b"Terms", "text/plain; charset=utf-8", "terms.txt"), actor=signs)
    withdraw_paper(paper.id, reason="Wrong file", actor=signs)
    gone = committee("Former Working Group")
    leaving = Dissolving(date(2016, 12, 31), "Its work is done")
    dissolve_committee(gone.id, leaving, version=gone.version, actor=signs)
    call_off_dissolution(gone.id, reason="More work came", version=gone.version, actor=signs)


def test_nothing_in_any_table_names_an_erased_person():
    at = institution()
    member(at)
    who = known_everywhere(at)
    colleague = person(at, "Isolde", "Marchbanks", email="isolde@harwell.example", phone=None)
    assert tables_that_name(*NAMES) >= {"person", "user", "mail", "contact_route", "audit_personal_value", "job"}
    assert tables_that_name(*NAMES) >= {"committee_paper", "committee_dissolution", "appointment_leave"}
    do(erase_person, who.id, reason="Asked for it by letter")
    left = {row for _, row in everything() if any(name.casefold() in row.casefold() for name in NAMES)}
    assert [row for row in left if f", {colleague.id}, " not in row] == []
    assert tables_that_name("Marchbanks") >= {"person", "user"}
    assert broken() == []


def test_rosters_and_history_still_add_up_under_a_number():
    at = institution()
    who = known_everywhere(at)
    do(erase_person, who.id, reason="Asked for it")
    alias = f"Erased person {who.id}"
    (voted,) = list_representatives(at.id, on=date(2014, 6, 30), actor=OFFICE)
    assert (voted.person, voted.purpose) == (alias, Purpose.VOTING)
    record = get_person(who.id, OFFICE, on=date(2014, 6, 30))
    assert (record.name, record.contact, record.may_edit) == (alias, None, False)
    assert [(place.position, place.period.first, place.period.last) for place in record.affiliations] == [
        (None, LAUNCH, TODAY)
    ]


def test_the_chain_verifies_and_says_who_erased_and_why():
    who = known_everywhere(institution())
    before = get_head()
    do(erase_person, who.id, reason="Asked for it by letter of 3 May", actor=secretariat())
    assert broken() == []
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.sequence > before.sequence)).all()
    assert [entry.action for entry in entries] == ["accounts.erase_user", "members.erase_person"]
    assert (entries[1].actor_name, entries[1].reason) == ("Sec", "Asked for it by letter of 3 May")


def secretariat(user_id: int = 900) -> Actor:
    """Someone of the secretariat."""
    return Actor("Sec", user_id, (Granted(Role.SECRETARIAT),))


def test_erased_twice_is_erased_once():
    who = known_everywhere(institution())
    do(erase_person, who.id, reason="Asked for it")
    head = get_head()
    do(erase_person, who.id, reason="Asked for it again")
    assert get_head() == head


def test_nobody_signs_in_as_an_erased_person_ever_again():
    at = institution()
    who = known_everywhere(at)
    user = db.session.get_one(User, who.user_id)
    with transaction():
        token = start_session(user.id, Machine())
        grant_by_hand(user.id, Role.AUDITOR, Period(date(2016, 1, 1)), reason="Audit", actor=OFFICE)
        grant_by_hand(user.id, Role.FINANCE, Period(date(2016, 6, 1)), reason="Soon", actor=OFFICE)
    do(erase_person, who.id, reason="Asked for it")
    assert find_actor(token) is None
    with transaction():
        tried = sign_in(Credentials("thibault.ferronays@ics.example", "unlikely otters juggle"), machine=Machine())
    assert isinstance(tried, Refused)
    held = db.session.scalars(select(Grant).where(Grant.user_id == user.id, Grant.role != Role.REPRESENTATIVE)).all()
    assert [(each.role, each.last_day) for each in held if each.role is Role.AUDITOR] == [
        (Role.AUDITOR, date(2016, 5, 23))
    ]
    assert Role.FINANCE not in {each.role for each in held}
    for command, values in (
        (enable_user, {}),
        (change_user, {"values": UserValues("New", "new@ics.example")}),
        (invite_user, {}),
        (disable_user, {"reason": "x"}),
    ):
        with pytest.raises(DomainError), transaction():
            command(user.id, **values, actor=OFFICE)
    with pytest.raises(DomainError), transaction():
        grant_by_hand(user.id, Role.AUDITOR, Period(TODAY), reason="x", actor=OFFICE)


def test_a_mail_that_waits_is_not_sent_to_an_erased_person():
    who = known_everywhere(institution())
    with transaction():
        db.session.execute(update(Mail).values(state="waiting"))
    do(erase_person, who.id, reason="Asked for it")
    (mail,) = db.session.scalars(select(Mail))
    assert (mail.state.value, mail.to_name, mail.subject) == ("kept", f"Erased person {who.id}", "Erased")


def test_who_holds_a_seat_is_erased_only_after_it():
    who = person(institution())
    with transaction():
        sits(seat(committee()), who, Period(date(2016, 1, 1), date(2016, 5, 24)))
    with pytest.raises(DomainError, match="seat on Finance Committee"):
        do(erase_person, who.id, reason="Asked for it")
    with on(date(2016, 5, 25)):
        do(erase_person, who.id, reason="Asked for it")
    assert db.session.get_one(Person, who.id).erased_at is not None
    assert db.session.get_one(User, who.user_id).search_text == f"erased person {who.id}"


def test_who_represents_an_institution_or_will_is_erased_only_after_it():
    at = institution()
    who = person(at)
    role = voice(who, at, since=date(2016, 9, 1))
    with pytest.raises(DomainError, match="represent Institut Clinique de la Souris as voting representative"):
        do(erase_person, who.id, reason="Asked for it")
    assert tables_that_name("Ferronays")
    with on(date(2016, 9, 1)):
        do(end_representation, role.id, last_day=date(2016, 9, 1))
        with pytest.raises(DomainError, match="until 1 September 2016: wait until that day is over, or end it sooner"):
            do(erase_person, who.id, reason="Asked for it")
    with on(date(2016, 9, 2)):
        do(erase_person, who.id, reason="Asked for it")


@pytest.mark.parametrize("reason", ["Ms FERRONAYS asked", "Duroc, as she was called, asked"])
def test_a_reason_that_names_the_person_is_refused(reason: str):
    who = known_everywhere(institution())
    with pytest.raises(DomainError) as caught:
        do(erase_person, who.id, reason=reason)
    assert caught.value.field == "reason"


def test_a_reason_that_names_somebody_of_a_short_family_name_in_full_is_refused():
    who = person(institution(), "Wei", "Li")
    with pytest.raises(DomainError, match="Do not name the person here"):
        do(erase_person, who.id, reason="Dr Li, Wei asked for it")
    do(erase_person, who.id, reason="Asked for it from Lille")


def test_only_the_secretariat_erases_and_nobody_themselves():
    who = known_everywhere(institution())
    for role in (Role.FINANCE, Role.AUDITOR, Role.AGREEMENTS):
        with pytest.raises(AccessDeniedError):
            do(erase_person, who.id, reason="Asked for it", actor=Actor("X", 901, (Granted(role),)))
    with pytest.raises(DomainError, match="yourself"):
        do(erase_person, who.id, reason="Asked for it", actor=secretariat(who.user_id))


def test_the_last_who_can_administer_the_site_is_not_erased():
    who = known_everywhere(institution())
    do(grant_by_hand, who.user_id, Role.SECRETARIAT, Period(TODAY), reason="Office")
    with pytest.raises(DomainError, match="administer"):
        do(erase_person, who.id, reason="Asked for it")
    assert tables_that_name("Ferronays") >= {"person", "user"}


def test_records_of_somebody_with_the_same_name_keep_it():
    at = institution()
    member(at)
    who = known_everywhere(at)
    person(at, "Thibault", "Ferronays", email="another@ics.example")
    do(erase_person, who.id, reason="Asked for it")
    assert db.session.scalars(select(MembershipStep.recorded_by)).all() == ["Thibault Ferronays"]


def test_nothing_is_added_to_an_erased_person_and_nobody_chooses_them():
    at = institution()
    who = known_everywhere(at)
    do(erase_person, who.id, reason="Asked for it")
    for command, values in (
        (affiliate_person, (Place(at.id, TODAY),)),
        (add_route, (RouteFacts(RouteKind.EMAIL, RoutePurpose.GENERAL, "a@b.example", TODAY),)),
    ):
        with pytest.raises(DomainError):
            do(command, who.id, *values)
    with pytest.raises(DomainError):
        do(name_representative, at.id, who.id, Facts(Purpose.SIGNATORY, TODAY))
    assert person_choices(OFFICE) == []
    assert search_people(PersonFilters(), PageRequest(), OFFICE, on=TODAY).total == 0
    assert search_people(PersonFilters(), PageRequest(), OFFICE, on=date(2014, 1, 1)).total == 1


def test_a_document_sent_to_a_person_stays_as_the_record_of_the_consortium():
    who = person(institution())
    with transaction():
        paper = store_file(b"%PDF-1.7 invoice", "application/pdf", "INV-1.pdf")
        send_mail(Address("T", str(who.email)), "Invoice", "Here", [paper.id])
    do(erase_person, who.id, reason="Asked for it")
    assert [row for table, row in everything() if table == "stored_file"] != []


def test_verify_names_what_is_left_of_an_erased_person():
    who = known_everywhere(institution())
    do(erase_person, who.id, reason="Asked for it")
    with beside_the_trail():
        db.session.execute(update(Person).where(Person.id == who.id).values(email="back@ics.example"))
        db.session.execute(update(User).where(User.id == who.user_id).values(disabled_at=None))
    assert broken() == [f"Person {who.id} is erased, but there is still: email, a way to sign in."]
