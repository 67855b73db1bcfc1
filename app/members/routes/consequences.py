"""What follows from a step of a membership, or from putting one right, said before it is done."""

from __future__ import annotations

from collections.abc import Iterable

from app.members.queries import MembershipClassRow, MembershipPeriod
from app.members.routes.classes import term_words
from app.members.rules import MembershipState
from app.web.wording import plural

Follows = list[tuple[str, str]]
KNOWN = (
    "What was known until now stays known.",
    "Pages and reports as known on an earlier day say what they said then.",
)


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


def of_reinstatement(membership: MembershipPeriod) -> Follows:
    """Nothing had ended with the suspension."""
    return [
        ("It is active from the day on.", "It was a member while suspended: its unbroken period goes on."),
        ("Seats and representatives stay.", "The suspension had ended none."),
        _fee(membership, "stays", "Fee runs count suspended days like all others."),
    ]


def of_renewal(membership: MembershipPeriod) -> Follows:
    """The next period, without a gap."""
    return [
        ("The next period follows without a gap.", "The start of its unbroken period stays."),
        ("Seats and representatives go on.", "They would end with the days of grace. What has ended stays ended."),
        _fee(membership, "goes on", "Fee runs bill the further days, each in its fee year."),
    ]


def of_keeping(membership: MembershipPeriod, ended_by: str | None) -> Follows:
    """A withdrawal called off: what was to follow comes back; `ended_by` is the case that has ended access already."""
    held = ("Seats and representatives go on.", "What somebody has ended meanwhile stays ended.")
    if ended_by is not None:
        told = f"{ended_by} has ended what they may do. Call that case off instead: then they go on too."
        held = ("Seats go on, representatives end.", told)
    return [
        ("It goes on as if it had not withdrawn.", "Its last day, and steps that were to follow, come back."),
        held,
        _fee(membership, "goes on", "Fee runs count the days after the withdrawal again."),
    ]


def of_correction(membership: MembershipPeriod) -> Follows:
    """A day put right, of which money may hang."""
    return _put_right(membership.membership_class)


def of_retraction(membership: MembershipPeriod) -> Follows:
    """A membership that never was; who left is withdrawn."""
    known, _, fee = of_correction(membership)
    return [
        ("It was put on record by mistake, such as twice.", "Who leaves is withdrawn; a wrong day is corrected."),
        known,
        ("Seats and representatives stay.", "Take those back too that were recorded for it."),
        fee,
    ]


def of_corrected_end(membership: MembershipPeriod) -> Follows:
    """Another last day, or none."""
    grace = "With the days of grace after the last day; without one they go on. What has ended stays ended."
    known, _, fee = of_correction(membership)
    return [known, ("Seats and representatives end after it.", grace), fee]


def of_corrected_step() -> Follows:
    """Another day of a suspension or reinstatement, or none: suspended days are days of a member."""
    return [KNOWN, ("Seats, representatives and fee stay.", "Fee runs count suspended days like all others.")]


def of_retracted_step(state: MembershipState) -> Follows:
    """A suspension or a reinstatement that never was."""
    if state is MembershipState.SUSPENDED:
        told = "It was active all along.", "What ended the suspension, such as a reinstatement, is taken back with it."
    else:
        told = "It was suspended all along.", "Until what ended the suspension next, if anything did."
    return [told, *of_corrected_step()]


def of_corrected_class(membership: MembershipPeriod, others: Iterable[MembershipClassRow]) -> Follows:
    """The class it is in on record, and what each other one brings from its first day on."""
    present, others = membership.membership_class, list(others)
    billed = next((each for each in (present, *others) if each.is_billed), present)
    return [
        (f"{present.name}, as on record:", class_words(present)),
        *((f"{each.name}, from its first day on:", class_words(each)) for each in others),
        *_put_right(billed),
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


def _put_right(named: MembershipClassRow) -> Follows:
    told = "Issued invoices stay. The desk of the next fee run shows what is to be billed further or credited."
    return [
        KNOWN,
        ("Seats and representatives keep their days.", "Change them too where theirs were wrong."),
        _fee_of(named, "follows", told),
    ]


def _fee(membership: MembershipPeriod, verb: str, words: str) -> tuple[str, str]:
    return _fee_of(membership.membership_class, verb, words)


def _fee_of(named: MembershipClassRow, verb: str, words: str) -> tuple[str, str]:
    if named.is_billed:
        return f"Its fee {verb}.", words
    return "No fee hangs on it.", f"{named.name}: {class_words(named)}"
