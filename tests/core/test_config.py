"""What a site gives through its environment is checked before anything starts, in one clear line."""

from __future__ import annotations

import pytest

from config import Config, ConfigError

KEY = "k" * 32


def test_a_site_needs_nothing_but_a_key() -> None:
    config = Config.from_environment({"SECRET_KEY": KEY})
    assert config.database_url.startswith("sqlite:///")
    assert (config.base_url, config.time_zone, config.home_currency) == (
        "http://127.0.0.1:8000",
        "Europe/London",
        "GBP",
    )


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is missing or shorter than 32 characters"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must begin with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL must begin with"),
        ("DATABASE_URL", "postgresql+psycopg2://x/y", "DATABASE_URL must begin with"),
        ("DATABASE_URL", "postgresql://x:port/y", "DATABASE_URL must begin with"),
        ("BASE_URL", "muster.example", "must be the address of the site"),
        ("BASE_URL", "http://[::1", "must be the address of the site"),
        ("BASE_URL", "http://site:port", "must be the address of the site"),
        ("DOCUMENTS_URL", "ftp://site/folder", "DOCUMENTS_URL must begin with file:, s3: "),
        ("QUEUE_URL", "amqp://site", "QUEUE_URL must begin with"),
        ("SMTP_URL", "mail.site.example", "SMTP_URL must begin with smtp:, smtps: "),
        ("TIME_ZONE", "Europe", "is not a known time zone"),
        ("TIME_ZONE", "Europe/Nowhere", "is not a known time zone"),
        ("TIME_ZONE", "../etc/passwd", "is not a known time zone"),
        ("HOME_CURRENCY", "XQQ", "is not an ISO 4217 currency code"),
    ],
)
def test_what_cannot_work_stops_the_start_with_one_line(setting: str, value: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as refusal:
        Config.from_environment({"SECRET_KEY": KEY, setting: value})
    assert "\n" not in str(refusal.value)


def test_a_site_reached_by_https_is_secure() -> None:
    config = Config.from_environment({"SECRET_KEY": KEY, "BASE_URL": "https://muster.example"})
    assert config.is_secure
    assert config.host == "muster.example"
