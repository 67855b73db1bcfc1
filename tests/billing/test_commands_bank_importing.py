"""Importing statements: whole or not at all, our accounts only, and nothing that is on record already."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.billing.commands.bank import FileBrought, adopt_bank_account, bring_statements, importing, read_table_file
from app.billing.models import Allocation
from app.billing.queries.bank.statements import get_bank_file
from app.core.actor import Actor, Granted, program
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.at_once import at_once
from tests.billing.bank_world import FEE, MAIN, adopt, bring, bring_lines, entries, payments, problems
from tests.billing.statement_files import DAY, Line, camt, camt_file, camt_statement, mt940
from tests.billing.world import World, inside

ONE = Line(10_000, "Donation", bank_reference="A1")
TWO = Line(2_500, "Rent of a room", bank_reference="A2")
TABLE = b"Date;Text;Amount;Balance\n23.05.2016;Donation;100,00;100,00\n24.05.2016;Rent;-25,50;74,50\n"


@pytest.fixture
def banked(world: World) -> World:
    """The world with its main account."""
    adopt(world)
    return world


def test_the_same_file_brought_twice_adds_nothing(banked: World):
    content = camt(ONE, TWO)
    assert bring(banked, content).added == 2
    again = bring(banked, content)
    assert (again.added, again.lines, len(entries())) == (0, 2, 2)


def test_an_overlapping_statement_adds_only_what_is_new(banked: World):
    bring(banked, camt(ONE))
    assert bring(banked, camt(ONE, TWO, number="222")).added == 1


def test_a_statement_issued_again_under_another_number_adds_nothing(banked: World):
    bring(banked, camt(ONE, TWO, number="221"))
    assert bring(banked, camt(ONE, TWO, number="900")).added == 0


def test_the_same_lines_in_another_format_add_nothing_where_the_bank_gives_references(banked: World):
    bring(banked, camt(ONE, TWO))
    assert bring(banked, mt940(ONE, TWO).encode()).added == 0


def test_two_honest_equal_payments_of_a_day_are_both_kept(banked: World):
    plain = replace(ONE, bank_reference="")
    assert len(bring_lines(banked, plain, plain)) == 2


def test_an_equal_payment_in_the_next_statement_of_the_same_day_is_kept(banked: World):
    plain = replace(ONE, bank_reference="")
    bring(banked, camt(plain, number="1"))
    following = camt(plain, number="2", opening=10_000)
    assert bring(banked, following).added == 1
    assert bring(banked, following).added == 0


def test_statements_of_one_file_that_follow_on_within_a_day_keep_all_their_lines(banked: World):
    plain = replace(ONE, bank_reference="")
    both = camt_file(camt_statement([plain], number="1"), camt_statement([plain], number="2", opening=10_000))
    assert bring(banked, both).added == 2


def test_a_statement_of_another_account_is_refused_whole(banked: World):
    content = camt_file(camt_statement([ONE]), camt_statement([TWO], iban="DE89370400440532013000"))
    with pytest.raises(DomainError, match=r"none of the consortium.*Nothing was imported"):
        bring(banked, content)
    assert entries() == []


def test_a_statement_in_another_currency_than_the_account_is_refused(banked: World):
    with pytest.raises(DomainError, match="in EUR"):
        bring(banked, camt(ONE, currency="EUR"))


def test_a_statement_of_days_before_the_account_was_ours_is_refused(banked: World):
    with pytest.raises(DomainError, match="not of the days"):
        bring(banked, camt(replace(ONE, day=date(2015, 12, 31))))


def test_a_statement_of_days_to_come_is_refused(banked: World):
    with pytest.raises(DomainError, match="days to come"):
        bring(banked, camt(replace(ONE, day=date(2099, 1, 1))))


def test_what_names_an_invoice_and_is_what_is_open_on_it_is_booked_at_once(banked: World):
    banked.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    number = str(banked.invoice_of("MRC").number)
    imported = bring(banked, camt(Line(FEE, f"fee {number}"), Line(FEE, "fee")))
    assert (imported.added, imported.booked) == (2, 1)
    (payment,) = payments()
    assert (payment.payer_id, payment.received_on, payment.unallocated_minor) == (banked.members["MRC"], DAY, 0)
    assert problems() == []


def test_of_two_payments_of_one_invoice_the_second_waits(banked: World):
    banked.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    number = str(banked.invoice_of("MRC").number)
    assert bring(banked, camt(Line(FEE, f"{number}"), Line(FEE, f"{number} again"))).booked == 1
    assert [entry.state for entry in entries()] == ["booked", "open"]


def test_a_payment_that_came_before_its_invoice_settles_it_from_its_issue_on(banked: World):
    banked.issue(day=DAY, due=date(2016, 6, 23))
    number = str(banked.invoice_of("MRC").number)
    bring(banked, camt(Line(FEE, number, day=date(2016, 5, 2))))
    assert [entry.state for entry in entries()] == ["booked"]
    assert db.session.scalars(select(Allocation.day)).all() == [DAY]
    assert [payment.received_on for payment in payments()] == [date(2016, 5, 2)]
    assert problems() == []


def test_what_is_recorded_by_hand_of_the_same_payer_keeps_a_line_from_being_booked(banked: World):
    banked.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    banked.pay("MRC", "50000.00", DAY, settles=())
    bring(banked, camt(Line(FEE, str(banked.invoice_of("MRC").number))))
    assert [entry.state for entry in entries()] == ["open"]


def test_a_table_waits_for_its_columns_which_are_remembered_for_the_account(banked: World):
    waiting = bring(banked, TABLE).waiting_id
    assert waiting is not None
    file = get_bank_file(waiting, banked.office)
    (account,) = file.accounts
    with transaction():
        imported = read_table_file(waiting, account.id, file.head.guess, actor=banked.office)
    assert [entry.amount_minor for entry in entries()] == [10_000, -2_550]
    assert imported.added == 2
    later = TABLE + b"24.05.2016;Interest;1,00;75,50\n"
    assert bring(banked, later, account.id).added == 1
    with pytest.raises(DomainError, match="read already"), transaction():
        read_table_file(waiting, account.id, file.head.guess, actor=banked.office)


def test_an_import_that_fails_in_the_middle_leaves_nothing(banked: World, monkeypatch: pytest.MonkeyPatch):
    def fails(*_given: object, **_named: object) -> int:
        raise DomainError("The books fell over.")

    monkeypatch.setattr(importing, "book_certain", fails)
    with pytest.raises(DomainError, match="fell over"):
        bring(banked, camt(ONE))
    monkeypatch.undo()
    assert entries() == []
    assert bring(banked, camt(ONE)).added == 1


def test_a_line_without_money_is_left_alone_with_the_reason(banked: World):
    (entry,) = bring_lines(banked, Line(0, "Notice"))
    assert (entry.state, entry.reason) == ("ignored", "The bank moved no money by it.")


def test_an_auditor_imports_nothing(banked: World):
    auditor = Actor("Ada", 1, (Granted(Role.AUDITOR),))
    with pytest.raises(AccessDeniedError), transaction():
        bring_statements(FileBrought("x", camt(ONE), "text/xml"), actor=auditor)


def test_the_same_statement_imported_by_two_at_once_is_booked_once(app: House):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
        with transaction():
            adopt_bank_account(MAIN, actor=world.office)
        content = camt(Line(FEE, str(world.invoice_of("MRC").number)), ONE)
    office = program("test")

    def brings() -> None:
        bring_statements(FileBrought("statement", content, "text/xml"), actor=office)

    assert at_once(app, brings, brings) == ["done", "done"]
    with inside(app):
        assert (len(entries()), len(payments())) == (2, 1)
        assert problems() == []
