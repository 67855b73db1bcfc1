"""What billing adds to the record of an institution: what it owes on the day looked at, its invoices and payments."""

from __future__ import annotations

from app.billing.queries.balances import Balance, balance_of
from app.billing.queries.concessions import concessions_for
from app.billing.queries.good_standing import standing_of, standing_words
from app.billing.queries.invoices import InvoiceFilters, InvoiceRow, search_invoices
from app.billing.queries.payers import payers_for
from app.billing.queries.payments import PaymentFilters, PaymentRow, search_payments
from app.billing.routes.chasing import reminders_section
from app.billing.routes.concessions import DETAILS, WHAT
from app.billing.routes.invoices import INVOICE_COLUMNS
from app.billing.routes.payers import PAYER_COLUMNS
from app.billing.routes.payments import PAYMENT_COLUMNS
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, PageRequest, Table
from app.members.routes import Part, Section, Verb, register_part, register_section
from app.web.access import may_open, the_actor
from app.web.addresses import url
from app.web.on_date import answer_as_known_now, current_on, is_past
from app.web.wording import all_of, money

WHOLE = PageRequest(size=200, sort="number", descending=True)
RECEIVED = PageRequest(size=200, sort="received", descending=True)
LATEST = PageRequest(size=6, sort="number", descending=True)
PAID_COLUMNS: tuple[Column[PaymentRow], ...] = tuple(column for column in PAYMENT_COLUMNS if column.key != "payer")
COLUMNS: tuple[Column[InvoiceRow], ...] = tuple(column for column in INVOICE_COLUMNS if column.key != "payer")

BALANCE_COLUMNS: tuple[Column[Balance], ...] = (
    Column("currency", "Currency", lambda row: row.owed.currency, Kind.NAME, narrow=Narrow.NAME),
    Column("owed", "Owed", lambda row: row.owed, Kind.MONEY),
    Column("overdue", "Of it overdue", lambda row: row.overdue or None, Kind.MONEY, narrow=Narrow.SAID),
    Column("unallocated", "Not used", lambda row: row.unallocated or None, Kind.MONEY),
    Column("balance", "Balance", lambda row: row.net, Kind.MONEY, narrow=Narrow.AMOUNT),
)


@register_section
def money_section(institution_id: int) -> Section | None:
    """The newest invoices of an institution and its balance; nothing for those who may not see them."""
    actor = the_actor()
    if not actor.may(Permission.INVOICE_READ, institution_id=institution_id):
        return None
    wanted = InvoiceFilters(payer_id=institution_id)
    page = search_invoices(wanted, LATEST, on=current_on(), actor=actor)
    if not page.total:
        return None
    link = (all_of(page.total, "invoice", "invoices"), url("billing.invoices", payer=institution_id))
    return Section("Money", Table("Money", COLUMNS, page.rows), link, _owed(institution_id))


def money_part(institution_id: int) -> list[Section]:
    """All invoices and payments of an institution by the day looked at, as known now, two hundred of each at most."""
    answer_as_known_now()
    actor, on = the_actor(), current_on()
    invoices = search_invoices(InvoiceFilters(payer_id=institution_id), WHOLE, on=on, actor=actor)
    link = ("In the list of invoices", url("billing.invoices", payer=institution_id)) if invoices.rows else None
    sections = [
        _account(institution_id),
        Section("Invoices", Table("Invoices", COLUMNS, invoices.rows), link, _owed(institution_id), "No invoice."),
    ]
    if actor.may(Permission.PAYMENT_READ):
        payments = search_payments(PaymentFilters(payer_id=institution_id), RECEIVED, on=on, actor=actor)
        listed = ("In the list of payments", url("billing.payments", payer=institution_id)) if payments.rows else None
        table = Table("Payments", PAID_COLUMNS, payments.rows)
        sections.append(Section("Payments", table, listed, payments.total, "No payment."))
    return [*sections, reminders_section(institution_id), *_fee_sections(institution_id)]


def _fee_sections(institution_id: int) -> list[Section]:
    """What is not asked of its fee, and who pays it or whose it pays: for those who read fees, where there is any."""
    actor = the_actor()
    if not actor.may(Permission.FEE_READ):
        return []
    conceded, paying = concessions_for(institution_id, actor), payers_for(institution_id, actor)
    sections = []
    if conceded:
        sections.append(Section("Concessions", Table("Concessions", (WHAT, *DETAILS), conceded), None, len(conceded)))
    if paying:
        link = _ending(institution_id) if any(row.member_id == institution_id for row in paying) else None
        sections.append(Section("Who pays", Table("Who pays", PAYER_COLUMNS, paying), link, len(paying)))
    return sections


def _ending(institution_id: int) -> tuple[str, str] | None:
    """The way to letting an institution pay its own fee again, for who may."""
    if is_past() or not may_open("billing.end_payers"):
        return None
    return "Let it pay itself", url("billing.end_payers", member_id=institution_id)


def money_buttons(institution_id: int) -> list[Verb]:
    """What can be done about the money of an institution."""
    may = the_actor().may(Permission.INVOICE_EDIT, institution_id=institution_id)
    if not may:
        return []
    return [
        Verb("Grant a concession", url("billing.grant_concession", member=institution_id)),
        Verb("Enter a tier", url("billing.place_member", member=institution_id)),
        Verb("Name payers", url("billing.name_payers", member=institution_id)),
        Verb("Charge something", url("billing.new_charge", payer=institution_id)),
    ]


def _account(institution_id: int) -> Section:
    """What is owed on the day, and the way to all that it came from."""
    balances = balance_of(institution_id, current_on(), actor=the_actor())
    whole = ("The whole account", url("billing.account", institution_id=institution_id))
    return Section(
        "Account", Table("Account", BALANCE_COLUMNS, balances), whole, empty="Nothing is owed, nothing left."
    )


def _owed(institution_id: int) -> str:
    balances = balance_of(institution_id, current_on(), actor=the_actor())
    parts = [f"{money(each.owed)} owed" for each in balances if each.owed]
    parts += [f"{money(each.unallocated)} unallocated" for each in balances if each.unallocated]
    standing = standing_of(institution_id, current_on())
    words = "" if standing.is_good else f". {standing_words(standing)}"
    return f"{', '.join(parts) or 'nothing owed'}{words}"


register_part(
    Part(
        "money",
        "Money",
        lambda institution_id: the_actor().may(Permission.INVOICE_READ, institution_id=institution_id),
        money_part,
        money_buttons,
    )
)
