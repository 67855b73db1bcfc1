"""Institutions, their people and memberships, as diary entries."""

from __future__ import annotations

from datetime import date
from functools import partial

from app.core.periods import ONE_DAY
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts, day_or_none
from app.members.commands import (
    Admission,
    InstitutionFacts,
    Naming,
    RepresentationFacts,
    UnitFacts,
    add_alias,
    add_institution,
    add_unit,
    admit_member,
    name_representative,
    reinstate_member,
    rename_institution,
    set_parent,
    suspend_member,
)
from app.members.rules import InstitutionKind, Purpose


def write_institution(diary: Diary, facts: Facts, classes: dict[str, int]) -> None:
    """Everything that happens to one institution."""
    joined: date = min(membership["since"] for membership in facts["classes"])
    short_name: str = facts["short_name"]
    diary.on(joined, partial(_add, diary, facts))
    for membership in facts["classes"]:
        diary.on(membership["since"], partial(_admit, diary, short_name, membership, classes[membership["class"]]))
        if "suspension" in membership:
            _write_suspension(diary, (short_name, membership["class"]), membership["suspension"])
    if "formerly" in facts:
        diary.on(facts["formerly"]["until"] + ONE_DAY, partial(_rename, diary, facts))
    if "parent" in facts:
        diary.on(joined, partial(_set_parent, diary, facts))
    _write_people(diary, facts, joined)


def _write_suspension(diary: Diary, key: tuple[str, str], facts: Facts) -> None:
    diary.on(facts["first"], partial(_suspend, diary, key, facts["first"], facts["reason"]))
    reinstated: date = facts["last"] + ONE_DAY
    diary.on(reinstated, partial(_reinstate, diary, key, reinstated, facts["lifted"]))


def _write_people(diary: Diary, facts: Facts, joined: date) -> None:
    at: str = facts["short_name"]
    for name, first, last in facts["voting"]:
        diary.on(first, partial(_name, diary, at, name, RepresentationFacts(Purpose.VOTING, first, day_or_none(last))))
    for rank, name in enumerate(facts["alternate"], start=1):
        diary.on(joined, partial(_name, diary, at, name, RepresentationFacts(Purpose.ALTERNATE, joined, rank=rank)))
    if "billing" in facts:
        diary.on(joined, partial(_name, diary, at, facts["billing"], RepresentationFacts(Purpose.BILLING, joined)))


def _add(diary: Diary, facts: Facts) -> None:
    named = facts.get("formerly", facts)
    values = InstitutionFacts(
        name=named["name"],
        short_name=named["short_name"],
        kind=InstitutionKind(facts["kind"]),
        country=facts["country"],
        is_composite=facts.get("composite", False),
        ror=facts.get("ror"),
        unit=facts.get("unit"),
        postal_address=facts.get("address"),
        website=facts.get("website"),
        purchase_order=facts.get("purchase_order"),
    )
    added = add_institution(values, actor=diary.actor)
    diary.institutions[facts["short_name"]] = added
    for alias in facts.get("aliases", []):
        add_alias(added.id, alias, actor=diary.actor)
    for unit in facts.get("units", []):
        add_unit(added.id, UnitFacts(unit, min(held["since"] for held in facts["classes"])), actor=diary.actor)


def _admit(diary: Diary, short_name: str, membership: Facts, class_id: int) -> None:
    institution = diary.institutions[short_name]
    admission = Admission(class_id=class_id, first_day=membership["since"])
    admitted = admit_member(institution.id, admission, actor=diary.actor)
    diary.memberships[short_name, membership["class"]] = admitted.id


def _suspend(diary: Diary, key: tuple[str, str], first_day: date, reason: str) -> None:
    suspend_member(diary.memberships[key], first_day=first_day, reason=reason, actor=diary.actor)


def _reinstate(diary: Diary, key: tuple[str, str], first_day: date, reason: str) -> None:
    reinstate_member(diary.memberships[key], first_day=first_day, reason=reason, actor=diary.actor)


def _rename(diary: Diary, facts: Facts) -> None:
    institution = diary.institutions[facts["short_name"]]
    day: date = facts["formerly"]["until"] + ONE_DAY
    rename_institution(institution.id, Naming(facts["name"], facts["short_name"], day), actor=diary.actor)


def _set_parent(diary: Diary, facts: Facts) -> None:
    child, parent = diary.institutions[facts["short_name"]], diary.institutions[facts["parent"]]
    set_parent(child.id, parent.id, actor=diary.actor)


def _name(diary: Diary, at: str, name: str, facts: RepresentationFacts) -> None:
    person = diary.person(name, at, facts.first_day)
    name_representative(diary.institutions[at].id, person.id, facts, actor=diary.actor)
