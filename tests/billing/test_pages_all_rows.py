"""A page shows the first rows of a long list; its file holds all of them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from app.billing.models import Approval, ExchangeRate, FeeRun
from app.billing.rules import Act, ApprovalState, RunState
from app.core.bulk import insert_rows
from app.core.database import db
from app.web.requests import House
from tests.billing.world import MAY, YEAR, inside
from tests.client import Browser

NOON = datetime(2016, 5, 24, 10, tzinfo=UTC)
EARLIER = datetime(2016, 3, 1, 10, tzinfo=UTC)


def ask(many: int) -> None:
    asked = {"act": Act.CREDIT, "subject_kind": "invoice", "digest": "0" * 64, "state": ApprovalState.DECLINED}
    named = {"asked_by": "Odile Fennimore", "asked_at": NOON, "decided_by": "Ines Quillfeather", "decided_at": NOON}
    insert_rows(Approval, [{**asked, **named, "subject_id": each, "words": f"No. {each}"} for each in range(many)])


def rate(many: int) -> None:
    entered = {"currency": "EUR", "rate_billionths": 10**9, "source": "Bank", "recorded_by": "Odile Fennimore"}
    days = [MAY - timedelta(days=each) for each in range(many)]
    insert_rows(ExchangeRate, [{**entered, "recorded_at": NOON, "day": day} for day in days])


def prepare(many: int) -> None:
    """Fee runs, of which the first was prepared in March."""
    run = {"year": 2016, "first_day": YEAR.first, "last_day": YEAR.last, "state": RunState.ISSUED, "version": 1}
    whens = [EARLIER] + [NOON] * (many - 1)
    insert_rows(FeeRun, [{**run, "planned": 0, "done": 0, "prepared_by": "Office", "prepared_at": at} for at in whens])


def rows_of(browser: Browser, path: str) -> list[list[str]]:
    text = browser.get(path).response.get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.mark.parametrize(
    ("path", "file", "fill", "shown"),
    [
        ("/fees/approvals", "/fees/approvals?format=csv", ask, 200),
        ("/ledger/rates", "/ledger/rates?format=csv", rate, 200),
        ("/fees", "/fees?table=runs&format=csv", prepare, 50),
    ],
)
def test_a_file_holds_also_the_rows_that_its_page_does_not_show(app: House, finance: Browser, path, file, fill, shown):
    with inside(app):
        fill(shown + 1)
        db.session.commit()
    assert len(finance.get(path).rows()) == shown
    assert len(rows_of(finance, file)) == shown + 1


def test_fees_on_a_past_day_show_its_runs_however_many_followed(app: House, finance: Browser):
    with inside(app):
        prepare(52)
        db.session.commit()
    assert len(finance.get("/fees?on=2016-03-01").rows()) == 1
    assert not finance.get("/fees?on=2016-02-29").rows()
