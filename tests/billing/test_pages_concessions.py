"""The pages of concessions and of payers, as each person sees them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.commands import RoleFor
from app.billing.models import FeeSchedule, Invoice
from app.core.actor import program
from app.core.database import db
from app.core.money import Money
from app.core.permissions import Role
from app.web.requests import House
from tests.billing.world import World, inside
from tests.client import Browser
from tests.signin import sign_in


@pytest.fixture
def world(app: House) -> World:
    """Three funders, nothing billed yet."""
    with inside(app):
        return World.found(program("test"), date(2011, 1, 1))


def invoices_to(short: str, world: World) -> list[Invoice]:
    """The invoices to a payer, with their lines."""
    asked = select(Invoice).where(Invoice.payer_id == world.members[short]).options(selectinload(Invoice.lines))
    return list(db.session.scalars(asked.order_by(Invoice.id)))


def test_a_waiver_is_granted_and_the_preview_says_why_nobody_is_billed(finance: Browser, world: World):
    path = f"/fees/concessions/new?member={world.members['MRC']}"
    typed = {"kind": "waiver", "reason": "After the fire", "approved_by": "Finance Committee", "decision": "D-2016-014"}
    page = finance.follow(finance.submit(path, typed))
    assert page.rows()[0][:3] == ["Medical Research Council MRC", "Waiver \u00b7 all of the fee", "In force"]
    preview = finance.get("/fees/runs/new?year=2016")
    assert "Waiver, 50,000.00: After the fire" in preview.words
    assert "D-2016-014" in preview.words
    assert "Waiver" in finance.get(f"/members/{world.members['MRC']}/money").words


def test_a_discount_without_rate_or_amount_is_refused_beside_its_field(finance: Browser, world: World):
    path = f"/fees/concessions/new?member={world.members['MRC']}"
    page = finance.submit(path, {"kind": "discount", "reason": "Agreed", "approved_by": "Board"}, status=200)
    assert "Enter a rate or an amount, one of the two." in page.words


def test_an_amount_in_another_currency_is_refused_beside_it_and_the_preview_names_one_that_takes_nothing_off(
    app: House, finance: Browser, world: World
):
    path = f"/fees/concessions/new?member={world.members['MRC']}"
    typed = {"kind": "in_kind", "currency": "EUR", "amount": "500.00", "reason": "Agreed", "approved_by": "Board"}
    page = finance.submit(path, typed, status=200)
    assert "is in GBP: an amount in EUR would take nothing off." in page.words
    with inside(app):
        world.concede("ICS", "in_kind", amount=Money.of("500.00", "EUR"))
        world.adopt("partner", "1000.00", date(2012, 1, 1))
    preview = finance.get("/fees/runs/new?year=2016").words
    assert "Institut Clinique de la Souris: a contribution in kind of €500.00 takes nothing off" in preview
    assert "Correct it, or grant one in the currency of the fee." in preview


def test_a_concession_is_corrected_and_taken_back_by_hand(app: House, finance: Browser, world: World):
    with inside(app):
        number = world.concede("MRC", "discount", basis_points=2000).id
    page = finance.follow(
        finance.submit(f"/fees/concessions/{number}/correct", {"rate": "25", "last_day": "31 Dec 2016"})
    )
    assert "25 %" in page.words
    page = finance.follow(finance.submit(f"/fees/concessions/{number}/take-back", {"reason": "Meant for NIH"}))
    assert "No concession on record" in page.words
    finance.get(f"/fees/concessions/{number}/correct", status=404)


def test_payers_are_named_and_the_preview_says_to_whom_each_share_goes(finance: Browser, world: World):
    path = f"/fees/payers/new?member={world.members['MRC']}"
    typed = {"payer_1": "NIH", "payer_2": "Wellcome", "share_2": "3", "reason": "Shared by agreement"}
    page = finance.follow(finance.submit(path, typed))
    assert [row[2] for row in page.rows()] == ["1 of 4", "3 of 4"]
    preview = finance.get("/fees/runs/new?year=2016").words
    assert "full year; NIH pays 1 of 4" in preview
    assert "Okonjo-Wellcome, Wellcome" in preview
    desk = finance.follow(finance.submit("/fees/runs/new?year=2016", {})).words
    assert "37,500.00" in desk
    assert "3 billed and 1 not billed make the 4 institutions" in desk
    assert "1 of 4" in finance.get(f"/members/{world.members['NIH']}/money").words


def test_a_member_is_let_pay_itself_again(app: House, finance: Browser, world: World):
    with inside(app):
        world.let_pay("MRC", "NIH")
    path = f"/fees/payers/{world.members['MRC']}/end"
    page = finance.follow(finance.submit(path, {"last_day": "30 June 2016", "reason": "Agreed"}))
    assert "30 Jun 2016" in page.words


def test_a_payer_sees_only_what_it_pays_for_and_the_member_does_not(app: House, browser: Browser, world: World):
    with inside(app):
        world.let_pay("MRC", "NIH", is_separate=True)
        world.issue()
        paid = next(each.id for each in invoices_to("NIH", world) if "Medical" in each.lines[0].description)
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=world.members["NIH"]))
    assert len(browser.get("/invoices").rows()) == 2
    assert "Medical Research Council" in browser.get(f"/invoices/{paid}").words
    assert "Who pays" not in browser.get(f"/members/{world.members['NIH']}/money").words
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=world.members["MRC"]))
    assert "No invoices yet" in browser.get("/invoices").words
    browser.get(f"/invoices/{paid}", status=404)
    for path in ("/fees/concessions", "/fees/payers"):
        browser.get(path, status=403)


@pytest.mark.parametrize("path", ["/fees/concessions", "/fees/payers"])
def test_an_auditor_reads_both_lists_and_changes_none(app: House, browser: Browser, world: World, path: str):
    with inside(app):
        world.concede("MRC", "waiver")
        world.let_pay("NIH", "Wellcome")
    sign_in(browser, Role.AUDITOR)
    page = browser.get(path)
    assert page.rows()
    assert not page.has_action(f"{path}/new")
    browser.get(f"{path}/new", status=403)
    browser.get(f"{path}?on=2015-01-01")


def test_a_fee_is_corrected_by_hand_and_the_drafts_are_made_anew_with_one_button(app: House, finance: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        run = world.prepare().id
        fee = db.session.scalars(select(FeeSchedule.id)).one()
    page = finance.follow(finance.submit(f"/fees/{fee}/correct", {"amount": "60000.00", "reason": "Typed wrongly"}))
    assert "£60,000.00" in page.words
    desk = finance.get(f"/fees/runs/{run}")
    assert "Prices have changed since 3 of these drafts were made." in desk.words
    done = finance.follow(finance.press(f"/fees/runs/{run}", f"/fees/runs/{run}/redraft"))
    assert "Prices have changed" not in done.words
    assert "£180,000.00" in done.words
    page = finance.follow(finance.submit(f"/fees/{fee}/take-back", {"reason": "Meant for partners"}))
    assert "No fee is adopted yet" in page.words
    finance.get(f"/fees/{fee}/correct", status=404)


def test_a_share_of_nobody_is_refused_beside_its_payer(finance: Browser, world: World):
    path = f"/fees/payers/new?member={world.members['MRC']}"
    page = finance.submit(path, {"payer_1": "NIH", "share_1": "1", "share_2": "2", "reason": "Agreed"}, status=200)
    assert "Name the payer of this share, or leave the share empty." in page.words


def test_what_is_wrong_is_listed_in_the_order_of_the_page(finance: Browser, world: World):
    assert world.members
    page = finance.submit("/fees/concessions/new", {}, status=200)
    fields = [link.removeprefix("#") for link in page.tree.xpath("//*[@data-errors]//a/@href")]
    assert fields == ["institution", "reason", "approved_by"]
