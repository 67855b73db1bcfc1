"""The account of a payer on any day: page, files, and the statement as PDF."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.billing.commands import order_statement
from app.billing.documents.accounts import (
    AccountRow,
    PayerAccount,
    account_statement_html,
    ages_of,
    entries_of,
)
from app.billing.forms import SinceForm
from app.billing.queries.accounts import account_statement, accounts_of
from app.billing.queries.given import SentStatement, find_unsent_statement, get_sent_statement, list_sent_statements
from app.billing.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.texts import full_stop
from app.core.transaction import transaction
from app.files.queries import open_file
from app.members.queries import InstitutionRecord, former_names, get_institution, list_names
from app.web import exports
from app.web.access import may_open, requires, the_actor
from app.web.addresses import here, record_link, url
from app.web.downloads import send_bytes
from app.web.listing import filters_read
from app.web.on_date import current_on
from app.web.pdf import print_pdf
from app.web.requests import see
from app.web.wording import join_words, long_day, money

_invoice = record_link("billing.invoice", "invoice_id", lambda row: row.invoice_id)
_payment = record_link("billing.payment", "payment_id", lambda row: row.payment_id)


def _source(row: AccountRow) -> str | None:
    return _invoice(row) or (_payment(row) if may_open("billing.payment") else None)


def columns_in(currency: str) -> tuple[Column[AccountRow], ...]:
    """The columns of an account in a currency."""
    return (
        Column("document", "Document", lambda row: row.document, Kind.NAME, link=_source, narrow=Narrow.NAME),
        Column("text", "Text", lambda row: row.said, narrow=Narrow.META),
        Column("day", "Date", lambda row: row.day if row.document else None, Kind.DATE, narrow=Narrow.META),
        Column("charged", "Charged", lambda row: row.charged, Kind.MONEY, narrow=Narrow.SAID, currency=currency),
        Column("settled", "Paid, credited", lambda row: row.settled, Kind.MONEY, narrow=Narrow.SAID, currency=currency),
        Column("balance", "Balance", lambda row: row.balance, Kind.MONEY, currency=currency, narrow=Narrow.AMOUNT),
    )


EXPORTED: tuple[Column[AccountRow], ...] = (
    Column("day", "Date", lambda row: row.day, Kind.DATE),
    Column("kind", "Kind", lambda row: row.kind, Kind.STATE),
    Column("document", "Document", lambda row: row.document),
    Column("text", "Text", lambda row: row.said),
    Column("currency", "Currency", lambda row: row.amount.currency),
    Column("amount", "Owed more, or less below zero", lambda row: row.amount.amount, Kind.NUMBER),
    Column("balance", "Balance", lambda row: row.balance.amount, Kind.NUMBER),
)


SENT_COLUMNS: tuple[Column[SentStatement], ...] = (
    Column("day", "Statement at", lambda row: long_day(row.day), Kind.NAME, narrow=Narrow.NAME,
           link=record_link("billing.sent_statement", "paper_id", lambda row: row.id)),
    Column("to", "Sent to", lambda row: row.person, narrow=Narrow.META),
    Column("sent", "Sent and kept", lambda row: row.given_at, Kind.INSTANT, narrow=Narrow.META),
    Column("mail", "Mail", lambda row: row.mail_word, Kind.STATE, narrow=Narrow.STATE),
    Column("sha256", "PDF, SHA-256", lambda row: row.pdf_sha256, Kind.CODE),
)  # fmt: skip


@pages.get("/members/<int:institution_id>/account")
@requires(Permission.INVOICE_READ)
def account(institution_id: int) -> ResponseReturnValue:
    """All that was charged to a payer and settled up to the day looked at, with what it owed then."""
    actor, on = the_actor(), current_on()
    asked = filters_read(SinceForm)
    accounts = accounts_of(institution_id, on, asked["since"].data, actor=actor)
    payer = get_institution(institution_id, actor, on=on)
    if request.args.get("format") in exports.WRITERS:
        return _as_file(request.args["format"], accounts, f"Account of {payer.name} {on.isoformat()}")
    return render_template(
        "billing/account.html",
        payer=payer,
        asked=asked,
        accounts=[(each, entries_of(each, columns_in(each.currency))) for each in accounts],
        ages=ages_of(accounts),
        sub=f"{_formerly(payer)}{_sentence(accounts)}",
        sent=_sent(institution_id),
        unsent=find_unsent_statement(institution_id, on, actor=actor),
        order={"institution_id": institution_id, "since": asked["since"].data},
        ways=_ways(institution_id, asked["since"].data),
    )


@pages.get("/members/<int:institution_id>/account.pdf")
@requires(Permission.INVOICE_READ)
def account_pdf(institution_id: int) -> Response:
    """The statement of account as a paper."""
    asked = SinceForm.from_request()
    if not asked.validate():
        return _asked_anew(institution_id)
    statement = account_statement(institution_id, current_on(), asked["since"].data, actor=the_actor())
    name = f"Statement {statement.account_number} {statement.last.isoformat()}.pdf"
    return send_bytes(print_pdf(account_statement_html(statement)), "application/pdf", name)


@pages.post("/members/<int:institution_id>/account/send")
@requires(Permission.INVOICE_EDIT)
def send_statement(institution_id: int) -> ResponseReturnValue:
    """Have the statement sent to the billing contact of the payer."""
    asked = SinceForm.from_request()
    if not asked.validate():
        return _asked_anew(institution_id)
    with transaction():
        order_statement(institution_id, since=asked["since"].data, actor=the_actor())
        notice = "The statement is being sent, and kept as it goes."
        return see("billing.account", notice, institution_id=institution_id)


@pages.get("/members/statements/<int:paper_id>")
@requires(Permission.INVOICE_READ)
def sent_statement(paper_id: int) -> Response:
    """A statement as it was sent."""
    kept = open_file(get_sent_statement(paper_id, the_actor()).pdf_id)
    return send_bytes(kept.content, kept.media_type, kept.name)


def _asked_anew(institution_id: int) -> Response:
    """The page of the account, which says beside the field what is wrong with the day."""
    return redirect(url("billing.account", institution_id=institution_id, since=request.args.get("since")))


def _as_file(kind: str, accounts: Sequence[PayerAccount], name: str) -> Response:
    return exports.WRITERS[kind](EXPORTED, [row for each in accounts for row in each.rows], name)


def _sent(institution_id: int) -> Table[SentStatement]:
    """The statements that were sent up to the day looked at."""
    return Table("Statements sent", SENT_COLUMNS, list_sent_statements(institution_id, current_on(), actor=the_actor()))


def _formerly(payer: InstitutionRecord) -> str:
    former = former_names(list_names(payer.id), payer.name, current_on())
    return f"Formerly {full_stop(join_words(former))} " if former else ""


def _sentence(accounts: Sequence[PayerAccount]) -> str:
    owed = [money(each.balance) for each in accounts if each.balance]
    return f"Balance on {long_day(current_on())}: {join_words(owed) if owed else 'nothing'}"


def _ways(institution_id: int, since: object) -> list[tuple[str, str]]:
    paper = url("billing.account_pdf", institution_id=institution_id, since=since)
    return [("PDF", paper), *((each.upper(), here(format=each)) for each in exports.WRITERS)]
