"""Members whose membership was changed after it was billed: what a fee year bills them, and what it should."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.audit.rules import shortened
from app.billing.models import Invoice, InvoiceLine
from app.billing.queries.charges import Books, read_books
from app.billing.queries.fee_year import EVERYBODY, Member, Scope, list_members_of_year
from app.billing.queries.fee_years import fee_year_on
from app.billing.queries.owed import Owed
from app.billing.rules import InvoiceState, OwedThen, owed_then
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.money import Money, total
from app.core.periods import Period, joined
from app.core.permissions import Permission
from app.members.models import Institution, Membership, MembershipClass
from app.web.wording import day


@dataclass(frozen=True)
class MembershipLine:
    """A line that bills a membership, or takes back what another line (`credits_line_id`) billed, and whose it is."""

    id: int
    invoice_id: int
    number: str | None
    is_draft: bool
    is_of_run: bool
    payer_id: int
    credits_line_id: int | None
    period: Period
    net: Money
    institution: Institution
    class_name: str
    owed: OwedThen | None


@dataclass(frozen=True)
class Mismatch:
    """A billed membership whose days or class are others now: what is billed, what is due, and the difference.

    `billed_days`: for which days it stands billed, as it was put right last, else as it was billed first.
    """

    membership_id: int
    lines: Sequence[MembershipLine]
    owed: Sequence[Owed]
    on_record: str
    billed_days: Sequence[Period]
    billed: Money
    due: Money

    @property
    def institution_id(self) -> int:
        """Whose membership it is."""
        return self.lines[0].institution.id

    @property
    def name(self) -> str:
        """What the member is called."""
        return self.lines[0].institution.name

    @property
    def short_name(self) -> str:
        """What the member is called in short."""
        return self.lines[0].institution.short_name

    @property
    def class_name(self) -> str:
        """The class it was billed as."""
        return self.lines[0].class_name

    @property
    def invoices(self) -> str:
        """By which invoices it is billed, and which credit notes took back of it."""
        return ", ".join(dict.fromkeys(line.number or "a draft" for line in self.lines))

    @property
    def why(self) -> str:
        """As what and for which days it was billed, and what is on record now."""
        billed = f"Billed as {self.class_name} {_words(self.billed_days)}"
        return shortened(f"{billed}; on record now: {self.on_record}")

    @property
    def difference(self) -> Money:
        """What is to be billed further, or credited where it is below zero."""
        return self.due - self.billed

    @property
    def owed_then(self) -> OwedThen:
        """What is kept with the lines that put it right."""
        return owed_then(_owed_days(self.owed), self.due.minor)

    @property
    def left(self) -> Mapping[int, int]:
        """What of each line that bills, by its id, no credit note has taken back; in minor units."""
        left = {line.id: line.net.minor for line in self.lines if line.credits_line_id is None}
        for line in self.lines:
            if line.credits_line_id in left:
                left[line.credits_line_id] += line.net.minor
        return left


def list_mismatches(year: Period, *, actor: Actor) -> list[Mismatch]:
    """Billed memberships of a fee year whose days or class no longer match their lines, by name.

    What was posted is never edited: the difference is for a credit note or a further invoice (RULES, Fees).
    """
    actor.require(Permission.FEE_READ)
    billed = _billed(year)
    if not billed:
        return []
    members = list_members_of_year(year)
    return _compare(billed, members, read_books(year, members, {}))


def owed_now(line_ids: Collection[int]) -> Mapping[int, OwedThen]:
    """What the memberships that lines bill owe, by line, where the register was changed since they were billed.

    The caller checks who may see it.
    """
    found: dict[int, OwedThen] = {}
    asked = select(InvoiceLine.id, InvoiceLine.membership_id, InvoiceLine.first_day).where(
        among(InvoiceLine.id, line_ids), InvoiceLine.membership_id.is_not(None)
    )
    by_year: dict[Period, dict[int, int]] = defaultdict(dict)
    for line_id, membership_id, first_day in db.session.execute(asked.order_by(InvoiceLine.id)):
        by_year[fee_year_on(first_day)][line_id] = membership_id or 0
    for year, memberships in by_year.items():
        rows, _, _ = _read(year, memberships.values())
        by_membership = {row.membership_id: row.owed_then for row in rows}
        found |= {line: by_membership[each] for line, each in memberships.items() if each in by_membership}
    return found


def find_mismatch(line_id: int, *, actor: Actor) -> tuple[Mismatch, Member | None, Books] | None:
    """The mismatch of the membership that a line bills, the membership in that year, and the books; None without one.

    The membership may have no day in the year any more.
    """
    actor.require(Permission.FEE_READ)
    of = db.session.execute(
        select(InvoiceLine.membership_id, InvoiceLine.first_day).where(
            InvoiceLine.id == line_id, InvoiceLine.membership_id.is_not(None)
        )
    ).one_or_none()
    if of is None:
        return None
    rows, members, books = _read(fee_year_on(of.first_day), [of.membership_id])
    found = {row.membership_id: row for row in rows}.get(of.membership_id)
    member = next((each for each in members if each.membership_id == of.membership_id), None)
    return None if found is None else (found, member, books)


def _read(year: Period, memberships: Iterable[int]) -> tuple[list[Mismatch], Sequence[Member], Books]:
    """The mismatches of the institutions with some memberships, all their memberships of the year, and the books."""
    scope = Scope(beside=frozenset(memberships))
    members = list_members_of_year(year, scope)
    books = read_books(year, members, {})
    return _compare(_billed(year, scope), members, books), members, books


def _compare(billed: Mapping[int, Sequence[MembershipLine]], members: Sequence[Member], books: Books) -> list[Mismatch]:
    on_record: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        on_record[member.institution_id].append(member)
    found = (
        _mismatch(membership_id, lines, books.owed.get(membership_id, ()), on_record[lines[0].institution.id])
        for membership_id, lines in billed.items()
    )
    return [row for row in found if row is not None]


def _billed(year: Period, scope: Scope = EVERYBODY) -> Mapping[int, list[MembershipLine]]:
    """The lines of each membership that is billed in the year; a void invoice bills nothing."""
    rows = db.session.execute(
        select(InvoiceLine, Invoice, Institution, MembershipClass.name)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Membership, Membership.id == InvoiceLine.membership_id)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(
            InvoiceLine.first_day >= year.first,
            InvoiceLine.last_day <= year.last,
            Invoice.state != InvoiceState.VOID,
            *scope.members,
        )
        .order_by(Institution.sort_name, Institution.id, InvoiceLine.first_day, InvoiceLine.id)
    )
    billed: dict[int, list[MembershipLine]] = defaultdict(list)
    for line, invoice, institution, class_name in rows:
        found = MembershipLine(
            id=line.id,
            invoice_id=invoice.id,
            number=invoice.number,
            is_draft=invoice.state is InvoiceState.DRAFT,
            is_of_run=invoice.run_id is not None,
            payer_id=invoice.payer_id,
            credits_line_id=line.credits_line_id,
            period=Period(line.first_day, line.last_day),
            net=Money(line.net_minor, invoice.currency),
            institution=institution,
            class_name=class_name,
            owed=None if line.owed_days is None else OwedThen(line.owed_days, line.owed_minor or 0),
        )
        billed[line.membership_id or 0].append(found)
    return billed


def _mismatch(
    membership_id: int, lines: Sequence[MembershipLine], owed: Sequence[Owed], on_record: Sequence[Member]
) -> Mismatch | None:
    put_right = _put_right(lines)
    billed_days = _billed_days(lines, put_right)
    if billed_days == _owed_days(owed) and put_right is _last_followed(lines):
        return None
    asked, wanted = [line.net for line in lines], [part.amount for part in owed]
    if len({each.currency for each in (*asked, *wanted)}) > 1:
        return None  # Amounts of several currencies have no one difference (RULES, Tax and currency).
    currency = asked[0].currency
    billed, due = total(asked, currency), total(wanted, currency)
    if billed == due:
        return None
    return Mismatch(membership_id, lines, owed, _on_record(on_record), billed_days, billed, due)


def _put_right(lines: Sequence[MembershipLine]) -> MembershipLine | None:
    """The last line with which all that was billed by then came to what was owed; None where it was never put right.

    What is credited later for another reason, or priced otherwise, changes nothing of that; a line void since does.
    """
    found, until = None, 0
    for line in sorted(lines, key=lambda each: each.id):
        until += line.net.minor
        if line.owed is not None and line.owed.minor == until:
            found = line
    return found


def _last_followed(lines: Sequence[MembershipLine]) -> MembershipLine | None:
    """The last line that was made because the register was changed."""
    return max((line for line in lines if line.owed is not None), key=lambda each: each.id, default=None)


def _owed_days(owed: Sequence[Owed]) -> list[Period]:
    return joined(each.part.days for each in owed)


def _billed_days(lines: Sequence[MembershipLine], put_right: MembershipLine | None) -> list[Period]:
    if put_right is not None and put_right.owed is not None:
        return put_right.owed.periods
    return joined(line.period for line in lines if line.credits_line_id is None)


def _on_record(members: Iterable[Member]) -> str:
    days = [f"{member.class_name} {_words(member.days)}" for member in members if member.days]
    return ", ".join(days) or "no day of the year"


def _words(periods: Iterable[Period]) -> str:
    return " and ".join(f"{day(period.first)} to {day(period.last)}" for period in periods) or "on no day"
