"""What billing does when an institution leaves: drafts of later years go, and a final statement is printed."""

from __future__ import annotations

from app.billing.commands.runs import discard_draft
from app.billing.queries.leavers import balance_words, list_later_drafts
from app.core.actor import Actor
from app.core.permissions import Permission
from app.files.commands import store_file
from app.members.commands import (
    CaseStep,
    Done,
    begin_leaving_step,
    finish_leaving_step,
    register_leaving_step,
)
from app.members.models import CaseTask
from app.members.queries import member_after
from app.web.wording import plural

DRAFTS, STATEMENT = "drafts", "statement"

register_leaving_step(
    CaseStep(
        DRAFTS,
        "Drafts of later days",
        "Discard drafts that charge for days after the last one.",
        50,
        "Discard them",
        "billing.drop_later_drafts",
        needs=("term",),
        waits_for_end=True,
    )
)
register_leaving_step(
    CaseStep(
        STATEMENT,
        "Final statement",
        "Print what is open on the day it is made.",
        60,
        "Print it",
        "billing.print_statement",
        needs=(DRAFTS,),
        waits_for_end=True,
    )
)


def drop_later_drafts(departure_id: int, *, actor: Actor) -> CaseTask:
    """Discard the drafts of a leaver that charge for days after its last one; they had no number."""
    actor.require(Permission.FEE_EDIT)
    departure, task = begin_leaving_step(departure_id, DRAFTS, actor=actor)
    stays = member_after(departure)
    if stays:
        return finish_leaving_step(departure, task, Done(stays), actor=actor)
    drafts = list_later_drafts(departure.institution_id, departure.last_day, actor)
    for draft in drafts:
        discard_draft(draft.id, actor=actor)
    outcome = f"{plural(len(drafts), 'draft', 'drafts')} discarded." if drafts else "There was no such draft."
    return finish_leaving_step(departure, task, Done(outcome), actor=actor)


def keep_final_statement(departure_id: int, paper: bytes, *, actor: Actor) -> CaseTask:
    """Keep the final statement of a leaver, printed as of today, with the case."""
    actor.require(Permission.INVOICE_READ)
    departure, task = begin_leaving_step(departure_id, STATEMENT, actor=actor)
    file = store_file(paper, "application/pdf", f"Final statement {departure.number}.pdf")
    outcome = f"Printed. {balance_words(departure.institution_id, actor)}"
    return finish_leaving_step(departure, task, Done(outcome, file_id=file.id), actor=actor)
