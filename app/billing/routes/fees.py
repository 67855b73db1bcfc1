"""Fees: the schedules in force, past and to come, the runs, and the form that adopts a fee."""

from __future__ import annotations

from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import adopt_fee as adopt
from app.billing.commands import correct_fee as put_right
from app.billing.commands import take_back_fee as take_back
from app.billing.forms import AdoptFeeForm, CorrectFeeForm
from app.billing.forms.concessions import TakeBackForm
from app.billing.models import FeeSchedule
from app.billing.queries.approvals import list_approvals
from app.billing.queries.charging import list_income_accounts, usual_fee
from app.billing.queries.fee_years import fee_year_on
from app.billing.queries.runs import NEWEST, RunRow, count_runs, list_runs
from app.billing.queries.schedules import ScheduleRow, get_schedule, list_classes, list_schedules
from app.billing.routes.blueprint import pages
from app.billing.rules import TAX_WORDS, Scale, TaxCategory
from app.core import clock
from app.core.money import Money
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.core.tables import Cell, Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import may_open, requires, the_actor
from app.web.addresses import record_link, url
from app.web.forms import errors_to
from app.web.on_date import current_on, is_past, known_at
from app.web.requests import see
from app.web.table_files import most_rows, tables_page
from app.web.wording import sum_of

TIERS = {Scale.INCOME: "by income group, at most", Scale.SIZE: "by size, at most"}
CUT_DOWN = {"none": "Whole fee always", "by_day": "By days", "by_month": "By months begun"}


def _tax(row: ScheduleRow) -> str:
    if row.tax_category is TaxCategory.STANDARD:
        return f"{row.tax_basis_points / 100:g} %"
    return TAX_WORDS[row.tax_category]


def _correcting(row: ScheduleRow) -> str | None:
    """Where a fee is put right, for who may."""
    may = may_open("billing.correct_fee") and not is_past()
    return url("billing.correct_fee", schedule_id=row.id) if may else None


SCHEDULE_COLUMNS: tuple[Column[ScheduleRow], ...] = (
    Column("name", "Fee", lambda row: row.name, Kind.NAME, link=_correcting, narrow=Narrow.NAME),
    Column("class", "Class", lambda row: row.class_name, narrow=Narrow.META),
    Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
    Column("first", "From", lambda row: row.period.first, Kind.DATE, narrow=Narrow.META),
    Column("last", "To", lambda row: row.period.last, Kind.DATE),
    Column("scale", "Tiers", lambda row: TIERS[row.scale] if row.scale else "one fee for all"),
    Column("proration", "Part of a year", lambda row: CUT_DOWN[row.proration.value]),
    Column("tax", "Tax", _tax),
    Column("decision", "Decided by", lambda row: row.decision),
    Column("amount", "A year", lambda row: row.amount, Kind.MONEY, narrow=Narrow.AMOUNT),
)


def total_of(run: RunRow) -> Cell:
    """The total of a run: one amount, or each currency's in words."""
    return sum_of(run.totals)


RUN_COLUMNS: tuple[Column[RunRow], ...] = (
    Column(
        "year",
        "Run",
        lambda row: f"Fee run {row.year}",
        Kind.NAME,
        link=record_link("billing.run", "run_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("state", "State", lambda row: "running" if row.state == "issuing" else row.state, Kind.STATE,
           narrow=Narrow.STATE),
    Column("prepared", "Prepared", lambda row: row.prepared_at, Kind.INSTANT),
    Column("by", "By", lambda row: row.prepared_by, narrow=Narrow.META),
    Column("issued", "Issued", lambda row: row.issue_day, Kind.DATE, narrow=Narrow.META),
    Column("due", "Due", lambda row: row.due_day, Kind.DATE),
    Column("count", "Invoices", lambda row: row.planned, Kind.NUMBER),
    Column("total", "Total", total_of, Kind.MONEY, narrow=Narrow.AMOUNT),
)  # fmt: skip


@pages.get("/fees")
@requires(Permission.FEE_READ)
def fees() -> ResponseReturnValue:
    """The fee schedules as they stand on the day looked at, and the runs that billed them."""
    actor = the_actor()
    schedules = list_schedules(current_on(), known=known_at(), actor=actor)
    past = current_on() if is_past() else None
    runs = list_runs(actor, most_rows(NEWEST), on=past)
    return tables_page(
        "billing/fees.html",
        {
            "schedules": Table("Fee schedules", SCHEDULE_COLUMNS, schedules),
            "runs": Table("Fee runs", RUN_COLUMNS, runs),
        },
        run_count=count_runs(actor, on=past),
        has_approvals=bool(list_approvals(actor, 1)),
        in_force=[row for row in schedules if row.state == "in_force"],
    )


@pages.route("/fees/new", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def adopt_fee() -> ResponseReturnValue:
    """Adopt a fee for a class from a day on."""
    actor = the_actor()
    form = AdoptFeeForm(data=usual_fee() | {"first_day": _next_year()})
    form.class_id.offer(list_classes(actor))
    form.income_account.offer(list_income_accounts())
    if form.validate_on_submit():
        with errors_to(form), transaction():
            schedule = adopt(form.terms(form.class_id.chosen_id or 0), actor=actor)
            return see("billing.fees", f"{schedule.name} is adopted.")
    return render_template("billing/adopt_fee.html", form=form)


@pages.route("/fees/<int:schedule_id>/correct", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def correct_fee(schedule_id: int) -> ResponseReturnValue:
    """Put a fee right, or end it."""
    schedule = get_schedule(schedule_id, the_actor())
    form = CorrectFeeForm(data=_shown(schedule))
    form.income_account.offer(list_income_accounts())
    if form.validate_on_submit():
        with errors_to(form), transaction():
            terms = form.terms(schedule.class_id)
            put_right(schedule_id, terms, reason=form.reason.data, actor=the_actor())
            return see("billing.fees", "The fee is corrected.")
    return render_template("billing/correct_fee.html", form=form, schedule=schedule)


@pages.route("/fees/<int:schedule_id>/take-back", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def take_back_fee(schedule_id: int) -> ResponseReturnValue:
    """Take a fee back that was adopted by mistake."""
    schedule = get_schedule(schedule_id, the_actor())
    form = TakeBackForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            take_back(schedule_id, schedule.class_id, reason=form.reason.data, actor=the_actor())
            return see("billing.fees", "The fee is taken back.")
    return render_template("billing/take_back_fee.html", form=form, schedule=schedule)


def _shown(schedule: FeeSchedule) -> dict[str, object]:
    return {
        "name": schedule.name,
        "currency": schedule.currency,
        "amount": None if schedule.scale else schedule.amount,
        "scale": schedule.scale.value if schedule.scale else "",
        **{tier: Money(minor, schedule.currency) for tier, minor in schedule.tiers.items()},
        "first_day": schedule.first_day,
        "last_day": schedule.last_day,
        "proration": schedule.proration.value,
        "tax_category": schedule.tax_category.value,
        "tax_rate": schedule.tax_basis_points or None,
        "tax_reason": schedule.tax_reason,
        "income_account": schedule.income_account,
        "decision": schedule.decision,
    }


def _next_year() -> date:
    """The first day of the fee year that follows."""
    return (fee_year_on(clock.today()).last or clock.today()) + ONE_DAY
