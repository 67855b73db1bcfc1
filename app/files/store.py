"""The place where bytes are kept: a folder or an S3 bucket, written once, opened when first needed.

The store is opened in the process that uses it: its threads do not survive a fork.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store

from app.core.errors import UnavailableError
from app.core.site import this_site
from app.files.rules import hash_of, key_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore

log = logging.getLogger(__name__)


def put_bytes(content: bytes) -> str:
    """Keep bytes under their hash and say the hash; bytes that are there already are left as they are."""
    url, digest = this_site().documents_url, hash_of(content)
    key = key_of(digest)
    with _available():
        try:
            obstore.put(_open(url), key, content, mode="create", use_multipart=False)
        except AlreadyExistsError:
            _mend(url, key, content)
    _sync(url, key)
    return digest


def get_bytes(sha256: str) -> bytes | None:
    """The bytes kept under a hash, None where there are none or where they are no longer those bytes."""
    with _available():
        try:
            content = bytes(obstore.get(_open(this_site().documents_url), key_of(sha256)).bytes())
        except FileNotFoundError:
            return None
    return content if hash_of(content) == sha256 else None


def _mend(url: str, key: str, content: bytes) -> None:
    """Put the right bytes where a crash or a damaged disk left others under their name."""
    store = _open(url)
    if bytes(obstore.get(store, key).bytes()) != content:
        log.error("The stored document %s was damaged and has been written anew.", key)
        obstore.put(store, key, content, use_multipart=False)


def _sync(url: str, key: str) -> None:
    """In a folder: make sure that the bytes and their names outlast a power cut."""
    if not url.startswith("file:"):
        return
    place = folder_of(url) / key
    with _available():
        for path in (place, place.parent, place.parent.parent, place.parent.parent.parent):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        message = "The store of documents cannot be reached now. Nothing was changed; please try again."
        log.exception("The store of documents failed.")
        raise UnavailableError(message) from error


def folder_of(url: str) -> Path:
    """The folder of a file:// address."""
    return Path(unquote(urlsplit(url).path))


@cache
def _open(url: str) -> ObjectStore:
    kind = urlsplit(url).scheme
    if kind == "file":
        return LocalStore(folder_of(url), mkdir=True)
    if kind == "s3":
        return S3Store.from_url(url)
    message = "DOCUMENTS_URL must begin with file:/// or s3://."
    raise UnavailableError(message)
