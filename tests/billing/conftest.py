"""A small consortium that owes: funders with a fee, a partner without, and a billing contact each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.ctx import AppContext

from app.core.actor import Actor, Granted, program
from app.core.permissions import Role
from app.web.requests import House
from tests.billing.world import World, inside
from tests.client import Browser
from tests.database import remade
from tests.signin import sign_in


@pytest.fixture
def world(context: AppContext, office: Actor) -> World:
    """Three funders and a partner, all members since 2011, and the fee of 50,000.00 pounds since 2012."""
    assert context is not None
    return World.found(office, since=date(2011, 1, 1))


@pytest.fixture
def made(app: House) -> World:
    """A consortium whose invoices of 2016 are issued on 1 April and due on 1 May, and one payment."""

    def make() -> World:
        found = World.found(program("test"), date(2011, 1, 1))
        found.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
        found.pay("MRC", "20000.00", date(2016, 4, 20))
        return found

    with inside(app):
        return remade("billed and paid in part", make)


@pytest.fixture
def finance(browser: Browser) -> Browser:
    """A browser in which the finance committee is signed in."""
    sign_in(browser, Role.FINANCE)
    return browser


@pytest.fixture
def representative_of() -> Callable[[int], Actor]:
    """An actor who represents an institution."""

    def make(institution_id: int) -> Actor:
        return Actor("Rose Field", 1, (Granted(Role.REPRESENTATIVE, institution_id=institution_id),))

    return make
