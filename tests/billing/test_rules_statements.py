"""Files of statements: what is read from each format, whatever the entries, and what adds up."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.rules.bank.camt import read_camt
from app.billing.rules.bank.files import FileKind, kind_of, read_statements
from app.billing.rules.bank.heads import look_at
from app.billing.rules.bank.mt940 import read_mt940
from app.billing.rules.bank.tables import TableMapping, read_table
from app.core.errors import DomainError
from app.core.money import Money
from tests.billing.statement_files import IBAN, Line, camt, camt_file, camt_statement, mt940

amounts = st.integers(-(10**12), 10**12).filter(bool)
words = st.text(st.sampled_from("abcdefg INV-2016.0123456789 Łódź Ελλάδα 東京"), max_size=60).map(
    lambda text: " ".join(text.split())
)
lines = st.builds(Line, amount=amounts, text=words, day=st.dates(date(2016, 5, 1), date(2016, 5, 24)))


@given(st.lists(lines, max_size=8), st.integers(-(10**12), 10**12), st.integers(2, 13))
def test_whatever_a_camt_file_says_is_read_and_closes(written: list[Line], opening: int, version: int):
    (statement,) = read_statements(camt(*written, opening=opening, version=version))
    assert [(each.amount, each.text, each.booking_day) for each in statement.entries] == [
        (line.amount, line.text, line.day) for line in written
    ]
    assert (statement.opening, statement.account, statement.currency) == (opening, IBAN, "GBP")


@given(st.lists(lines, max_size=8), st.integers(-(10**12), 10**12))
def test_whatever_an_mt940_file_says_is_read_and_closes(written: list[Line], opening: int):
    (statement,) = read_statements(mt940(*written, opening=opening).encode())
    assert [(each.amount, each.booking_day) for each in statement.entries] == [
        (line.amount, line.day) for line in written
    ]


@given(st.lists(lines, min_size=1, max_size=8), st.sampled_from(",."), st.booleans())
def test_whatever_a_table_says_is_read_from_the_oldest_on(written: list[Line], sign: str, newest_first: bool):  # noqa: FBT001
    ordered = sorted(written, key=lambda line: line.day)
    balance, rows = 0, []
    for line in ordered:
        balance += line.amount
        cells = (f"{Decimal(minor).scaleb(-2)}".replace(".", sign) for minor in (line.amount, balance))
        rows.append(f"{line.day:%d.%m.%Y};{line.text.replace(';', '')};{';'.join(cells)}")
    rows = rows[::-1] if newest_first else rows
    mapping = TableMapping(";", sign, "dmy", 1, {"day": 0, "text": 1, "amount": 2, "balance": 3})
    table = "\n".join(["Date;Text;Amount;Balance", *rows]).encode()
    statement = read_table(table, mapping, IBAN, "GBP")
    assert sum(each.amount for each in statement.entries) == statement.closing == balance
    assert statement.opening == 0


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_or_refused_with_a_reason(content: bytes):
    with suppress(DomainError):
        if kind_of(content) is FileKind.CSV:
            look_at(content)
        else:
            read_statements(content)


@given(st.integers(0, 2000))
def test_a_file_that_is_cut_off_anywhere_is_refused(place: int):
    whole = camt(Line(100, "one"), Line(200, "two"))
    with pytest.raises(DomainError):
        read_camt(whole[: min(place, len(whole) - 1)])


def test_what_tells_who_paid_is_read_from_a_camt_entry():
    line = Line(5000, "Fee 2016", bank_reference="B1", creditor_reference="RF18539007547034", name="MRC", iban=IBAN)
    for version in (2, 4, 8, 13):
        (statement,) = read_camt(camt(line, version=version))
        (entry,) = statement.entries
        assert (entry.bank_reference, entry.creditor_reference) == ("B1", "RF18539007547034")
        assert (entry.counterparty, entry.counterparty_number, entry.text) == ("MRC", IBAN, "Fee 2016")


def test_a_batch_with_details_is_one_entry_a_transaction_and_one_without_is_one():
    parts = "".join(
        f"<TxDtls><Amt Ccy='GBP'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
        for amount, text in (("10.00", "first"), ("20.00", "second"))
    )
    batch = Line(3000, bank_reference="B", details=f"<NtryDtls>{parts}</NtryDtls>")
    (statement,) = read_camt(camt(batch))
    assert [(each.amount, each.text, each.bank_reference) for each in statement.entries] == [
        (1000, "first", "B/1"),
        (2000, "second", "B/2"),
    ]
    (alone,) = read_camt(camt(Line(3000, bank_reference="B", details="<NtryDtls/>")))
    assert [each.amount for each in alone.entries] == [3000]


def test_details_that_do_not_add_to_their_batch_are_not_split():
    parts = "".join(f"<TxDtls><Amt Ccy='GBP'>{amount}</Amt></TxDtls>" for amount in ("10.00", "19.99"))
    (statement,) = read_camt(camt(Line(3000, details=f"<NtryDtls>{parts}</NtryDtls>")))
    assert [each.amount for each in statement.entries] == [3000]


def test_a_reversal_says_so_and_an_amount_in_another_currency_is_kept():
    foreign = "<NtryDtls><TxDtls><AmtDtls><InstdAmt><Amt Ccy='USD'>70.00</Amt></InstdAmt></AmtDtls></TxDtls></NtryDtls>"
    (statement,) = read_camt(camt(Line(-5000, reversal=True), Line(4800, details=foreign)))
    assert [each.is_reversal for each in statement.entries] == [True, False]
    assert statement.entries[1].foreign == Money(7000, "USD")


def test_pages_of_one_statement_are_put_together_and_a_missing_one_is_told():
    first = camt_statement([Line(100)], codes=("OPBD", "ITBD"))
    second = camt_statement([Line(200)], opening=100, codes=("ITBD", "CLBD"))
    (whole,) = read_statements(camt_file(first, second))
    assert (whole.opening, whole.closing, len(whole.entries)) == (0, 300, 2)
    with pytest.raises(DomainError, match="A page of statement 221 is missing"):
        read_statements(camt_file(first, camt_statement([Line(200)], opening=900, codes=("ITBD", "CLBD"))))


def test_a_file_holds_several_statements():
    one = camt_statement([Line(100)])
    other = camt_statement([Line(200)], opening=100, number="222")
    assert [each.number for each in read_statements(camt_file(one, other))] == ["221", "222"]
    both = mt940(Line(100)) + mt940(Line(200), opening=100, number="6/1")
    assert [each.number for each in read_statements(both.encode())] == ["5", "6"]


def test_mt940_is_read_in_utf_8_and_in_the_encoding_of_western_europe():
    text = mt940(Line(100, "Gebühr Müller"))
    for encoding in ("utf-8", "cp1252"):
        (statement,) = read_mt940(text.encode(encoding))
        assert statement.entries[0].text == "Gebühr Müller"


def test_the_numbered_fields_of_german_banks_tell_who_paid():
    details = "166?00GUTSCHRIFT?20EREF+E2E-1?21SVWZ+INV-2016-0001?31GB33BUKB20201555555555?32MEDICAL RESEARCH"
    (statement,) = read_mt940(mt940(Line(100, details)).encode())
    (entry,) = statement.entries
    assert (entry.end_to_end, entry.text, entry.counterparty) == ("E2E-1", "INV-2016-0001", "MEDICAL RESEARCH")
    assert entry.counterparty_number == IBAN


def test_words_between_slashes_tell_who_paid():
    (statement,) = read_mt940(mt940(Line(100, "/EREF/E2E-1/NAME/Ada Lind/REMI/USTD//Fee 2016")).encode())
    (entry,) = statement.entries
    assert (entry.end_to_end, entry.counterparty, entry.text) == ("E2E-1", "Ada Lind", "Fee 2016")


def test_a_reversal_in_mt940_has_the_sign_of_what_it_does():
    (statement,) = read_mt940(mt940(Line(-100, reversal=True), Line(300, reversal=True)).encode())
    assert [(each.amount, each.is_reversal) for each in statement.entries] == [(-100, True), (300, True)]


def test_a_table_is_guessed_from_its_heads():
    table = b"Buchungstag;Verwendungszweck;Betrag\n24.05.2016;INV-2016-0001;1.000,50\n"
    head = look_at(table)
    assert head.guess == TableMapping(";", ",", "dmy", 1, {"day": 0, "text": 1, "amount": 2})
    assert read_table(table, head.guess, IBAN, "EUR").entries[0].amount == 100050


def test_a_table_may_say_in_two_columns_what_came_and_what_went():
    table = b"Bank export\nDate,Debit,Credit\n2016-05-24,,10.00\n2016-05-24,2.50,0.00\n"
    head = look_at(table)
    assert [each.amount for each in read_table(table, head.guess, IBAN, "GBP").entries] == [1000, -250]
