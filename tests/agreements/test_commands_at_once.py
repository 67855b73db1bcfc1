"""Two who sign, approve or end one agreement at the same moment: one wins, the other is told."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.agreements.commands import Consent, approve_agreement, send_for_review, sign_agreement, withdraw_agreement
from app.agreements.models import Agreement, AgreementSignature, AgreementVersion
from app.agreements.rules import Side
from app.agreements.rules.signing import CONSENT
from app.core.database import db
from app.core.transaction import transaction
from app.web.requests import House
from tests.agreements.signing_world import MACHINE, OFFICE, PASSWORD, approved, drafted, fresh, made_world
from tests.at_once import at_once

STALE = "Someone else changed this record meanwhile. Nothing was overwritten."


@pytest.mark.parametrize("sides", [(Side.PROVIDER, Side.PROVIDER), (Side.PROVIDER, Side.RECIPIENT)])
def test_of_two_signatures_at_once_one_is_given_and_the_other_is_told(app: House, sides):
    with app.app_context():
        world = made_world()
        one = approved(world.values())
        version, actors = fresh(one).version, {side: world.acts(side) for side in sides}
        db.session.remove()

    def sign(side: Side):
        consent = Consent(PASSWORD, CONSENT)
        return lambda: sign_agreement(one, consent, side=side, version=version, machine=MACHINE, actor=actors[side])

    assert at_once(app, *(sign(side) for side in sides)) == ["done", STALE]
    with app.app_context():
        assert db.session.scalar(select(func.count(AgreementSignature.id))) == 1
        db.session.remove()


def test_of_an_approval_and_a_withdrawal_at_once_one_holds(app: House):
    with app.app_context():
        one = drafted(made_world().values())
        with transaction():
            send_for_review(one, comment=None, version=fresh(one).version, actor=OFFICE)
        version = fresh(one).version
        db.session.remove()
    told = at_once(
        app,
        lambda: approve_agreement(one, comment=None, version=version, actor=OFFICE),
        lambda: withdraw_agreement(one, reason="Not needed", version=version, actor=OFFICE),
    )
    assert told == ["done", STALE]
    with app.app_context():
        number = db.session.scalar(select(Agreement.number))
        assert db.session.scalar(select(func.count(AgreementVersion.id))) == (1 if number else 0)
        db.session.remove()
