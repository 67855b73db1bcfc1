"""Fee runs: the preview of a year, the desk of a run, its issue, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.billing.commands import prepare_run, start_issue
from app.billing.commands import redraft as make_anew
from app.billing.forms import IssueForm, PrepareForm, YearForm
from app.billing.queries.charges import Charge, NotBilled, idle_words, preview_run
from app.billing.queries.contents import contacts_on
from app.billing.queries.fee_years import fee_year_of, fee_year_on, fee_years_of, likely_year
from app.billing.queries.held_back import HeldBack, count_held_back, list_held_back
from app.billing.queries.left_out import FEW, MANY, Reason, gather, left_out_of_run
from app.billing.queries.mismatches import Mismatch, list_mismatches
from app.billing.queries.redrafting import changed_drafts
from app.billing.queries.runs import (
    SHOWN,
    BilledRow,
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
from app.billing.rules import RunState
from app.core import clock
from app.core.money import Money, total
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import here, record_link, url
from app.web.forms import errors_to
from app.web.requests import see, while_running
from app.web.wording import count, long_day, money, plural

_invoice_link = record_link("billing.invoice", "invoice_id", lambda row: row.invoice_id)
_institution_link = record_link("members.institution", "institution_id", lambda row: row.institution_id)


@dataclass(frozen=True)
class Line:
    """A charge as the desk shows it, of a preview or of a run."""

    name: str
    short_name: str
    href: str | None
    why: str
    fraction: str
    contact: str | None
    amount: Any


def _member(title: str) -> Column[Any]:
    return Column(
        "member",
        title,
        lambda row: row.name,
        Kind.NAME,
        link=lambda row: row.href,
        aside=lambda row: row.short_name if row.short_name != row.name else None,
        narrow=Narrow.NAME,
    )


def _billed_table(lines: Sequence[Line]) -> Table[Line]:
    currencies = {line.amount.currency for line in lines}
    currency = lines[0].amount.currency if len(currencies) == 1 else ""
    columns: list[Column[Any]] = [
        _member("Member"),
        Column("why", "Why this amount", lambda row: row.why, narrow=Narrow.META),
        Column("days", "Share", lambda row: row.fraction or None, Kind.NUMBER),
        Column("to", "Invoice to", lambda row: row.contact),
        Column(
            "amount",
            "Amount",
            lambda row: row.amount,
            Kind.MONEY,
            narrow=Narrow.AMOUNT,
            currency=currency or None,
        ),
    ]
    if not currency or len(lines) >= SHOWN:
        return Table("Billed", columns, lines)
    return Table("Billed", columns, lines, totals={"amount": total([line.amount for line in lines], currency)})


@dataclass(frozen=True)
class Group:
    """Members that are not billed for one reason; `way` leads to where it is mended, if it can be."""

    name: str
    short_name: str
    href: str | None
    why: str
    rule: str
    way: str | None


HELD_BACK_COLUMNS: tuple[Column[HeldBack], ...] = (
    Column(
        "payer",
        "Draft to",
        lambda row: row.payer,
        Kind.NAME,
        link=record_link("billing.invoice", "invoice_id", lambda row: row.invoice_id),
        narrow=Narrow.NAME,
    ),
    Column("why", "Why not", lambda row: row.why, narrow=Narrow.META),
    Column("total", "Total", lambda row: row.gross, Kind.MONEY, narrow=Narrow.AMOUNT),
)
NOT_BILLED_COLUMNS: tuple[Column[Any], ...] = (
    _member("Member"),
    Column("why", "Why not", lambda row: row.why, link=lambda row: row.way, narrow=Narrow.META),
    Column("rule", "Rule", lambda row: row.rule),
)
MISMATCH_COLUMNS: tuple[Column[Mismatch], ...] = (
    Column(
        "member",
        "Member",
        lambda row: row.name,
        Kind.NAME,
        link=_institution_link,
        aside=lambda row: row.short_name if row.short_name != row.name else None,
        narrow=Narrow.NAME,
    ),
    Column("invoice", "Billed by", lambda row: row.invoices, Kind.DOCUMENT, narrow=Narrow.META),
    Column("why", "What has changed", lambda row: row.why, narrow=Narrow.META),
    Column("difference", "Difference", lambda row: row.difference, Kind.MONEY, narrow=Narrow.AMOUNT),
)


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
    return render_template("billing/new_run.html", form=form, chosen=chosen, **_preview_page(year))


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


def _preview_page(year: Period) -> dict[str, Any]:
    preview = preview_run(year, actor=the_actor())
    shown = preview.charges[:SHOWN]
    contacts = contacts_on(list({charge.payer.id for charge in shown}), clock.today())
    lines = [_charge_line(charge, contacts.get(charge.payer.id)) for charge in shown]
    mismatches = list_mismatches(year, actor=the_actor())
    return {
        "year": year,
        "other_years": _other_years(year),
        "preview": preview,
        "billed": _billed_table(lines),
        "not_billed": _not_billed_table(gather(preview.not_billed, MANY)),
        "mismatches": Table("Changed after billing", MISMATCH_COLUMNS, mismatches[:SHOWN]),
        "mismatching": len(mismatches),
        "arithmetic": next((charge for charge in preview.charges if charge.arithmetic), None),
        "sum_line": _sum_line(preview.billed_members, preview.members - preview.billed_members, year.first.year),
        "totals": _in_words(preview.totals),
        "more": _more(len(preview.charges)),
        "idle": _idle(preview.charges),
    }


def _idle(charges: Sequence[Charge]) -> list[tuple[str, str]]:
    """The concessions that take nothing off, each once: whose it is and why, and what to do."""
    found = {each.id: (charge.member.name, each) for charge in charges for each in charge.idle}
    mended = "Correct it, or grant one in the currency of the fee."
    return [(f"{name}: {idle_words(each)}.", mended) for name, each in found.values()]


def _desk(record: RunRow, form: IssueForm | None) -> ResponseReturnValue:
    proposal = propose_issue(record) if _is_to_issue(record) else None
    return render_template(
        "billing/run.html",
        run=record,
        form=form or _issue_form(proposal),
        proposal=proposal,
        totals=_in_words(record.totals),
        to_issue=_in_words(proposal.totals) if proposal else "",
        progress=progress_of(record.id, the_actor()),
        **_before_issue(record, proposal),
        held_back=Table("Cannot be issued yet", HELD_BACK_COLUMNS, list_held_back(record.id, clock.today())),
        held_back_count=count_held_back(record.id, clock.today()),
        steps=_steps(record),
        more=_more(record.planned),
        history=latest_of("fee_run", record.id),
        sub=_sentence(record),
        **_members(record),
    )


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


def _members(record: RunRow) -> dict[str, Any]:
    """Who the run bills and who not, and that they are all members of the year."""
    billed = list_billed(record)
    one_by_one = "all" in request.args
    others = left_out_of_run(record.period, record.id, one_by_one=one_by_one, actor=the_actor())
    payers = len({row.member_id for row in billed})
    return {
        "billed": _billed_table([_run_line(row) for row in billed]),
        "not_billed": _not_billed_table(others.reasons),
        "members": others.members,
        "sum_line": _sum_line(payers, others.members, record.year) if record.planned <= SHOWN else "",
        "arithmetic": next((row for row in billed if row.arithmetic), None),
    }


def _issue_form(proposal: IssueProposal | None) -> IssueForm | None:
    if proposal is None:
        return None
    days = {"issue_day": proposal.issue_day, "due_day": proposal.due_day, "sends_mails": True}
    return IssueForm(formdata=None, data=days)


def _not_billed_table(reasons: Sequence[Reason]) -> Table[Group]:
    """One line a member, or one for many of the same class and reason unless all are asked for."""
    lines: list[Group] = []
    for reason in reasons:
        if reason.number < FEW or "all" in request.args:
            lines += [_group(row) for row in reason.first]
        else:
            name = f"{reason.class_name}: {count(reason.number)}"
            lines.append(Group(name, "", _with_all(), reason.why, reason.rule, _way(reason.first[0])))
    return Table("Not billed", NOT_BILLED_COLUMNS, lines)


def _with_all() -> str:
    """This page with every member on a line of its own; the desk, where it answers an issue that was refused."""
    if request.endpoint == "billing.issue_run":
        return url("billing.run", **(request.view_args or {}), all=1)
    return here(all=1)


def _group(row: NotBilled) -> Group:
    href = _invoice_link(row) or _institution_link(row)
    return Group(row.name, row.short_name, href, row.why, row.rule, _way(row))


def _way(row: NotBilled) -> str | None:
    """Where a fee or a tier that is missing is entered; whoever reads runs reads those too."""
    if row.lacks_tier:
        return url("billing.tiers")
    return url("billing.fees") if row.lacks_schedule else None


def _charge_line(charge: Charge, contact: Any) -> Line:
    member = charge.member
    href = _institution_link(member)
    to = _to(contact.name if contact else None, charge.payer.short_name if charge.is_for_another else "")
    return Line(member.name, member.short_name, href, charge.why, charge.fraction, to, charge.amount)


def _run_line(row: BilledRow) -> Line:
    to = _to(row.contact, row.payer if row.payer_id != row.member_id else "")
    return Line(row.name, row.short_name, _invoice_link(row), row.why, row.fraction, to, row.amount)


def _to(contact: str | None, payer: str) -> str | None:
    """Who gets the invoice: the contact, and of whom where that is not the member."""
    return ", ".join(filter(None, (contact, payer))) or None


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
    return " + ".join(money(each) for each in totals)


def _sentence(record: RunRow) -> str:
    period = f"{long_day(record.period.first)} to {long_day(record.period.last)}"
    prepared = clock.local(record.prepared_at)
    return f"Fee year {period}. Prepared {long_day(prepared.date())} by {record.prepared_by}."
