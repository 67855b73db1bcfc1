"""Free texts that name a person are listed with their records, and none is rewritten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import String, Text, select

from app.core.database import Base, db
from app.core.mentions import Mention, list_mentions, texts_of
from app.core.personal_data import DataSubject
from app.core.transaction import transaction
from app.members.commands import PersonFacts, edit_person, erase_person, note
from app.members.commands.mergers import Merging, merge_records
from app.members.models import InstitutionNote, Person
from app.members.queries.personal import subject_of
from app.members.rules import TwinKind
from app.outbox.commands import Address, send_mail
from tests.members.applying import confirmed, open_the_door
from tests.members.world import do, institution, member, person, statements

pytestmark = pytest.mark.usefixtures("context")

# Columns as wide as a free text that are none, or that an erasure replaces: why each is not looked through.
NOT_FREE = {
    "user.password_hash": "a hash",
    "audit_personal_value.value": "removed for the person; what it says of others goes with those",
    "idempotency_key.location": "an address of a page",
    "invoice.search_text": "derived",
    "committee.search_text": "derived",
    "exchange.search_text": "derived",
    "institution.search_text": "derived",
    "person.search_text": "derived",
    "user.search_text": "derived, and replaced with the name",
    "application.search_text": "derived",
    "institution.postal_address": "the dated copy is looked through",
    "institution.billing_address": "the dated copy is looked through",
    "invoice_line.owed_days": "days of a register",
    "exchange_rate.source": "who publishes rates of exchange",
    "approval.words": "words of the program from numbers and names of institutions",
    "ledger_entry.text": "made by the program from numbers and names of institutions",
    "job.last_error": "erased where it names an address",
    "criterion.text": "a rule, not about anybody",
    "person_photo.content": "a picture",
    "mailing_recipient.left_out": "one of two sentences of the program",
    "reminder_level.text": "a text with places for names, not about anybody",
    "line_import.notice": "a sentence of the program",
    "line_import_row.told": "what files of public catalogues say of genes and lines, and what the program says of that",
    "line_import_question.meaning": "words of the program",
    "line.search_text": "derived",
    "agreement.search_text": "derived",
    "agreement_signature.consent": "words that the program asks for",
    "consortium_seal.certificate": "a certificate of the consortium",
    "consortium_seal.locked_key": "a key that is locked up",
    "marker.name": "the name of a gene",
    "allele.name": "the name of an allele",
    "allele.synonyms": "symbols of an allele",
    "likely_twins.grounds": "words of the program; written anew each day",
}


@pytest.fixture
def ada() -> Person:
    """Someone with an accent in her name."""
    at = institution()
    member(at)
    return person(at, "Ada", "Mor\u00e9au", email="ada@ics.example", phone=None)


def found(who: Person) -> list[tuple[str, str, str]]:
    return [(each.what, each.kind, each.excerpt) for each in list_mentions(subject_of(who))]


def noted(text: str) -> None:
    do(note, institution("Elsewhere", "Else").id, text)


@pytest.mark.parametrize(
    "text",
    [
        "Ask Ada Mor\u00e9au.",
        "ask ada mor\u00e9au",
        "ASK ADA MOR\u00c9AU",
        "Ask Ada Moreau",
        "ADA Mor\u00e9au",
        "Ada\n  Mor\u00e9au",
        "Ada More\u0301au",
        "(Ada Mor\u00e9au)",
        "Write to ada@ics.example.",
        "Write to ADA@ICS.EXAMPLE",
    ],
)
def test_a_name_or_an_address_is_found_in_whatever_spelling(ada: Person, text: str):
    noted(text)
    assert found(ada) == [("Note", "institution", " ".join(text.split()))]


@pytest.mark.parametrize(
    "text", ["Ada is away", "Mor\u00e9au, Paris", "Canada Mor\u00e9au", "Ada Mor\u00e9auville", "xada@ics.example"]
)
def test_a_part_of_a_name_or_of_another_word_is_nobodys(ada: Person, text: str):
    noted(text)
    assert found(ada) == []


def test_who_was_called_otherwise_is_found_by_that_name_too(ada: Person):
    noted("Ada Mor\u00e9au called")
    facts = PersonFacts("Ada", "Lind", email="ada@ics.example")
    do(edit_person, ada.id, facts, version=ada.version)
    noted_under = found(db.session.get_one(Person, ada.id))
    assert [excerpt for _, _, excerpt in noted_under] == ["Ada Mor\u00e9au called"]


def test_who_was_merged_into_somebody_is_found_by_their_own_name_too(ada: Person):
    other = person(institution("Lind House", "Lind"), "Adela", "Lind", email="adela@ics.example")
    noted("Adela Lind called")
    do(merge_records, Merging(TwinKind.PERSON, ada.id, other.id, "One person"))
    assert found(db.session.get_one(Person, ada.id)) == [("Note", "institution", "Adela Lind called")]


def test_a_long_text_is_shown_around_the_name(ada: Person):
    noted(f"{'before ' * 40}Ada Mor\u00e9au {'after ' * 40}")
    ((_, _, excerpt),) = found(ada)
    assert excerpt.startswith("\u2026 before")
    assert excerpt.endswith("after \u2026")
    assert "before Ada Mor\u00e9au after" in excerpt
    assert len(excerpt) < 200


def test_texts_of_every_feature_are_looked_through(ada: Person):
    open_the_door()
    case = confirmed(message="Ada Mor\u00e9au recommends us")
    with transaction():
        send_mail(Address("Ben", "ben@ics.example"), "About Ada Mor\u00e9au", "Ask ada@ics.example")
        send_mail(Address("Ada Mor\u00e9au", "ada@ics.example"), "To Ada Mor\u00e9au", "Dear Ada Mor\u00e9au")
    mentions = list_mentions(subject_of(ada))
    assert Mention("Message", "application", case.id, "Ada Mor\u00e9au recommends us") in mentions
    assert [each.what for each in mentions if each.kind == "mail"] == ["Subject of a mail", "Text of a mail"]
    assert "To Ada" not in str(mentions)


def test_an_erasure_rewrites_no_free_text(ada: Person):
    noted("Ada Mor\u00e9au called")
    do(erase_person, ada.id, reason="Asked for it")
    assert list(db.session.scalars(select(InstitutionNote.text))) == ["Ada Mor\u00e9au called"]


def test_all_texts_are_read_in_one_statement(ada: Person):
    subject = subject_of(ada)
    for count in (0, 20):
        for _ in range(count):
            noted_here = do(note, institution(f"P{_}", f"P{_}").id, "Ada Mor\u00e9au")
            assert noted_here.id
        with statements() as sent:
            assert len(list_mentions(subject)) == count
        assert len(sent) == 1


def columns_looked_through() -> Iterator[str]:
    for text in texts_of(DataSubject("Nobody", 0)):
        for column in text.selected_columns["text"].base_columns:
            yield f"{column.table.name}.{column.name}"


def test_every_column_wide_enough_for_a_free_text_is_looked_through_or_declared_to_be_none():
    wide = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Text) or (isinstance(column.type, String) and column.type.length == 500)
    }
    looked_through = set(columns_looked_through())
    assert wide - looked_through - set(NOT_FREE) == set()
    assert set(NOT_FREE) - wide == set()
