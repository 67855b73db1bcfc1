"""Writing many rows: ids taken first."""

import pytest
from flask import Flask
from sqlalchemy import delete

from app.accounts.models import User
from app.core import clock
from app.core.bulk import insert_with_ids
from app.core.database import db
from app.core.transaction import transaction

pytestmark = pytest.mark.usefixtures("sample_users")


def rows_of(names: list[str]) -> list[dict[str, object]]:
    return [
        {"name": name, "email": f"{name}@members.example", "created_at": clock.now(), "version": 1} for name in names
    ]


def test_many_rows_get_ids_in_their_order_and_leave_the_next_one_free(app: Flask) -> None:
    with app.app_context():
        with transaction():
            first = insert_with_ids(User, rows_of(["ada", "bo"]))
            second = insert_with_ids(User, rows_of(["cy"]))
            db.session.add(User(name="dee", email="dee@members.example", created_at=clock.now()))
        assert [db.session.get_one(User, number).name for number in (*first, *second)] == ["ada", "bo", "cy"]
        assert len({*first, *second}) == 3
        assert insert_with_ids(User, []) == []


@pytest.mark.parametrize("how", ["one by one", "many"])
def test_the_id_of_what_is_gone_is_not_given_again(app: Flask, how: str) -> None:
    with app.app_context(), transaction():
        gone = insert_with_ids(User, rows_of(["ada", "bo"]))[-1]
        db.session.execute(delete(User).where(User.id == gone))
        db.session.flush()
        if how == "one by one":
            added = User(name="cy", email="cy@members.example", created_at=clock.now())
            db.session.add(added)
            db.session.flush()
            assert added.id == gone + 1
        else:
            assert insert_with_ids(User, rows_of(["cy"])) == [gone + 1]
