"""The WSGI application: `gunicorn wsgi:app`. It does not start on a database of another schema."""

from __future__ import annotations

import os
import sys

from app import create_app
from app.core.database import db
from app.core.garbage import settle_process
from app.core.schema import SchemaError, check_schema
from config import Config, ConfigError

try:
    app = create_app(Config.from_environment())
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # The shell must start on an old schema, to migrate it.
        with app.app_context():
            check_schema()
            db.engine.dispose()
    settle_process()
except (ConfigError, SchemaError) as error:
    sys.exit(f"Muster cannot start: {error}")
