"""The WSGI application: `gunicorn wsgi:app`."""

from __future__ import annotations

import sys

from app import create_app
from config import Config, ConfigError

try:
    app = create_app(Config.from_environment())
except ConfigError as error:
    sys.exit(f"Muster cannot start: {error}")
