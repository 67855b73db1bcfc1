"""Lines: how far they have come, by centre and production consortium, by year, and by funder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.core.actor import Actor
from app.core.charts import Chart
from app.core.permissions import Permission
from app.core.tables import AnyTable, Cell, Column, Kind, Narrow, Table
from app.lines.queries.progress import list_came, list_funded, list_standing
from app.lines.rules import PRODUCED, Stage
from app.reports.queries.catalogue import reach_institutions, report
from app.reports.rules import Asked, Parameter
from app.web import wording
from app.web.charts import Bar, stacked_bars

GOAL = 20_000
MOST_DRAWN = 8
DONE, MADE, UNDER_WAY = "Phenotyped", "Genotype confirmed", "Under way"
COLOURS = {DONE: "$high", MADE: "$low", UNDER_WAY: "$land"}
PARTS: dict[str, tuple[Stage, ...]] = {
    DONE: (Stage.PHENOTYPED,),
    MADE: (Stage.CONFIRMED, Stage.PHENOTYPING),
    UNDER_WAY: (Stage.PLANNED, Stage.PRODUCTION, Stage.FOUNDERS),
}
SHORT = {
    Stage.PLANNED: "Planned",
    Stage.PRODUCTION: "In production",
    Stage.FOUNDERS: "Founders",
    Stage.CONFIRMED: "Confirmed",
    Stage.PHENOTYPING: "Phenotyping",
    Stage.PHENOTYPED: "Phenotyped",
    Stage.ABORTED: "Aborted",
}


@dataclass
class StageRow:
    """How many lines of something stand at each stage."""

    name: str
    consortium: str | None = None
    numbers: Counter[Stage] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All of them."""
        return self.numbers.total()

    def part(self, stages: Iterable[Stage]) -> int:
        """How many stand at one of some stages."""
        return sum(self.numbers[each] for each in stages)


@dataclass
class YearRow:
    """How many lines came to each stage in a year, and how many had come so far by its end."""

    year: int
    came: Counter[Stage]
    so_far: Counter[Stage]

    @property
    def share(self) -> Decimal:
        """The part of the goal that has a confirmed genotype."""
        return Decimal(self.so_far[Stage.CONFIRMED]) / GOAL


def _stage_columns() -> list[Column[StageRow]]:
    return [*(_stage_column(each) for each in Stage), TOTAL]


def _stage_column(stage: Stage) -> Column[StageRow]:
    narrow = Narrow.META if stage in {Stage.CONFIRMED, Stage.PHENOTYPED} else Narrow.HIDE
    return Column(stage.value, SHORT[stage], lambda row: row.numbers[stage], Kind.NUMBER, narrow=narrow)


TOTAL: Column[StageRow] = Column("total", "Lines", lambda row: row.total, Kind.NUMBER, narrow=Narrow.AMOUNT)


def _drawn_centres(table: AnyTable) -> Chart | None:
    """The centres with the most lines, each split into what is done and what is under way."""
    by_centre: dict[str, StageRow] = {}
    for row in table.rows:
        by_centre.setdefault(row.name, StageRow(row.name)).numbers.update(row.numbers)
    most = sorted(by_centre.values(), key=_not_aborted, reverse=True)[:MOST_DRAWN]
    bars = [_bar(row.name, part, row.part(stages)) for row in most for part, stages in PARTS.items()]
    told = wording.join_words(
        f"{row.name} {wording.count(row.part(PRODUCED))} of {wording.count(row.total)}" for row in most
    )
    told = f"Lines with a confirmed genotype by centre: {told}"
    return stacked_bars(bars, COLOURS, told, unit="lines", by="Centre") if most else None


def _drawn_years(table: AnyTable) -> Chart | None:
    """What had been phenotyped, and what else had a confirmed genotype, by the end of each year."""
    rows = list(reversed(list(table.rows)))
    bars = [
        _bar(str(row.year), part, number)
        for row in rows
        for part, number in (
            (DONE, row.so_far[Stage.PHENOTYPED]),
            (MADE, max(row.so_far[Stage.CONFIRMED] - row.so_far[Stage.PHENOTYPED], 0)),
        )
    ]
    told = wording.join_words(f"{row.year} {wording.count(row.so_far[Stage.CONFIRMED])}" for row in rows)
    told = f"Lines with a confirmed genotype by the end of each year: {told}"
    return stacked_bars(bars, {each: COLOURS[each] for each in (DONE, MADE)}, told, unit="lines") if rows else None


