"""What a production export would change: lines, their stages, and the alleles and genes that are not on record yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from app.core.errors import DomainError
from app.lines.rules.identifiers import colony_key
from app.lines.rules.imports.catalogue import Genes, KnownLine
from app.lines.rules.imports.genes_of_rows import GenesOfRows
from app.lines.rules.imports.kinds import TOPIC_WORDS, RowOutcome, Topic
from app.lines.rules.imports.plans import Plan, RowPlan, in_order, refused
from app.lines.rules.imports.production import ProductionRow
from app.lines.rules.imports.spellings import Spellings
from app.lines.rules.imports.stages import earliest_of_each
from app.lines.rules.imports.texts import BadRow
from app.lines.rules.kinds import STAGE_WORDS, Stage
from app.lines.rules.stages import Reached, check_history

TOPICS: tuple[tuple[Topic, str], ...] = (
    (Topic.CENTRE, "centre"),
    (Topic.STRAIN, "strain"),
    (Topic.CONSORTIUM, "consortium"),
    (Topic.FUNDER, "funder"),
)
# What makes two rows of a colony different colonies, and not two reports of one.
SAME = ("symbol", "allele_id", "marker_id", "clone", "strain", "consortium", "funder", "plan_id", "attempt_id")


@dataclass(slots=True)
class LineWrite:
    """A line to be added or changed: its values, and which stages are added, or moved to another day, by their ids."""

    line_id: int | None
    values: dict[str, Any]
    stages: list[tuple[Stage, date]] = field(default_factory=list)
    moved: list[tuple[int, date]] = field(default_factory=list)
    newest: Reached | None = None


class Appendable(Protocol):
    """Where to put what is written of lines."""

    def append(self, write: LineWrite, /) -> None:
        """Take one of them."""


class Forgetful:
    """Keeps nothing of what is put there."""

    def append(self, _write: LineWrite, /) -> None:
        """Let it go."""


@dataclass(frozen=True)
class Names:
    """How strains, consortia, institutions and alleles are called, to tell what changes."""

    strains: Mapping[int, str]
    consortia: Mapping[int, str]
    institutions: Mapping[int, str]


@dataclass
class Records:
    """What a production export is held against."""

    genes: Genes
    lines: dict[tuple[int, str], KnownLine]
    spellings: Spellings
    names: Names
    today: date


def plan_production(rows: Iterable[ProductionRow | BadRow], records: Records, writes: Appendable) -> Plan:
    """Each colony added, changed or left as it is; asked about where a spelling is unknown.

    What is written of lines goes to `writes`, which may keep it or not: a dry run needs none of it.
    """
    planning, plan, groups = _Planning(records), Plan([]), dict[tuple[int, str], list[_Resolved]]()
    for row in rows:
        each = refused(row) if isinstance(row, BadRow) else planning.resolve(row)
        if isinstance(each, RowPlan):
            plan.rows.append(each)
        else:
            groups.setdefault((each.centre_id, colony_key(each.row.colony)), []).append(each)
    for key in list(groups):  # Each is let go of once it is planned, for there may be many.
        plan.rows += planning.plan(key, groups.pop(key), writes)
    plan.rows, plan.genes, plan.asked = in_order(plan.rows), planning.genes.writes, records.spellings.asked()
    return plan


@dataclass(slots=True)
class _Resolved:
    """A row whose spellings are known."""

    row: ProductionRow
    centre_id: int
    strain_id: int | None
    consortium_id: int | None
    funder_id: int | None


class _Planning:
    """An export being planned."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.genes = GenesOfRows(records.genes)

    def resolve(self, row: ProductionRow) -> _Resolved | RowPlan:
        """A row with what its spellings mean, or that it is asked about or left out."""
        said = [(topic, text) for topic, name in TOPICS if (text := getattr(row, name)) is not None]
        meant = {topic: self.records.spellings.find(topic, text) for topic, text in said}
        if None in meant.values():
            return self._unknown(row, [(topic, text) for topic, text in said if meant[topic] is None])
        centre_id = meant[Topic.CENTRE] or 0
        return _Resolved(row, centre_id, meant.get(Topic.STRAIN), meant.get(Topic.CONSORTIUM), meant.get(Topic.FUNDER))

    def _unknown(self, row: ProductionRow, spelt: Sequence[tuple[Topic, str]]) -> RowPlan:
        """A row with spellings that nobody knows: asked about, or left out as was answered for one of them."""
        spellings = self.records.spellings
        told = "\n".join(f"{TOPIC_WORDS[topic]}: \u201c{text[:80]}\u201d" for topic, text in spelt)
        if any(spellings.is_left_out(topic, text) for topic, text in spelt):
            return RowPlan(row.line, row.colony, RowOutcome.LEFT_OUT, told)
        for topic, text in spelt:
            spellings.ask(topic, text)
        return RowPlan(row.line, row.colony, RowOutcome.ASKED, told)

    def plan(self, key: tuple[int, str], group: Sequence[_Resolved], writes: Appendable) -> list[RowPlan]:
        """What becomes of the rows of one colony: taken together where they say the same of it but for its stages."""
        first, known = group[0], self.records.lines.get(key)
        reached = _reached(group)
        problem = _wrong_twin(group) or self._problem(first, reached, known)
        if problem:
            return [_row(each, RowOutcome.REFUSED, problem, known) for each in group]
        told = f"Taken together with line {first.row.line}."
        planned = self._change(first, reached, known, writes) if known else self._add(key, first, reached, writes)
        return [planned, *(_row(each, RowOutcome.UNCHANGED, told, known) for each in group[1:])]

    def _problem(self, first: _Resolved, reached: Sequence[tuple[Stage, date]], known: KnownLine | None) -> str:
        late = next((day for _, day in reached if day > self.records.today), None)
        if late is not None:
            return f"A stage of a day to come: {late.isoformat()}."
        history = known.days() if known else {}
        try:
            check_history(map(Reached, *zip(*{**history, **dict(reached)}.items(), strict=True)))
        except DomainError as error:
            return error.message
        return self.genes.problem(first.row)

    def _add(
        self, key: tuple[int, str], first: _Resolved, reached: Sequence[tuple[Stage, date]], writes: Appendable
    ) -> RowPlan:
        row = first.row
        values = _own(first) | {"centre_id": key[0], "colony": row.colony, "colony_key": key[1]}
        values |= {"allele": self.genes.allele(row), "clone": self.genes.clone(row)}
        writes.append(LineWrite(None, values, list(reached)))
        said = [row.symbol, self.records.names.institutions.get(key[0], ""), _told_stages(reached)]
        return _row(first, RowOutcome.ADDED, ", ".join(part for part in said if part), None)

    def _change(
        self, first: _Resolved, reached: Sequence[tuple[Stage, date]], known: KnownLine, writes: Appendable
    ) -> RowPlan:
        write = LineWrite(known.id, {})
        told = [*self._change_own(first, known, write), *self._change_genes(first.row, known, write)]
        told += _change_stages(reached, known, write)
        if not told:
            return _row(first, RowOutcome.UNCHANGED, "", known)
        writes.append(write)
        return _row(first, RowOutcome.CHANGED, "\n".join(told), known)

    def _change_own(self, first: _Resolved, known: KnownLine, write: LineWrite) -> Iterator[str]:
        for name, value in _own(first).items():
            held = getattr(known, name)
            if value is not None and value != held:
                write.values[name] = value
                yield self._told(name, held, value)

    def _change_genes(self, row: ProductionRow, known: KnownLine, write: LineWrite) -> Iterator[str]:
        allele, clone = self.genes.allele(row), self.genes.clone(row)
        if allele != known.allele_id:
            write.values["allele"] = allele
            yield f"Allele: {self.records.genes.by_id[known.allele_id].symbol} \u2192 {row.symbol}"
        if clone not in {None, known.clone}:
            write.values["clone"] = clone
            yield f"Clone: {known.clone or 'none'} \u2192 {clone}"

    def _told(self, name: str, was: Any, value: Any) -> str:
        names = {"strain_id": self.records.names.strains, "consortium_id": self.records.names.consortia}
        called = names.get(name, self.records.names.institutions if name == "funder_id" else None)
        if called is not None:
            was, value = called.get(was), called.get(value, value)
        title = OWN[name]
        return f"{title}: {was} \u2192 {value}" if was is not None else f"{title}: {value}"


