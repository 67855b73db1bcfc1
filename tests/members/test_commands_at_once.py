"""Two writers at one moment: what is added to an institution while it is merged, or while an import is undone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.committees.commands import SeatValues, add_seat
from app.committees.rules import SeatKind
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known
from app.core.periods import Period
from app.core.transaction import transaction
from app.members.commands import (
    Admission,
    AffiliationFacts,
    Merging,
    Notice,
    PersonFacts,
    RepresentationFacts,
    UnitFacts,
    add_person,
    add_unit,
    admit_member,
    affiliate_person,
    choose_institution,
    end_access,
    end_memberships,
    give_notice,
    merge_records,
    name_representative,
    set_parent,
)
from app.members.commands.imports import apply_import
from app.members.commands.imports.applying import CHANGED_MEANWHILE, write_import
from app.members.models import Representation
from app.members.rules import Purpose, TwinKind
from app.members.rules.imports import ImportKind
from app.web.requests import House
from tests.committees.sitting import committee
from tests.conftest import TODAY
from tests.members.applying import admitted, officer
from tests.members.importing import case_of, tried
from tests.members.world import LAUNCH, OFFICE, class_id, do, institution, member, person, problems

LOOK = 0.5  # Seconds that the first one stays open, in which the second one goes on if nothing holds it.
Act = Callable[[], Any]


def one_after_the_other(app: House, first: Act, second: Act) -> list[str]:
    """Begin the second act while the first is done but not committed; how each came out."""
    begun, over, outcomes = threading.Event(), threading.Event(), ["", ""]

    def lead() -> None:
        with transaction():
            first()
            begun.set()
            over.wait(LOOK)

    def follow() -> None:
        begun.wait(10)
        second()

    def take(place: int, act: Act) -> None:
        with app.app_context():
            try:
                act()
                outcomes[place] = "done"
            except DomainError as refused:
                outcomes[place] = refused.message
            finally:
                db.session.remove()
                (begun, over)[place].set()

    threads = [threading.Thread(target=take, args=each) for each in enumerate((lead, follow))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def whole(act: Act) -> Act:
    """An act in a transaction of its own."""

    def run() -> None:
        with transaction():
            act()

    return run


class World:
    """A survivor, one that goes into it, a third one, and what may be added to the one that goes."""

    def __init__(self) -> None:
        self.stays, self.goes = institution().id, institution("Souris Clinic", "SC").id
        third = institution("Aviary", "AV", country="GB")
        self.third, self.someone = third.id, person(third).id
        self.case = admitted(officer()).id
        with transaction():
            self.committee = committee().id
        self.facts = AffiliationFacts(self.goes, LAUNCH)
        self.partner = class_id("partner")
        db.session.remove()

    def merge(self) -> None:
        merge_records(Merging(TwinKind.INSTITUTION, self.stays, self.goes, "The same house"), actor=OFFICE)

    def place(self) -> None:
        affiliate_person(self.someone, self.facts, actor=OFFICE)

    def newcomer(self) -> None:
        add_person(PersonFacts("Ada", "Moreau"), affiliation=self.facts, actor=OFFICE)

    def membership(self) -> None:
        admit_member(self.goes, Admission(self.partner, TODAY), actor=OFFICE)

    def unit(self) -> None:
        add_unit(self.goes, UnitFacts("Mouse house", LAUNCH), actor=OFFICE)

    def voice(self) -> None:
        name_representative(self.goes, self.someone, RepresentationFacts(Purpose.VOTING, TODAY), actor=OFFICE)

    def part(self) -> None:
        set_parent(self.third, self.goes, actor=OFFICE)

    def applicant(self) -> None:
        choose_institution(self.case, self.goes, actor=OFFICE)

    def seat(self) -> None:
        values = SeatValues(SeatKind.INSTITUTION, "Its seat", Period(LAUNCH), institution_id=self.goes)
        add_seat(self.committee, values, actor=OFFICE)


ADDITIONS = ("place", "newcomer", "membership", "unit", "voice", "part", "applicant", "seat")


@pytest.fixture
def world(context: AppContext) -> World:
    return World()


@pytest.mark.parametrize("addition", ADDITIONS)
def test_nothing_is_added_to_an_institution_that_is_merged_at_that_moment(app: House, world: World, addition: str):
    merged, added = one_after_the_other(app, world.merge, whole(getattr(world, addition)))
    assert (merged, added) == ("done", "This institution was merged into another one: do it there.")
    assert problems() == []


@pytest.mark.parametrize("addition", ADDITIONS)
def test_what_was_added_just_before_an_institution_is_merged_follows_it(app: House, world: World, addition: str):
    assert one_after_the_other(app, getattr(world, addition), whole(world.merge)) == ["done", "done"]
    assert problems() == []


def test_an_import_puts_nobody_at_an_institution_that_is_merged_at_that_moment(app: House, world: World):
    row = {"Given name": "Ada", "Family name": "Moreau", "Institution": "SC", "There since": "2012-01-01"}
    import_id = tried(ImportKind.PEOPLE, [row])
    do(apply_import, import_id, version=case_of(import_id).version)
    db.session.remove()
    assert one_after_the_other(app, world.merge, lambda: write_import({"import_id": import_id})) == ["done", "done"]
    assert problems() == []
    case = case_of(import_id)
    assert (case.state, case.notice) == ("checked", CHANGED_MEANWHILE)


def test_who_is_named_while_access_is_ended_stops_with_it_too(app: House, context: AppContext):
    assert context is not None
    found = institution()
    member(found)
    who, later = person(found).id, person(found, "Ann", "Lee").id
    do(name_representative, found.id, who, RepresentationFacts(Purpose.VOTING, LAUNCH))
    leaving = do(give_notice, found.id, Notice(TODAY, "Its funding ends")).id
    do(end_memberships, leaving)
    facts = RepresentationFacts(Purpose.ALTERNATE, LAUNCH)
    naming, ending = partial(name_representative, found.id, later, facts), partial(end_access, leaving)
    db.session.remove()
    assert one_after_the_other(app, partial(naming, actor=OFFICE), whole(partial(ending, actor=OFFICE))) == ["done"] * 2
    asked = select(Representation.last_day).where(as_known(Representation))
    assert set(db.session.scalars(asked)) == {TODAY}
