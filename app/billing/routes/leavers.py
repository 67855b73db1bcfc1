"""The steps of leaving that billing takes: drafts of later days, and the final statement."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.billing.commands import drop_later_drafts as drop
from app.billing.commands import keep_final_statement
from app.billing.commands.leavers import DRAFTS, STATEMENT
from app.billing.documents import StatementLine, final_statement_html
from app.billing.forms import LeaverForm
from app.billing.queries.leavers import LaterDraft, final_statement, list_issued_of, list_later_drafts
from app.billing.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members.models import Departure
from app.members.queries import get_departure
from app.members.routes.leaving import StepPage, departure_form
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.pdf import print_pdf


@pages.route("/departures/<int:departure_id>/drafts", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def drop_later_drafts(departure_id: int) -> ResponseReturnValue:
    """Discard the drafts that charge for days after the last one."""

    def act() -> str | None:
        with transaction():
            return drop(departure_id, actor=the_actor()).outcome

    return departure_form(LeaverForm(), departure_id, DROPPING, act)


@pages.route("/departures/<int:departure_id>/statement", methods=["GET", "POST"])
@requires(Permission.INVOICE_READ)
def print_statement(departure_id: int) -> ResponseReturnValue:
    """Print the final statement as of today, and keep it with the case."""
    found = get_departure(departure_id, the_actor()).departure

    def act() -> str | None:
        paper = print_pdf(final_statement_html(final_statement(found, the_actor())))
        with transaction():
            return keep_final_statement(departure_id, paper, actor=the_actor()).outcome

    return departure_form(LeaverForm(), departure_id, STATING, act)


def _drafts(found: Departure) -> Table[LaterDraft]:
    columns: tuple[Column[LaterDraft], ...] = (
        Column("draft", "Draft", lambda row: f"Draft {row.id}", Kind.NAME, link=_draft_address, narrow=Narrow.NAME),
        Column("from", "Charges from", lambda row: row.first_day, Kind.DATE, narrow=Narrow.META),
        Column("to", "to", lambda row: row.last_day, Kind.DATE),
        Column("gross", "Total", lambda row: row.gross, Kind.MONEY, narrow=Narrow.AMOUNT),
    )
    return Table("Drafts", columns, list_later_drafts(found.institution_id, found.last_day, the_actor()))


def _draft_address(row: LaterDraft) -> str:
    return url("billing.invoice", invoice_id=row.id)


def _issued(found: Departure) -> Table[StatementLine]:
    columns: tuple[Column[StatementLine], ...] = (
        Column("number", "Invoice", lambda row: row.number, Kind.NAME, narrow=Narrow.NAME),
        Column("issued", "Issued", lambda row: row.issued, Kind.DATE),
        Column("due", "Due", lambda row: row.due, Kind.DATE),
        Column("gross", "Total", lambda row: row.gross, Kind.MONEY),
        Column("open", "Open", lambda row: row.still_open, Kind.MONEY, narrow=Narrow.AMOUNT),
    )
    return Table("Issued invoices", columns, list_issued_of(found.institution_id, the_actor()))


DROPPING = StepPage(
    DRAFTS,
    "Drafts of",
    "Discard them",
    "Drafts all of whose days come after the last one are discarded; they had no number.",
    _drafts,
    "No draft charges for days after the last one.",
    leaves_members=True,
)
STATING = StepPage(
    STATEMENT,
    "Final statement of",
    "Print it",
    "It says of every issued invoice what is open today, and how to pay that.",
    _issued,
    "No invoice was ever issued; the statement says so.",
    verb_for_nothing="Print it",
)
