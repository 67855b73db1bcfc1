"""Backup and restore: the same rows and documents come back, on either database, or nothing does."""

import json
import secrets
import shutil
import threading
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from flask_migrate import upgrade
from sqlalchemy import insert, select, update

from app import create_app
from app.accounts.models import AccessLink, SignInSession, User
from app.audit.checks import check_chain, check_head
from app.audit.commands import Personal, Subject, record
from app.audit.queries import get_head
from app.core.actor import program
from app.core.database import Base, db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.transaction import transaction
from app.files.archive import plain_table
from app.files.backup import make_backup
from app.files.commands import store_file
from app.files.models import StoredFile
from app.files.queries import check_files
from app.files.restore import restore_backup
from app.members.models import Institution
from app.outbox.commands import enqueue, send_mail
from app.outbox.models import Job, Mail
from app.outbox.rules import Address, JobState, MailState
from config import Config

OFFICE = program("test")
PRESENT = datetime(2016, 5, 24, 11, 0, 0, 123456, tzinfo=UTC)
CHANGED_BY_RESTORE = {"audit_entry", "audit_head", "sign_in_session", "access_link", "job"}


def fill():
    """Rows of every kind of column."""
    with transaction():
        user = User(name="Odile Żółć \U0001f40d", email="odile@muster.example", created_at=PRESENT)
        db.session.add(user)
        db.session.flush()
        session = {"token_hash": "a" * 64, "started_at": PRESENT, "expires_at": PRESENT + timedelta(days=1)}
        db.session.add(SignInSession(user_id=user.id, browser="Firefox", address="::1", **session))
        link = {"token_hash": "b" * 64, "expires_at": PRESENT + timedelta(days=1)}
        db.session.execute(insert(AccessLink).values(user_id=user.id, purpose="invitation", **link))
        institutions()
        store_file(b"%PDF-1.7 a paper", "application/pdf", "paper.pdf")
        store_file(b"%PDF-1.7 a paper", "application/pdf", "copy.pdf")
        send_mail(Address("Odile", "odile@muster.example"), "Hello", "Text")
        enqueue("test.count", {"n": 1, "nested": {"deep": [1, None, "\u2028"]}}, unique_key="one")
        record("test.fill", Subject("user", 1), summary="Filled", after={"who": Personal("Odile", 1)}, actor=OFFICE)


def institutions():
    """A child whose parent has the higher id."""
    table = plain_table(Base.metadata.tables["institution"])
    for number in (1, 2):
        texts = {"account_number": f"M{number}", "name": f"Institute {number}", "short_name": f"I{number}"}
        folded = {"sort_name": f"institute {number}", "search_text": f"institute {number}"}
        values = {
            "kind": "research_centre",
            "is_composite": False,
            "country": "GB",
            "created_at": PRESENT,
            "version": 1,
        }
        db.session.execute(insert(table).values(id=number, **texts, **folded, **values))
    db.session.execute(update(table).where(table.c.id == 1).values(parent_id=2))


def contents():
    """Every row of every table."""
    with db.engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(plain_table(table)))))
            for name, table in Base.metadata.tables.items()
        }


def site_in(folder):
    """A site of its own, on SQLite."""
    return create_app(
        Config(
            secret_key=secrets.token_hex(32),
            database_url=f"sqlite:///{folder}/other.db",
            documents_url=f"file://{folder}/documents",
            testing=True,
        )
    )


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """An empty database with its tables."""
    folder = tmp_path_factory.mktemp("migrated")
    with site_in(folder).app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return folder / "other.db"


@pytest.fixture
def elsewhere(migrated, tmp_path):
    """An empty site of its own."""
    shutil.copy(migrated, tmp_path / "other.db")
    app = site_in(tmp_path)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_all_rows_and_documents_come_back(app, elsewhere, tmp_path):
    with app.app_context():
        fill()
        before, head = contents(), get_head()
        db.session.remove()
        manifest = make_backup(tmp_path / "b.zip")
    assert manifest.rows == sum(len(rows) for rows in before.values())
    with elsewhere.app_context():
        restored = restore_backup(tmp_path / "b.zip", actor=OFFICE)
        after = contents()
        assert {name for name in before if before[name] != after[name]} == CHANGED_BY_RESTORE
        assert restored.documents == 1
        assert list(check_chain()) == list(check_head(head)) == list(check_files()) == []
        assert get_head().sequence == head.sequence + 1
        db.session.remove()


def test_a_backup_of_the_other_database_comes_back_here(app, elsewhere, tmp_path):
    with elsewhere.app_context():
        fill()
        before = contents()
        db.session.remove()
        make_backup(tmp_path / "b.zip")
    with app.app_context():
        restore_backup(tmp_path / "b.zip", actor=OFFICE)
        after = contents()
        assert {name for name in before if before[name] != after[name]} == CHANGED_BY_RESTORE
        db.session.remove()
        with transaction():
            fresh = store_file(b"new", "application/pdf", "new.pdf")
        assert fresh.id > 2
        db.session.remove()


