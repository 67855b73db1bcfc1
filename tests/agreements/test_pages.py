"""The pages of agreements, as their users meet them: drafted, negotiated, signed, and what others see of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.agreements.models import Agreement
from app.core.actor import Granted
from app.core.database import db
from app.core.permissions import Role
from app.accounts.commands import RoleFor
from app.web.requests import House
from tests.agreements.signing_world import PASSWORD, World, approved, drafted, fresh, in_force, made_world, pressed
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
    signer: int


def made(app: House, *works) -> tuple[Ids, list[int]]:
    """The world and some agreements in it; what is known of them outside of any context."""
    with app.app_context():
        world = made_world()
        found = [work(world) for work in works]
        ids = Ids(
            world.giver.id,
            world.taker.id,
            world.third.id,
            world.line.id,
            world.line.colony,
            next(iter(world.signers.values())).user_id,
        )
        db.session.remove()
    return ids, found


def draft(world: World) -> int:
    return drafted(world.values())


def to_sign(world: World) -> int:
    return approved(world.values())


def executed(world: World) -> int:
    return in_force(world, world.values())


def test_an_agreement_is_drafted_negotiated_and_signed_over_its_pages(app: House, browser: Browser):
    ids, _ = made(app)
    sign_in(browser, Role.AGREEMENTS)
    page = browser.get(f"{LIST}/new?provider=MRC+Harwell&recipient=UC+Davis&lines={ids.colony}", expects=302)
    page = browser.get(page.location)
    assert "No row of the rule table matches" in page.text
    page = page.submit({"title": "Ap4e1 to Davis", "others": "Frozen tissue", "last_day": "31 December 2017"})
    page = browser.get(page.location)
    assert page.text_of("h1").startswith("Draft ")
