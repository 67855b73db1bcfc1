"""Files that lie: each is refused whole, with the reason, beside the field it was chosen in."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from app.billing.rules.bank.files import kind_of, read_statements, unpacked
from app.billing.rules.bank.heads import look_at
from app.billing.rules.bank.mt940 import read_mt940
from app.billing.rules.bank.statements import MOST_BYTES
from app.billing.rules.bank.tables import TableMapping, read_table
from app.core.errors import DomainError
from tests.billing.statement_files import IBAN, Line, camt, camt_file, camt_statement, mt940

BOMB = b"""<?xml version='1.0'?><!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>
<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt>&e;</BkToCstmrStmt></Document>"""
GOOD = camt(Line(100, "Fee"))


def refusal_of(content: bytes) -> str:
    with pytest.raises(DomainError) as refused:
        read_statements(content)
    assert refused.value.field == "file"
    assert "Nothing was imported." in refused.value.message
    return refused.value.message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b"%PDF-1.7 rest", "PDF, a spreadsheet"),
        (b"GIF89a\x00\x00", "no text"),
        (BOMB, "declares a document type"),
        (GOOD.replace(b"<Document", b"<!DOCTYPE Document SYSTEM 'file:///etc/passwd'><Document"), "document type"),
        (GOOD.replace(b"camt.053.001.02", b"camt.053.001.01"), "Version 01"),
        (GOOD.replace(b"camt.053.001.02", b"camt.053.001.14"), "Version 14"),
        (GOOD.replace(b"camt.053.001.02", b"camt.052.001.02"), "CAMT.052"),
        (GOOD.replace(b"<Document", b"<Paper").replace(b"</Document", b"</Paper"), "no statement"),
        (GOOD[:-30], "damaged or cut off"),
        (GOOD.replace(b"CLBD", b"CLAV"), "no closing balance"),
        (GOOD.replace(b"1.00<", b"NaN<"), "no amount"),
        (GOOD.replace(b"1.00<", b"1E+400<"), "no amount"),
        (GOOD.replace(b"1.00<", b"1.005<"), "no amount in GBP"),
        (GOOD.replace(b"1.00<", b"-1.00<"), "below zero"),
        (GOOD.replace(b"CRDT", b"BOTH"), "credit or a debit"),
        (GOOD.replace(b"2016-05-24", b"2016-05-32"), "is no day"),
        (GOOD.replace(b"2016-05-24", b"9999-12-31"), "no day of a statement"),
        (GOOD.replace(b"'GBP'", b"'QQQ'"), "not of one currency|not an ISO"),
        (camt(Line(100), closing=999), "does not close"),
        (camt_file(), "holds no statement"),
        (mt940(Line(100), closing=999).encode(), "does not close"),
        (mt940(Line(100)).encode()[:-30], "cut off"),
        (mt940(Line(100)).replace(":61:160524", ":61:169924").encode(), "no MT940"),
        (mt940(Line(100)).replace(":25:", ":26:").encode(), "of which account"),
    ],
)
def test_a_file_that_lies_is_refused_whole_with_the_reason(content: bytes, reason: str):
    with pytest.raises(DomainError, match=reason):
        read_statements(content)
    refusal_of(content)


def test_an_entry_in_another_currency_than_its_statement_is_refused():
    euro = camt_statement([Line(100)]).replace("<Ntry><Amt Ccy='GBP'>", "<Ntry><Amt Ccy='EUR'>")
    assert "EUR stands in a statement in GBP" in refusal_of(camt_file(euro))


def test_an_entity_bomb_is_refused_before_it_is_large():
    begun = time.monotonic()
    refusal_of(BOMB)
    assert time.monotonic() - begun < 2


def test_one_entry_among_two_statements_that_lies_refuses_both():
    lying = camt_statement([Line(100)], number="222", closing=7)
    assert "Statement 222 does not close" in refusal_of(camt_file(camt_statement([Line(100)]), lying))


def zipped(*contents: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in enumerate(contents):
            archive.writestr(f"{place}.xml", content)
    return packed.getvalue()


def test_statements_in_a_zip_are_unpacked():
    assert unpacked(zipped(GOOD, GOOD)) == [GOOD, GOOD]


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = zipped(b"\x00" * (MOST_BYTES * 2))
    assert len(bomb) < 100_000
    with pytest.raises(DomainError, match="unpacks to more"):
        unpacked(bomb)


def test_a_zip_that_lies_about_its_sizes_is_refused_too():
    packed = bytearray(zipped(b"ab" * 5_000_000))
    at = packed.rindex(b"PK\x01\x02")
    packed[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(DomainError):
        unpacked(bytes(packed))


def test_many_small_files_of_a_zip_add_up_to_what_is_allowed():
    with pytest.raises(DomainError, match="more than 100 files"):
        unpacked(zipped(*[b"x"] * 101))


def test_an_archive_that_is_cut_off_or_within_another_is_refused():
    with pytest.raises(DomainError, match="damaged, locked or cut off"):
        unpacked(zipped(GOOD)[:-10])
    with pytest.raises(DomainError, match="an archive within an archive"):
        kind_of(unpacked(zipped(zipped(GOOD)))[0])


def test_an_archive_with_spoiled_bytes_is_refused_and_breaks_nothing():
    spoiled = bytearray(zipped(GOOD))
    spoiled[45:60] = b"\xff" * 15
    with pytest.raises(DomainError, match="damaged"):
        unpacked(bytes(spoiled))


def test_a_file_larger_than_any_statement_is_refused():
    with pytest.raises(DomainError, match="larger than 20 MB"):
        unpacked(b"<" * (MOST_BYTES + 1))


def test_a_text_that_names_a_file_is_not_opened_as_that_file(tmp_path: Path):
    there = tmp_path / "secret"
    there.write_text(mt940(Line(100)))
    assert read_mt940(str(there).encode()) == []


MAPPING = TableMapping(",", ".", "ymd", 1, {"day": 0, "amount": 1, "balance": 2})


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (b"d,a,b\n", "no row with an entry"),
        (b"d,a,b\n24.05.2016,1,1\n", "Line 2: '24.05.2016' is no day written as 2016-05-24"),
        (b"d,a,b\n2016-05-24,1_000,1\n", "Line 2: '1_000' is no amount"),
        (b"d,a,b\n2016-05-24,1.005,1\n", "no amount in GBP"),
        ("d,a,b\n2016-05-24,١٢٣,1\n".encode(), "is no amount"),
        (b"d,a,b\n2016-05-24,1,1\n2016-05-25,1,3\n", "a row is missing or was changed"),
        (b'd,a,b\n2016-05-24,1,"' + b"x" * 200_000, "never ends|wider"),
    ],
)
def test_a_table_that_lies_is_refused_with_the_line(table: bytes, reason: str):
    with pytest.raises(DomainError, match=reason):
        read_table(table, MAPPING, IBAN, "GBP")


def test_a_text_without_columns_is_no_table():
    with pytest.raises(DomainError, match="no table with columns"):
        look_at(b"Dear treasurer,\nplease find attached nothing.\n".replace(b",", b""))
