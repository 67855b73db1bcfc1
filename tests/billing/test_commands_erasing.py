"""Erasing whom an invoice is for the attention of: the issued invoice stays as it is, and it is said until when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update

from app.billing.commands import IssueValues, issue_invoice, print_invoice
from app.billing.models import FeeRun, InvoiceRecord
from app.core.database import db
from app.core.personal_data import Fate, list_holdings
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import adopt_policy, end_representation, erase_person
from app.members.models import Representation
from app.members.queries import get_data_subject
from app.members.rules import Policy, Purpose
from tests.billing.world import JUNE, MAY, World
from tests.members.world import do, on
from tests.trailed import beside_the_trail


def contact_of(world: World, short: str) -> int:
    """The billing contact of a payer, by their id."""
    asked = select(Representation).where(
        Representation.institution_id == world.members[short], Representation.purpose == Purpose.BILLING
    )
    found = db.session.scalars(asked).one()
    do(end_representation, found.id, last_day=date(2016, 5, 24))
    return found.person_id


def issued(world: World) -> int:
    """An invoice, printed and mailed."""
    world.prepare()
    with transaction():
        invoice = issue_invoice(world.invoice_of("MRC").id, IssueValues(MAY, JUNE), actor=world.office)
    print_invoice({"invoice_id": invoice.id, "sends_mails": True})
    return int(invoice.id)


def test_an_issued_invoice_keeps_its_contact_and_says_on_which_ground_and_until_when(world: World):
    invoice_id = issued(world)
    person_id = contact_of(world, "MRC")
    do(adopt_policy, MAY, Policy(keeps_books_years=8))
    held = {each.title: each for each in list_holdings(get_data_subject(person_id, world.office))}["Invoices"]
    assert (held.fate, held.total, held.until) == (Fate.KEPT, 1, "until 31\u00a0December 2024")
    assert "law" in held.ground
    assert [document.name for document in held.documents] == ["INV-2016-0001.pdf"]
    with on(date(2016, 5, 25)):
        do(erase_person, person_id, reason="Asked for it")
        assert [problem for finding in run_checks() for problem in finding.problems] == []
    content = db.session.get_one(InvoiceRecord, invoice_id).content
    assert content["buyer"]["attention"] == "Ms Nadia Okonjo-MRC"


def test_an_invoice_of_somebody_else_is_not_held_about_a_person(world: World):
    issued(world)
    person_id = contact_of(world, "NIH")
    assert "Invoices" not in [each.title for each in list_holdings(get_data_subject(person_id, world.office))]


def test_who_prepared_a_run_and_was_erased_is_a_number_there(world: World):
    world.prepare()
    person_id = contact_of(world, "MRC")
    with beside_the_trail():
        db.session.execute(update(FeeRun).values(prepared_by="Nadia Okonjo-MRC"))
    with on(date(2016, 5, 25)):
        do(erase_person, person_id, reason="Asked for it")
    assert db.session.scalars(select(FeeRun.prepared_by)).all() == [f"Erased person {person_id}"]
