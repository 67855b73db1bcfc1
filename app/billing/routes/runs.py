"""Fee runs: the preview of a year, the desk of a run, its issue, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.billing.commands import prepare_run, start_issue
from app.billing.commands import redraft as make_anew
from app.billing.forms import IssueForm, PrepareForm, YearForm
from app.billing.queries.charges import Charge, Preview, idle_words, preview_run
from app.billing.queries.contents import contacts_on
from app.billing.queries.fee_years import fee_year_of, fee_year_on, fee_years_of, likely_year
from app.billing.queries.held_back import HeldBack, count_held_back, list_held_back
from app.billing.queries.left_out import MANY, gather, left_out_of_run
from app.billing.queries.mismatches import list_mismatches
from app.billing.queries.redrafting import changed_drafts
from app.billing.queries.runs import (
    SHOWN,
    IssueProposal,
    RunRow,
    get_run,
    list_billed,
    notes_before_issue,
    propose_issue,
)
from app.billing.queries.runs import run_progress as progress_of
from app.billing.routes.approvals import second_person
from app.billing.routes.blueprint import latest_of, pages
from app.billing.routes.run_tables import (
    HELD_BACK_COLUMNS,
    Group,
    Line,
    billed_table,
    charge_line,
    mismatch_table,
    not_billed_table,
    one_by_one,
    run_line,
)
from app.billing.rules import RunState
from app.core import clock
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.tables import Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see, while_running
from app.web.table_files import asks_for_file, most_rows, tables_page
from app.web.wording import count, long_day, money, plural, sum_of


@pages.route("/fees/runs/new", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def new_run() -> ResponseReturnValue:
    """Choose a year, see who is billed and who not and why, and make the drafts."""
    actor = the_actor()
    chosen = YearForm(formdata=request.args if "year" in request.args else None)
    year = _chosen_year(chosen)
    form = PrepareForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            run = prepare_run(year, actor=actor)
            drafts = plural(run.planned, "draft is", "drafts are")
            return see("billing.run", f"{drafts} made. Nothing is sent yet.", run_id=run.id)
    return _preview_page(year, form=form, chosen=chosen)


@pages.get("/fees/runs/<int:run_id>")
@requires(Permission.FEE_READ)
def run(run_id: int) -> ResponseReturnValue:
    """The desk of a fee run."""
    record = get_run(run_id, the_actor())
    return _desk(record, None)


@pages.post("/fees/runs/<int:run_id>/issue")
@requires(Permission.FEE_EDIT)
def issue_run(run_id: int) -> ResponseReturnValue:
    """Begin to issue the drafts of a run."""
    record = get_run(run_id, the_actor())
    form = IssueForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            start_issue(run_id, form.values(), actor=the_actor())
            return see("billing.run", "Issuing has begun. You may close this page; it goes on.", run_id=run_id)
    return _desk(record, form)


@pages.get("/fees/runs/<int:run_id>/progress")
@requires(Permission.FEE_READ)
def run_progress(run_id: int) -> ResponseReturnValue:
    """How far a run has come: what its desk asks for while it runs."""
    progress = progress_of(run_id, the_actor())
    page = render_template("billing/run_progress.html", run_id=run_id, progress=progress)
    return while_running(page, running=progress.is_running)


@pages.post("/fees/runs/<int:run_id>/redraft")
@requires(Permission.FEE_EDIT)
def redraft(run_id: int) -> ResponseReturnValue:
    """Make the drafts of a run anew that would not be made so now."""
    with transaction():
        make_anew(run_id, actor=the_actor())
        return see("billing.run", "The drafts are made anew. Nothing is sent yet.", run_id=run_id)


def _chosen_year(chosen: YearForm) -> Period:
    """The fee year asked for: by its number, or where two have one number by its first day."""
    if "year" in request.args and chosen.validate():
        return fee_year_on(chosen.first.data) if chosen.first.data else fee_year_of(chosen.year.data)
    year = likely_year()
    if "year" not in request.args:
        chosen.year.data = year.first.year
    return year


def _other_years(year: Period) -> list[tuple[str, str]]:
    """The fee years that begin in the same calendar year, as words and address."""
    return [
        (
            f"{long_day(each.first)} to {long_day(each.last)}",
            url("billing.new_run", year=each.first.year, first=each.first.isoformat()),
        )
        for each in fee_years_of(year.first.year)
        if each != year
    ]


def _preview_page(year: Period, **forms: Any) -> ResponseReturnValue:
    preview = preview_run(year, actor=the_actor())
    mismatches = list_mismatches(year, actor=the_actor())
    return tables_page(
        "billing/new_run.html",
        {
            "billed": billed_table(_charge_lines(_shown(preview.charges))),
            "not_billed": not_billed_table(gather(preview.not_billed, MANY)),
            "mismatches": mismatch_table(_shown(mismatches)),
        },
        preview=preview,
        mismatching=len(mismatches),
        **_said_of(preview),
        **forms,
    )


def _said_of(preview: Preview) -> dict[str, Any]:
    """What the page says of a preview beside its tables."""
    year, charges = preview.year, preview.charges
    return {
        "year": year,
        "other_years": _other_years(year),
        "arithmetic": next((charge for charge in charges if charge.arithmetic), None),
        "sum_line": _sum_line(preview.billed_members, preview.members - preview.billed_members, year.first.year),
        "totals": _in_words(preview.totals),
        "more": _more(len(charges)),
        "idle": _idle(charges),
    }


def _shown(rows: Sequence[Any]) -> Sequence[Any]:
    """The first of many rows on the page, all of them in a file."""
    return rows if asks_for_file() else rows[:SHOWN]


def _charge_lines(charges: Sequence[Charge]) -> list[Line]:
    contacts = contacts_on(list({charge.payer.id for charge in charges}), clock.today())
    return [charge_line(charge, contacts.get(charge.payer.id)) for charge in charges]


def _idle(charges: Sequence[Charge]) -> list[tuple[str, str]]:
    """The concessions that take nothing off, each once: whose it is and why, and what to do."""
    found = {each.id: (charge.member.name, each) for charge in charges for each in charge.idle}
    mended = "Correct it, or grant one in the currency of the fee."
    return [(f"{name}: {idle_words(each)}.", mended) for name, each in found.values()]


def _desk(record: RunRow, form: IssueForm | None) -> ResponseReturnValue:
    proposal = propose_issue(record) if _is_to_issue(record) else None
    not_billed, members = _members(record)
    return tables_page(
        "billing/run.html",
        {"not_billed": not_billed, "held_back": _held_back(record)},
        held_back_count=count_held_back(record.id, clock.today()),
        run=record,
        form=form or _issue_form(proposal),
        proposal=proposal,
        totals=_in_words(record.totals),
        to_issue=_in_words(proposal.totals) if proposal else "",
        progress=progress_of(record.id, the_actor()),
        **_before_issue(record, proposal),
        steps=_steps(record),
        more=_more(record.planned),
        history=latest_of("fee_run", record.id),
        sub=_sentence(record),
        **members,
    )


def _held_back(record: RunRow) -> Table[HeldBack]:
    """The drafts that cannot be issued yet: the first of them on the page, all in a file."""
    rows = list_held_back(record.id, clock.today(), most_rows(SHOWN))
    return Table("Cannot be issued yet", HELD_BACK_COLUMNS, rows)


def _before_issue(record: RunRow, proposal: IssueProposal | None) -> dict[str, Any]:
    """What is to be looked at before issuing; nothing once there is nothing to issue."""
    if proposal is None:
        return {"notes": [], "changed": 0, "second": None}
    return {
        "notes": notes_before_issue(record),
        "changed": len(changed_drafts(record.id, record.period)),
        "second": second_person("fee_run", record.id),
    }


def _is_to_issue(record: RunRow) -> bool:
    return record.state is RunState.DRAFT and record.drafts > 0


def _members(record: RunRow) -> tuple[Table[Group], dict[str, Any]]:
    """Who the run does not bill, beside whom it bills, and that they are all members of the year."""
    billed = list_billed(record)
    others = left_out_of_run(record.period, record.id, one_by_one=one_by_one(), actor=the_actor())
    payers = len({row.member_id for row in billed})
    return not_billed_table(others.reasons), {
        "billed": billed_table([run_line(row) for row in billed]),
        "members": others.members,
        "sum_line": _sum_line(payers, others.members, record.year) if record.planned <= SHOWN else "",
        "arithmetic": next((row for row in billed if row.arithmetic), None),
    }


def _issue_form(proposal: IssueProposal | None) -> IssueForm | None:
    if proposal is None:
        return None
    days = {"issue_day": proposal.issue_day, "due_day": proposal.due_day, "sends_mails": True}
    return IssueForm(formdata=None, data=days)


def _sum_line(billed: int, others: int, year: int) -> str:
    return (
        f"{count(billed)} billed and {count(others)} not billed make the {count(billed + others)}"
        f" institutions with a membership in {year}."
    )


def _more(number: int) -> str:
    return f"The first {SHOWN} of {count(number)}; Invoices lists all drafts of a run." if number > SHOWN else ""


def _steps(record: RunRow) -> tuple[Sequence[tuple[str, str]], int]:
    """The path of a run and where it stands on it."""
    prepared = f"{plural(record.planned, 'draft', 'drafts')} by {record.prepared_by}"
    steps = (
        ("Choose", f"fee year {record.year}"),
        ("Prepare", prepared),
        ("Review and issue", _issued_so_far(record)),
        ("Done", "numbered, frozen, posted, printed"),
    )
    place = {RunState.DRAFT: 2, RunState.ISSUING: 2, RunState.ISSUED: 4}[record.state]
    return steps, place


def _issued_so_far(record: RunRow) -> str:
    if record.state is RunState.DRAFT:
        return f"{count(record.done)} issued, {count(record.drafts)} left" if record.done else "nothing sent yet"
    return f"dated {long_day(record.issue_day)}" if record.issue_day else "numbered, frozen, posted"


def _in_words(totals: Sequence[Money]) -> str:
    total = sum_of(totals)
    return total if isinstance(total, str) else money(total)


def _sentence(record: RunRow) -> str:
    period = f"{long_day(record.period.first)} to {long_day(record.period.last)}"
    prepared = clock.local(record.prepared_at)
    return f"Fee year {period}. Prepared {long_day(prepared.date())} by {record.prepared_by}."
