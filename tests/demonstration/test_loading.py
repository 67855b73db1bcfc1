"""The demonstration is the IMPC of 24 May 2016, loaded by the same commands as everything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.agreements.queries.register import list_register
from app.agreements.queries.signatories import who_could_sign
from app.agreements.queries.template_rules import Enquiry, propose_template
from app.agreements.rules import AgreementState
from app.billing.commands.reminders import REMIND_PAYER
from app.billing.models import Invoice, Posting
from app.billing.queries.good_standing import standing_of
from app.billing.queries.reminders import due_on
from app.billing.rules import InvoiceState, WhyNot
from app.committees.models import Appointment, Committee, LimitWaiver, Nomination
from app.committees.queries import bylaws_on, get_committee_view, list_committees, list_papers, roster
from app.committees.queries.constituencies import list_constituencies
from app.committees.queries.elections import list_running
from app.committees.queries.plans import list_plans
from app.committees.queries.seats import cycles_of
from app.committees.rules import Existence, How, SeatKind
from app.committees.rules.elections import ElectionState, NominationState
from app.committees.rules.plans import PlanState
from app.committees.rules.waivers import WaiverState
from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import valid
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.demonstration.commands import load_demonstration
from app.demonstration.rules import SignIn, open_on
from app.exchange.models import Exchange
from app.exchange.rules.exchanges import ExchangeState
from app.lines.queries import LineFilters, ancestors_of, search_lines
from app.members.models import Institution, InstitutionName, Membership, MembershipClass, Person
from app.outbox.models import Job
from tests.conftest import TODAY
from tests.database import empty_database
from tests.papers import needs_pango

if TYPE_CHECKING:
    from app.web.requests import House

NOON = datetime(2016, 5, 24, 11, tzinfo=UTC)


@pytest.fixture(scope="module")
def demonstration(house: House) -> Iterator[list[SignIn]]:
    """The loaded demonstration, for all tests of this file: loading takes seconds, and they only read."""
    with house.app_context():
        empty_database()
        with clock.clock_at(NOON), transaction():
            loaded = load_demonstration(actor=program("test"))
        db.session.remove()
    yield loaded
    with house.app_context():
        empty_database()


@pytest.fixture
def sign_ins(house: House, demonstration: list[SignIn]) -> Iterator[list[SignIn]]:
    """The ways to sign in, with a context to read in."""
    with house.app_context(), clock.clock_at(NOON):
        yield demonstration
        db.session.remove()


def members_of(code: str, day: date) -> set[int]:
    found = (
        select(Membership.institution_id)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .where(MembershipClass.code == code, valid(Membership, day))
        .order_by(Membership.institution_id)
    )
    return set(db.session.scalars(found))


def test_there_are_23_institutions_18_partners_and_6_funders_one_being_both(sign_ins: list[SignIn]) -> None:
    funders, partners = members_of("funder", TODAY), members_of("partner", TODAY)
    assert (len(funders | partners), len(partners), len(funders)) == (23, 18, 6)
    both = db.session.get_one(Institution, (funders & partners).pop())
    assert both.short_name == "NIH"


def test_harwell_has_mrc_as_parent_and_the_korean_member_is_composite(sign_ins: list[SignIn]) -> None:
    by_name = {row.short_name: row for row in db.session.scalars(select(Institution).order_by(Institution.id))}
    assert by_name["Harwell"].parent_id == by_name["MRC"].id
    assert [name for name, row in by_name.items() if row.is_composite] == ["KMPC"]


def test_eleven_committees_have_their_rosters(sign_ins: list[SignIn]) -> None:
    assert len(list_committees(program("test"), on=TODAY)) == 11
    holders = select(func.count(Appointment.id)).join(Committee).where(valid(Appointment, TODAY))
    assert db.session.scalar(holders.where(Committee.name == "Steering Committee")) == 23


def test_committees_have_a_former_name_papers_an_alternate_and_one_that_ended(sign_ins: list[SignIn]) -> None:
    office = program("test")
    assert "Outreach Working Group" in [row.name for row in list_committees(office, on=date(2013, 6, 30))]
    assert "Communications Working Group" in [row.name for row in list_committees(office, on=TODAY)]
    (gone,) = list_committees(office, on=TODAY, existence=Existence.DISSOLVED)
    assert (gone.name, gone.dissolved_on) == ("Web Portal Working Group", date(2013, 12, 31))
    steering = db.session.scalars(select(Committee).where(Committee.name == "Steering Committee")).one()
    versions = list_papers(steering.id, office, on=date(2013, 6, 30))
    assert [row.number for row in versions if row.is_in_force(date(2013, 6, 30))] == [1]
    assert "Ezekiel Marlow" in get_committee_view(steering.id, office, on=TODAY).alternates.values()


def test_five_institutions_of_asia_and_pacific_elect_a_seat(sign_ins: list[SignIn]) -> None:
    (found,) = list_constituencies(program("test"), on=TODAY)
    assert (found.institutions, found.seats) == (5, ("Communications Working Group, seat 4",))


def committee_of(name: str) -> Committee:
    return db.session.scalars(select(Committee).where(Committee.name == name)).one()


def test_three_committees_grant_what_their_work_needs(sign_ins: list[SignIn]) -> None:
    grants = select(Committee.name, Committee.grants_role).where(Committee.grants_role.is_not(None))
    assert {row.name: row.grants_role for row in db.session.execute(grants)} == {
        "Finance Committee": Role.FINANCE,
        "MTA and Line Exchange": Role.AGREEMENTS,
        "Secretariat": Role.SECRETARIAT,
    }


def test_somebody_was_elected_to_a_staggered_seat_and_others_hold_over(sign_ins: list[SignIn]) -> None:
    group = committee_of("iMits Steering Group")
    rows = {row.holder: row for row in roster(group.id, on=TODAY)}
    assert {name: (row.ends, row.holds_over) for name, row in rows.items()} == {
        "Hesper Lindqvale": (date(2016, 3, 31), True),
        "Marcus Eldergrove": (date(2016, 3, 31), True),
        "Yolanda Bristow": (date(2017, 3, 31), False),
    }
    assert {row.kind for row in rows.values()} == {SeatKind.ELECTED}
    assert len(cycles_of(group.id, on=TODAY)) == 2
    elected = db.session.get_one(Appointment, rows["Yolanda Bristow"].appointment_id)
    assert (elected.how, elected.decision) == (How.ELECTION, "iMSG-2015-02")
    assert "Sidonie Larchmont" in {row.holder for row in roster(None, on=TODAY) if row.holds_over}


def test_an_election_is_open_on_the_day_and_a_plan_was_accepted(sign_ins: list[SignIn]) -> None:
    over, running = list_running(program("test"))
    assert (over.state, over.committee) == (ElectionState.BALLOT, "Finance Committee")
    assert (running.state, running.deadline_at) == (ElectionState.NOMINATING, datetime(2016, 6, 30, 16, tzinfo=UTC))
    answers = select(Nomination.state).where(Nomination.election_id == running.id).order_by(Nomination.id)
    assert list(db.session.scalars(answers)) == [NominationState.ACCEPTED, NominationState.PROPOSED]
    (plan,) = list_plans(committee_of("iMits Steering Group").id, program("test"))
    assert (plan.name, plan.state) == ("Ikaika Norstrand", PlanState.ACCEPTED)
    waiver = db.session.scalars(select(LimitWaiver)).one()
    assert (waiver.committee_id, waiver.state) == (plan.committee_id, WaiverState.ASKED)


def test_bylaws_leave_and_a_seat_that_follows_an_office_are_on_record(sign_ins: list[SignIn]) -> None:
    finance = bylaws_on(committee_of("Finance Committee").id, TODAY)
    assert (finance.term_months, finance.limit_terms, finance.holds_over) == (36, 2, True)
    data = {row.holder: row for row in roster(committee_of("Data Analysis Advisory Committee").id, on=TODAY)}
    assert data["Angus Wirrindale"].on_leave
    followed = db.session.get_one(Appointment, data["Ikaika Norstrand"].appointment_id)
    assert (followed.how, followed.follows_id is not None) == (How.EX_OFFICIO, True)


@pytest.mark.parametrize(("today", "deadline"), [(TODAY, date(2016, 6, 30)), (date(2026, 5, 24), date(2026, 6, 30))])
def test_the_open_election_is_open_whenever_the_demonstration_starts(today: date, deadline: date) -> None:
    facts = {"called": date(2016, 5, 9), "deadline": date(2016, 6, 30), "first_day": date(2016, 8, 1), "title": "One"}
    moved = open_on(today, facts, TODAY)
    assert (moved["deadline"], moved["title"]) == (deadline, "One")
    assert moved["called"] < today < moved["deadline"] < moved["first_day"]


def test_the_past_was_different(sign_ins: list[SignIn]) -> None:
    members = members_of("funder", date(2012, 1, 1)) | members_of("partner", date(2012, 1, 1))
    assert len(members) == 18
    name = select(InstitutionName.name).where(
        valid(InstitutionName, date(2012, 6, 30)), InstitutionName.short_name == "WTSI"
    )
    assert db.session.scalar(name) == "Sanger Institute"


def test_three_fee_years_are_billed_and_two_invoices_are_open(sign_ins: list[SignIn]) -> None:
    issued = db.session.scalars(
        select(Invoice).where(Invoice.state == InvoiceState.ISSUED).order_by(Invoice.number)
    ).all()
    assert [row.number for row in issued[:2]] == ["INV-2013-0001", "INV-2013-0002"]
    assert len(issued) == 18
    assert [str(row.outstanding) for row in issued if row.open_minor] == ["50,000.00"] * 2
    assert db.session.scalar(select(func.sum(Posting.amount_minor))) == 0


def test_one_late_payer_is_reminded_by_the_worker_and_has_no_vote_and_one_disputes(sign_ins: list[SignIn]) -> None:
    queued = db.session.scalars(select(Job.payload).where(Job.kind == REMIND_PAYER)).all()
    late, disputing = (
        db.session.scalars(select(Institution.id).where(Institution.short_name == short)).one()
        for short in ("Genome Canada", "CIHR")
    )
    assert [each["payer_id"] for each in queued] == [late]
    assert not standing_of(late).may_vote
    assert standing_of(disputing).is_good
    assert [item.why_not for item in due_on(TODAY).left_out] == [WhyNot.DISPUTED]


def test_everybody_is_invented(sign_ins: list[SignIn]) -> None:
    addresses = db.session.scalars(select(Person.email).order_by(Person.id)).all()
    assert addresses
    assert all(address and address.endswith(".example") for address in addresses)


def test_each_way_to_sign_in_has_a_password_of_its_own(sign_ins: list[SignIn]) -> None:
    assert [sign_in.role for sign_in in sign_ins] == [
        "Secretariat",
        "Finance Committee",
        "Committee chair",
        "Representative",
        "Auditor",
    ]
    assert len({sign_in.password for sign_in in sign_ins}) == len(sign_ins)
    with_password = select(func.count(User.id)).where(User.password_hash.is_not(None))
    assert db.session.scalar(with_password) == len(sign_ins)


def test_everything_holds_after_loading(sign_ins: list[SignIn]) -> None:
    assert [finding for finding in run_checks() if finding.problems] == []


def test_a_database_with_records_is_never_touched(sign_ins: list[SignIn]) -> None:
    with pytest.raises(DomainError, match="empty database only"), transaction():
        load_demonstration(actor=program("test"))


def test_a_template_is_proposed_and_somebody_can_sign(sign_ins: list[SignIn]) -> None:
    by_name = {row.short_name: row for row in db.session.scalars(select(Institution).order_by(Institution.id))}
    jackson = by_name["JAX"]
    proposed = propose_template(Enquiry(TODAY, jackson.id, by_name["CRL"].id))
    assert proposed.template is not None
    assert (proposed.template.code, proposed.template.number) == ("IMPC-MTA", 2)
    assert [(row.row.position, bool(row.against)) for row in proposed.tried] == [(1, False)]
    letter = propose_template(Enquiry(TODAY, jackson.id, by_name["WTSI"].id))
    assert letter.row is not None
    assert (letter.row.position, letter.row.template) == (2, "IMPC-LETTER")
    assert [row.person for row in who_could_sign(jackson.id, on=TODAY)] == ["Philippa Northcote"]
    assert [row.person for row in who_could_sign(jackson.id, on=date(2014, 3, 14))] == ["Desmond Faircloth"]


def test_it_has_lines_of_ten_centres_with_a_cross_and_they_are_found(sign_ins: list[SignIn]) -> None:
    found = search_lines(LineFilters(words="bash b6n"), PageRequest(), program("test"), on=TODAY)
    assert {row.strain for row in found.rows} <= {"C57BL/6N", "C57BL/6NTac", "C57BL/6NCrl", "C57BL/6NJ"}
    every = search_lines(LineFilters(), PageRequest(), program("test"), on=TODAY)
    assert (every.total > 40, len({row.centre for row in every.rows})) == (True, 10)
    assert [row.colony for row in every.rows if len(ancestors_of(row.id)) == 2] == ["SNG-X-1"]


@needs_pango
def test_material_has_gone_on_by_consent_and_papers_wait_for_both_sides(sign_ins: list[SignIn]) -> None:
    stood = {row.title: (row.state, row.waits_on) for row in list_register(on=TODAY)}
    assert stood == {
        "Conditional Trp53 mice for the study of tumours": (AgreementState.EXECUTED, ()),
        "Consent that Trp53 goes on to Davis": (AgreementState.EXECUTED, ()),
        "Trp53 mice for imaging at Davis": (AgreementState.EXECUTED, ()),
        "Lepr mice for the metabolic clinic": (AgreementState.IN_REVIEW, ("TCP", "HMGU")),
        "Lep mice for breeding on request": (AgreementState.APPROVED, ("UCD", "CRL")),
    }
    sent = db.session.scalars(select(Exchange).order_by(Exchange.requested_at, Exchange.id)).all()
    assert [(each.number, each.state) for each in sent] == [
        ("EX-2014-0001", ExchangeState.RECEIVED),
        ("EX-2015-0001", ExchangeState.RECEIVED),
        (None, ExchangeState.REQUESTED),
    ]
