"""Storing documents: once, under their hash, and found out when they change."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.database import db
from app.core.errors import NotFoundError, UnavailableError
from app.core.site import this_site
from app.core.transaction import transaction
from app.files.commands import store_file
from app.files.models import StoredFile
from app.files.queries import check_files, open_file, read_file
from app.files.rules import hash_of, key_of
from app.files.store import folder_of, put_bytes


def place_of(content: bytes) -> Path:
    return folder_of(this_site().documents_url) / key_of(hash_of(content))


@pytest.fixture
def stored(context):
    with transaction():
        return store_file(b"A letter", "application/pdf", "letter.pdf")


def test_a_document_is_kept_under_its_hash(stored):
    assert place_of(b"A letter").read_bytes() == b"A letter"
    assert read_file(stored) == b"A letter"
    opened = open_file(stored.id)
    assert (opened.content, opened.media_type, opened.name) == (b"A letter", "application/pdf", "letter.pdf")
    place_of(b"A letter").unlink()


def test_the_same_bytes_are_kept_once_with_two_records(stored):
    before = place_of(b"A letter").stat()
    with transaction():
        store_file(b"A letter", "application/pdf", "copy.pdf")
    assert place_of(b"A letter").stat().st_mtime_ns == before.st_mtime_ns
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 2
    assert list(check_files()) == []


def test_bytes_of_a_change_that_failed_do_no_harm(context):
    with pytest.raises(ZeroDivisionError), transaction():
        store_file(b"Never recorded", "text/plain; charset=utf-8", "x.txt")
        raise ZeroDivisionError
    assert place_of(b"Never recorded").exists()
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert list(check_files()) == []


def test_a_missing_document_is_found_and_said(stored):
    place_of(b"A letter").unlink()
    assert list(check_files()) == [f"letter.pdf ({stored.sha256}) is missing or changed."]
    with pytest.raises(UnavailableError):
        read_file(stored)


def test_a_changed_document_is_found_and_never_handed_out(stored):
    place_of(b"A letter").write_bytes(b"A forged letter")
    assert len(list(check_files())) == 1
    with pytest.raises(UnavailableError):
        read_file(stored)


def test_storing_again_mends_what_a_disk_damaged(stored, caplog):
    place_of(b"A letter").write_bytes(b"")
    put_bytes(b"A letter")
    assert read_file(stored) == b"A letter"
    assert "damaged" in caplog.text


def test_a_record_with_another_size_is_found(stored):
    with transaction():
        stored.size = 3
    assert len(list(check_files())) == 1


def test_a_document_that_never_was_is_not_found(context):
    with pytest.raises(NotFoundError):
        open_file(99)


def test_nothing_can_be_stored_where_the_folder_cannot_be_written(context, monkeypatch, tmp_path):
    from app.files import store

    (tmp_path / "file").write_text("not a folder")
    site = type(this_site())(documents_url=f"file://{tmp_path}/file/documents")
    monkeypatch.setattr(store, "this_site", lambda: site)
    with pytest.raises(UnavailableError), transaction():
        store_file(b"x", "text/plain; charset=utf-8", "x.txt")
