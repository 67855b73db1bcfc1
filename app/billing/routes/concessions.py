"""Concessions on fees: their list, granting one, putting one right, taking one back."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import correct_concession as put_right
from app.billing.commands import grant_concession as grant
from app.billing.commands import take_back_concession as take_back
from app.billing.forms.concessions import ConcessionForm, NewConcessionForm, TakeBackForm
from app.billing.queries.concessions import ConcessionRow, get_concession, list_concessions
from app.billing.queries.fee_years import fee_year_on
from app.billing.routes.blueprint import pages
from app.billing.rules import CONCESSION_WORDS, state_on
from app.core.clock import today
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members.routes import ask_institution
from app.web.access import may_open, requires, the_actor
from app.web.addresses import ids_in_address, record_link, url
from app.web.forms import errors_to
from app.web.on_date import current_on, is_past, known_at
from app.web.requests import see
from app.web.table_files import tables_page
from app.web.wording import day


def correcting(row: ConcessionRow) -> str | None:
    """Where a concession is put right, for who may."""
    may = may_open("billing.correct_concession") and not is_past()
    return url("billing.correct_concession", concession_id=row.id) if may else None


WHAT = Column[ConcessionRow](
    "kind", "Concession", lambda row: CONCESSION_WORDS[row.kind], link=correcting, narrow=Narrow.META
)
DETAILS: tuple[Column[ConcessionRow], ...] = (
    Column("state", "State", lambda row: state_on(row.period, current_on()), Kind.STATE, narrow=Narrow.STATE),
    Column("first", "From", lambda row: row.period.first, Kind.DATE),
    Column("last", "To", lambda row: row.period.last, Kind.DATE),
    Column("extent", "How much", lambda row: row.extent, narrow=Narrow.META),
    Column("reason", "Why", lambda row: row.reason),
    Column("by", "Approved by", lambda row: ", ".join(filter(None, (row.approved_by, row.decision)))),
    Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, narrow=Narrow.AMOUNT),
)
CONCESSION_COLUMNS: tuple[Column[ConcessionRow], ...] = (
    Column(
        "member",
        "Member",
        lambda row: row.name,
        Kind.NAME,
        link=record_link("members.institution", "institution_id", lambda row: row.institution_id),
        aside=lambda row: row.short_name if row.short_name != row.name else None,
        narrow=Narrow.NAME,
    ),
    WHAT,
    *DETAILS,
)


@pages.get("/fees/concessions")
@requires(Permission.FEE_READ)
def concessions() -> ResponseReturnValue:
    """All concessions, as they stand on the day looked at."""
    rows = list_concessions(known=known_at(), actor=the_actor())
    table = Table("Concessions", CONCESSION_COLUMNS, rows)
    return tables_page("billing/concessions.html", {"concessions": table})


@pages.route("/fees/concessions/new", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def grant_concession() -> ResponseReturnValue:
    """Grant a concession on the fee of a member."""
    member_id = next(iter(ids_in_address("member")), None)
    usual = {"first_day": fee_year_on(today()).first, "currency": this_site().home_currency}
    form = NewConcessionForm(data=usual)
    ask_institution(form.institution, member_id)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            grant(form.institution.chosen_id or 0, form.terms(), actor=the_actor())
            return see("billing.concessions", "The concession is granted.")
    return render_template("billing/grant_concession.html", form=form)


@pages.route("/fees/concessions/<int:concession_id>/correct", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def correct_concession(concession_id: int) -> ResponseReturnValue:
    """Put a concession right, or end it."""
    row = get_concession(concession_id, the_actor())
    form = ConcessionForm(data=_shown(row))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            put_right(concession_id, form.terms(), actor=the_actor())
            return see("billing.concessions", "The concession is corrected.")
    return render_template("billing/correct_concession.html", form=form, row=row)


@pages.route("/fees/concessions/<int:concession_id>/take-back", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def take_back_concession(concession_id: int) -> ResponseReturnValue:
    """Take a concession back."""
    row = get_concession(concession_id, the_actor())
    form = TakeBackForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            take_back(concession_id, reason=form.reason.data, actor=the_actor())
            return see("billing.concessions", "The concession is taken back.")
    sub = f"{CONCESSION_WORDS[row.kind]} of {row.name} from {day(row.period.first)}"
    return render_template("billing/take_back_concession.html", form=form, sub=sub)


def _shown(row: ConcessionRow) -> dict[str, object]:
    return {
        "kind": row.kind.value,
        "rate": row.basis_points,
        "currency": row.amount.currency if row.amount else this_site().home_currency,
        "amount": row.amount,
        "first_day": row.period.first,
        "last_day": row.period.last,
        "reason": row.reason,
        "approved_by": row.approved_by,
        "decision": row.decision,
    }
