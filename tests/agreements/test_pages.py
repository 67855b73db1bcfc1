"""The pages of agreements, as their users meet them: drafted, negotiated, signed, and what others see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from app.accounts.commands import RoleFor
from app.agreements.models import Agreement
from app.agreements.rules import Side
from app.agreements.rules.drafting import DraftValues, Item, Parties, Terms
from app.agreements.rules.signing import CONSENT
from app.core.database import db
from app.core.permissions import Role
from app.web.requests import House
from tests.agreements.signing_world import PASSWORD, World, approved, drafted, in_force, made_world, pressed
from tests.client import Browser
from tests.committees.sitting import sign_in_as
from tests.committees.test_pages import measured
from tests.signin import sign_in

LIST = "/agreements"


@dataclass(frozen=True)
class Ids:
    """What the pages are asked for."""

    giver: int
    taker: int
    third: int
    line: int
    colony: str
    signers: dict[Side, int]


def made(app: House, *works) -> tuple[Ids, list[int]]:
    """The world and some agreements in it; what is known of them outside of any context."""
    with app.app_context():
        world = made_world()
        found = [work(world) for work in works]
        signers = {side: who.user_id for side, who in world.signers.items()}
        ids = Ids(world.giver.id, world.taker.id, world.third.id, world.line.id, world.line.colony, signers)
        db.session.remove()
    return ids, found


def draft(world: World) -> int:
    return drafted(world.values())


def to_sign(world: World) -> int:
    return approved(world.values())


def executed(world: World) -> int:
    return in_force(world, world.values())


def step(browser: Browser, agreement_id: int, verb: str, **values: str) -> None:
    browser.submit(f"{LIST}/{agreement_id}/steps/{verb}", values)


def test_an_agreement_is_drafted_negotiated_and_signed_over_its_pages(app: House, browser: Browser):
    ids, _ = made(app)
    sign_in(browser, Role.AGREEMENTS)
    asked = f"{LIST}/new?provider=MRC+Harwell&recipient=UC+Davis&lines="
    assert "No line of the catalogue is called" in browser.get(f"{asked}Nobody").words
    at = str(browser.get(f"{asked}{ids.colony}", status=302).response.location)
    page = browser.get(at)
    assert "No row of the rule table matches" in page.words
    wrong = browser.submit(at, {"title": "Ap4e1", "last_day": "1 May 2016", "first_day": "24 May 2016"}, status=200)
    assert "The last day is before the first." in wrong.words
    done = browser.submit(at, {"title": "Ap4e1 to Davis", "others": "Frozen tissue", "last_day": "31 December 2017"})
    record = browser.follow(done)
    assert record.heading.startswith("Draft ")
    agreement_id = int(str(done.response.location).rpartition("/")[2])
    here = f"{LIST}/{agreement_id}"
    assert ["Item 1", "Ap4e1tm1b(EUCOMM)Wtsi", f"{ids.colony} \u00b7 Harwell", "\u2013", "Harwell"] in record.rows()
    step(browser, agreement_id, "send")
    assert "Please fill this in." in browser.submit(f"{here}/steps/ask_changes", {"comment": ""}, status=200).words
    step(browser, agreement_id, "ask_changes", comment="Until 2018, please")
    browser.submit(f"{here}/edit", {"last_day": "31 December 2018", "comment": "Done"})
    assert "Last day: 31 December 2017 \u2192 31 December 2018" in browser.get(here).words
    step(browser, agreement_id, "answer")
    step(browser, agreement_id, "approve")
    assert "being made" in browser.get(here).words
    with app.app_context():
        pressed(agreement_id)
        db.session.remove()
    for side in (Side.PROVIDER, Side.RECIPIENT):
        sign_in_as(browser, ids.signers[side])
        refused = browser.submit(f"{here}/sign", {"words": CONSENT, "password": "wrong"}, status=200)
        assert "This is not your present password." in refused.words
        browser.submit(f"{here}/sign", {"words": CONSENT, "password": PASSWORD})
    page = browser.get(here)
    assert (page.heading, "In force" in page.words) == ("MTA-2016-001", True)
    assert browser.client.get(f"{here}/versions/1/pdf").data.startswith(b"%PDF")
    assert browser.get(f"{here}/sign", status=404).status == 404


def test_a_signed_copy_is_recorded_with_who_signed_when(app: House, browser: Browser):
    _, (one,) = made(app, to_sign)
    sign_in(browser, Role.SECRETARIAT)
    at = f"{LIST}/{one}/signed-copy"
    shown = browser.get(at)
    values = shown.form_values()
    choices = {
        name: shown.tree.xpath(f"//select[@name='{name}']/option/@value")[1] for name in values if "signatory" in name
    }
    days = {"provider_day": "24 May 2016", "recipient_day": "25 May 2016"}
    scan = {"file": (BytesIO(b"%PDF-1.4\nscan"), "signed.pdf")}
    late = browser.post(at, values | choices | days | {"file": (BytesIO(b"%PDF-1.4\nscan"), "signed.pdf")}, status=200)
    assert "This day is to come." in late.words
    browser.post(at, values | choices | days | {"recipient_day": "24 May 2016"} | scan)
    assert "Signed copy" in browser.get(f"{LIST}/{one}").words


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.SECRETARIAT, True),
        (Role.AGREEMENTS, True),
        (Role.AUDITOR, True),
        ("giver", True),
        ("third", False),
        (Role.FINANCE, False),
    ],
)
def test_only_the_parties_and_who_keeps_agreements_see_one(app: House, browser: Browser, role, sees):
    ids, (one,) = made(app, draft)
    own = role if isinstance(role, Role) else RoleFor(Role.REPRESENTATIVE, institution_id=getattr(ids, role))
    sign_in(browser, own)
    browser.get(f"{LIST}/{one}", status=200 if sees else 404)
    acts = sees and role is not Role.AUDITOR
    refused = 403 if role in {Role.AUDITOR, Role.FINANCE} else 404
    browser.get(f"{LIST}/{one}/steps/send", status=200 if acts else refused)


def test_the_list_filters_by_state_party_line_and_whose_turn_it_is(app: House, browser: Browser):
    ids, (first, second) = made(app, draft, executed)
    sign_in(browser, Role.AGREEMENTS)

    def found(asked: str) -> list[str]:
        return [row[0] for row in browser.get(f"{LIST}?{asked}").rows()]

    names = [f"Draft {first}", "MTA-2016-001"]
    assert sorted(found("")) == sorted(names)
    assert found("state=executed") == names[1:]
    assert found("waits=consortium") == found("waits=me") == names[:1]
    assert (found("waits=recipient"), found("ends=30")) == ([], [])
    assert sorted(found(f"party={ids.giver}&line={ids.line}&q=davis+ap4e1")) == sorted(names)
    assert found(f"party={ids.third}") == []
    assert second
    assert browser.client.get(f"{LIST}?format=csv").data.count(b"\n") == 3
    assert "No agreements" in browser.get(f"{LIST}?on=2016-05-01").words


def test_what_ends_soon_is_renewed_with_the_days_after_it(app: House, browser: Browser):
    def soon(world: World) -> int:
        return in_force(world, world.values(last_day=date(2016, 6, 30)))

    _, (one,) = made(app, soon)
    sign_in(browser, Role.AGREEMENTS)
    assert "MTA-2016-001" in browser.get(f"{LIST}/ending").words
    at = f"{LIST}/draft?parent={one}&relation=renewal"
    values = browser.get(at).form_values()
    assert (values["first_day"], values["last_day"]) == ("1 July 2016", "7 August 2016")
    browser.submit(at, {})
    assert "MTA-2016-001" not in browser.get(f"{LIST}/ending").words
    assert "Renewal" in browser.get(f"{LIST}/draft?parent={one}&relation=renewal").heading


def test_a_consent_is_drafted_beside_the_agreement_it_is_about(app: House, browser: Browser):
    _, (one,) = made(app, executed)
    sign_in(browser, Role.AGREEMENTS)
    at = f"{LIST}/draft?parent={one}&relation=consent"
    assert "Say to whom the recipient may pass it on." in browser.submit(at, {"third": ""}, status=200).words
    record = browser.follow(browser.submit(at, {"third": "RIKEN BioResource Centre"}))
    assert "May be passed on to" in record.words


def test_the_list_takes_as_many_statements_for_many_rows_as_for_one(app: House, browser: Browser):
    sign_in(browser, Role.AUDITOR)
    made(app, draft)
    few = measured(browser, LIST)
    made_more(app)
    assert measured(browser, LIST) == few


def made_more(app: House) -> None:
    """Twenty further drafts between the same two."""
    with app.app_context():
        first = db.session.scalars(select(Agreement)).one()
        parties = Parties(first.provider_id, first.recipient_id)
        for number in range(20):
            drafted(DraftValues(parties, Terms(f"Draft {number}"), [Item(None, "Tissue")]))
        db.session.remove()