@report(
    "lines-by-stage",
    title="Lines by stage",
    question="How many lines of each centre and production consortium stand at which stage on a day?",
    audience=Permission.REPORT_LINES,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
    draw=_drawn_centres,
)
def lines_by_stage(asked: Asked, actor: Actor) -> Table[StageRow]:
    """Every centre that has made lines, by name, a line for each production consortium."""
    reach = reach_institutions(Permission.REPORT_LINES, asked, actor)
    found: dict[tuple[int, str | None], StageRow] = {}
    for each in list_standing(asked.on, asked.known, reach):
        row = found.setdefault((each.centre_id, each.consortium), StageRow(each.centre, each.consortium))
        row.numbers[each.stage] += each.lines
    rows = list(found.values())
    columns: list[Column[StageRow]] = [
        Column("name", "Centre", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
        Column("consortium", "Production consortium", lambda row: row.consortium, narrow=Narrow.META),
        *_stage_columns(),
    ]
    title = f"Lines by stage on {wording.long_day(asked.on)}"
    return Table(title, columns, rows, _totals(rows), [_towards(sum(row.part(PRODUCED) for row in rows))])


@report(
    "lines-by-year",
    title="Lines by year",
    question="How many lines came to which stage in each year, and how near is the goal of 20,000?",
    audience=Permission.REPORT_LINES,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
    draw=_drawn_years,
)
def lines_by_year(asked: Asked, actor: Actor) -> Table[YearRow]:
    """Every year in which a line came to a stage, the newest first."""
    reach = reach_institutions(Permission.REPORT_LINES, asked, actor)
    came: dict[int, Counter[Stage]] = {}
    for each in list_came(asked.on, asked.known, reach):
        came.setdefault(each.year, Counter())[each.stage] += each.lines
    rows, so_far = [], Counter[Stage]()
    for year in sorted(came):
        so_far = so_far + came[year]
        rows.append(YearRow(year, came[year], so_far))
    columns: list[Column[YearRow]] = [
        Column("year", "Year", lambda row: str(row.year), Kind.NAME, narrow=Narrow.NAME),
        *(_year_column(each) for each in Stage),
        Column("made", "Confirmed so far", lambda row: row.so_far[Stage.CONFIRMED], Kind.NUMBER, narrow=Narrow.AMOUNT),
        Column("share", "Of the goal", lambda row: row.share, Kind.SHARE),
    ]
    title = f"Lines by year until {wording.long_day(asked.on)}"
    note = "A line counts in each year in which it came to a stage; it may have been aborted since."
    return Table(title, columns, rows[::-1], notes=[note])


@report(
    "lines-by-funder",
    title="Lines by funder",
    question="How many lines did each funder of production pay for, and how far have they come?",
    audience=Permission.REPORT_LINES,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
)
def lines_by_funder(asked: Asked, actor: Actor) -> Table[StageRow]:
    """Every funder of lines by name, and the lines for which none is on record."""
    reach = reach_institutions(Permission.REPORT_LINES, asked, actor)
    found: dict[int | None, StageRow] = {}
    for each in list_funded(asked.on, asked.known, reach):
        row = found.setdefault(each.funder_id, StageRow(each.funder or "No funder on record"))
        row.numbers[each.stage] += each.lines
    rows = list(found.values())
    columns = [
        Column[StageRow]("name", "Funder", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
        *_stage_columns(),
    ]
    return Table(f"Lines by funder on {wording.long_day(asked.on)}", columns, rows, _totals(rows))


def _year_column(stage: Stage) -> Column[YearRow]:
    narrow = Narrow.META if stage in {Stage.CONFIRMED, Stage.PHENOTYPED} else Narrow.HIDE
    return Column(stage.value, SHORT[stage], lambda row: row.came[stage], Kind.NUMBER, narrow=narrow)


def _totals(rows: Sequence[StageRow]) -> dict[str, Cell]:
    totals: dict[str, Cell] = {each.value: sum(row.numbers[each] for row in rows) for each in Stage}
    return totals | {"total": sum(row.total for row in rows)} if rows else {}


def _not_aborted(row: StageRow) -> int:
    return row.total - row.numbers[Stage.ABORTED]


def _bar(label: str, part: str, number: int) -> Bar:
    return Bar(label, part, number, wording.plural(number, "line", "lines"))


def _towards(made: int) -> str:
    share = wording.share(Decimal(made) / GOAL)
    return f"{wording.count(made)} have a confirmed genotype: {share} of the goal of {wording.count(GOAL)}."
