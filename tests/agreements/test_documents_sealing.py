"""The seal of the consortium: earlier bytes stay, and a copy that comes back is known for what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

import pytest
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from app.agreements.documents.sealing import (
    SealFinding,
    SealKey,
    check_copy,
    locked_up,
    new_seal_key,
    sealed_pdf,
    unlocked,
)
from app.web.pdf import print_pdf

BEGUN = datetime(2016, 5, 24, tzinfo=UTC)


@cache
def key(name: str = "IMPC") -> SealKey:
    return new_seal_key(name, BEGUN)


@cache
def paper(text: str = "Ap4e1 to Davis") -> bytes:
    return print_pdf(f'<!doctype html><html lang="en"><title>{text}</title><h1>{text}</h1></html>')


@cache
def sealed(text: str = "Ap4e1 to Davis") -> bytes:
    return sealed_pdf(paper(text), key(), "Provider", "Signed by Philippa Tarrant")


def turned() -> bytes:
    """A sealed paper of which somebody turned the page afterwards."""
    writer = IncrementalPdfFileWriter(BytesIO(sealed()))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = NumberObject(90)
    writer.update_container(page)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


COPIES: dict[str, tuple[Callable[[], bytes], SealFinding]] = {
    "both sides sealed": (lambda: sealed_pdf(sealed(), key(), "Recipient", "Signed"), SealFinding.HOLDS),
    "signed again elsewhere": (lambda: sealed_pdf(sealed(), key("Davis"), "Davis", "Signed"), SealFinding.HOLDS),
    "as it left": (paper, SealFinding.UNSIGNED),
    "another paper": (lambda: sealed("Zfp408 to Davis"), SealFinding.OTHER),
    "a word under the seal changed": (lambda: sealed().replace(b"Philippa", b"Somebody"), SealFinding.BROKEN),
    "the paper changed": (lambda: sealed().replace(b"%PDF-1.7", b"%PDF-1.6"), SealFinding.BROKEN),
    "cut off": (lambda: sealed()[: len(paper()) - 100], SealFinding.BROKEN),
    "a page turned after": (turned, SealFinding.CHANGED),
    "the seal taken off": (lambda: paper() + b"\n% signed\n", SealFinding.CHANGED),
    "a scan": (lambda: b"%PDF-1.4\nscan", SealFinding.NONE),
}


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_that_comes_back_is_known_for_what_became_of_it(copy):
    made, finding = COPIES[copy]
    assert check_copy(made(), paper(), [key().certificate]) is finding


def test_a_seal_leaves_the_bytes_before_it_as_they_were():
    assert sealed().startswith(paper())


def test_the_key_is_read_back_with_the_secret_of_the_site_alone():
    kept = locked_up(key(), "a" * 32)
    assert unlocked(kept, key().certificate, "a" * 32) == key()
    assert unlocked(kept, key().certificate, "b" * 32) is None
    assert key().private not in kept
