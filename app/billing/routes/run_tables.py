"""Tables of fee runs, of a preview and of a desk: who is billed how much and why, and who is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from app.billing.queries.charges import Charge, NotBilled
from app.billing.queries.differences import draft_of_run, excess_of
from app.billing.queries.held_back import HeldBack
from app.billing.queries.left_out import FEW, Reason
from app.billing.queries.mismatches import Mismatch
from app.billing.queries.runs import SHOWN, BilledRow
from app.core.money import total
from app.core.tables import Column, Kind, Narrow, Table
from app.web.addresses import here, record_link, url
from app.web.table_files import asks_for_file
from app.web.wording import count

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


def billed_table(lines: Sequence[Line]) -> Table[Line]:
    """The charges, with their total where all of them stand there in one currency."""
    currencies = {line.amount.currency for line in lines}
    currency = lines[0].amount.currency if len(currencies) == 1 else ""
    columns: list[Column[Any]] = [
        _member("Member"),
        Column("why", "Why this amount", lambda row: row.why, narrow=Narrow.META),
        Column("days", "Share", lambda row: row.fraction or None, Kind.NUMBER),
        Column("to", "Invoice to", lambda row: row.contact),
        Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, narrow=Narrow.AMOUNT, currency=currency or None),
    ]
    if not currency or len(lines) == SHOWN:
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


def _way_to_mend(row: Mismatch) -> tuple[str, str] | None:
    """Where too much is taken back, and the draft that is not issued yet, in words and as address; else None."""
    draft, excess = draft_of_run(row), excess_of(row)
    if draft is None and excess is not None:
        if not excess.is_draft:
            return "Credit it", url("billing.credit", invoice_id=excess.invoice_id, line=row.lines[0].id)
        draft = excess.invoice_id
    return None if draft is None else ("Its draft", url("billing.invoice", invoice_id=draft))


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


def mismatch_table(rows: Sequence[Mismatch]) -> Table[Mismatch]:
    """The mismatches, each with a way to put it right; what is to be billed further is by a button."""
    ways = {row.membership_id: way for row in rows if (way := _way_to_mend(row))}
    none = ("", None)
    mended = Column[Mismatch](
        "way",
        "",
        lambda row: ways.get(row.membership_id, none)[0],
        link=lambda row: ways.get(row.membership_id, none)[1],
        narrow=Narrow.ACT,
    )
    columns = [*MISMATCH_COLUMNS, *([mended] if ways else [])]
    return Table("Changed after billing", columns, rows, row_id=lambda row: _to_bill(row, ways))


def _to_bill(row: Mismatch, ways: Mapping[int, Any]) -> str | None:
    return None if row.membership_id in ways else str(row.lines[0].id)


def not_billed_table(reasons: Sequence[Reason]) -> Table[Group]:
    """One line a member, or one for many of the same class and reason unless all are asked for."""
    lines: list[Group] = []
    for reason in reasons:
        if reason.number < FEW or one_by_one():
            lines += [_group(row) for row in reason.first]
        else:
            name = f"{reason.class_name}: {count(reason.number)}"
            lines.append(Group(name, "", _with_all(), reason.why, reason.rule, _way(reason.first[0])))
    return Table("Not billed", NOT_BILLED_COLUMNS, lines)


def one_by_one() -> bool:
    """Whether every member is wanted on a line of its own: where that is asked for, and in a file."""
    return "all" in request.args or asks_for_file()


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


def charge_line(charge: Charge, contact: Any) -> Line:
    """A charge of a preview."""
    member = charge.member
    href = _institution_link(member)
    to = _to(contact.name if contact else None, charge.payer.short_name if charge.is_for_another else "")
    return Line(member.name, member.short_name, href, charge.why, charge.fraction, to, charge.amount)


def run_line(row: BilledRow) -> Line:
    """A line of a run."""
    to = _to(row.contact, row.payer if row.payer_id != row.member_id else "")
    return Line(row.name, row.short_name, _invoice_link(row), row.why, row.fraction, to, row.amount)


def _to(contact: str | None, payer: str) -> str | None:
    """Who gets the invoice: the contact, and of whom where that is not the member."""
    return ", ".join(filter(None, (contact, payer))) or None
