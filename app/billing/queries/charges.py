"""What a fee year charges: every member of the year is either billed, with the arithmetic, or not, with the rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.audit.rules import shortened
from app.billing.queries.fee_year import (
    EVERYBODY,
    BilledLine,
    Member,
    Scope,
    Terms,
    lines_by_membership,
    list_members_of_year,
    list_terms,
    net_by_payer,
)
from app.billing.queries.owed import Owed, owed_parts, placed, placings_for
from app.billing.queries.payers import Arrangement, arrangements_of, payers_on
from app.billing.queries.tiers import Placings
from app.billing.rules import (
    SCALE_WORDS,
    Concession,
    Part,
    Payer,
    PayerShare,
    Proration,
    Relief,
    TaxCategory,
    charge_key,
    share_key,
    shares_left,
)
from app.core.actor import Actor
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.web.wording import day, join_words, money


@dataclass(frozen=True)
class Charge:
    """What a payer is billed for a member: for which days, how much, and why that much."""

    member: Member
    part: Part
    terms: Terms
    why: str
    key: str
    payer: Payer
    amount: Money
    relief: Money
    description: str
    idle: tuple[Concession, ...] = ()

    @property
    def is_for_another(self) -> bool:
        """Whether the payer is not the member itself."""
        return self.payer.id != self.member.institution_id

    @property
    def fraction(self) -> str:
        """The share as its fraction: 184/366; empty where the fee is never cut down."""
        if self.part.tariff.proration is Proration.NONE:
            return ""
        return f"{self.part.share.numerator}/{self.part.share.denominator}"

    @property
    def arithmetic(self) -> str:
        """How an amount for a part of the year came about; empty for the whole fee, and where it is shared or less."""
        share = self.part.share
        if share.is_whole or self.amount != share.amount:
            return ""
        sum_ = f"{self.part.tariff.fee} × {share.numerator} ÷ {share.denominator}"
        return f"{sum_} = {share.amount}, rounded half up; all parts of a year add to its fee."


@dataclass(frozen=True)
class NotBilled:
    """A member that is not billed, why not, and by which rule; `invoice_id` where it is billed already.

    `lacks_schedule`: its class pays, but no fee is adopted for its days, so that this may still be mended.
    `lacks_tier`: the fee goes by tiers, and nobody has entered the one of the member.
    """

    institution_id: int
    name: str
    short_name: str
    class_name: str
    why: str
    rule: str
    invoice_id: int | None = None
    lacks_schedule: bool = False
    lacks_tier: bool = False


@dataclass(frozen=True)
class Preview:
    """A fee year before it is billed: billed and not billed together are all members of the year."""

    year: Period
    charges: Sequence[Charge]
    not_billed: Sequence[NotBilled]

    @property
    def billed_members(self) -> int:
        """How many institutions are billed."""
        return len({charge.member.institution_id for charge in self.charges})

    @property
    def members(self) -> int:
        """How many institutions have a membership in the year."""
        return self.billed_members + len({row.institution_id for row in self.not_billed})

    @property
    def totals(self) -> list[Money]:
        """The sums without tax, one per currency."""
        sums: dict[str, Money] = {}
        for charge in self.charges:
            sums[charge.amount.currency] = sums.get(charge.amount.currency, Money.zero(charge.amount.currency)) + (
                charge.amount
            )
        return [sums[currency] for currency in sorted(sums)]


def preview_run(year: Period, *, actor: Actor) -> Preview:
    """Who a fee year bills still, and who not, by what is known now."""
    actor.require(Permission.FEE_READ)
    return assess_year(year)


def assess_year(year: Period, scope: Scope = EVERYBODY) -> Preview:
    """The preview of a fee year for those in a scope; the caller checks who may see it."""
    members = list_members_of_year(year, scope)
    books = read_books(year, members, lines_by_membership(year, scope))
    charges: list[Charge] = []
    reasons: dict[int, list[NotBilled]] = defaultdict(list)
    for member in members:
        found, why_not = _assess(books, member)
        charges += found
        if why_not is not None:
            reasons[member.institution_id].append(why_not)
    charged = {charge.member.institution_id for charge in charges}
    not_billed = [_foremost(rows) for institution_id, rows in reasons.items() if institution_id not in charged]
    return Preview(year, _with_roles(charges, members, books.billed), not_billed)


@dataclass(frozen=True)
class Books:
    """What the charges of a year rest on: the fees by class, what is owed and billed by membership, and who pays."""

    year: Period
    terms: Mapping[int, Sequence[Terms]]
    owed: Mapping[int, Sequence[Owed]]
    billed: Mapping[int, Sequence[BilledLine]]
    arrangements: Mapping[int, Sequence[Arrangement]]
    placings: Placings | None = None

    def lines_on(self, member: Member, days: Period) -> list[BilledLine]:
        """The lines that bill a membership on these days already."""
        return [line for line in self.billed.get(member.membership_id, ()) if line.period.overlaps(days)]

    def payers(self, member: Member, on: date) -> tuple[Payer, ...]:
        """Who pays for a member what begins on a day: those named for that day, else the member itself."""
        own = Payer(member.institution_id, member.name, member.short_name, member.vat_number)
        return payers_on(self.arrangements.get(member.institution_id, ()), on) or (own,)


def read_books(year: Period, members: Sequence[Member], billed: Mapping[int, Sequence[BilledLine]]) -> Books:
    """The books of a year for these members, in a constant number of statements."""
    terms: dict[int, list[Terms]] = defaultdict(list)
    for each in list_terms(year):
        terms[each.class_id].append(each)
    placings = placings_for(year, terms)
    owed = owed_parts(year, members, terms, placings)
    return Books(year, terms, owed, billed, arrangements_of(year), placings)


def _assess(books: Books, member: Member) -> tuple[list[Charge], NotBilled | None]:
    terms, owed = books.terms.get(member.class_id, ()), books.owed[member.membership_id]
    if not owed:
        return [], _without_tier(books, member, terms) or _without_parts(member, terms)
    by_schedule = {each.id: each for each in terms}
    charges: list[Charge] = []
    why_not = None
    for each in owed:
        found, refused = _bill(books, member, each, by_schedule[each.part.tariff.schedule_id])
        charges += found
        why_not = why_not or refused
    return charges, why_not


def _bill(books: Books, member: Member, owed: Owed, terms: Terms) -> tuple[list[Charge], NotBilled | None]:
    """The charges for one part, one for each payer not billed yet; or why there is none."""
    key = charge_key(books.year, member.membership_id, owed.part)
    lines = books.lines_on(member, owed.part.days)
    if whole := [line for line in lines if not line.is_share_of(key)]:
        return [], _billed_already(member, whole[0])
    if not owed.amount:
        return [], _nothing_asked(member, owed, terms)
    payers = books.payers(member, owed.part.days.first)
    if _lacks_number(terms, payers):
        return [], _refusal(member, "No VAT number on record: reverse charge needs it", terms.rule)
    left = shares_left(owed.amount, payers, net_by_payer(lines))
    if not left:
        return [], _billed_already(member, lines[0])
    return _charges(books, member, owed, terms, left), None


def _lacks_number(terms: Terms, payers: Sequence[Payer]) -> bool:
    return terms.tax_category is TaxCategory.REVERSE_CHARGE and not all(each.vat_number for each in payers)


def _charges(books: Books, member: Member, owed: Owed, terms: Terms, left: Sequence[PayerShare]) -> list[Charge]:
    key = charge_key(books.year, member.membership_id, owed.part)
    payers = books.payers(member, owed.part.days.first)
    reliefs = owed.relief.split([share.amount.minor for share in left])
    return [
        Charge(
            member=member,
            part=owed.part,
            terms=terms,
            why="; ".join([_why(books.year, member, owed), *_share_words(member, share.payer, payers)]),
            key=key if len(payers) == 1 else share_key(key, share.payer.id),
            payer=share.payer,
            amount=share.amount,
            relief=relief,
            description=_description(member, owed, terms, share.payer),
            idle=owed.idle,
        )
        for share, relief in zip(left, reliefs, strict=True)
    ]


def _share_words(member: Member, payer: Payer, payers: Sequence[Payer]) -> list[str]:
    """Who pays, where it is not the member alone."""
    if len(payers) > 1:
        return [f"{payer.short_name} pays {payer.weight} of {sum(each.weight for each in payers)}"]
    return [] if payer.id == member.institution_id else [f"{payer.short_name} pays it"]


def _description(member: Member, owed: Owed, terms: Terms, payer: Payer) -> str:
    """What stands on the line: the fee, whose it is where another pays, and what was taken off."""
    whose = "" if payer.id == member.institution_id else f", {member.name}"
    less = f", less {join_words(each.concession.words for each in owed.reliefs)}" if owed.reliefs else ""
    return shortened(f"{terms.name}{whose}{less}")


def _without_tier(books: Books, member: Member, terms: Sequence[Terms]) -> NotBilled | None:
    """That a fee goes by tiers and none is on record for the member; None where it is not for that."""
    for each in terms:
        met = any(each.tariff.period.overlaps(days) for days in member.days)
        if met and each.scale and books.placings and not each.tariffs(placed(member, each, books.placings)):
            why = f"No tier on record: the fee goes {SCALE_WORDS[each.scale].lower()}"
            return replace(_refusal(member, why, each.rule), lacks_tier=True)
    return None


def _without_parts(member: Member, terms: Sequence[Terms]) -> NotBilled:
    """Why a member has nothing to be charged for in the year."""
    if not member.days:
        return _refusal(member, f"{member.state.value.capitalize()}; not active in the year", "no days of membership")
    if any(each.tariff.period.overlaps(days) for each in terms for days in member.days):
        return _refusal(member, "Charged with its earlier membership of the year", "one fee a year for a class")
    if not member.is_billed:
        return _refusal(member, f"Class {member.class_name} carries no fee", "settings of the class")
    days = "on its days as a member" if terms else "in this fee year"
    why = f"Class {member.class_name} has no fee schedule {days}"
    return replace(_refusal(member, why, "the fee schedule in force is charged"), lacks_schedule=True)


def _foremost(rows: Sequence[NotBilled]) -> NotBilled:
    """Of several reasons at one institution that it is billed already, else that a fee is missing, else the first."""
    return min(rows, key=lambda row: (row.invoice_id is None, not row.lacks_tier, not row.lacks_schedule))


def _billed_already(member: Member, line: BilledLine) -> NotBilled:
    until = f"{day(line.period.first)} to {day(line.period.last)}"
    refusal = _refusal(member, f"Billed already: {line.number or 'a draft'}, {until}", "nobody is billed twice")
    return replace(refusal, invoice_id=line.invoice_id)


def _nothing_asked(member: Member, owed: Owed, terms: Terms) -> NotBilled:
    """A fee of nothing, or one that concessions take whole: no invoice, and a record that says why (RULES, Fees)."""
    if not owed.reliefs:
        return _refusal(member, "The fee is zero", terms.rule)
    taken = "; ".join(f"{_named(each)}: {each.concession.reason}" for each in owed.reliefs)
    decisions = join_words(dict.fromkeys(each.concession.decision for each in owed.reliefs if each.concession.decision))
    return _refusal(member, taken, decisions or terms.rule)


def _named(relief: Relief) -> str:
    words = relief.concession.words.removeprefix("a ")
    return f"{words[0].upper()}{words[1:]}, {relief.amount}"


def _why(year: Period, member: Member, owed: Owed) -> str:
    """Why this much: which part of the year it is for, and what was taken off."""
    taken = [f"less {each.amount}: {each.concession.words}" for each in owed.reliefs]
    tier = [owed.part.tariff.tier] if owed.part.tariff.tier else []
    return "; ".join([_why_part(year, member, owed.part), *tier, *taken, *map(idle_words, owed.idle)])


def idle_words(each: Concession) -> str:
    """That a concession takes nothing off: a contribution in kind of €500.00 is in another currency than the fee."""
    amount = money(each.amount) if each.amount else ""
    return f"{each.words} of {amount} takes nothing off: it is in another currency than the fee"


def _why_part(year: Period, member: Member, part: Part) -> str:
    if part.share.is_whole:
        return "full year" if part.days == year else "whole fee"
    if part.days == year:
        return "short fee year"
    reasons = []
    if part.days.first > year.first:
        reasons.append(f"{_whose(member, first=part.days.first)} begins {day(part.days.first)}")
    if part.days.last != year.last:
        reasons.append(f"{_whose(member, last=part.days.last)} ends {day(part.days.last)}")
    return "; ".join(reasons) or "part of the year"


def _whose(member: Member, *, first: date | None = None, last: date | None = None) -> str:
    """Whether a day bounds the membership, or only the fee that is charged for it."""
    bounds = {period.first for period in member.days if first} | {period.last for period in member.days if last}
    return "membership" if (first or last) in bounds else "fee"


def _with_roles(
    charges: Sequence[Charge], members: Sequence[Member], billed: Mapping[int, Sequence[BilledLine]]
) -> list[Charge]:
    """The charges, saying so where a payer with several memberships pays once, and has not been billed for others."""
    classes: dict[int, set[int]] = defaultdict(set)
    for member in members:
        classes[member.institution_id].add(member.class_id)
    both = {institution_id for institution_id, found in classes.items() if len(found) > 1}
    paying: dict[int, set[int]] = defaultdict(set)
    for member in (*(charge.member for charge in charges), *(each for each in members if each.membership_id in billed)):
        paying[member.institution_id].add(member.class_id)
    return [
        replace(charge, why=f"{charge.why}, once for all roles")
        if charge.member.institution_id in both and len(paying[charge.member.institution_id]) == 1
        else charge
        for charge in charges
    ]


def _refusal(member: Member, why: str, rule: str) -> NotBilled:
    return NotBilled(member.institution_id, member.name, member.short_name, member.class_name, why, rule)
