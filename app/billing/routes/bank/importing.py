"""Bringing statements: the file, and for a table the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import bank as commands
from app.billing.commands.bank import Imported, bring_statements, read_table_file
from app.billing.forms.bank import StatementForm, columns_form
from app.billing.queries.bank import WaitingFile, get_bank_file, get_statement, list_bank_accounts
from app.billing.routes.blueprint import pages
from app.billing.rules.bank.statements import MOST_BYTES
from app.core.permissions import Permission
from app.core.tables import Column, Narrow, Table
from app.core.transaction import transaction
from app.files.forms import ask_again
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.security import takes_uploads
from app.web.wording import plural

ROOM = 1024 * 1024
CRUMBS = "Bank"


@pages.route("/bank/import", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
@takes_uploads(MOST_BYTES + ROOM)
def import_statements() -> ResponseReturnValue:
    """Bring a file of statements; it is taken whole, or refused whole with the reason."""
    form = StatementForm()
    form.account.offer([(each.id, each.called) for each in list_bank_accounts(the_actor())], empty="As the file says")
    if form.validate_on_submit():
        with errors_to(form), transaction():
            brought = bring_statements(form.brought(), form.account.chosen_id, actor=the_actor())
            return _told(brought, form.account.chosen_id)
    ask_again(form)
    back = url("billing.bank")
    return render_template("billing/import_statements.html", form=form, crumbs=[(CRUMBS, back)], cancel=back)


@pages.route("/bank/files/<int:file_id>", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def bank_columns(file_id: int) -> ResponseReturnValue:
    """Say of which account a table is and which column is what; both are remembered for the next one."""
    file = get_bank_file(file_id, the_actor())
    form = columns_form(file, next(iter(ids_in_address("account")), None))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            account_id = form.account.chosen_id or 0
            return _told(read_table_file(file_id, account_id, form.mapping(), actor=the_actor()))
    back = url("billing.bank")
    told = {"form": form, "file": file, "rows": _first_rows(file), "crumbs": [(CRUMBS, back)], "cancel": back}
    return render_template("billing/bank_columns.html", **told)


@pages.post("/bank/files/<int:file_id>/put-aside")
@requires(Permission.PAYMENT_EDIT)
def put_table_aside(file_id: int) -> ResponseReturnValue:
    """Leave a table unread that was brought by mistake."""
    with transaction():
        commands.put_table_aside(file_id, actor=the_actor())
        return see("billing.bank", "The table is put aside; nothing of it was imported.")


def _first_rows(file: WaitingFile) -> Table[Sequence[str]]:
    """The first rows of a table under its heads."""

    def cell(place: int) -> Callable[[Sequence[str]], str]:
        return lambda row: row[place] if place < len(row) else ""

    columns = [
        Column(str(place), head, cell(place), narrow=Narrow.SAID if place else Narrow.NAME)
        for place, head in enumerate(file.head.heads)
    ]
    return Table("The first rows", columns, file.head.rows)


def _told(imported: Imported, account_id: int | None = None) -> ResponseReturnValue:
    """Where to go on: to the columns of a table of an account, to the desk where lines wait, else to the statement."""
    if imported.waiting_id is not None:
        return see("billing.bank_columns", file_id=imported.waiting_id, account=account_id)
    last = imported.statement_ids[-1]
    if not imported.added:
        told = f"All of it is on record already; nothing was added.{_doubt(imported)}"
        return see("billing.bank_statement", told, statement_id=last)
    counted = plural(imported.added, "line", "lines")
    told = f"{counted} imported, {imported.booked} booked by reference and amount.{_doubt(imported)}"
    if imported.added == imported.booked:
        return see("billing.bank_statement", told, statement_id=last)
    return see("billing.bank_desk", told, account_id=get_statement(last, the_actor()).account_id)


def _doubt(imported: Imported) -> str:
    """That lines were taken for others that say the same, where nothing proves it: a payment may be a second one."""
    if not imported.unproved:
        return ""
    one = imported.unproved == 1
    return (
        f" {plural(imported.unproved, 'line', 'lines')} without a reference of the bank {'was' if one else 'were'}"
        f" taken for {'one' if one else 'ones'} on record with the same day, amount and words; no balance proves it."
    )
