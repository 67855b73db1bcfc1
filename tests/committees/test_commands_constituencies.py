"""Constituencies: who belongs on which day, and that it decides who sits on their seats and who elects to them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.committees.commands import (
    AppointmentValues,
    CommitteeNaming,
    SeatValues,
    add_alternate,
    add_seat,
    appoint,
    end_seat,
    rename_committee,
)
from app.committees.commands.constituencies import (
    BelongingChange,
    change_belonging,
    close_constituency,
    form_constituency,
    rename_constituency,
)
from app.committees.commands.nominations import nominate
from app.committees.models import Committee, Constituency, ConstituencyRule, ElectionVoter, Seat
from app.committees.queries.choices import people_for
from app.committees.queries.constituencies import list_constituencies, list_rules, seats_of
from app.committees.queries.constituency_members import institutions_of, members_of
from app.committees.queries.elections import list_voters
from app.committees.queries.nominators import list_calls, list_concerned, list_nominators
from app.committees.queries.plan_verification import check_electorates
from app.committees.rules import SeatKind
from app.committees.rules.constituencies import Belonging
from app.committees.rules.elections import Nominators
from app.core.actor import Actor, Granted
from app.core.clock import clock_at, now
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, StaleError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import add_class, suspend_member
from app.members.commands.mergers import Merging, merge_records
from app.members.models import Institution, Person
from app.members.queries import preview_merger
from app.members.rules import ClassFacts, InstitutionKind, Purpose, TwinKind
from app.outbox.work import run_due_jobs
from tests.committees.ruled import DEADLINE, as_user, called, chair_of, done, ruled
from tests.committees.sitting import FOUNDED, OFFICE, TERM, TODAY, committee, seat, sits
from tests.committees.sitting import refused as sitting_refused
from tests.members import world
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
JAPAN, CHINA, FUNDERS = Belonging("JP"), Belonging("CN"), Belonging(institution_kind=InstitutionKind.FUNDER)
COPIED = ("election_id", "institution_id", "name", "rank", "rule", "barred")
JANUARY, MAY = date(2016, 1, 1), date(2016, 5, 1)


def refused(act: Callable[[], object], field: str) -> str:
    """What somebody is told whose act, in a transaction of its own, is refused beside a field."""
    with pytest.raises(DomainError) as error:
        act()
    assert error.value.field == field
    return error.value.message


def formed(*rules: Belonging, name: str = "Asia and Pacific", since: date = FOUNDED) -> Constituency:
    return done(lambda: form_constituency(name, rules, since, actor=OFFICE))


def changed(of: Constituency, *rules: Belonging, since: date) -> Constituency:
    return done(lambda: change_belonging(of.id, BelongingChange(rules, since), version=of.version, actor=OFFICE))


def seat_of(of: Constituency, on: Committee | None = None, last_day: date | None = None) -> Seat:
    found = on or done(committee)
    values = SeatValues(SeatKind.CONSTITUENCY, "Asia", Period(FOUNDED, last_day), constituency_id=of.id)
    return done(lambda: add_seat(found.id, values, actor=OFFICE))


def riken(**more: Any) -> Institution:
    return world.institution("RIKEN BioResource Center", "RIKEN", **({"country": "JP"} | more))


def belong(of: Constituency, on: date = TODAY, **known: Any) -> set[str]:
    return {row.short_name for row in members_of(of.id, on=on, **known)}


def test_an_institution_belongs_by_its_country_its_kind_its_class_or_its_name():
    one, other = riken(), world.institution("Institute", "Inst", country="CN")
    world.member(world.institution("Partner", "Partner"), "partner")
    world.institution("Fund", "Fund", kind=InstitutionKind.FUNDER)
    partners = Belonging(class_id=world.class_id("partner"))
    for number, (rule, names) in enumerate(
        (
            (JAPAN, {"RIKEN"}),
            (FUNDERS, {"Fund"}),
            (partners, {"Partner"}),
            (Belonging(institution_id=other.id), {"Inst"}),
        )
    ):
        assert belong(formed(rule, name=f"Group {number}")) == names
    found = formed(JAPAN, Belonging(institution_id=one.id), CHINA)
    assert institutions_of(found.id, on=TODAY) == frozenset({one.id, other.id})
    assert institutions_of(found.id, on=date(2011, 1, 1)) is None
    assert [problem for finding in run_checks() for problem in finding.problems] == []


def test_who_belongs_changes_from_a_day_on_and_what_was_known_before_stays():
    riken(), world.institution("Institute", "Inst", country="CN")
    found = formed(JAPAN)
    before = now()
    with clock_at(before + timedelta(hours=1)):
        changed(found, CHINA, since=JANUARY)
        assert (belong(found, date(2015, 12, 31)), belong(found, JANUARY)) == ({"RIKEN"}, {"Inst"})
        assert belong(found, JANUARY, known=before) == {"RIKEN"}
        refused(lambda: changed(found, CHINA, since=JANUARY), "first_day")
    with clock_at(before + timedelta(hours=2)):
        changed(found, JAPAN, since=date(2013, 1, 1))
    assert (belong(found, JANUARY), belong(found, TODAY)) == ({"RIKEN"}, {"RIKEN"})
    assert [(row.words, row.first_day, row.last_day) for row in list_rules(found.id, on=TODAY)] == [
        ("Japan", FOUNDED, None)
    ]
    assert [problem for finding in run_checks() for problem in finding.problems] == []


def test_a_seat_of_a_constituency_takes_who_belongs_to_or_represents_one_of_its_institutions():
    at, elsewhere = riken(), world.institution()
    inside, outside = world.person(at, "Aya", "Sato"), world.person(elsewhere)
    speaks = world.person(elsewhere, "Jean", "Voix")
    world.voice(speaks, at)
    found = formed(JAPAN)
    places = [seat_of(found), seat_of(found, done(lambda: committee("Other")))]

    def sit(who: Person, number: int = 0) -> None:
        done(lambda: appoint(places[number].id, AppointmentValues(who.id, TERM), actor=OFFICE))

    told = "neither belongs to nor represents an institution of Asia and Pacific"
    assert told in refused(lambda: sit(outside), "person_id")
    stands_in = partial(add_alternate, places[0].id, outside.id, Period(TODAY), actor=OFFICE)
    assert told in refused(lambda: done(stands_in), "person_id")
    assert {name for name, _ in people_for(places[0], on=TODAY)} == {inside.id, speaks.id}
    sit(inside)
    sit(speaks, 1)


def test_a_constituency_to_which_nobody_belongs_by_a_rule_decides_nothing():
    outside = world.person(world.institution())
    found = formed()
    place = seat_of(found)
    done(lambda: appoint(place.id, AppointmentValues(outside.id, TERM), actor=OFFICE))
    (row,) = list_constituencies(OFFICE, on=TODAY)
    assert (row.institutions, row.seats) == (None, ("Finance Committee, seat 1",))


def test_the_seats_of_a_constituency_are_what_was_known_of_them():
    found, before = formed(JAPAN), now()
    place, later = seat_of(found), before + timedelta(hours=2)
    with clock_at(later):
        done(lambda: end_seat(place.id, MAY, reason="Done", version=place.version, actor=OFFICE))

    def seats(known: datetime | None) -> list[tuple[str, date | None]]:
        return [(row.label, row.last_day) for row in seats_of(found.id, on=MAY, known=known)]

    assert seats(before - timedelta(hours=1)) == []
    assert seats(before + timedelta(hours=1)) == [("Asia", None)]
    assert seats(None) == seats(later) == [("Asia", MAY)]
    (row,) = list_constituencies(OFFICE, on=TODAY, known=before + timedelta(hours=1))
    assert row.seats == ("Finance Committee, seat 1",)


def after_deadline() -> None:
    with clock_at(DEADLINE + timedelta(seconds=1)):
        run_due_jobs()


def test_only_members_of_the_constituency_elect_its_seat_each_by_its_representative():
    at, other, gone, away = (
        riken(),
        world.institution("Institute", "Inst", country="CN"),
        world.institution("Gone", "Gone", country="JP"),
        world.institution("Away", "Away", country="JP"),
    )
    world.institution("No member", "None", country="JP")
    world.member(world.institution("Elsewhere", "Else"))
    world.member(gone, until=date(2016, 1, 31))
    with transaction():
        graced = add_class(ClassFacts("Graced", votes=True, is_billed=False, grace_days=60), actor=OFFICE)
    world.member(world.institution("Lapsed", "Lapsed", country="JP"), graced.code, until=date(2016, 6, 1))
    for each in (at, other, away):
        held = world.member(each)
    done(lambda: suspend_member(held.id, first_day=TODAY, reason="Asked", version=held.version, actor=OFFICE))
    world.voice(world.person(at, "Aya", "Sato"), at)
    world.voice(world.person(other, "Li", "Chen"), other, Purpose.ALTERNATE)
    found = done(committee)
    place = seat_of(formed(JAPAN, CHINA), found)
    ruled(found)
    election = done(lambda: called(found, place))
    after_deadline()
    assert [(each.name, each.institution_name, each.barred) for each in list_voters(election.id)] == [
        ("Away", "Away", "Its membership is suspended since 24 May 2016"),
        ("Li Chen", "Institute", None),
        ("Lapsed", "Lapsed", "Its membership lapsed on 1 June 2016; days of grace give no vote"),
        ("Aya Sato", "RIKEN BioResource Center", None),
    ]
    twice = insert(ElectionVoter).from_select(COPIED, select(*(getattr(ElectionVoter, name) for name in COPIED)))
    with pytest.raises(IntegrityError), beside_the_trail():
        db.session.execute(twice)
    assert list(check_electorates()) == []
    with beside_the_trail():
        db.session.execute(update(ElectionVoter).where(ElectionVoter.institution_id == at.id).values(rank=1))
    told = f"In election {election.id} the order of who votes for institution {at.id} has a gap."
    assert list(check_electorates()) == [told]


@pytest.mark.parametrize("nominators", [Nominators.VOTERS, Nominators.ANYONE])
def test_whoever_votes_in_the_constituency_nominates_for_its_seat_and_is_told_of_it_not_who_votes_on_the_committee(
    nominators: Nominators,
):
    at, away = riken(), world.institution("Away", "Away", country="JP")
    held = [world.member(each) for each in (at, away)][1]
    done(lambda: suspend_member(held.id, first_day=TODAY, reason="Asked", version=held.version, actor=OFFICE))
    aya, yuki = world.person(at, "Aya", "Sato"), world.person(away, "Yuki", "Mori")
    world.voice(aya, at)
    world.voice(yuki, away)
    found = done(committee)
    on_it = world.person(world.institution(), "Jean", "Voix")
    done(lambda: sits(seat(found, "Elected"), on_it))
    place = seat_of(formed(JAPAN), found)
    ruled(found)
    election = done(lambda: called(found, place, nominators=nominators))
    assert [each.name for each in list_concerned(election)] == ["Aya Sato"]
    if nominators is Nominators.ANYONE:
        return
    assert [each.name for each in list_nominators(election)] == ["Aya Sato"]
    assert [len(list_calls(as_user(each))) for each in (aya, yuki, on_it)] == [1, 0, 0]
    for each in (yuki, on_it):
        told = sitting_refused(partial(nominate, election.id, aya.id, statement=None, actor=as_user(each)))
        assert told == "Only who votes in the constituency nominates."
    done(lambda: nominate(election.id, aya.id, statement=None, actor=as_user(aya)))


def test_who_belongs_to_no_institution_of_the_constituency_is_not_nominated_for_its_seat():
    outside = world.person(world.institution())
    riken()
    found = done(committee)
    place, free = seat_of(formed(JAPAN), found), done(lambda: seat(found, "Free"))
    ruled(found)
    refused(lambda: done(lambda: called(found, place, free)), "seats")
    election = done(lambda: called(found, place))
    stand = partial(nominate, election.id, outside.id, statement=None, actor=OFFICE)
    assert "an institution of Asia and Pacific" in refused(lambda: done(stand), "person_id")


def test_a_constituency_is_closed_once_no_seat_of_it_goes_on():
    riken()
    found = formed(JAPAN)
    place = seat_of(found, last_day=MAY)

    def close(last_day: date) -> None:
        done(lambda: close_constituency(found.id, last_day, reason="Done", version=found.version, actor=OFFICE))

    assert "Seat 1 of Finance Committee goes on" in refused(lambda: close(JANUARY), "last_day")
    close(MAY)
    assert (belong(found, MAY), belong(found, TODAY), found.closed_on) == ({"RIKEN"}, set(), MAY)
    refused(lambda: close(TODAY), "last_day")
    refused(lambda: changed(found, CHINA, since=TODAY), "first_day")
    on = done(lambda: committee("Other"))
    assert "closed after" in refused(lambda: seat_of(found, on), "constituency_id")
    seat_of(found, on, last_day=JANUARY)
    changed(found, JAPAN, CHINA, since=JANUARY)
    assert {row.last_day for row in list_rules(found.id, on=TODAY)} == {MAY}
    with beside_the_trail():
        db.session.execute(update(Seat).where(Seat.id == place.id).values(last_day=None))
        rule = db.session.scalars(select(ConstituencyRule).order_by(ConstituencyRule.id)).first()
        assert rule is not None
        rule.last_day = None
        again = {"country": "JP", "first_day": TODAY, "recorded_at": now()}
        db.session.add(ConstituencyRule(constituency_id=found.id, **again))
    said = " ".join(problem for finding in run_checks() for problem in finding.problems)
    for words in ("a seat of it goes on", "a rule of it goes on", "say the same on some day"):
        assert words in said


def test_a_name_is_had_by_one_constituency_and_the_secretariat_alone_changes_them():
    found, other = formed(JAPAN), formed(name="Europe")
    refused(lambda: formed(name="asia and  PACIFIC"), "name")
    rename: Callable[..., Any] = partial(rename_constituency, found.id, version=found.version, actor=OFFICE)
    refused(lambda: done(partial(rename, "Europe")), "name")
    refused(lambda: done(partial(rename, "Asia and Pacific")), "name")
    done(partial(rename, "Asia"))
    with pytest.raises(StaleError):
        done(partial(rename, "Oceania", version=1))
    chair = chair_of(done(committee))
    acts: Collection[Callable[[Actor], object]] = (
        lambda actor: form_constituency("Oceania", [], TODAY, actor=actor),
        lambda actor: change_belonging(found.id, BelongingChange([CHINA], TODAY), version=found.version, actor=actor),
        lambda actor: rename_constituency(other.id, "Oceania", version=1, actor=actor),
        lambda actor: close_constituency(other.id, TODAY, reason="Done", version=1, actor=actor),
    )
    for act in acts:
        for actor in (chair, Actor("Ann", 901, (Granted(Role.AUDITOR),))):
            with pytest.raises(AccessDeniedError), transaction():
                act(actor)


def test_a_name_that_is_longer_once_folded_is_kept_and_filed_by_what_there_is_room_for():
    long, longer = "\ufdfa" * 199, "\ufdfa" * 200
    found = formed(name=longer)
    refused(lambda: formed(name=long), "name")
    named = done(lambda: committee(long))
    assert (found.name, len(found.sort_name), len(named.sort_name)) == (longer, 200, 200)
    done(lambda: rename_constituency(found.id, long, version=found.version, actor=OFFICE))
    naming = CommitteeNaming(longer, TODAY)
    done(lambda: rename_committee(named.id, naming, reason=None, version=named.version, actor=OFFICE))
    assert (found.name, len(found.sort_name), len(named.sort_name)) == (long, 200, 200)


def test_an_institution_named_in_a_constituency_is_there_still_after_a_merger():
    at, twin, other = riken(), world.institution("Riken BRC", "BRC", country="FR"), world.institution("Third", "3rd")
    found = formed(Belonging(institution_id=twin.id), Belonging(institution_id=other.id))
    french = formed(Belonging("FR"), name="France")
    clashes = preview_merger(TwinKind.INSTITUTION, other.id, twin.id, OFFICE).clashes
    assert [each.words for each in clashes] == ["Both belong by name to one constituency on the same days."]
    done(lambda: merge_records(Merging(TwinKind.INSTITUTION, at.id, twin.id, "The same"), actor=OFFICE))
    assert (belong(found), belong(french)) == ({"RIKEN", "3rd"}, {"3rd"})
