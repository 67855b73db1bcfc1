"""Who pays the fees of members: the list, naming payers, and letting a member pay itself again."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import end_payers as end
from app.billing.commands import name_payers as name
from app.billing.forms.concessions import EndPayersForm, PayersForm
from app.billing.queries.fee_years import fee_year_on
from app.billing.queries.payers import PayerRow, list_payers, payers_for
from app.billing.routes.blueprint import pages
from app.billing.rules import state_on
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members.queries import get_institution
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, record_link
from app.web.forms import errors_to
from app.web.on_date import current_on, known_at
from app.web.requests import see
from app.web.table_files import tables_page

PAYER_COLUMNS: tuple[Column[PayerRow], ...] = (
    Column(
        "member",
        "Member",
        lambda row: row.member,
        Kind.NAME,
        link=record_link("members.institution", "institution_id", lambda row: row.member_id),
        narrow=Narrow.NAME,
    ),
    Column(
        "payer",
        "Its fee is paid by",
        lambda row: row.payer,
        link=record_link("members.institution", "institution_id", lambda row: row.payer_id),
        narrow=Narrow.META,
    ),
    Column("share", "Share", lambda row: row.share, narrow=Narrow.META),
    Column("state", "State", lambda row: state_on(row.period, current_on()), Kind.STATE, narrow=Narrow.STATE),
    Column("first", "From", lambda row: row.period.first, Kind.DATE),
    Column("last", "To", lambda row: row.period.last, Kind.DATE),
    Column("how", "Invoices", lambda row: "one for each member" if row.is_separate else "one for all members"),
    Column("reason", "Why", lambda row: row.reason),
)


@pages.get("/fees/payers")
@requires(Permission.FEE_READ)
def payers() -> ResponseReturnValue:
    """All who pay for others or share a fee, as they stand on the day looked at."""
    rows = list_payers(known=known_at(), actor=the_actor())
    return tables_page("billing/payers.html", {"payers": Table("Payers", PAYER_COLUMNS, rows)})


@pages.route("/fees/payers/new", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def name_payers() -> ResponseReturnValue:
    """Name who pays the fee of a member."""
    form = PayersForm(data={"first_day": fee_year_on(today()).first, "share_1": 1})
    ask_institution(form.member, next(iter(ids_in_address("member")), None))
    for field in form.payer_fields:
        ask_institution(field)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            name(form.member.chosen_id or 0, form.terms(), actor=the_actor())
            return see("billing.payers", "Who pays is named.")
    return render_template("billing/name_payers.html", form=form)


@pages.route("/fees/payers/<int:member_id>/end", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def end_payers(member_id: int) -> ResponseReturnValue:
    """Let a member pay its own fee again after a day."""
    member = get_institution(member_id, the_actor(), on=today())
    form = EndPayersForm(data={"last_day": fee_year_on(today()).last})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            end(member_id, form.last_day.data, reason=form.reason.data, actor=the_actor())
            return see("billing.payers", f"{member.name} pays its own fee after that day.")
    rows = [row for row in payers_for(member_id, the_actor()) if row.member_id == member_id]
    doing = Table("Payers", PAYER_COLUMNS, rows)
    return render_template("billing/end_payers.html", form=form, sub=member.name, doing=doing)
