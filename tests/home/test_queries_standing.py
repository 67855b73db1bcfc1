"""What the first page says of late payers: reminders that are due, and votes and seats before they are suspended."""

from __future__ import annotations

from datetime import date

import pytest
from flask.ctx import AppContext
from sqlalchemy import update

from app.billing.commands import adopt_standing, adopt_usual_reminders
from app.billing.models import Invoice
from app.billing.rules import StandingTerms
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.home.queries import list_tasks
from app.home.queries.standing import MOST
from app.reports.queries.good_standing import not_in_good_standing
from app.reports.rules import Asked
from tests.billing.world import MAY, World

WORDS = ("suspended", "reminder")


@pytest.fixture
def late(context: AppContext, office: Actor) -> World:
    """Three funders overdue since 1 May 2016; votes are suspended after 30 days, seats after 60."""
    assert context is not None
    world = World.found(office, since=date(2011, 1, 1))
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    with transaction():
        adopt_standing(MAY, StandingTerms(10, 30, 60, currency="GBP"), actor=office)
    return world


def told(actor: Actor) -> list[str]:
    return [
        f"{task.who}: {task.title} ({task.text.replace(chr(160), ' ')})"
        for task in list_tasks(actor)
        if any(word in task.title for word in WORDS)
    ]


def finance() -> Actor:
    return Actor("Finn", 7, (Granted(Role.FINANCE),))


def test_a_representative_is_told_before_its_votes_are_suspended(late: World):
    mine = Actor("Rose", 8, (Granted(Role.REPRESENTATIVE, institution_id=late.members["MRC"]),))
    assert told(mine) == [
        "Medical Research Council: In 8 days its votes are suspended (£50,000.00 is overdue, INV-2016-0001 for 23 days)"
    ]
    other = Actor("Ira", 9, (Granted(Role.REPRESENTATIVE, institution_id=late.members["ICS"]),))
    assert told(other) == []


def test_a_representative_whose_fee_another_pays_is_told_without_the_invoice_of_the_other(late: World):
    late.add("University Hospital Trust", "UHT")
    invoice = update(Invoice).where(Invoice.id == late.invoice_of("MRC").id)
    db.session.execute(invoice.values(payer_id=late.members["UHT"]))
    mine = Actor("Rose", 8, (Granted(Role.REPRESENTATIVE, institution_id=late.members["MRC"]),))
    (task,) = [each for each in list_tasks(mine) if "suspended" in each.title]
    assert task.text == "what another pays for it is overdue for 23 days"
    assert (task.endpoint, task.values) == ("members.institution", {"institution_id": late.members["MRC"]})


def test_finance_is_told_of_every_member_and_of_reminders_that_are_due(late: World):
    assert len(told(finance())) == 3 < MOST
    with transaction():
        adopt_usual_reminders(actor=late.office)
    assert ": 3 payers are due for a reminder (Look who they are before anything is sent)" in told(finance())
    late.pay("MRC", "50000.00")
    assert len(told(finance())) == 3
    assert told(Actor("Reader", 99, ())) == []


def test_what_is_suspended_already_says_since_when_and_what_comes_next(late: World):
    with transaction():
        adopt_standing(MAY, StandingTerms(10, 20, 30, currency="GBP"), actor=late.office)
    assert told(finance())[0] == (
        "Medical Research Council: Since 22\u00a0May 2016 its votes are suspended"
        " (£50,000.00 is overdue, INV-2016-0001 for 23 days; in 8 days its seats are suspended)"
    )


def test_the_report_names_who_is_not_in_good_standing_on_a_day_and_a_representative_its_own(late: World):
    asked = Asked(on=MAY, known=None, year=2016)
    rows = list(not_in_good_standing(asked, late.office).rows)
    assert [row.short_name for row in rows] == ["MRC", "NIH", "Wellcome"]
    assert {row.standing.number for row in rows} == {f"INV-2016-000{number}" for number in (1, 2, 3)}
    mine = Actor("Rose", 8, (Granted(Role.REPRESENTATIVE, institution_id=late.members["NIH"]),))
    assert [row.short_name for row in not_in_good_standing(asked, mine).rows] == ["NIH"]
    before = Asked(on=date(2016, 5, 1), known=None, year=2016)
    assert list(not_in_good_standing(before, late.office).rows) == []
