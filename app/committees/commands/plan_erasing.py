"""How plans and elections forget a person: what was noted and said of them, and the name of who made records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, or_, update

from app.committees.commands.erasing import FORGOTTEN
from app.committees.models import Appointment, ElectionVoter, LimitWaiver, Nomination, SuccessionPlan
from app.committees.queries.plan_holdings import SIGNED, plans_of
from app.core.database import db
from app.core.personal_data import DataSubject, erases
from app.members.rules import ERASED_NAME
from app.outbox.holdings import NOBODY


@erases("plans of succession with them")
def erase_plans(subject: DataSubject) -> int:
    """Take what was noted of somebody, and what they answered, out of plans; and who was never on record."""
    named = update(SuccessionPlan).where(plans_of(subject), SuccessionPlan.email.is_not(None))
    named = named.values(
        given_name=ERASED_NAME, family_name=str(subject.person_id or ""), email=NOBODY, note=None, answer=None
    )
    noted = update(SuccessionPlan).where(SuccessionPlan.person_id == (subject.person_id or 0))
    return _count(noted.values(note=None, answer=None), SuccessionPlan.id) + _count(named, SuccessionPlan.id)


@erases("elections they stood or could vote in")
def erase_nominations(subject: DataSubject) -> int:
    """Take what was written about somebody, and their name among voters, out of elections."""
    person_id = subject.person_id or 0
    nominated = update(Nomination).where(Nomination.person_id == person_id).values(statement=None, answer=None)
    voted = update(ElectionVoter).where(ElectionVoter.person_id == person_id).values(name=subject.alias)
    return _count(nominated, Nomination.id) + _count(voted, ElectionVoter.id)


@erases("why a limit of terms should not hold for them")
def erase_waivers(subject: DataSubject) -> int:
    """Forget why a limit was waived, or not, wherever that was carried; that it was asked and decided stays."""
    person_id = subject.person_id or 0
    asked = (LimitWaiver.reason, LimitWaiver.decision, LimitWaiver.answer)
    return (
        _forget(LimitWaiver, person_id, *asked)
        + _forget(SuccessionPlan, person_id, SuccessionPlan.limit_waived)
        + _forget(Appointment, person_id, Appointment.limit_waived)
    )


@erases("plans and elections they made")
def erase_signatures(subject: DataSubject) -> int:
    """Take the name of who planned, called, nominated or decided out of the records, where nobody else bears it."""
    return sum(
        _count(update(by.class_).where(by.in_(subject.signatures)).values({by: subject.alias}), by)
        for _, by, _, _ in SIGNED
    )


def _forget(model: Any, person_id: int, *texts: Any) -> int:
    """Put a set phrase in the place of what is said in some columns of a person's rows."""
    said = update(model).where(model.person_id == person_id, or_(*(text.is_not(None) for text in texts)))
    return _count(said.values({text: case((text.is_not(None), FORGOTTEN)) for text in texts}), model.id)


def _count(change: Any, returned: Any) -> int:
    """Run a change of many rows; how many there were."""
    return len(db.session.execute(change.returning(returned).execution_options(synchronize_session=False)).all())
