"""Bylaws as data: who votes, quorum and majority, and the rules of terms (RULES, ten things, 7 and 8; Governance)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import DomainError

FRACTION = re.compile(r"(?P<than>more than |at least )?(?P<part>\d{1,3}) ?/ ?(?P<whole>\d{1,3})", re.ASCII)
FRACTION_HINT = "Write it as more than 1/2, or as at least 2/3."
LONGEST_TERM, MOST_TERMS, MOST_PROXIES, LONGEST_WARNING = 600, 99, 99, 730


class Voters(StrEnum):
    """Who has a vote."""

    VOTING_SEATS = "voting_seats"
    INSTITUTIONS = "institutions"


VOTER_WORDS = {
    Voters.VOTING_SEATS: "each holder of a seat with a vote",
    Voters.INSTITUTIONS: "each institution once, however many seats it has",
}


class QuorumBase(StrEnum):
    """Of which voting seats the quorum is a fraction."""

    FILLED = "filled"
    ALL = "all"


QUORUM_WORDS = {QuorumBase.FILLED: "filled voting seats", QuorumBase.ALL: "all voting seats, vacant ones too"}


class MajorityBase(StrEnum):
    """Of what a motion needs its majority: abstentions count only among those present."""

    CAST = "cast"
    PRESENT = "present"


MAJORITY_WORDS = {
    MajorityBase.CAST: "votes cast; abstentions are none",
    MajorityBase.PRESENT: "those present; abstentions count",
}


class LimitKind(StrEnum):
    """Which terms a limit counts."""

    NONE = "none"
    CONSECUTIVE = "consecutive"
    LIFETIME = "lifetime"


LIMIT_WORDS = {
    LimitKind.NONE: "No limit",
    LimitKind.CONSECUTIVE: "Terms in a row",
    LimitKind.LIFETIME: "Terms in a lifetime",
}


class PartTerms(StrEnum):
    """Whether a term that was not served whole counts towards a limit."""

    COUNT = "count"
    OVER_HALF = "over_half"
    IGNORED = "ignored"


PART_WORDS = {
    PartTerms.COUNT: "counts as a term",
    PartTerms.OVER_HALF: "counts where more than half was served",
    PartTerms.IGNORED: "does not count",
}


class Replacement(StrEnum):
    """What a replacement gets whose predecessor left before the end of the term."""

    SERVES_OUT = "serves_out"
    ANEW = "anew"


REPLACEMENT_WORDS = {
    Replacement.SERVES_OUT: "serves out the term",
    Replacement.ANEW: "begins a term of its own",
}


class Appointer(StrEnum):
    """Who puts people on the seats of a committee."""

    CHAIR = "chair"
    SECRETARIAT = "secretariat"


APPOINTER_WORDS = {
    Appointer.CHAIR: "its chair, or the secretariat",
    Appointer.SECRETARIAT: "the secretariat, at the request of its chair",
}


@dataclass(frozen=True)
class Fraction:
    """A part of a whole; `more_than` asks for more than it, else it is enough."""

    numerator: int
    denominator: int
    more_than: bool

    def __post_init__(self) -> None:
        """Refuse what is no part: nothing, more than all, or more than all that there is."""
        if not 0 < self.numerator <= self.denominator or (self.more_than and self.numerator == self.denominator):
            message = "A part of the whole, such as 1 of 2: above nothing and at most all of it."
            raise DomainError(message)

    def of(self, whole: int) -> int:
        """The smallest number that is enough of a whole, rounded up: more than half of 8 are 5."""
        part, rest = divmod(whole * self.numerator, self.denominator)
        return part + 1 if rest or self.more_than else part

    @property
    def words(self) -> str:
        """How it is said: more than 1/2, at least 2/3."""
        return f"{'more than' if self.more_than else 'at least'} {self.numerator}/{self.denominator}"


@dataclass(frozen=True)
class BylawFacts:
    """What holds for a committee from a day on. Terms are in months, warning in days.

    `break_months` is how long someone has to be off the committee before terms in a row are counted from the start.
    """

    voters: Voters = Voters.VOTING_SEATS
    quorum: Fraction = Fraction(1, 2, more_than=True)
    quorum_base: QuorumBase = QuorumBase.FILLED
    majority: Fraction = Fraction(1, 2, more_than=True)
    majority_base: MajorityBase = MajorityBase.CAST
    casting_vote: bool = False
    proxies: int = 0
    term_months: int | None = None
    limit_kind: LimitKind = LimitKind.NONE
    limit_terms: int | None = None
    break_months: int = 0
    part_terms: PartTerms = PartTerms.COUNT
    replacement: Replacement = Replacement.SERVES_OUT
    holds_over: bool = False
    warning_days: int = 90
    appointer: Appointer = Appointer.CHAIR

    def __post_init__(self) -> None:
        """Refuse rules that say nothing, or contradict each other."""
        _check(self.term_months, 1, LONGEST_TERM, "term_months")
        _check(self.limit_terms, 1, MOST_TERMS, "limit_terms")
        _check(self.break_months, 0, LONGEST_TERM, "break_months")
        _check(self.proxies, 0, MOST_PROXIES, "proxies")
        _check(self.warning_days, 0, LONGEST_WARNING, "warning_days")
        if (self.limit_kind is LimitKind.NONE) != (self.limit_terms is None):
            raise DomainError(
                "How many terms: a number where there is a limit, and none where there is not.", "limit_terms"
            )
        if self.limit_kind is not LimitKind.NONE and self.term_months is None:
            raise DomainError("A limit counts terms: say how long one is.", "term_months")
        if self.holds_over and self.term_months is None:
            raise DomainError("Only who has a term can hold over: say how long one is.", "term_months")


def quorum_of(facts: BylawFacts, voting_seats: int, filled: int) -> int:
    """How many must be there: by default more than half of the filled voting seats; never nobody.

    `filled` are the voting seats of holders who are not on leave and whose member, if any, may vote.
    """
    return max(1, facts.quorum.of(voting_seats if facts.quorum_base is QuorumBase.ALL else filled))


def majority_needed(facts: BylawFacts, cast: int, present: int) -> int:
    """How many votes in favour carry a motion; never none."""
    return max(1, facts.majority.of(present if facts.majority_base is MajorityBase.PRESENT else cast))


def _check(number: int | None, least: int, most: int, field: str) -> None:
    if number is not None and not least <= number <= most:
        raise DomainError(f"A number from {least} to {most}.", field)


USUAL = BylawFacts()


def fraction_of(text: str) -> Fraction:
    """A fraction as somebody writes it: more than 1/2, at least 2/3, 2/3; DomainError where it is none."""
    found = FRACTION.fullmatch(" ".join(text.casefold().split()))
    if found is None:
        raise DomainError(FRACTION_HINT)
    return Fraction(int(found["part"]), int(found["whole"]), more_than=(found["than"] or "").strip() == "more than")


def months_words(months: int) -> str:
    """A number of months as one says it: 3 years, 18 months, 1 year."""
    years, rest = divmod(months, 12)
    number, unit = (months, "month") if rest or not years else (years, "year")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def limit_said(facts: BylawFacts) -> str:
    """How many terms somebody may serve: at most 2 in a row; after 12 months off they are counted from the start."""
    if facts.limit_terms is None:
        return "no limit"
    if facts.limit_kind is LimitKind.LIFETIME:
        return f"at most {facts.limit_terms} in a lifetime"
    off = f"{months_words(facts.break_months)} off" if facts.break_months else "any break"
    return f"at most {facts.limit_terms} in a row; after {off} they are counted anew"


def term_said(facts: BylawFacts) -> str:
    """How long a term is, or that none is set."""
    return months_words(facts.term_months) if facts.term_months else "no set term"


def quorum_said(facts: BylawFacts) -> str:
    """What the quorum is: more than 1/2 of the filled voting seats."""
    if facts.voters is Voters.INSTITUTIONS:
        of = "institutions with a voting seat" + (", vacant ones too" if facts.quorum_base is QuorumBase.ALL else "")
        return f"{facts.quorum.words} of the {of}"
    return f"{facts.quorum.words} of {QUORUM_WORDS[facts.quorum_base]}"


def votes_said(facts: BylawFacts) -> list[tuple[str, str]]:
    """What bylaws say of votes, each rule by its name."""
    return [
        ("Who votes", VOTER_WORDS[facts.voters]),
        ("Quorum", quorum_said(facts)),
        ("Majority", f"{facts.majority.words} of {MAJORITY_WORDS[facts.majority_base]}"),
        ("Fractions", f"are rounded up: {facts.quorum.words} of 10 is {facts.quorum.of(10)}"),
        ("A tie", "the chair has a casting vote" if facts.casting_vote else "is lost: there is no casting vote"),
        ("Proxies", f"up to {facts.proxies} for each who votes" if facts.proxies else "none"),
    ]


def terms_said(facts: BylawFacts) -> list[tuple[str, str]]:
    """What bylaws say of terms, each rule by its name."""
    told = [("Appointed by", APPOINTER_WORDS[facts.appointer]), ("A term", term_said(facts))]
    if facts.term_months is None:
        return told
    if facts.limit_terms is not None:
        told += [("Terms", limit_said(facts)), ("Part of a term", PART_WORDS[facts.part_terms])]
    return [
        *told,
        ("A replacement", REPLACEMENT_WORDS[facts.replacement]),
        ("After its end", "one stays until somebody follows" if facts.holds_over else "the seat is vacant"),
        ("Warned", f"{facts.warning_days} days before a term ends"),
    ]
