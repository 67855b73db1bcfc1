"""Invoices: their list, the record of one, its PDF, and issuing or discarding a single draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.billing.commands import discard_draft, issue_invoice
from app.billing.documents import InvoicePaper, read_einvoice, ubl_xml
from app.billing.documents import invoice_pdf as printed
from app.billing.forms import InvoiceFilterForm, IssueOneForm
from app.billing.queries.held_back import find_held_back
from app.billing.queries.invoices import (
    InvoiceFilters,
    InvoiceRow,
    InvoiceView,
    LineRow,
    get_einvoice,
    get_invoice,
    get_invoice_pdf,
    list_invoice_payers,
    list_issue_years,
    search_invoices,
)
from app.billing.queries.runs import list_runs, notes_before_issue_of, propose_issue_on
from app.billing.routes.approvals import second_person, waiting_for
from app.billing.routes.blueprint import POSTING_COLUMNS, latest_of, offering, pages
from app.billing.routes.chasing import age_tabs, chasing_of
from app.billing.routes.corrected import corrected, correction_facts, is_credit, sentence_of, steps_of
from app.billing.rules import Standing
from app.core.actor import Actor
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import AnyTable, Column, Kind, Narrow, Page, PageRequest, Table
from app.core.texts import full_stop
from app.core.transaction import transaction
from app.files.queries import open_file
from app.web.access import may_open, requires, the_actor
from app.web.addresses import ids_in_address, record_link, url
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on
from app.web.requests import see
from app.web.wording import long_day, money

PDF, XML = "application/pdf", "application/xml"
INVOICE_COLUMNS: tuple[Column[InvoiceRow], ...] = (
    Column(
        "number",
        "Invoice",
        lambda row: row.called,
        Kind.NAME,
        sortable=True,
        link=record_link("billing.invoice", "invoice_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column(
        "payer",
        "Payer",
        lambda row: row.payer,
        sortable=True,
        link=record_link("members.institution", "institution_id", lambda row: row.payer_id),
        narrow=Narrow.META,
    ),
    Column("issued", "Issued", lambda row: row.issue_day, Kind.DATE, sortable=True),
    Column("due", "Due", lambda row: row.due_day, Kind.DATE, sortable=True, narrow=Narrow.META),
    Column("state", "State", lambda row: row.standing, Kind.STATE, narrow=Narrow.STATE),
    Column("gross", "Total", lambda row: row.gross, Kind.MONEY, sortable=True, narrow=Narrow.META),
    Column("open", "Open", lambda row: row.owed, Kind.MONEY, sortable=True, narrow=Narrow.AMOUNT),
)
INVOICES = Listing(
    title="Invoices",
    noun=("invoice", "invoices"),
    columns=INVOICE_COLUMNS,
    default_sort="number",
    of_a_day=True,
    descending=True,
    action=Action("Charge something", "billing.new_charge"),
    empty=Empty(
        "No invoices yet",
        "A fee run makes drafts for all members that carry a fee, and issues them.",
        "New fee run",
        "billing.new_run",
    ),
)
LINE_COLUMNS: tuple[Column[LineRow], ...] = (
    Column("description", "Description", lambda row: row.description, narrow=Narrow.NAME),
    Column("why", "Why this amount", lambda row: row.why, narrow=Narrow.META),
    Column("first", "From", lambda row: row.first_day, Kind.DATE),
    Column("last", "To", lambda row: row.last_day, Kind.DATE),
    Column("net", "Amount", lambda row: row.net, Kind.MONEY, narrow=Narrow.AMOUNT),
)


@pages.get("/invoices")
@requires(Permission.INVOICE_READ)
def invoices() -> ResponseReturnValue:
    """All invoices the reader may see, as they stand on the day looked at."""
    actor = the_actor()
    form = offering(
        InvoiceFilterForm,
        year=[(year, str(year)) for year in list_issue_years(actor)],
        # Links lead here for one payer or one run; by hand, the words find both without hundreds of choices.
        payer=list_invoice_payers(ids_in_address("payer"), actor) if "payer" in request.args else None,
        run=_run_choices(actor) if "run" in request.args else None,
    )
    return list_page(replace(INVOICES, filters_form=form), _search, {"tabs": age_tabs()})


def _run_choices(actor: Actor) -> list[tuple[int, str]]:
    shown = list_runs(actor) if may_open("billing.fees") else ()
    return [(row.id, f"Fee run {row.year}, no. {row.id}") for row in shown]


def _search(form: Any, wanted: PageRequest) -> Page[InvoiceRow]:
    filters = InvoiceFilters(
        words=form.q.data or "",
        standing=Standing(form.state.data) if form.state.data else None,
        year=form.year.chosen_id,
        payer_id=form.payer.chosen_id if "payer" in form else None,
        run_id=form.run.chosen_id if "run" in form else None,
        age=int(form.age.data) if form.age.data else None,
        disputed=bool(form.disputed.data),
    )
    return search_invoices(filters, wanted, on=current_on(), actor=the_actor())


@pages.get("/invoices/<int:invoice_id>")
@requires(Permission.INVOICE_READ)
def invoice(invoice_id: int) -> ResponseReturnValue:
    """One invoice on the day looked at: what it says, what settled it, how it was booked."""
    record = get_invoice(invoice_id, on=current_on(), actor=the_actor())
    return render_template(
        "billing/invoice.html",
        record=record,
        **_said(record),
        facts=_facts(record),
        tables=_tables(record),
        totals=_totals(record),
        steps=steps_of(record) or _steps(record),
        **corrected(record),
        **_before_issue(record),
        chasing=chasing_of(record),
        history=latest_of("invoice", invoice_id),
    )


def _tables(record: InvoiceView) -> dict[str, AnyTable]:
    return {
        "lines": Table("Lines", LINE_COLUMNS, record.lines),
        "postings": Table("Ledger", POSTING_COLUMNS, record.postings),
    }


def _before_issue(record: InvoiceView) -> dict[str, Any]:
    """Why a draft cannot be issued yet, and whether it waits for a second person."""
    row = record.row
    second = _second(record) if record.is_draft else None
    return {
        "held_back": find_held_back(row.id, today()) if record.is_draft else None,
        "second": None if row.run_id else second,
        "may_issue": second is None or second["is_given"],
        "waiting": waiting_for("invoice", row.id),
    }


def _second(record: InvoiceView) -> dict[str, Any] | None:
    """How a draft stands with its second person, who is asked about all of its run where it has one."""
    row = record.row
    return second_person("fee_run", row.run_id) if row.run_id else second_person("invoice", row.id)


@pages.get("/invoices/<int:invoice_id>/pdf")
@requires(Permission.INVOICE_READ)
def invoice_pdf(invoice_id: int) -> Response:
    """The PDF as it was kept; of a draft, a preview that says so."""
    found = get_invoice_pdf(invoice_id, the_actor())
    if found.file_id is None:
        frozen = found.frozen
        return send_bytes(printed(frozen.content, frozen.sha256, frozen.logo), PDF, found.name)
    kept = open_file(found.file_id)
    return send_bytes(kept.content, kept.media_type, kept.name)


@pages.get("/invoices/<int:invoice_id>/ubl.xml")
@requires(Permission.INVOICE_READ)
def invoice_ubl(invoice_id: int) -> Response:
    """The electronic invoice for programs that read UBL; the PDF carries the same as CII."""
    found = get_einvoice(invoice_id, the_actor())
    return send_bytes(ubl_xml(read_einvoice(found.frozen.content)), XML, found.name)


@pages.route("/invoices/<int:invoice_id>/issue", methods=["GET", "POST"])
@requires(Permission.INVOICE_EDIT)
def issue(invoice_id: int) -> ResponseReturnValue:
    """Issue one draft by itself."""
    record = get_invoice(invoice_id, actor=the_actor())
    proposed, due = propose_issue_on()
    form = IssueOneForm(data={"issue_day": proposed, "due_day": due, "sends_mails": True})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            issued = issue_invoice(invoice_id, form.values(), actor=the_actor())
            return see("billing.invoice", f"{issued.number} is issued.", invoice_id=invoice_id)
    second, notes = _second(record) if record.is_draft else None, notes_before_issue_of(invoice_id)
    return render_template("billing/issue.html", form=form, record=record, notes=notes, second=second)


@pages.post("/invoices/<int:invoice_id>/discard")
@requires(Permission.FEE_EDIT)
def discard(invoice_id: int) -> ResponseReturnValue:
    """Take a draft away."""
    get_invoice(invoice_id, actor=the_actor())
    with transaction():
        run = discard_draft(invoice_id, actor=the_actor())
        notice = "The draft is discarded. No number was used."
        if run is not None:
            return see("billing.run", notice, run_id=run.id)
        return see("billing.invoices", notice)


def _said(record: InvoiceView) -> dict[str, str]:
    return {"title": record.row.called, "sub": _sentence(record), "why_no_tax": _why_no_tax(record.paper)}


def _sentence(record: InvoiceView) -> str:
    row = record.row
    if row.standing is Standing.DRAFT:
        return f"Draft of {money(row.gross)} to {full_stop(row.payer)} It has no number and nothing is owed yet."
    return sentence_of(record)


def _facts(record: InvoiceView) -> list[tuple[Any, ...]]:
    row, paper = record.row, record.paper
    payer = url("members.institution", institution_id=row.payer_id)
    formerly = "" if row.payer == paper.buyer.name else f"today {row.payer}"
    facts: list[tuple[Any, ...]] = [
        ("Credited to" if is_credit(record) else "Invoice to", paper.buyer.name, payer, formerly),
        ("Address", "\n".join(paper.buyer.in_window[1:])),
        ("Their account", paper.account_number, url("billing.account", institution_id=row.payer_id)),
        ("Purchase order", paper.purchase_order),
        *([("Buyer reference", paper.buyer_reference)] if paper.buyer_reference else []),
    ]
    if row.number is not None:
        facts.append(("Date", long_day(row.issue_day)))
    if row.number is not None and not is_credit(record):
        facts += [("Due", long_day(row.due_day)), ("Payment reference", paper.payment_reference)]
    facts += correction_facts(record)
    if record.run_year is not None and may_open("billing.run"):
        facts.append(("Fee run", f"Fee run {record.run_year}", url("billing.run", run_id=row.run_id)))
    return facts


def _why_no_tax(paper: InvoicePaper) -> str:
    """Why tax is not charged, in the language of the page; the first records kept it only as it stands on paper."""
    said = [f"Tax category {each.category}: {each.reason}" for each in paper.taxes if each.reason]
    return " ".join(said) or paper.tax_reason


def _totals(record: InvoiceView) -> list[tuple[str, str]]:
    taxes = [
        (
            f"Tax {each.category}, {each.rate:g} % of {money(each.base)}",
            money(-each.tax if is_credit(record) else each.tax),
        )
        for each in record.paper.taxes
    ]
    return [("Total without tax", money(record.net)), *taxes]


def _steps(record: InvoiceView) -> tuple[list[tuple[str, str]], int]:
    """The path of an invoice and where it stands on it."""
    row = record.row
    issued = long_day(row.issue_day) if row.issue_day else "number, date, ledger"
    paid = "all of it" if row.standing is Standing.PAID else f"{money(record.paid)} of {money(row.gross)}"
    steps = [
        ("Draft", "by the fee run" if row.run_id else "by hand"),
        ("Issued", issued),
        ("Paid", paid if row.number else "not yet owed"),
    ]
    place = {Standing.DRAFT: 0, Standing.PAID: 3}.get(row.standing, 2)
    return steps, place
