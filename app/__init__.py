"""Muster: the office of a research consortium in one program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from app.core import clock
from app.core.database import db, engine_options, prepare_engine
from app.core.site import Site, use_site
from app.features import load_actor, register_features, sign_in_again
from app.web.access import init_access
from app.web.components_page import init_components_page
from app.web.errors import init_errors
from app.web.kept import init_kept
from app.web.on_date import init_on_date
from app.web.requests import House, init_requests
from app.web.security import init_security
from app.web.sessions import init_sessions
from app.web.templating import init_templating

if TYPE_CHECKING:
    from config import Config


def create_app(config: Config) -> House:
    """The application for one site."""
    app = House("app", template_folder="../templates")
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=_driver(config.database_url),
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
        TESTING=config.testing,
        MUSTER=config,
    )
    clock.use_zone(config.time_zone)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        use_site(_site(config))
    Migrate(app, db, directory="migrations", render_as_batch=True)
    init_sessions(app, config)
    init_security(app)
    CSRFProtect(app)
    init_access(app, load_actor)
    init_kept(app, sign_in_again)
    init_on_date(app)
    init_requests(app)
    init_templating(app)
    init_errors(app)
    register_features(app)
    if config.components_page:
        init_components_page(app)
    return app


def _site(config: Config) -> Site:
    return Site(
        base_url=config.base_url,
        secret_key=config.secret_key,
        home_currency=config.home_currency,
        documents_url=config.documents_url,
        queue_url=config.queue_url,
        smtp_url=config.smtp_url,
    )


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
