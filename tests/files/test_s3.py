"""Documents on S3: the same promises as in a folder, on a server inside the test."""

from dataclasses import replace

import pytest

from app.core import site
from app.core.site import this_site
from app.core.transaction import transaction
from app.files import store
from app.files.commands import store_file
from app.files.queries import check_files, read_file
from app.files.rules import hash_of, key_of
from app.files.store import get_bytes, put_bytes

server = pytest.importorskip("moto.server", reason="moto[server] brings the S3 of these tests")
BUCKET = "papers"


@pytest.fixture(scope="module")
def bucket():
    """A bucket on a server of our own, and what the environment must say to reach it."""
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as environment:
        values = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }
        for name, value in values.items():
            environment.setenv(name, value)
        boto3 = pytest.importorskip("boto3")
        client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client
        client.close()
    running.stop()


@pytest.fixture
def on_s3(context, bucket):
    before = this_site()
    site.use_site(replace(before, documents_url=f"s3://{BUCKET}/muster"))
    yield bucket
    site.use_site(before)
    store._open.cache_clear()  # noqa: SLF001 - its settings were read from the environment of this test


def key(content):
    return f"muster/{key_of(hash_of(content))}"


def test_a_document_is_written_once_and_read_back(on_s3):
    with transaction():
        stored = store_file(b"A letter", "application/pdf", "letter.pdf")
    with transaction():
        store_file(b"A letter", "application/pdf", "copy.pdf")
    assert read_file(stored) == b"A letter"
    assert on_s3.get_object(Bucket=BUCKET, Key=key(b"A letter"))["Body"].read() == b"A letter"
    assert list(check_files()) == []


def test_a_changed_document_is_found(on_s3):
    with transaction():
        store_file(b"Another letter", "application/pdf", "letter.pdf")
    on_s3.put_object(Bucket=BUCKET, Key=key(b"Another letter"), Body=b"forged")
    assert len(list(check_files())) == 1
    assert put_bytes(b"Another letter")
    assert get_bytes(hash_of(b"Another letter")) == b"Another letter"


def test_a_document_that_is_not_there_is_none(on_s3):
    assert get_bytes("0" * 64) is None