def test_a_restored_site_ends_sessions_and_sends_nothing_again(app, elsewhere, tmp_path):
    with app.app_context():
        fill()
        with transaction():
            db.session.execute(update(Mail).values(state=MailState.WAITING))
        make_backup(tmp_path / "b.zip")
        db.session.remove()
    with elsewhere.app_context():
        restore_backup(tmp_path / "b.zip", actor=OFFICE)
        assert db.session.scalars(select(SignInSession.ended_at)).one() is not None
        assert db.session.scalars(select(AccessLink.used_at)).one() is not None
        assert db.session.scalars(select(Mail.state)).one() is MailState.KEPT
        assert set(db.session.scalars(select(Job.state))) == {JobState.DEAD}
        db.session.remove()


def test_a_backup_is_of_one_instant_while_others_write(app, tmp_path):
    with app.app_context():
        fill()
        db.session.remove()
    stop, failed = threading.Event(), []

    def write():
        while not stop.is_set():
            try:
                with app.app_context(), transaction():
                    record("test.write", Subject("user", 1), summary="Wrote", actor=OFFICE)
                    db.session.add(StoredFile(sha256="0" * 64, size=0, media_type="x", name="x", stored_at=PRESENT))
            except Exception as error:  # noqa: BLE001 - told in the main thread
                failed.append(error)
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with app.app_context():
            manifests = [make_backup(tmp_path / f"{number}.zip") for number in range(5)]
            db.session.remove()
    finally:
        stop.set()
        writer.join()
    assert failed == []
    for number, manifest in enumerate(manifests):
        rows = {part.table: part.rows for part in manifest.tables}
        assert rows["stored_file"] - 2 == rows["audit_entry"] - 1
        with zipfile.ZipFile(tmp_path / f"{number}.zip") as archive:
            head = json.loads(archive.read("tables/audit_head.jsonl"))
        assert head[1] == rows["audit_entry"]


def test_a_site_that_is_not_empty_is_left_as_it_is(app, tmp_path):
    with app.app_context():
        fill()
        make_backup(tmp_path / "b.zip")
        before = contents()
        with pytest.raises(DomainError, match="not empty"):
            restore_backup(tmp_path / "b.zip", actor=OFFICE)
        assert contents() == before
        db.session.remove()


def rewritten(source, target, change):
    """The backup with some of its parts changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)


def changed(part, old, new):
    """A change of one part of a backup; without new bytes it is left out."""
    return lambda name, content: content if part not in name else new and content.replace(old, new) if old else new


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (changed("user.jsonl", b"Odile", b"Oxile"), "damaged"),
        (changed("user.jsonl", None, None), "damaged"),
        (changed("documents/", None, b"other"), "damaged"),
        (changed("manifest", None, None), "not a backup"),
        (changed("manifest", None, b"{}"), "not a backup"),
        (changed("manifest", b'"revision": "', b'"revision": "x'), "revision"),
        (changed("manifest", b'"format": 1', b'"format": 9'), "format"),
        (changed("manifest", b'"account_number"', b'"other"'), "tables"),
    ],
    ids=["row", "table", "document", "no manifest", "empty manifest", "revision", "format", "column"],
)
def test_a_backup_that_is_not_whole_changes_nothing(app, elsewhere, tmp_path, change, message):
    with app.app_context():
        fill()
        make_backup(tmp_path / "b.zip")
        db.session.remove()
    rewritten(tmp_path / "b.zip", tmp_path / "c.zip", change)
    with elsewhere.app_context():
        before = contents()
        with pytest.raises(DomainError, match=message):
            restore_backup(tmp_path / "c.zip", actor=OFFICE)
        assert contents() == before
        db.session.remove()


def test_a_cut_backup_is_refused_in_one_line(app, elsewhere, tmp_path):
    with app.app_context():
        fill()
        make_backup(tmp_path / "b.zip")
        db.session.remove()
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    result = elsewhere.test_cli_runner().invoke(args=["restore", str(tmp_path / "cut.zip")])
    assert result.exit_code == 1
    assert "not a backup" in result.stderr


def test_a_backup_overwrites_no_file_and_leaves_no_draft(app, tmp_path):
    (tmp_path / "b.zip").write_text("mine")
    result = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.zip")])
    assert result.exit_code == 1
    assert "never overwrites" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


def test_a_backup_is_for_its_owner_alone(app, tmp_path):
    result = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.zip")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600


def test_a_missing_document_is_named_and_the_backup_still_made(app, tmp_path):
    with app.app_context():
        with transaction():
            db.session.add(StoredFile(sha256="0" * 64, size=0, media_type="x", name="x", stored_at=PRESENT))
        db.session.remove()
    result = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.zip")])
    assert result.exit_code == 1
    assert "0000000" in result.stderr
    assert (tmp_path / "b.zip").exists()


def test_parents_come_back_before_their_children(app, elsewhere, tmp_path):
    with elsewhere.app_context():
        fill()
        make_backup(tmp_path / "b.zip")
        db.session.remove()
    with app.app_context():
        restore_backup(tmp_path / "b.zip", actor=OFFICE)
        with transaction():
            assert lock(Institution, 1).parent_id == 2
        db.session.remove()
