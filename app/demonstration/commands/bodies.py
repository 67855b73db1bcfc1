"""Committees, their seats and who sat on them, as diary entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from app.committees.commands import (
    Adoption,
    AppointmentValues,
    CommitteeNaming,
    CommitteeValues,
    Dissolving,
    LeaveValues,
    PaperValues,
    SeatValues,
    SentFile,
    add_alternate,
    add_paper,
    add_seat,
    adopt_bylaws,
    appoint,
    begin_leave,
    check_follows,
    dissolve_committee,
    fill_following,
    found_committee,
    rename_committee,
)
from app.committees.queries import roster
from app.committees.rules import (
    PAPER_WORDS,
    Appointer,
    BylawFacts,
    CommitteeKind,
    LimitKind,
    Office,
    PaperKind,
    PartTerms,
    SeatKind,
    Voters,
    fraction_of,
)
from app.core.periods import Period
from app.core.permissions import Role
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts, as_paper, day_or_none
from app.files.rules import TEXT

AS_VALUES: dict[str, Callable[[str], object]] = {
    "voters": Voters,
    "quorum": fraction_of,
    "majority": fraction_of,
    "limit_kind": LimitKind,
    "part_terms": PartTerms,
    "appointer": Appointer,
}


def write_committee(diary: Diary, facts: Facts) -> None:
    """Everything that happens to one committee."""
    diary.on(facts["founded"], partial(_found, diary, facts))
    for bylaws in facts.get("bylaws", ()):
        diary.on(bylaws["first_day"], partial(_adopt, diary, facts["name"], bylaws))
    if facts.get("one_seat_per_member"):
        for institution in diary.facts["institution"]:
            _write_member_seat(diary, facts, institution)
    _write_seats(diary, facts)
    _write_changes(diary, facts)


def _write_seats(diary: Diary, facts: Facts) -> None:
    """Its seats, who sat on them, by office too, who was on leave and who stands in."""
    for number, holders in enumerate(facts.get("seats", ()), start=1):
        key = f"{facts['name']}/{number}"
        diary.on(facts["founded"], partial(_add_seat, diary, facts, key, number))
        for name, institution, office, first, last in holders:
            values = (Office(office), Period(first, day_or_none(last)))
            diary.on(first, partial(_appoint, diary, key, (name, institution), values))
    if "chair_sits_on" in facts:
        diary.on(facts["founded"], partial(_let_follow, diary, facts))
    for number, first, last, reason in facts.get("leave", ()):
        diary.on(first, partial(_leave, diary, (facts["name"], number), LeaveValues(Period(first, last), reason)))
    for name, institution, at, first in facts.get("alternates", ()):
        diary.on(first, partial(_stand_in, diary, f"{facts['name']}/{at}", (name, institution), first))


def _write_changes(diary: Diary, facts: Facts) -> None:
    """The versions of its papers, another name, and its end."""
    for kind, first, decision, text in facts.get("papers", ()):
        paper = PaperValues(PaperKind(kind), PAPER_WORDS[PaperKind(kind)], first, decision)
        diary.on(first, partial(_add_paper, diary, facts["name"], paper, text))
    if "renamed" in facts:
        diary.on(facts["renamed"], partial(_rename, diary, facts))
    if "dissolved" in facts:
        diary.on(facts["dissolved"], partial(_dissolve, diary, facts))


def _write_member_seat(diary: Diary, facts: Facts, institution: Facts) -> None:
    at: str = institution["short_name"]
    key = f"{facts['name']}/{at}"
    joined: date = min(membership["since"] for membership in institution["classes"])
    diary.on(joined, partial(_add_member_seat, diary, facts, key, institution))
    office = {facts["chair"]: Office.CHAIR, facts["deputy"]: Office.DEPUTY}.get(at, Office.MEMBER)
    for name, first, last in institution["voting"]:
        diary.on(first, partial(_appoint, diary, key, (name, at), (office, Period(first, day_or_none(last)))))


def _found(diary: Diary, facts: Facts) -> None:
    parent = diary.committees.get(facts.get("parent", ""))
    values = CommitteeValues(
        name=facts.get("formerly") or facts["name"],
        kind=CommitteeKind(facts["kind"]),
        founded_on=facts["founded"],
        parent_id=parent.id if parent else None,
        remit=facts["remit"],
        grants_role=Role(facts["grants"]) if "grants" in facts else None,
    )
    diary.committees[facts["name"]] = found_committee(values, actor=diary.actor)


def _adopt(diary: Diary, name: str, bylaws: Facts) -> None:
    adoption = Adoption(bylaws["first_day"], bylaws.get("decision"))
    values: dict[str, Any] = {
        key: AS_VALUES[key](value) if key in AS_VALUES else value
        for key, value in bylaws.items()
        if key not in {"first_day", "decision"}
    }
    adopt_bylaws(diary.committees[name].id, BylawFacts(**values), adoption, actor=diary.actor)


def _let_follow(diary: Diary, facts: Facts) -> None:
    """A seat of another committee on which the chair sits by that office, whoever it is."""
    followed, on = diary.committees[facts["name"]], diary.committees[facts["chair_sits_on"]]
    check_follows(on.id, followed.id, Office.CHAIR)
    values = SeatValues(SeatKind.EX_OFFICIO, f"Chair of {followed.name}", Period(facts["founded"]))
    seat = add_seat(on.id, values, actor=diary.actor)
    seat.follows_committee_id, seat.follows_office = followed.id, Office.CHAIR
    fill_following(seat, diary.actor)


def _leave(diary: Diary, place: tuple[str, int], values: LeaveValues) -> None:
    name, number = place
    rows = roster(diary.committees[name].id, on=values.period.first)
    found = next(row.appointment_id for row in rows if row.number == number)
    begin_leave(found or 0, values, version=1, actor=diary.actor)


def _add_seat(diary: Diary, facts: Facts, key: str, number: int) -> None:
    values = SeatValues(
        kind=SeatKind.ELECTED if number in facts.get("elected", ()) else SeatKind.APPOINTED,
        label=f"Seat {number}",
        period=Period(facts["founded"]),
        cycle_end=facts["cycles"][number - 1] if "cycles" in facts else None,
    )
    diary.seats[key] = add_seat(diary.committees[facts["name"]].id, values, actor=diary.actor)


def _add_member_seat(diary: Diary, facts: Facts, key: str, institution: Facts) -> None:
    values = SeatValues(
        kind=SeatKind.INSTITUTION,
        label=institution["name"],
        period=Period(min(membership["since"] for membership in institution["classes"])),
        votes=not institution.get("observer_on_steering", False),
        institution_id=diary.institutions[institution["short_name"]].id,
    )
    diary.seats[key] = add_seat(diary.committees[facts["name"]].id, values, actor=diary.actor)


def _rename(diary: Diary, facts: Facts) -> None:
    committee = diary.committees[facts["name"]]
    naming = CommitteeNaming(facts["name"], facts["renamed"])
    rename_committee(
        committee.id, naming, reason=facts["renamed_because"], version=committee.version, actor=diary.actor
    )


def _dissolve(diary: Diary, facts: Facts) -> None:
    committee = diary.committees[facts["name"]]
    values = Dissolving(facts["dissolved"], facts["dissolved_because"], facts["dissolved_by"])
    dissolve_committee(committee.id, values, version=committee.version, actor=diary.actor)


def _add_paper(diary: Diary, name: str, values: PaperValues, text: str) -> None:
    sent = SentFile(as_paper(values.title, name, text), TEXT, f"{values.title} of the {name}.txt")
    add_paper(diary.committees[name].id, values, sent, actor=diary.actor)


def _stand_in(diary: Diary, key: str, who: tuple[str, str], first: date) -> None:
    person = diary.person(*who, first)
    add_alternate(diary.seats[key].id, person.id, Period(first), actor=diary.actor)


def _appoint(diary: Diary, key: str, who: tuple[str, str], what: tuple[Office, Period]) -> None:
    name, institution = who
    office, period = what
    person = diary.person(name, institution, period.first)
    values = AppointmentValues(person_id=person.id, period=period, office=office)
    appoint(diary.seats[key].id, values, actor=diary.actor)
