"""What is proved of templates and signatories, held about people, and kept together when records are merged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update

from app.agreements.commands.masters import join_master
from app.agreements.commands.signatories import withdraw_signatory
from app.agreements.models import AgreementTemplate, MasterParty, Signatory, TemplateRule, TemplateVersion
from app.agreements.queries.signatories import who_could_sign
from app.agreements.rules import TemplateKind
from app.core.database import db
from app.core.periods import Period
from app.members.commands import erase_person
from app.members.commands.mergers import Merging, merge_records
from app.members.rules import TwinKind
from tests.agreements.templated import FIRST, rule, signatory, template
from tests.committees.sitting import refused
from tests.members import world
from tests.members.world import OFFICE, do, problems
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context", "whole")


@pytest.fixture
def whole() -> None:
    """A master with a letter and a party, two rows, and somebody who signed for the party in two offices."""
    master, of = template(TemplateKind.MASTER), world.institution()
    rule(template(TemplateKind.LETTER, master=master))
    rule(master)
    do(join_master, master.id, of.id, Period(FIRST, date(2013, 12, 31)), None)
    do(join_master, master.id, of.id, Period(date(2014, 1, 1)), None)
    who = world.person(of)
    signatory(of, who, Period(FIRST, date(2013, 12, 31)))
    signatory(of, who, Period(date(2014, 1, 1)), "Dean")


def change(statement: object) -> Callable[[], None]:
    def act() -> None:
        with beside_the_trail():
            db.session.execute(statement)  # type: ignore[call-overload]

    return act


EARLIER = {"first_day": date(2013, 6, 1)}


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (change(update(TemplateVersion).values(body="Another text")), "does not say what was adopted"),
        (change(update(TemplateVersion).values(number=2)), "are not numbered from 1"),
        (change(update(TemplateRule).values(position=1)), "have place 1"),
        (change(update(Signatory).where(Signatory.office == "Dean").values(**EARLIER)), "Signatories"),
        (change(update(MasterParty).where(MasterParty.last_day.is_(None)).values(**EARLIER)), "Parties"),
        (
            change(update(AgreementTemplate).where(AgreementTemplate.kind == "master").values(kind="simple")),
            "that is no master agreement",
        ),
    ],
)
def test_what_is_changed_beside_the_program_is_found(act: Callable[[], None], told: str):
    assert problems() == []
    act()
    assert any(told in each for each in problems())


def test_signatories_follow_when_institutions_are_merged_unless_one_signs_for_both():
    signs = db.session.scalars(select(Signatory).where(Signatory.office == "Dean")).one()
    other = world.institution("Institut", "Inst")
    moved = signatory(other, world.person(other, "Ann", "Other"), Period(FIRST))
    do(merge_records, Merging(TwinKind.INSTITUTION, signs.institution_id, other.id, "One"))
    found = who_could_sign(signs.institution_id, on=date(2016, 5, 24))
    assert {row.id for row in found} == {moved.id, signs.id}
    assert problems() == []


def test_who_may_sign_is_erased_only_after_they_are_withdrawn():
    signs = db.session.scalars(select(Signatory).where(Signatory.office == "Dean")).one()
    told = refused(lambda: erase_person(signs.person_id, reason="Asked", actor=OFFICE))
    assert "They may sign agreements for Institut Clinique de la Souris: withdraw them first." in told
    do(withdraw_signatory, signs.id, date(2016, 5, 23), reason="Left", version=signs.version)
    do(erase_person, signs.person_id, reason="Asked")
    assert who_could_sign(signs.institution_id, on=date(2016, 5, 23))[0].office == "Dean"
    assert problems() == []
