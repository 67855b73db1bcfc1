"""The catalogue of lines as diary entries: what they name, the lines, how far they came, and a cross."""

from __future__ import annotations

from datetime import date
from functools import partial

from app.core.history import lock
from app.core.periods import Period
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts
from app.lines.commands import (
    AlleleValues,
    Deposit,
    LineValues,
    RepositoryValues,
    add_consortium,
    add_repository,
    add_strain,
    add_strain_alias,
    cross_lines,
    deposit_line,
    offer_form,
    record_stage,
    register_line,
)
from app.lines.models import MouseLine
from app.lines.rules import MaterialForm, Reached, Stage

OPENED = date(2011, 10, 3)
PIPELINES = {"EUCOMM": "EUCOMM", "KOMP": "KOMP-CSD", "IMPC": "IMPC"}


class Catalogue:
    """The catalogue while it is told: the ids of what lines name, by what they are called."""

    def __init__(self, diary: Diary) -> None:
        """Keep the diary and its facts."""
        self.diary, self.facts = diary, diary.facts["catalogue"]
        self.strains: dict[str, int] = {}
        self.consortia: dict[str, int] = {}
        self.repositories: dict[str, int] = {}
        self.lines: dict[str, int] = {}

    def open(self) -> None:
        """What lines name is there from the first day."""
        actor = self.diary.actor
        for each in self.facts["strains"]:
            strain = add_strain(each["name"], actor=actor)
            self.strains[each["name"]] = strain.id
            for alias in each["aliases"]:
                add_strain_alias(strain.id, alias, actor=actor)
        for each in self.facts["consortia"]:
            self.consortia[each["code"]] = add_consortium(each["code"], each["name"], actor=actor).id
        for each in self.facts["repositories"]:
            run_by = self.diary.institutions[each["institution"]].id if "institution" in each else None
            values = RepositoryValues(each["code"], each["name"], run_by)
            self.repositories[each["code"]] = add_repository(values, actor=actor).id

    def write(self, facts: Facts) -> None:
        """A line with each of its stages on its day, and where it is kept from then on."""
        stages = [Reached(Stage(name), day) for name, day in facts["stages"].items()]
        self.diary.on(stages[0].day, partial(self._enter, facts, stages[0]))
        for reached in stages[1:]:
            self.diary.on(reached.day, partial(self._reach, facts, reached))

    def _enter(self, facts: Facts, reached: Reached) -> None:
        values, actor = self._values(facts), self.diary.actor
        if "parents" in facts:
            parents = [self.lines[each] for each in facts["parents"]]
            line = cross_lines(values, reached, parents, actor=actor)
        else:
            line = register_line(values, reached, actor=actor)
        self.lines[facts["colony"]] = line.id

    def _reach(self, facts: Facts, reached: Reached) -> None:
        line_id, actor = self.lines[facts["colony"]], self.diary.actor
        record_stage(line_id, reached, version=_version(line_id), actor=actor)
        if reached.stage is not Stage.CONFIRMED:
            return
        for form in facts.get("forms", ()):
            offer_form(line_id, MaterialForm(form), Period(reached.day), version=_version(line_id), actor=actor)
        if "kept_by" in facts:
            number = f"{facts['kept_by']}:{4_000 + line_id:05d}"
            kept = Deposit(self.repositories[facts["kept_by"]], Period(reached.day), number)
            deposit_line(line_id, kept, version=_version(line_id), actor=actor)

    def _values(self, facts: Facts) -> LineValues:
        made_by = self.diary.institutions[facts["centre"]].id
        project = facts["allele"].partition("(")[2].partition(")")[0]
        allele = AlleleValues(facts["allele"], marker_mgi_id=facts.get("gene"), pipeline=PIPELINES.get(project))
        return LineValues(
            colony=facts["colony"],
            allele=allele,
            centre_id=made_by,
            owner_id=made_by,
            strain_id=self.strains[facts["strain"]],
            production_consortium_id=self.consortia[facts["consortium"]],
            funder_id=self.diary.institutions[facts["funder"]].id if "funder" in facts else None,
        )


def write_lines(diary: Diary) -> None:
    """All lines of the story."""
    catalogue = Catalogue(diary)
    diary.on(OPENED, catalogue.open)
    for facts in (*catalogue.facts["lines"], *catalogue.facts["crosses"]):
        catalogue.write(facts)


def _version(line_id: int) -> int:
    return lock(MouseLine, line_id).version
