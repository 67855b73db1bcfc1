"""The signed cookie of a browser: its flags, its idle limit, and the hosts it may be sent to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Config

IDLE_LIMIT = timedelta(hours=2)


def init_sessions(app: Flask, config: Config) -> None:
    """Let the cookie live two idle hours; each answer renews it, so its age is the time since the last request."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-muster" if config.is_secure else "muster",
        SESSION_COOKIE_SECURE=config.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=True,
        PERMANENT_SESSION_LIFETIME=IDLE_LIMIT,
        PREFERRED_URL_SCHEME="https" if config.is_secure else "http",
        TRUSTED_HOSTS=sorted({config.host, "127.0.0.1", "localhost"}),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=config.is_secure,
    )
