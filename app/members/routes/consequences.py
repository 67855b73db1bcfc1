"""What follows from a suspension, a withdrawal or another class, said before it is done."""

from __future__ import annotations

from collections.abc import Iterable

from app.members.queries import MembershipClassRow, MembershipPeriod
from app.members.routes.classes import term_words
from app.web.wording import plural

Follows = list[tuple[str, str]]


def class_words(row: MembershipClassRow) -> str:
    """What a class brings, as a line."""
    votes = "votes" if row.votes else "does not vote"
    fee = "pays a fee" if row.is_billed else "pays no fee"
    return f"{votes}, {fee}, {plural(row.seats, 'seat', 'seats')}, {term_words(row.term)}."


def of_suspension(membership: MembershipPeriod) -> Follows:
    """A suspended member is a member."""
    return [
        ("It stays a member.", "The register shows it as suspended until the last day or its reinstatement."),
        ("Seats and representatives stay.", "Whether it votes meanwhile is for the rules of each committee."),
        _fee(membership, "stays", "Fee runs count suspended days like all others. Issued invoices are owed as before."),
    ]


def of_withdrawal(membership: MembershipPeriod) -> Follows:
    """The membership ends with a day; what hangs on it ends with the days of grace."""
    days = membership.membership_class.grace_days
    grace = f"{plural(days, 'day', 'days')} of grace after it" if days else "without days of grace"
    return [
        ("It is a member until the end of the last day.", "From the day after the register shows it as withdrawn."),
        ("Representatives and seats end.", f"With their votes and rights, {grace}; unless another class goes on."),
        _fee(membership, "ends", "Fee runs count its days up to the last. Issued invoices stay."),
    ]


def of_class_change(membership: MembershipPeriod, others: Iterable[MembershipClassRow]) -> Follows:
    """The class it has now until the day before, and what each other one would bring from the day on."""
    present = membership.membership_class
    return [
        (f"{present.name}, until the day before:", class_words(present)),
        *((f"{each.name}, from the day on:", class_words(each)) for each in others),
        (
            "Seats and invoices stay.",
            "Seats change at the committees alone. Fee runs bill each class for its own days.",
        ),
    ]


def _fee(membership: MembershipPeriod, verb: str, words: str) -> tuple[str, str]:
    named = membership.membership_class
    if named.is_billed:
        return f"Its fee {verb}.", words
    return "No fee hangs on it.", f"{named.name}: {class_words(named)}"
