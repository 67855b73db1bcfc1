"""A small consortium that owes: funders with a fee, a partner without, and a billing contact each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.ctx import AppContext

from app.core.actor import Actor, Granted
from app.core.permissions import Role
from tests.billing.world import World


@pytest.fixture
def world(context: AppContext, office: Actor) -> World:
    """Three funders and a partner, all members since 2011, and the fee of 50,000.00 pounds since 2012."""
    assert context is not None
    return World.found(office, since=date(2011, 1, 1))


@pytest.fixture
def representative_of() -> Callable[[int], Actor]:
    """An actor who represents an institution."""

    def make(institution_id: int) -> Actor:
        return Actor("Rose Field", 1, (Granted(Role.REPRESENTATIVE, institution_id=institution_id),))

    return make
