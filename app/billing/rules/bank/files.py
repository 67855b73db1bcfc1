"""What kind of file was brought: told by its content and never by its name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from enum import StrEnum

from app.billing.rules.bank.camt import read_camt
from app.billing.rules.bank.mt940 import read_mt940
from app.billing.rules.bank.statements import MOST_BYTES, Statement, check_statements, refusal
from app.files.rules import UNREADABLE_ARCHIVE

ZIP, PDF, SPREADSHEET = b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0"
MT940_START = re.compile(rb"(^|\n)(:20:|\{1:)")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
MOST_FILES = 100
MOST_TIMES = 200
BEGINNING = 4096


class FileKind(StrEnum):
    """The formats that statements come in."""

    CAMT = "camt"
    MT940 = "mt940"
    CSV = "csv"


FILE_WORDS = {FileKind.CAMT: "CAMT.053", FileKind.MT940: "MT940", FileKind.CSV: "CSV"}
READERS: dict[FileKind, Callable[[bytes], Sequence[Statement]]] = {
    FileKind.CAMT: read_camt,
    FileKind.MT940: read_mt940,
}


def unpacked(content: bytes) -> list[bytes]:
    """The files of a zip archive, or the file itself; one that unpacks to more than a statement can be is refused."""
    if len(content) > MOST_BYTES:
        raise refusal(f"This file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    if not content.startswith(ZIP):
        return [content]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unzipped(archive)
    except UNREADABLE_ARCHIVE as error:
        raise refusal("This archive is damaged, locked or cut off.") from error


def _unzipped(archive: zipfile.ZipFile) -> list[bytes]:
    """Each file read up to what is allowed for all, whatever the archive says of their sizes."""
    named = [each for each in archive.infolist() if not each.is_dir()]
    if len(named) > MOST_FILES:
        raise refusal(f"This archive holds more than {MOST_FILES} files.")
    found, left = [], MOST_BYTES
    for each in named:
        if each.file_size > MOST_TIMES * max(each.compress_size, 1):
            raise refusal("This archive unpacks to more than a statement can be.")
        with archive.open(each) as opened:
            content = opened.read(left + 1)
        left -= len(content)
        if left < 0:
            raise refusal("This archive unpacks to more than a statement can be.")
        found.append(content)
    return found


def kind_of(content: bytes) -> FileKind:
    """The format of a file; one that is no statement at all is refused with what it is."""
    head = content[:BEGINNING]
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if not start:
        raise refusal("This file is empty.")
    if start.startswith((PDF, SPREADSHEET, ZIP)):
        raise refusal("This is a PDF, a spreadsheet or an archive within an archive. Ask the bank for CAMT.053 or CSV.")
    if start.startswith(b"<"):
        return FileKind.CAMT
    return FileKind.MT940 if MT940_START.search(head) else _table(head)


def _table(head: bytes) -> FileKind:
    if b"\x00" in head and not head.startswith(UTF_16):
        raise refusal("This is no text: it is no statement that can be read.")
    return FileKind.CSV


def read_statements(content: bytes) -> list[Statement]:
    """The statements of a file in CAMT.053 or MT940, all of them adding up."""
    found = list(READERS[kind_of(content)](content))
    check_statements(found)
    return found
