"""Applications for tests: sent, confirmed, taken up for review, decided."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.accounts.commands import Machine
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import (
    ApplicantFacts,
    ApplicationFacts,
    CaseDecision,
    admit_applicant,
    adopt_policy,
    confirm_application,
    enter_application,
    submit_application,
    take_case,
)
from app.members.models import Application
from app.members.rules import InstitutionKind, Policy, Purpose
from app.outbox.models import Mail
from tests.conftest import TODAY
from tests.members.world import class_id, do
from tests.signin import make_user

if TYPE_CHECKING:
    from app.web.requests import House

VOTER = ApplicantFacts(Purpose.VOTING, "Ingrid", "Solberg", "ingrid@fjord.example")
PAYER = ApplicantFacts(Purpose.BILLING, "Ingrid", "Solberg", "ingrid@fjord.example")
D14 = CaseDecision("D-2016-014", "Two centres speak for it")


def facts(**more: Any) -> ApplicationFacts:
    """What the Fjord Mouse Clinic says of itself."""
    said: dict[str, Any] = {
        "name": "Fjord Mouse Clinic",
        "short_name": "FMC",
        "kind": InstitutionKind.RESEARCH_CENTRE,
        "class_id": class_id("partner"),
        "contact_name": "Ingrid Solberg",
        "contact_email": "ingrid@fjord.example",
        "country": "NO",
        "people": (VOTER, PAYER),
    }
    return ApplicationFacts(**(said | more))


def application_form(app: House, **more: Any) -> dict[str, Any]:
    """What is typed of the Fjord Mouse Clinic, as far as every form of an application asks for it."""
    with app.app_context():
        partner = class_id("partner")
        db.session.remove()
    return {
        "name": "Fjord Mouse Clinic",
        "short_name": "FMC",
        "kind": "research_centre",
        "class_id": str(partner),
        "contact_name": "Ingrid Solberg",
        "contact_email": "ingrid@fjord.example",
        "consents": "y",
    } | more


def open_the_door(**more: Any) -> None:
    """Let anybody apply from today on."""
    do(adopt_policy, TODAY, Policy(accepts_applications=True, **more))


def send(machine: str = "192.0.2.7", **more: Any) -> Any:
    """An application sent by the public form."""
    with transaction():
        return submit_application(facts(**more), machine=Machine(machine, "Firefox"))


def last_link() -> str:
    """The token in the newest mail."""
    body = db.session.scalars(select(Mail.body).order_by(Mail.id.desc()).limit(1)).one()
    found = re.search(r"/apply/\w+/(\S+)", body)
    assert found, body
    return found[1]


def confirmed(**more: Any) -> Application:
    """An application sent and confirmed."""
    send(**more)
    with transaction():
        return confirm_application(last_link())


def officer(name: str = "Odile Fennimore") -> Actor:
    """Someone of the secretariat, who may own cases."""
    with transaction():
        user = make_user(Role.SECRETARIAT, name=name)
    return Actor(user.name, user.id, (Granted(Role.SECRETARIAT),))


def under_review(actor: Actor, **more: Any) -> Application:
    """An application that someone has entered and taken."""
    entered = do(enter_application, facts(**more), actor=actor)
    taken: Application = do(take_case, entered.id, actor=actor)
    return taken


def admitted(actor: Actor, **more: Any) -> Application:
    """An application decided: a partner from today on."""
    reviewed = under_review(actor, **more)
    decided: Application = do(
        admit_applicant, reviewed.id, D14, class_id=reviewed.class_id, member_from=TODAY, actor=actor
    )
    return decided
