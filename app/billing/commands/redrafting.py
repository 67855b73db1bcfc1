"""Making drafts of a run anew where a fee, a concession, who pays or the membership has changed since."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.commands.approvals import ask_if_needed
from app.billing.commands.runs import close_if_done, grouped, lock_classes, take_away, write_drafts
from app.billing.models import FeeRun, Invoice, InvoiceLine
from app.billing.queries.charges import Charge
from app.billing.queries.redrafting import changed_drafts, charges_anew
from app.billing.rules import Act, InvoiceState, RunState
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.permissions import Permission
from app.members.models import Membership
from app.web.wording import plural


def redraft(run_id: int, *, actor: Actor) -> FeeRun:
    """Make those drafts of a run anew that would not be made so now; what is issued stays (RULES, Fees)."""
    actor.require(Permission.FEE_EDIT)
    run = lock(FeeRun, run_id)
    if run.state is not RunState.DRAFT:
        raise DomainError("Only drafts are made anew; this run is issued, or about to be.")
    lock_classes()
    changed = changed_drafts(run_id, run.period)
    if not changed:
        raise DomainError("Every draft of this run is as it would be made now.")
    groups = grouped(_charges_instead(run, changed))
    take_away(changed)
    write_drafts(run, groups)
    run.planned += len(groups) - len(changed)
    close_if_done(run)
    record(
        "billing.redraft",
        Subject("fee_run", run_id),
        summary=f"{plural(len(changed), 'draft', 'drafts')} of fee run {run.year} made anew",
        before={"taken_away": list(changed)},
        after={"made_anew": len(groups)},
        actor=actor,
    )
    db.session.flush()
    ask_if_needed(Act.ISSUE, Subject("fee_run", run_id), actor=actor)
    return run


def _charges_instead(run: FeeRun, changed: Sequence[int]) -> list[Charge]:
    """What is charged now to the members of the drafts that change, but for what other drafts of the run charge."""
    rows = db.session.execute(
        select(Invoice.id, InvoiceLine.charge_key, Membership.institution_id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .join(Membership, Membership.id == InvoiceLine.membership_id)
        .where(Invoice.run_id == run.id, Invoice.state == InvoiceState.DRAFT)
        .order_by(InvoiceLine.id)
    ).all()
    gone = set(changed)
    members = {row.institution_id for row in rows if row.id in gone}
    kept = {row.charge_key for row in rows if row.id not in gone}
    return [
        charge
        for charge in charges_anew(run.id, run.period)
        if charge.member.institution_id in members and charge.key not in kept
    ]
