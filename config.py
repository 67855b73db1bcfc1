"""The settings a site gives through its environment, checked before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pycountry
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
SHORTEST_KEY = 32


class ConfigError(Exception):
    """The environment does not describe a site that can start; the message is one clear line."""


@dataclass(frozen=True)
class Config:
    """Everything that differs from site to site."""

    secret_key: str
    database_url: str
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None
    documents_url: str = ""
    queue_url: str = ""
    time_zone: str = "Europe/London"
    home_currency: str = "GBP"
    testing: bool = False
    components_page: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if len(self.secret_key) < SHORTEST_KEY:
            message = f"SECRET_KEY is missing or shorter than {SHORTEST_KEY} characters."
            raise ConfigError(message)
        _check_database(self.database_url)
        _check_base(self.base_url)
        for name, schemes in _SCHEMES.items():
            _check_scheme(name.upper(), getattr(self, name) or "", schemes)
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"TIME_ZONE {self.time_zone!r} is not a known time zone."
            raise ConfigError(message) from None
        if pycountry.currencies.get(alpha_3=self.home_currency) is None:
            message = f"HOME_CURRENCY {self.home_currency!r} is not an ISO 4217 currency code."
            raise ConfigError(message)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """The site the environment describes; without a database URL, one file under var/.

        Without a SECRET_KEY the one that `make run` made for this machine serves: the shell opens the same site.
        """
        var = ROOT / "var"
        given: dict[str, Any] = {name: value for name in _NAMES if (value := environment.get(name.upper(), "").strip())}
        given.setdefault("secret_key", _kept_key(var / "secret_key"))
        given.setdefault("database_url", f"sqlite:///{var / 'muster.db'}")
        given.setdefault("documents_url", f"file://{var / 'documents'}")
        given.setdefault("queue_url", f"sqlite:///{var / 'queue.db'}")
        if given["database_url"].startswith("sqlite"):
            var.mkdir(exist_ok=True)
        return cls(**given, components_page=environment.get("FLASK_DEBUG") == "1")

    @property
    def is_secure(self) -> bool:
        """Whether the site is reached by HTTPS."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def host(self) -> str:
        """The host name the site is reached by."""
        return urlsplit(self.base_url).hostname or ""


_NAMES = (
    "secret_key",
    "database_url",
    "base_url",
    "smtp_url",
    "documents_url",
    "queue_url",
    "time_zone",
    "home_currency",
)
_SCHEMES = {
    "documents_url": ("file", "s3"),
    "queue_url": ("sqlite", "postgresql", "postgres", "redis", "rediss"),
    "smtp_url": ("smtp", "smtps"),
}
_DRIVERS = {"sqlite", "postgresql", "postgresql+psycopg"}


def _kept_key(file: Path) -> str:
    return file.read_text(encoding="ascii").strip() if file.is_file() else ""


def _check_database(url: str) -> None:
    try:
        driver = make_url(url).drivername
    except (ArgumentError, ValueError):
        driver = ""
    if driver not in _DRIVERS:
        message = "DATABASE_URL must begin with sqlite:/// or postgresql:// and be whole."
        raise ConfigError(message)


def _check_base(url: str) -> None:
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        message = f"BASE_URL {url!r} must be the address of the site, such as https://muster.example."
        raise ConfigError(message)


def _check_scheme(name: str, url: str, schemes: tuple[str, ...]) -> None:
    parts = _split(url)
    if url and (parts is None or parts.scheme.partition("+")[0] not in schemes):
        message = f"{name} must begin with {', '.join(f'{scheme}:' for scheme in schemes)} and be whole."
        raise ConfigError(message)


def _split(url: str) -> SplitResult | None:
    """The parts of an address, None where it has none or its port is no number."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