OWN = {
    "strain_id": "Background",
    "consortium_id": "Production consortium",
    "funder_id": "Funder",
    "plan_id": "Plan",
    "attempt_id": "Attempt",
    "gentar_id": "GenTaR id",
}


def _change_stages(reached: Iterable[tuple[Stage, date]], known: KnownLine, write: LineWrite) -> Iterator[str]:
    """Note which stages are added or moved to another day; each in words."""
    for stage, day in reached:
        held = known.stages.get(stage)
        if held is None:
            write.stages.append((stage, day))
            yield _told_stages([(stage, day)]).capitalize()
        elif held.day != day:
            write.moved.append((held.id, day))
            yield f"{STAGE_WORDS[stage]}: {held.day.isoformat()} \u2192 {day.isoformat()}"


def _reached(group: Sequence[_Resolved]) -> tuple[tuple[Stage, date], ...]:
    """The stages of all rows of a colony."""
    if len(group) == 1:
        return group[0].row.reached
    return earliest_of_each(stage for each in group for stage in each.row.reached)


def _wrong_twin(group: Sequence[_Resolved]) -> str:
    """Why none of several rows is taken that contradict each other."""
    first = group[0].row
    other = next((each.row for each in group[1:] if _differ(first, each.row)), None)
    if other is None:
        return ""
    return f"The colony stands on the lines {first.line} and {other.line} as two different ones. Neither is taken."


def _own(each: _Resolved) -> dict[str, Any]:
    row = each.row
    return {
        "strain_id": each.strain_id,
        "consortium_id": each.consortium_id,
        "funder_id": each.funder_id,
        "plan_id": row.plan_id,
        "attempt_id": row.attempt_id,
        "gentar_id": row.gentar_id,
    }


def _differ(one: ProductionRow, other: ProductionRow) -> bool:
    """Whether two rows of a colony contradict each other."""
    pairs = ((getattr(one, name), getattr(other, name)) for name in SAME)
    return any(first is not None and second is not None and first != second for first, second in pairs)


def _row(each: _Resolved, outcome: RowOutcome, told: str, known: KnownLine | None) -> RowPlan:
    return RowPlan(each.row.line, each.row.colony, outcome, told, known.id if known else None)


def _told_stages(reached: Iterable[tuple[Stage, date]]) -> str:
    return ", ".join(f"{STAGE_WORDS[stage].lower()} {day.isoformat()}" for stage, day in reached)
