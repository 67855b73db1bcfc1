"""What is done each day: the database looks over its tables."""

from flask.ctx import AppContext
from sqlalchemy import text

from app.accounts.models import User
from app.core import clock
from app.core.database import db
from app.outbox.duties import look_over
from tests.trailed import beside_the_trail


def test_sqlite_knows_the_size_of_an_index_after_the_daily_look(context: AppContext) -> None:
    with beside_the_trail():
        db.session.add_all(User(name=name, created_at=clock.now()) for name in ("Ada", "Bo", "Cy"))
    look_over()
    if db.engine.dialect.name == "sqlite":
        known = db.session.execute(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'user'")).scalars().all()
        assert {stat.split()[0] for stat in known} == {"3"}
