"""Entering lines and changing them: whose they are, their stages, forms, deposits and crosses, and their words."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.clock import clock_at, now
from app.core.database import db
from app.core.errors import AccessDeniedError, StaleError
from app.core.periods import Period
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.lines.commands import (
    Deposit,
    RepositoryValues,
    add_consortium,
    add_repository,
    add_strain,
    add_strain_alias,
    correct_deposit,
    correct_form,
    correct_stage,
    cross_lines,
    deposit_line,
    edit_consortium,
    edit_line,
    offer_form,
    record_stage,
    register_line,
    rename_strain,
    set_parents,
    take_deposit_back,
    take_form_back,
    take_stage_back,
)
from app.lines.models import Allele, LineParent, LineStage, LineWord, MouseLine
from app.lines.queries import LineFilters, ancestors_of, search_lines
from app.lines.rules import MaterialForm, Reached, Stage
from app.members.commands import Merging, add_alias, merge_records, undo_merger
from app.members.models import Institution
from app.members.rules import TwinKind
from tests.lines.catalogue import CONFIRMED, OFFICE, SYMBOL, TODAY, done, line, refused, representative, values
from tests.members import world
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def harwell(context: object) -> Institution:
    """A centre that makes lines."""
    return world.institution("MRC Harwell", "Harwell")


@pytest.fixture
def riken(context: object) -> Institution:
    """Another one."""
    return world.institution("RIKEN BioResource Center", "RIKEN", country="JP")


def problems() -> list[str]:
    return [problem for finding in run_checks() for problem in finding.problems]


def found(words: str, **more: object) -> list[str]:
    page = search_lines(LineFilters(words=words), PageRequest(), OFFICE, on=TODAY, **more)  # type: ignore[arg-type]
    assert page.total == len(page.rows)
    return [row.colony for row in page.rows]


def version_of(of: MouseLine) -> int:
    return db.session.scalars(select(MouseLine.version).where(MouseLine.id == of.id)).one()


def test_a_line_is_entered_once_however_its_symbol_and_its_colony_are_spelt(harwell: Institution, riken: Institution):
    first = line(harwell, "Rsph3b<sup>tm1a(KOMP)Wtsi</sup>", colony="MDBZ 12", mgi_id="4363171")
    second = line(harwell, "Rsph3btm1a(KOMP)Wtsi", colony="MDBZ 13", project_id="24735")
    assert first.allele_id == second.allele_id
    allele, again = db.session.get_one(Allele, first.allele_id), values(harwell, colony="mdbz-12")
    assert (allele.symbol, allele.mgi_id, allele.project_id) == (SYMBOL, "MGI:4363171", "24735")
    line(riken, colony="mdbz_12")
    assert "line of this colony" in refused(lambda: register_line(again, CONFIRMED, actor=OFFICE), "colony")
    other = values(harwell, "Akt2<tm1>", mgi_id="4363171")
    told = refused(lambda: edit_line(first.id, other, version=1, actor=OFFICE), "allele_mgi_id")
    assert told == f"MGI:4363171 is {SYMBOL}."
    told = refused(lambda: edit_line(first.id, replace(again, colony="mdbz 13"), version=1, actor=OFFICE), "colony")
    assert problems() == []


def test_a_representative_enters_and_changes_lines_of_their_own_institution_alone(
    harwell: Institution, riken: Institution
):
    own, theirs = representative(harwell), line(riken)
    made = line(harwell, actor=own, owner_id=riken.id)
    owned = line(riken, actor=own, owner_id=harwell.id)
    refused(lambda: register_line(values(riken), CONFIRMED, actor=own), "owner")
    refused(lambda: edit_line(made.id, values(riken), version=1, actor=own), "owner")
    for act in (
        lambda: edit_line(theirs.id, values(harwell), version=1, actor=own),
        lambda: record_stage(theirs.id, CONFIRMED, version=1, actor=own),
        lambda: offer_form(theirs.id, MaterialForm.LIVE, Period(TODAY), version=1, actor=own),
        lambda: set_parents(theirs.id, [owned.id], version=1, actor=own),
        lambda: add_strain("C57BL/6N", actor=own),
        lambda: add_consortium("BaSH", "BaSH", actor=own),
        lambda: add_repository(RepositoryValues("EMMA", "EMMA"), actor=own),
    ):
        with pytest.raises(AccessDeniedError), transaction():
            act()
    done(lambda: edit_line(owned.id, values(riken, owner_id=harwell.id, colony="MDBZ"), version=1, actor=own))
    with pytest.raises(StaleError), transaction():
        edit_line(owned.id, values(riken, owner_id=harwell.id), version=1, actor=own)
    assert db.session.get_one(MouseLine, owned.id).colony == "MDBZ"


def test_the_stage_on_a_line_is_the_newest_and_what_was_known_of_it_stays(harwell: Institution):
    reached = line(harwell, reached=Reached(Stage.PLANNED, date(2012, 1, 1)))
    before = now()
    with clock_at(before + timedelta(hours=1)):
        added = done(lambda: record_stage(reached.id, CONFIRMED, version=1, actor=OFFICE))
        earlier = Reached(Stage.FOUNDERS, date(2014, 3, 2))
        assert "comes after" in refused(lambda: record_stage(reached.id, earlier, version=2, actor=OFFICE), "day")
        soon = Reached(Stage.PHENOTYPING, TODAY + timedelta(days=1))
        refused(lambda: record_stage(reached.id, soon, version=2, actor=OFFICE), "day")
        with pytest.raises(StaleError), transaction():
            record_stage(reached.id, Reached(Stage.PHENOTYPING, TODAY), version=1, actor=OFFICE)
    with clock_at(before + timedelta(hours=2)):
        right = Reached(Stage.FOUNDERS, date(2013, 5, 1))
        done(lambda: correct_stage(added.id, right, reason="Typed wrongly", version=2, actor=OFFICE))
        assert (reached.stage, reached.stage_day) == (Stage.FOUNDERS, date(2013, 5, 1))
        assert stage_of(reached, on=date(2014, 6, 1)) is Stage.FOUNDERS
        assert stage_of(reached, on=date(2014, 6, 1), known=before + timedelta(hours=1)) is Stage.CONFIRMED
        assert stage_of(reached, on=date(2012, 6, 1)) is Stage.PLANNED
        assert stage_of(reached, on=date(2011, 6, 1)) is None
        done(lambda: take_stage_back(added.id, reason="Another line", version=3, actor=OFFICE))
        assert (reached.stage, version_of(reached)) == (Stage.PLANNED, 4)
        [left] = db.session.scalars(select(LineStage).where(LineStage.superseded_at.is_(None)))
        refused(lambda: take_stage_back(left.id, reason="No", version=4, actor=OFFICE), "reason")
    assert problems() == []


def stage_of(of: MouseLine, **more: Any) -> Stage | None:
    rows = search_lines(LineFilters(), PageRequest(), OFFICE, **more).rows
    return next((row.stage for row in rows if row.id == of.id), None)


def test_forms_and_deposits_have_their_days_and_are_put_right_or_taken_back(harwell: Institution):
    kept, emma = line(harwell), done(lambda: add_repository(RepositoryValues("EMMA", "EMMA"), actor=OFFICE))
    first, later = Period(date(2014, 1, 1), date(2014, 12, 31)), Period(date(2015, 6, 1))
    sperm = done(lambda: offer_form(kept.id, MaterialForm.SPERM, first, version=1, actor=OFFICE))
    shared = Period(date(2014, 12, 31))
    refused(lambda: offer_form(kept.id, MaterialForm.SPERM, shared, version=2, actor=OFFICE), "first_day")
    done(lambda: offer_form(kept.id, MaterialForm.SPERM, later, version=2, actor=OFFICE))
    assert (forms_on(date(2014, 5, 1)), forms_on(date(2015, 1, 1))) == ((MaterialForm.SPERM,), ())
    again = Period(date(2014, 2, 1), date(2015, 7, 1))
    refused(lambda: correct_form(sperm.id, again, reason=None, version=3, actor=OFFICE), "first_day")
    done(lambda: take_form_back(sperm.id, reason="Thawed", version=3, actor=OFFICE))
    done(lambda: deposit_line(kept.id, Deposit(emma.id, first, "EM:04512"), version=4, actor=OFFICE))
    held = done(lambda: deposit_line(kept.id, Deposit(emma.id, later, "EM:07777"), version=5, actor=OFFICE))
    refused(lambda: deposit_line(kept.id, Deposit(emma.id, shared), version=6, actor=OFFICE), "first_day")
    assert (found("em:045"), found("em:07777")) == ([kept.colony], [kept.colony])
    moved = Deposit(emma.id, later, "EM:08888")
    done(lambda: correct_deposit(held.id, moved, reason="Renumbered", version=6, actor=OFFICE))
    assert (found("em:07777"), found("em:08888")) == ([], [kept.colony])
    done(lambda: take_deposit_back(held.id, reason="Not there", version=7, actor=OFFICE))
    assert found("em:08888") == []
    assert problems() == []


def forms_on(day: date) -> tuple[MaterialForm, ...]:
    [row] = search_lines(LineFilters(), PageRequest(), OFFICE, on=day).rows
    return row.forms


def test_a_cross_has_two_parents_and_no_line_is_its_own_ancestor(harwell: Institution):
    one, other = line(harwell), line(harwell, "Akt2<tm1b(EUCOMM)Wtsi>")
    crossed = values(harwell, "Rsph3b<tm1c(KOMP)Wtsi>")
    refused(lambda: cross_lines(crossed, CONFIRMED, [one.id, one.id], actor=OFFICE), "parent_2")
    child = done(lambda: cross_lines(crossed, CONFIRMED, [one.id, other.id], actor=OFFICE))
    assert ancestors_of(child.id) == {one.id, other.id}
    told = refused(lambda: set_parents(one.id, [child.id], version=1, actor=OFFICE), "parent_1")
    assert told == "This line comes from it: no line is its own ancestor."
    refused(lambda: set_parents(one.id, [one.id], version=1, actor=OFFICE), "parent_1")
    done(lambda: set_parents(child.id, [one.id], version=version_of(child), actor=OFFICE))
    assert ancestors_of(child.id) == {one.id}
    with beside_the_trail():
        db.session.add(LineParent(line_id=one.id, parent_id=child.id))
    assert [each for each in problems() if "comes from itself" in each] == [
        f"Line {each} comes from itself." for each in (one.id, child.id)
    ]


def test_a_line_is_found_by_all_names_of_its_places_of_today(harwell: Institution, riken: Institution):
    strain = done(lambda: add_strain("C57BL/6NTac", actor=OFFICE))
    bash = done(lambda: add_consortium("BaSH", "Baylor, Sanger, Harwell", actor=OFFICE))
    here = line(harwell, strain_id=strain.id, production_consortium_id=bash.id)
    there = line(riken, "Akt2<em1(IMPC)Rbrc>")
    done(lambda: add_alias(harwell.id, "Mary Lyon Centre", actor=OFFICE))
    done(lambda: add_strain_alias(strain.id, "B6N Taconic", actor=OFFICE))
    both = [there.colony, here.colony]
    for words in ("mary lyon", "harwell", "tacon b6n", "C57BL/6 NTac", "bash", "baylor rsph", "h3b<tm1a"):
        assert found(words) == [here.colony], words
    assert (found("RIKEN"), found("akt2 harwell"), found("no-such"), found("tm1a em1")) == ([there.colony], [], [], [])
    done(lambda: rename_strain(strain.id, "C57BL/6Tac", version=2, actor=OFFICE))
    done(lambda: edit_consortium(bash.id, "BSH", "Baylor, Sanger", version=1, actor=OFFICE))
    assert (found("c57bl/6ntac"), found("c57bl/6tac"), found("bash"), found("bsh")) == (
        *[[here.colony]] * 2,
        [],
        [here.colony],
    )
    merger = done(lambda: merge_records(Merging(TwinKind.INSTITUTION, riken.id, harwell.id, "One"), actor=OFFICE))
    assert (found("riken"), found("mary")) == (both, both)
    assert problems() == []
    done(lambda: undo_merger(merger.id, actor=OFFICE))
    assert (found("riken"), found("mary")) == ([there.colony], [here.colony])
    assert problems() == []


def test_what_was_changed_behind_the_trail_is_named(harwell: Institution):
    one, other = line(harwell), line(harwell)
    colony = one.colony
    with beside_the_trail():
        db.session.execute(update(MouseLine).where(MouseLine.id == one.id).values(search_text="x", stage=Stage.ABORTED))
        db.session.add(LineWord(word="x", line_id=other.id))
    assert sorted(problems()) == [
        f"Line {one.id} ({colony}) stands at another stage than the newest on record.",
        f"Line {one.id} has another search text than follows from its record.",
        f"Line {other.id} is found by other words than those of its record.",
    ]
