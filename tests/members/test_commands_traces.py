"""What cases, imports and signatures keep of a person goes when the person is erased, and only theirs."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import String, select

from app.accounts.commands import grant_by_hand
from app.core.actor import Actor, Granted
from app.core.database import Base, db
from app.core.mentions import list_mentions
from app.core.periods import Period
from app.core.permissions import Role
from app.core.personal_data import list_holdings
from app.members.commands import (
    Merging,
    PersonFacts,
    add_alias,
    edit_person,
    erase_person,
    merge_records,
    note,
    suspend_member,
)
from app.members.commands.traces import held_of_applicant, held_signatures, signed_columns
from app.members.models import (
    Applicant,
    Application,
    InstitutionAlias,
    InstitutionNote,
    MembershipStep,
    Person,
    RegisterImport,
)
from app.members.queries.personal import subject_of
from app.members.rules import TwinKind
from app.members.rules.imports import ImportKind
from tests.members.applying import confirmed, open_the_door
from tests.members.importing import told, written
from tests.members.world import do, institution, member, on, person, statements

pytestmark = pytest.mark.usefixtures("context")
ROW = {"Given name": "Ada", "Family name": "Moreau", "E-mail": "ada@ics.example"}


def imported() -> Person:
    """Somebody who came by an import, and whose name a second one changed."""
    written(ImportKind.PEOPLE, [ROW, {**ROW, "Given name": "Ben", "E-mail": "ben@ics.example"}])
    written(ImportKind.PEOPLE, [{**ROW, "Given name": "", "Family name": "Moreau-Lind"}])
    return db.session.scalars(select(Person).where(Person.email == "ada@ics.example")).one()


def test_what_imports_keep_of_a_person_is_erased_and_nobody_elses():
    ada = imported()
    first, second = db.session.scalars(select(RegisterImport.id).order_by(RegisterImport.id)).all()
    assert "Moreau" in told(second)[0][2]
    do(erase_person, ada.id, reason="Asked for it")
    assert told(second) == []
    assert [line for line, _, _ in told(first)] == [3]
    heads = str(db.session.scalars(select(RegisterImport.head)).all())
    assert ("Ada" in heads, "Moreau" in heads) == (False, False)


def test_an_applicant_is_erased_from_a_case_that_led_to_a_member_too():
    ada = imported()
    open_the_door()
    case = confirmed(contact_name="Ada Moreau", contact_email="ada@ics.example")
    kept = str(db.session.execute(select(Applicant.given_name, Applicant.email)).all())
    held = held_of_applicant(subject_of(ada))
    assert held is not None
    assert [row["As"] for row in held.rows] == ["Contact"]
    do(erase_person, ada.id, reason="Asked for it")
    db.session.expire_all()
    erased = db.session.get_one(Application, case.id)
    assert (erased.contact_name, erased.contact_email) == (f"Erased person {ada.id}", "erased@erased.invalid")
    assert str(db.session.execute(select(Applicant.given_name, Applicant.email)).all()) == kept


def test_every_column_of_the_register_that_names_who_did_something_is_known_to_the_erasure():
    known = {(table.name, name) for table, name in signed_columns()}
    members = {table.name for table, _ in signed_columns()}
    named = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_by") and isinstance(column.type, String) and table.name in members
    }
    assert named == known
    assert {
        ("institution_note", "noted_by"),
        ("application_note", "written_by"),
        ("register_import", "applied_by"),
    } < known


def test_what_somebody_signed_is_signed_by_a_number_once_they_are_erased():
    ada, ics = imported(), institution()
    do(add_alias, ics.id, "Phenomin")
    do(note, ics.id, "Small.")
    for row in (*db.session.scalars(select(InstitutionAlias)), *db.session.scalars(select(InstitutionNote))):
        setattr(row, "added_by" if isinstance(row, InstitutionAlias) else "noted_by", "Ada Moreau-Lind")
    db.session.commit()
    subject = subject_of(ada)
    with statements() as sent:
        held = held_signatures(subject)
    assert held is not None
    assert (held.total, len(sent)) == (2, 1)  # Of very many a page reads the first alone.
    assert [(row["What"], row["Did"], row["As"]) for row in held.rows] == [
        ("Institution alias", "Added", "Ada Moreau-Lind"),
        ("Institution note", "Noted", "Ada Moreau-Lind"),
    ]
    db.session.rollback()
    do(erase_person, ada.id, reason="Asked for it")
    db.session.expire_all()
    signed = [
        *db.session.scalars(select(InstitutionAlias.added_by)),
        *db.session.scalars(select(InstitutionNote.noted_by)),
    ]
    assert signed == [f"Erased person {ada.id}"] * 2


def secretary(name: str, family_name: str) -> Person:
    """Somebody of the secretariat until yesterday."""
    who = person(institution(short_name=family_name), name, family_name)
    until = Period(date(2012, 1, 1), date(2016, 5, 23))
    do(grant_by_hand, who.user_id, Role.SECRETARIAT, until, reason="Office")
    return who


def signs(who: Person) -> Actor:
    """Somebody at work, under the name they have."""
    found = Actor(db.session.get_one(Person, who.id).name, who.user_id, (Granted(Role.SECRETARIAT),))
    db.session.rollback()
    return found


def renamed(who: Person, given_name: str, family_name: str) -> None:
    version = db.session.get_one(Person, who.id).version
    db.session.rollback()
    do(edit_person, who.id, PersonFacts(given_name, family_name), version=version)


def signers() -> list[str]:
    """Who put the later steps of memberships on record, and who wrote notes."""
    steps = select(MembershipStep.recorded_by).where(MembershipStep.state == "suspended").order_by(MembershipStep.id)
    notes = select(InstitutionNote.noted_by).order_by(InstitutionNote.id)
    return [*db.session.scalars(steps), *db.session.scalars(notes)]


def test_what_somebody_signed_under_former_names_is_signed_by_a_number_too():
    ada, held = secretary("Odile", "Duroc"), member(institution())
    with on(date(2015, 2, 1)):
        do(suspend_member, held.id, first_day=date(2015, 2, 1), reason="Silence", actor=signs(ada))
        renamed(ada, "Odilia", "Duroc")
        do(note, held.institution_id, "Odile Duroc was here.", actor=signs(ada))
        renamed(ada, "Odile", "Ferronays")
    subject = subject_of(db.session.get_one(Person, ada.id))
    assert subject.signatures == {"Odile Duroc", "Odilia Duroc", "Odile Ferronays"}
    assert "Odilia Ferronays" in subject.full_names
    assert [mention.what for mention in list_mentions(subject)] == ["Note"]
    db.session.rollback()
    do(erase_person, ada.id, reason="Asked for it")
    assert signers() == [f"Erased person {ada.id}"] * 2


def test_a_former_name_under_which_somebody_else_signed_stays_until_both_are_erased():
    ada, other, held = secretary("Odile", "Duroc"), secretary("Odile", "Durant"), member(institution())
    with on(date(2015, 2, 1)):
        do(suspend_member, held.id, first_day=date(2015, 2, 1), reason="Silence", actor=signs(ada))
        renamed(ada, "Odile", "Ferronays")
        renamed(other, "Odile", "Duroc")
        do(note, held.institution_id, "Small.", actor=signs(other))
        renamed(other, "Odile", "Lind")
    do(erase_person, ada.id, reason="Asked for it")
    assert signers() == ["Odile Duroc"] * 2
    db.session.rollback()
    do(erase_person, other.id, reason="Asked for it")
    assert signers() == [f"Erased person {other.id}"] * 2


def test_what_is_held_under_a_merged_record_is_told_with_its_survivor():
    ada, bea, ics = secretary("Odile", "Duroc"), secretary("Bea", "King"), institution()
    do(note, ics.id, "Small.", actor=signs(bea))
    do(merge_records, Merging(TwinKind.PERSON, ada.id, bea.id, "The same"))
    held = {each.title: [*each.rows] for each in list_holdings(subject_of(db.session.get_one(Person, ada.id)))}
    (entry,) = held["Entries of the audit trail of the merged record Bea King"]
    assert entry["Action"] == "members.note"
    assert "Entries of the audit trail" not in held
    assert held["User of the merged record Bea King"] != held["User"]
