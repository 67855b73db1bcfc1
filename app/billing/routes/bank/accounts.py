"""Own bank accounts: their list, and the forms that adopt and end one."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.queries import find_profile
from app.audit.subjects import register_subject
from app.billing.commands.bank import adopt_bank_account as adopt
from app.billing.commands.bank import ask_bank_account, ask_bank_account_end
from app.billing.commands.bank import end_bank_account as end
from app.billing.forms.bank import BankAccountForm, EndBankAccountForm
from app.billing.queries.approvals import is_by_two
from app.billing.queries.bank import BankAccountRow, get_bank_account, list_bank_accounts, propose_code
from app.billing.routes.approvals import ASKED, waiting_acts, waiting_for
from app.billing.routes.blueprint import pages
from app.billing.rules import Act
from app.core import clock
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import may_open, requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.on_date import current_on
from app.web.requests import see
from app.web.table_files import tables_page
from app.web.wording import in_groups

register_subject("bank_account", "Bank account", "billing.end_bank_account", "account_id")


def _end_link(row: BankAccountRow) -> str | None:
    is_offered = row.period.last is None and may_open("billing.end_bank_account")
    return url("billing.end_bank_account", account_id=row.id) if is_offered else None


BANK_ACCOUNT_COLUMNS: tuple[Column[BankAccountRow], ...] = (
    Column("name", "Account", lambda row: row.name, Kind.NAME, link=_end_link, narrow=Narrow.NAME),
    Column("number", "IBAN or number", lambda row: in_groups(row.number) if row.iban else row.number, Kind.CODE,
           narrow=Narrow.META),
    Column("bic", "BIC", lambda row: row.bic or None, Kind.CODE),
    Column("bank", "Bank", lambda row: row.bank_name),
    Column("holder", "Holder", lambda row: row.holder),
    Column("currency", "Currency", lambda row: row.currency, narrow=Narrow.META),
    Column("ledger", "Ledger", lambda row: row.account_code, Kind.CODE),
    Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
    Column("first", "From", lambda row: row.period.first, Kind.DATE),
    Column("last", "To", lambda row: row.period.last, Kind.DATE),
)  # fmt: skip


@pages.get("/bank/accounts")
@requires(Permission.PAYMENT_READ)
def bank_accounts() -> ResponseReturnValue:
    """The consortium's own accounts as they stand on the day looked at."""
    rows = list_bank_accounts(the_actor(), current_on())
    table, waiting = Table("Bank accounts", BANK_ACCOUNT_COLUMNS, rows), waiting_acts(Act.BANK_DETAILS)
    return tables_page("billing/bank_accounts.html", {"accounts": table}, waiting=waiting)


@pages.route("/bank/accounts/new", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def adopt_bank_account() -> ResponseReturnValue:
    """Take up an account of the consortium."""
    form = BankAccountForm(data=_proposed())
    if form.validate_on_submit():
        with errors_to(form), transaction():
            if is_by_two(Act.BANK_DETAILS):
                ask_bank_account(form.facts(), actor=the_actor())
                return see("billing.bank_accounts", ASKED)
            account = adopt(form.facts(), actor=the_actor())
            return see("billing.bank_accounts", f"{account.name} is adopted.")
    follows = [
        ("Invoices in its currency ask to pay into it.", "Where a currency has several accounts, into the oldest."),
        ("Its statements can be imported.", "A file that is of no account named here is refused."),
    ]
    return _page(form, "Adopt a bank account", "Adopt the account", follows)


def _proposed() -> dict[str, Any]:
    """What is known of an account before it is entered: of the first one all that invoices say already."""
    proposed = {"currency": this_site().home_currency, "account_code": propose_code(the_actor())}
    profile = find_profile(clock.today())
    if profile is None:
        return {**proposed, "first_day": clock.today()}
    if list_bank_accounts(the_actor()) or not profile.iban:
        return {**proposed, "holder": profile.bank_holder or profile.name, "first_day": clock.today()}
    bank = {"holder": profile.bank_holder, "number": profile.iban, "bic": profile.bic, "bank_name": profile.bank_name}
    return {**proposed, **bank, "name": profile.bank_name, "first_day": profile.first_day}


@pages.route("/bank/accounts/<int:account_id>/end", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def end_bank_account(account_id: int) -> ResponseReturnValue:
    """Let an account end."""
    saved = get_bank_account(account_id, the_actor())
    form = EndBankAccountForm(data={"last_day": saved.period.last or clock.today(), "version": str(saved.version)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            if is_by_two(Act.BANK_DETAILS):
                day, version = form.last_day.data, form.shown_version
                ask_bank_account_end(account_id, day, version=version, actor=the_actor())
                return see("billing.bank_accounts", ASKED)
            end(account_id, form.last_day.data, version=form.shown_version, actor=the_actor())
            return see("billing.bank_accounts", f"{saved.name} ends.")
    follows = [("What was booked stays.", "Statements up to its last day can still be imported.")]
    waiting = waiting_for("bank_account", account_id)
    return _page(form, f"End {saved.called}", "End the account", follows, waiting=waiting)


def _page(form: object, title: str, verb: str, follows: list[tuple[str, str]], **more: Any) -> ResponseReturnValue:
    back, template = url("billing.bank_accounts"), "billing/end_bank_account.html" if more else "layouts/form.html"
    return render_template(
        template,
        form=form,
        **more,
        title=title,
        verb=verb,
        follows=follows,
        crumbs=[("Bank accounts", back)],
        cancel=back,
    )
