"""The accounts of the ledger: their list, and the forms that open one and name it anew."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.billing.commands import open_account as open_in_ledger
from app.billing.commands import rename_account as rename
from app.billing.forms import OpenAccountForm, RenameAccountForm
from app.billing.queries.ledger_accounts import (
    AccountRow,
    get_opened_account,
    list_ledger_accounts,
    propose_income,
)
from app.billing.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import may_open, requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.table_files import tables_page

register_subject("ledger_account", "Account of the ledger")


def _rename_link(row: AccountRow) -> str | None:
    is_offered = row.is_by_hand and may_open("billing.rename_account")
    return url("billing.rename_account", code=int(row.code)) if is_offered else None


COLUMNS: tuple[Column[AccountRow], ...] = (
    Column("account", "Account", lambda row: f"{row.code} {row.name}", Kind.NAME, narrow=Narrow.NAME),
    Column("kind", "Kind", lambda row: row.kind.value.capitalize(), narrow=Narrow.META),
    Column("opened", "Opened", lambda row: row.opened, narrow=Narrow.META),
    Column("act", "", lambda row: "Rename" if _rename_link(row) else "", link=_rename_link, narrow=Narrow.ACT),
)


@pages.get("/ledger/accounts")
@requires(Permission.PAYMENT_READ)
def ledger_accounts() -> ResponseReturnValue:
    """Every account of the ledger."""
    table = Table("Accounts of the ledger", COLUMNS, list_ledger_accounts(the_actor()))
    return tables_page("billing/ledger_accounts.html", {"accounts": table})


@pages.route("/ledger/accounts/new", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def open_account() -> ResponseReturnValue:
    """Open an account of income or expense."""
    form = OpenAccountForm(data={"code": propose_income(the_actor())})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            account = open_in_ledger(form.code.data, form.name.data, actor=the_actor())
            return see("billing.ledger_accounts", f"{account.code} {account.name} is opened.")
    follows = [
        ("Fees and charges can be income of it.", "Chosen as the income account of a fee or a line."),
        ("Lines of the bank can be booked to it.", "It stays: what is booked names it."),
    ]
    return _page(form, "Open an account", "Open the account", follows)


@pages.route("/ledger/accounts/<int:code>/rename", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def rename_account(code: int) -> ResponseReturnValue:
    """Give an account opened by hand another name."""
    saved = get_opened_account(str(code), the_actor())
    form = RenameAccountForm(data={"name": saved.name, "was": saved.name})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            rename(saved.code, form.name.data, was=form.was.data or "", actor=the_actor())
            return see("billing.ledger_accounts", f"{saved.code} is called {form.name.data}.")
    follows = [("It is called so everywhere, also for earlier days.", "What was booked stays as it was booked.")]
    return _page(form, f"Rename {saved.code} {saved.name}", "Rename the account", follows)


def _page(form: object, title: str, verb: str, follows: list[tuple[str, str]]) -> ResponseReturnValue:
    back = url("billing.ledger_accounts")
    return render_template(
        "layouts/form.html",
        form=form,
        title=title,
        verb=verb,
        follows=follows,
        crumbs=[("Ledger", url("billing.ledger")), ("Accounts", back)],
        cancel=back,
    )
