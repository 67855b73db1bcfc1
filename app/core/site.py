"""What the program knows of the site it serves, without Flask: its address, its secret, where its stores are."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from app.core.database import db


@dataclass(frozen=True)
class Site:
    """The address people reach it by, the key it seals with, the currency of its books, and where its stores are."""

    base_url: str = "http://127.0.0.1:8000"
    secret_key: str = field(default="", repr=False)
    home_currency: str = "GBP"
    documents_url: str = ""
    queue_url: str = field(default="", repr=False)
    smtp_url: str | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        """The host name people reach it by."""
        return urlsplit(self.base_url).hostname or "localhost"

    def address(self, path: str) -> str:
        """The full address of a path."""
        return f"{self.base_url.rstrip('/')}{path}"

    def blind(self, text: str) -> str:
        """A keyed hash of a text that is to be recognised again but not read back."""
        return hmac.new(self.secret_key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


_sites: WeakKeyDictionary[Engine, Site] = WeakKeyDictionary()


def use_site(site: Site) -> None:
    """Set the site of the application whose context is open."""
    _sites[db.engine] = site


def this_site() -> Site:
    """The site of the application whose context is open."""
    return _sites[db.engine]
