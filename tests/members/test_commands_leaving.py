"""Leaving: notice, steps taken once, and calling it off before it takes effect."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.models import Grant
from app.billing.commands import drop_later_drafts, keep_final_statement
from app.committees.commands import free_seats
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.members.commands import (
    Admission,
    ClosingLetter,
    Merging,
    Notice,
    admit_member,
    call_off_departure,
    close_departure,
    end_access,
    end_memberships,
    give_notice,
    keep_member,
    merge_records,
    withdraw_member,
)
from app.members.documents.applications import Letter
from app.members.models import CaseTask, Departure, Institution
from app.members.queries import get_departure, list_memberships_of, list_representatives, preview_merger
from app.members.rules import LeavingState, MembershipState, Purpose, TwinKind
from app.outbox.models import Mail, MailAttachment
from tests.conftest import TODAY
from tests.members.applying import officer
from tests.members.world import OFFICE, class_id, do, institution, member, on, person, voice

pytestmark = pytest.mark.usefixtures("context")
JUNE, JULY, AUGUST = date(2016, 6, 30), date(2016, 7, 1), date(2016, 8, 1)
CLOSING = ClosingLetter(Letter("The end", "We thank you."), b"%PDF-1.7 letter")


@pytest.fixture
def centre() -> Institution:
    found = institution()
    member(found)
    someone = person(found)
    voice(someone, found)
    voice(someone, found, Purpose.BILLING)
    return found


@pytest.fixture
def leaving(centre: Institution) -> Departure:
    notice = Notice(JUNE, "Its funding ends", grace_days=30)
    begun: Departure = do(give_notice, centre.id, notice)
    return begun


def state_on(centre: Institution, day: date) -> MembershipState | None:
    (membership,) = list_memberships_of(centre.id, on=day, actor=OFFICE)
    return membership.state_on(day)


def representing(centre: Institution, day: date) -> list[Purpose]:
    return [row.purpose for row in list_representatives(centre.id, on=day, actor=OFFICE)]


def test_notice_is_given_once_and_by_a_member_only(centre: Institution, leaving: Departure):
    assert (leaving.number, leaving.state) == ("L-2016-001", LeavingState.NOTICE_GIVEN)
    with pytest.raises(DomainError, match="under way already, as L-2016-001"):
        do(give_notice, centre.id, Notice(JUNE, "Again"))
    stranger = institution("Elsewhere", "ELS")
    with pytest.raises(DomainError, match="It is no member on 30 June 2016"):
        do(give_notice, stranger.id, Notice(JUNE, "Never was"))
    with pytest.raises(AccessDeniedError):
        do(give_notice, centre.id, Notice(JUNE, "No"), actor=Actor("Nobody", 7))


def test_membership_ends_with_the_last_day_and_access_after_the_grace(centre: Institution, leaving: Departure):
    with pytest.raises(DomainError, match="First comes: Membership"):
        do(end_access, leaving.id)
    do(end_memberships, leaving.id)
    do(end_access, leaving.id)
    assert [state_on(centre, day) for day in (JUNE, JULY)] == [MembershipState.ACTIVE, MembershipState.WITHDRAWN]
    assert representing(centre, date(2016, 7, 30)) == [Purpose.VOTING, Purpose.BILLING]
    assert representing(centre, date(2016, 7, 31)) == []
    assert set(db.session.scalars(select(Grant.last_day))) == {date(2016, 7, 30)}


def test_no_step_of_leaving_is_taken_twice(leaving: Departure):
    mine = officer()
    do(end_memberships, leaving.id, actor=mine)
    with pytest.raises(DomainError, match="done already, by Odile Fennimore: Withdrawn: the last day is 30 June 2016"):
        do(end_memberships, leaving.id)


def test_the_closing_letter_comes_after_all_other_steps_and_goes_out_once(leaving: Departure):
    do(end_memberships, leaving.id)
    do(end_access, leaving.id)
    with pytest.raises(DomainError, match="This is done from 1 July 2016 on: the notice may yet end"):
        do(free_seats, leaving.id)
    with on(AUGUST):
        for step in (free_seats, drop_later_drafts):
            with pytest.raises(DomainError, match="First comes: "):
                do(close_departure, leaving.id, CLOSING)
            do(step, leaving.id)
        do(keep_final_statement, leaving.id, b"%PDF-1.7 statement")
        do(close_departure, leaving.id, CLOSING)
        with pytest.raises(DomainError, match="done already"):
            do(close_departure, leaving.id, CLOSING)
    assert db.session.scalars(select(Mail.to_name)).all() == ["Thibault Ferronays"]
    assert len(db.session.scalars(select(MailAttachment.file_id)).all()) == 2


def test_called_off_in_time_everything_goes_on_without_a_gap(centre: Institution, leaving: Departure):
    do(end_memberships, leaving.id)
    do(end_access, leaving.id)
    with on(JUNE):
        do(call_off_departure, leaving.id, reason="New funding")
    for day in (TODAY, JUNE, JULY, date(2016, 7, 30), date(2016, 7, 31), date(2020, 1, 1)):
        assert state_on(centre, day) is MembershipState.ACTIVE
        assert sorted(representing(centre, day)) == [Purpose.BILLING, Purpose.VOTING]
    assert get_departure(leaving.id, OFFICE).departure.state is LeavingState.CALLED_OFF
    with pytest.raises(DomainError, match="done already"):
        do(end_memberships, leaving.id)
    again = do(give_notice, centre.id, Notice(JUNE, "After all"))
    assert again.number == "L-2016-002"
    do(end_memberships, again.id)
    assert state_on(centre, JULY) is MembershipState.WITHDRAWN


def test_a_membership_with_an_end_goes_on_to_its_end_when_its_leaving_is_called_off():
    funder = institution("Wellcome", "WT")
    member(funder, "funder", until=date(2017, 12, 31))
    begun = do(give_notice, funder.id, Notice(JUNE, "Perhaps"))
    do(end_memberships, begun.id)
    do(call_off_departure, begun.id, reason="No")
    assert state_on(funder, date(2017, 12, 31)) is MembershipState.ACTIVE
    assert state_on(funder, date(2018, 1, 1)) is MembershipState.LAPSED


def test_a_departure_of_a_day_gone_by_is_called_off_while_no_step_is_taken(centre: Institution):
    typed_wrong = do(give_notice, centre.id, Notice(date(2015, 6, 30), "Its funding ends"))
    assert get_departure(typed_wrong.id, OFFICE).may_be_called_off(TODAY)
    do(call_off_departure, typed_wrong.id, reason="The year is another one")
    assert not get_departure(typed_wrong.id, OFFICE).may_be_called_off(TODAY)
    assert state_on(centre, TODAY) is MembershipState.ACTIVE
    assert do(give_notice, centre.id, Notice(JUNE, "Its funding ends")).number == "L-2016-002"


def test_what_has_taken_effect_is_not_called_off(leaving: Departure):
    do(end_memberships, leaving.id)
    with on(JULY), pytest.raises(DomainError, match="The membership ended on 30 June 2016"):
        do(call_off_departure, leaving.id, reason="Too late")


def test_the_end_a_membership_had_is_kept_with_the_step_that_ended_it(leaving: Departure):
    do(end_memberships, leaving.id)
    tasks = db.session.scalars(select(CaseTask.kept).where(CaseTask.kind == "term")).all()
    assert tasks[0] is not None
    assert tasks[0]["memberships"][0]["last_day"] is None


def test_a_case_does_not_say_that_it_ended_a_membership_that_had_ended_before(centre: Institution, leaving: Departure):
    (membership,) = list_memberships_of(centre.id, on=JUNE, actor=OFFICE)
    do(withdraw_member, membership.membership_id, last_day=TODAY, reason="Its own letter")
    assert do(end_memberships, leaving.id).outcome == "It had no membership on 30 June 2016."


@pytest.mark.parametrize("again", ["kept", "admitted"])
def test_who_is_a_member_after_the_last_day_all_the_same_keeps_what_it_holds(
    centre: Institution, leaving: Departure, again: str
):
    do(end_memberships, leaving.id)
    (membership,) = list_memberships_of(centre.id, on=JUNE, actor=OFFICE)
    if again == "kept":
        do(keep_member, membership.membership_id, reason="It stays")
    with on(AUGUST):
        if again == "admitted":
            do(admit_member, centre.id, Admission(class_id("partner"), AUGUST))
        for step in (end_access, free_seats, drop_later_drafts):
            told = do(step, leaving.id).outcome
            assert told == "It is a member after 30 June 2016, as Partner: what it holds goes on."
    assert representing(centre, date(2016, 9, 1)) == [Purpose.VOTING, Purpose.BILLING]
    assert set(db.session.scalars(select(Grant.last_day))) == {None}


def test_who_is_leaving_is_merged_with_nobody_until_its_case_is_closed(centre: Institution, leaving: Departure):
    other = institution("Elsewhere", "ELS")
    member(other, "observer")
    for pair in ((other.id, centre.id), (centre.id, other.id)):
        (clash,) = preview_merger(TwinKind.INSTITUTION, *pair, OFFICE).clashes
        assert (clash.words, clash.way_out) == (
            "One of them is leaving, as L-2016-001.",
            "Close or call off that case first.",
        )
    do(call_off_departure, leaving.id, reason="They merge instead")
    do(merge_records, Merging(TwinKind.INSTITUTION, other.id, centre.id, "One house"))
