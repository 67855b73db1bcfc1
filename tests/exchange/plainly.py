"""The permission worked out a second time, as one would with the papers on a desk: day by day, and by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

START = date(2026, 1, 1)
DAY = timedelta(days=1)
Found = set[tuple[str, int]]


@dataclass
class Paper:
    """An agreement as it lies on the desk."""

    id: int
    kind: str
    provider: int
    recipient: int
    lines: list[int]
    third: int | None = None
    amends: int | None = None
    onward: str = "with_consent"
    commercial: str = "forbidden"
    embargo_until: date | None = None
    to_publication: bool = False
    published_on: date | None = None
    executed_on: date | None = None
    first_day: date | None = None
    last_day: date | None = None
    ended_on: date | None = None

    @property
    def begins(self) -> date | None:
        return max(self.executed_on, self.first_day or self.executed_on) if self.executed_on else None

    def is_over(self, today: date) -> bool:
        return min(self.last_day or today, self.ended_on or today) < today


@dataclass
class Given:
    """Material that came to an institution under a paper, or is on record there without one, and when it was gone."""

    line: int
    who: int
    first: date
    last: date | None = None
    paper: int | None = None

    def is_there(self, day: date) -> bool:
        return self.first <= day and not (self.last and self.last < day)


@dataclass
class Desk:
    """All that was written down."""

    owners: dict[int, int]
    makers: dict[int, int]
    parents: dict[int, list[int]]
    made: dict[int, date | None]
    countries: dict[int, str]
    corporations: set[int] = field(default_factory=set)
    limits: dict[int, int] = field(default_factory=dict)
    papers: list[Paper] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    reports: list[date] = field(default_factory=list)
    permits: list[tuple[date, date]] = field(default_factory=list)

    def paper(self, number: int) -> Paper:
        return next(each for each in self.papers if each.id == number)

    def in_force_on(self, day: date) -> tuple[set[int], dict[int, int]]:
        """Which papers hold on a day, and which stands in the place of which: all days before are lived through."""
        live: set[int] = set()
        follows: dict[int, int] = {}
        today = START - 60 * DAY
        while today <= day:
            for paper in self.papers:
                if paper.begins == today:
                    live.add(paper.id)
                    follows |= {paper.amends: paper.id} if paper.amends else {}
            live -= {paper.id for paper in self.papers if paper.is_over(today)} | set(follows)
            today += DAY
        return live, follows


def has(desk: Desk, who: int, line: int, day: date) -> list[Paper | None]:
    """The papers by which somebody has a line on a day; None among them is having it without one."""
    theirs = [each for each in desk.given if each.who == who and each.line == line]
    found = [desk.paper(each.paper) if each.paper else None for each in theirs if each.is_there(day)]
    recorded = [each for each in theirs if each.paper is None]
    return found if recorded else [*found, *unwritten(desk, who, line, day)]


def unwritten(desk: Desk, who: int, line: int, day: date) -> list[None]:
    """Who owns or made a line has it without a paper from the day it was made."""
    made = desk.made[line]
    own = who in (desk.owners[line], desk.makers[line])
    return [None] if own and made and made <= day else []


def had(desk: Desk, who: int, line: int, day: date) -> list[Paper | None]:
    """The papers by which somebody has a line on a day or has had it on one before: its end is rubbed out."""
    endless = replace(desk, given=[replace(each, last=None) for each in desk.given])
    return has(endless, who, line, day)


class Question:
    """One line that one institution would give to another on a day."""

    def __init__(self, desk: Desk, line: int, giver: int, taker: int, day: date) -> None:
        self.desk, self.line, self.giver, self.taker, self.day = desk, line, giver, taker, day
        self.live, self.follows = desk.in_force_on(day)

    def forbidding(self, form: str) -> Found:
        against: Found = set()
        holds = has(self.desk, self.giver, self.line, self.day)
        if not holds:
            against.add(("no_custody", self.line))
        against |= self.agreement()
        against |= self.bound(self.line, self.giver, holds)
        for child, parent in self.tree(self.line):
            maker = self.desk.makers[child]
            ever = had(self.desk, maker, parent, self.day)
            own = maker in (self.desk.owners[parent], self.desk.makers[parent])
            against |= self.bound(parent, maker, ever or ([] if own else [None]))
        return against | (self.travel() if form == "live" else set())

    def tree(self, line: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for parent in self.desk.parents.get(line, []):
            found += [(line, parent), *self.tree(parent)]
        return found

    def agreement(self) -> Found:
        wanted = [
            each
            for each in self.desk.papers
            if each.kind in ("consortium", "letter", "simple", "bespoke")
            and (each.provider, each.recipient) == (self.giver, self.taker)
            and self.line in each.lines
        ]
        if any(each.id in self.live for each in wanted):
            return set()
        if not wanted:
            return {("no_agreement", self.line)}
        newest = max(wanted, key=lambda each: (each.executed_on or date.min, each.id))
        return {(self.lacking(newest), self.line)}

    def lacking(self, paper: Paper) -> str:
        code = "agreement_ended"
        if paper.last_day and paper.last_day < self.day:
            code = "agreement_expired"
        if paper.ended_on and paper.ended_on < self.day:
            code = "agreement_ended"
        if paper.first_day and paper.first_day > self.day:
            code = "agreement_not_begun"
        if not paper.executed_on or paper.executed_on > self.day:
            code = "agreement_unsigned"
        return code

    def bound(self, of: int, holder: int, papers: list[Paper | None]) -> Found:
        owner = self.desk.owners[of]
        if owner in (self.giver, self.taker):
            return set()
        consented = self.consented(of)
        against: Found = set()
        for paper in papers:
            if paper is not None:
                against |= {(code, of) for code in self.terms(self.newest(paper), consented=consented)}
            elif holder not in (owner, self.desk.makers[of]) and not consented:
                against.add(("consent_missing", of))
        return against

    def consented(self, of: int) -> bool:
        wanted = (self.desk.owners[of], self.giver, self.taker)
        consents = [each for each in self.desk.papers if each.kind == "consent" and each.id in self.live]
        theirs = [each for each in consents if (each.provider, each.recipient, each.third) == wanted]
        return any(of in each.lines or self.line in each.lines for each in theirs)

    def newest(self, paper: Paper) -> Paper:
        while paper.id in self.follows:
            paper = self.desk.paper(self.follows[paper.id])
        return paper

    def terms(self, paper: Paper, *, consented: bool) -> set[str]:
        onward = {"forbidden": "onward_forbidden", "with_consent": "consent_missing"}.get(paper.onward)
        against = {onward} if onward and not consented else set()
        if self.embargoed(paper):
            against.add("embargo")
        if self.taker in self.desk.corporations:
            against |= {"commercial"} if paper.commercial == "forbidden" else set()
            if (paper.commercial, paper.onward) == ("with_consent", "free") and not consented:
                against.add("consent_missing")
        return against

    def embargoed(self, paper: Paper) -> bool:
        if paper.published_on is not None and paper.published_on <= self.day:
            return False
        return self.day < paper.embargo_until if paper.embargo_until else paper.to_publication

    def travel(self) -> Found:
        against: Found = set()
        ages = [(self.day - each).days for each in self.desk.reports if each <= self.day]
        if not ages:
            against.add(("health_report_missing", self.line))
        elif min(ages) >= self.desk.limits.get(self.taker, 90):
            against.add(("health_report_old", self.line))
        if self.desk.countries[self.giver] == self.desk.countries[self.taker]:
            return against
        if not self.desk.permits:
            against.add(("import_permit_missing", self.line))
        elif not [1 for first, last in self.desk.permits if first <= self.day <= last]:
            against.add(("import_permit_out_of_date", self.line))
        return against
