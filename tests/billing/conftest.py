"""A small consortium that owes: funders with a fee, a partner without, and a billing contact each."""

from __future__ import annotations

from datetime import date

import pytest
from flask.ctx import AppContext

from app.core.actor import Actor
from tests.billing.world import World


@pytest.fixture
def world(context: AppContext, office: Actor) -> World:  # noqa: ARG001 - rows are written within the context
    """Three funders and a partner, all members since 2011, and the fee of 50,000.00 pounds since 2012."""
    return World.found(office, since=date(2011, 1, 1))
