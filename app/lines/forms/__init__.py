"""Forms of lines: a line, what it has reached, where it is kept, and the filters of the list."""

from __future__ import annotations

from typing import Any

from app.core.periods import Period
from app.lines.commands import AlleleValues, Deposit, LineValues
from app.lines.models import LineDeposit, LineForm, LineStage, MouseLine
from app.lines.rules import CLASS_WORDS, FORM_WORDS, STAGE_WORDS, MaterialForm, Reached, Stage, canonical_symbol, mgi_id
from app.members.forms import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, ProseField, SuggestedField, TextField
from app.web.naming import NamedField

PIPELINES = ("EUCOMM", "EUCOMMTools", "IMPC", "KOMP-CSD", "KOMP-Regeneron", "mirKO", "NorCOMM")
SYMBOL_HINT = "As Rsph3b<tm1a(KOMP)Wtsi>, with <sup> tags, or after ^ or a space."


class LineFilterForm(FilterForm):
    """What the list of lines is narrowed to."""

    q = TextField("Words", optional=True)
    centre = ChoiceField("Centre", optional=True)
    consortium = ChoiceField("Production consortium", optional=True)
    stage = ChoiceField("Stage", optional=True, choices=[("", "Any"), *STAGE_WORDS.items()])
    form = ChoiceField("Available as", optional=True, choices=[("", "Any"), *FORM_WORDS.items()])
    repository = ChoiceField("Repository", optional=True)
    pipeline = ChoiceField("Pipeline", optional=True)
    allele_class = ChoiceField("Class of allele", optional=True, choices=[("", "Any"), *CLASS_WORDS.items()])


class StrainField(NamedField):
    """One strain on record."""

    def __init__(self, label: str, **options: Any) -> None:
        """Take suggestions from the strains."""
        super().__init__(label, source="lines.suggest_strains", hint="By its name or an alias.", **options)


class LineField(NamedField):
    """One line on record."""

    def __init__(self, label: str, **options: Any) -> None:
        """Take suggestions from the catalogue."""
        hint = "By its colony or its allele; any of its words suggests it."
        super().__init__(label, source="lines.suggest_lines", hint=hint, **options)


class LineEntryForm(MusterForm):
    """What is on record of a line."""

    allele_symbol = TextField("Allele", hint=SYMBOL_HINT)
    colony = TextField("Colony", hint="Its name at the centre, which has no other line of that name.")
    centre = InstitutionField("Centre")
    owner = InstitutionField("Owner")
    strain = StrainField("Background strain", optional=True)
    clone = TextField("ES cell clone", optional=True)
    production_consortium_id = ChoiceField("Production consortium", optional=True)
    funder = InstitutionField("Funder of production", optional=True)
    allele_mgi_id = TextField("MGI id of the allele", most=40, optional=True, hint="As MGI:4363171.")
    marker_mgi_id = TextField("MGI id of the gene", most=40, optional=True)
    project_id = TextField("IKMC project", most=40, optional=True)
    pipeline = SuggestedField("Pipeline", usual=PIPELINES, most=40, optional=True)
    plan_id = TextField("Plan in iMits or GenTaR", most=40, optional=True)
    attempt_id = TextField("Attempt in iMits or GenTaR", most=40, optional=True)
    gentar_id = TextField("GenTaR id", most=40, optional=True)
    conditions = ProseField("Conditions", optional=True, hint="What whoever receives it has to know or to keep to.")

    def values(self) -> LineValues:
        """What was typed."""
        allele = AlleleValues(
            symbol=str(self.allele_symbol.value),
            mgi_id=self.allele_mgi_id.value,
            marker_mgi_id=self.marker_mgi_id.value,
            project_id=self.project_id.value,
            pipeline=self.pipeline.value,
        )
        return LineValues(
            colony=str(self.colony.value),
            allele=allele,
            centre_id=int(self.centre.chosen_id or 0),
            owner_id=int(self.owner.chosen_id or 0),
            strain_id=self.strain.chosen_id,
            clone=self.clone.value,
            production_consortium_id=self.production_consortium_id.chosen_id,
            funder_id=self.funder.chosen_id,
            plan_id=self.plan_id.value,
            attempt_id=self.attempt_id.value,
            gentar_id=self.gentar_id.value,
            conditions=self.conditions.value,
        )

    def check_rules(self) -> None:
        """The symbol and the ids are asked of the rules with everything else."""
        if self.allele_symbol.data:
            canonical_symbol(self.allele_symbol.data)
        if self.allele_mgi_id.data:
            mgi_id(self.allele_mgi_id.data)


class StageForm(MusterForm):
    """A stage and the day on which a line reached it."""

    stage = ChoiceField("Stage", choices=[("", "Choose one"), *STAGE_WORDS.items()])
    day = DayField("Reached on")

    def reached(self) -> Reached:
        """What was typed."""
        return Reached(Stage(self.stage.data), self.day.data)


class RegisterForm(LineEntryForm, StageForm):
    """A new line with the stage it has reached."""


class CrossForm(RegisterForm):
    """A new line that comes from a cross of two others."""

    parent_1 = LineField("One parent")
    parent_2 = LineField("The other parent")


class ParentsForm(MusterForm):
    """From which lines a line comes."""

    parent_1 = LineField("One parent", optional=True)
    parent_2 = LineField("The other parent", optional=True)

    def parents(self) -> list[int]:
        """The lines that were named."""
        return [each.chosen_id for each in (self.parent_1, self.parent_2) if each.chosen_id is not None]


class CorrectStageForm(StageForm):
    """A stage put right."""

    reason = TextField("Reason", most=500)


class PeriodForm(MusterForm):
    """A first and a last day."""

    first_day = DayField("From")
    last_day = DayField("To", optional=True, hint="The last day, included; empty as long as it goes on.")

    def period(self) -> Period:
        """The days typed."""
        return Period(self.first_day.data, self.last_day.data)

    def check_rules(self) -> None:
        """The last day is not before the first."""
        if self.first_day.data:
            self.period()


class OfferForm(PeriodForm):
    """A form in which a line is there."""

    form = ChoiceField("Available as", choices=[("", "Choose one"), *FORM_WORDS.items()])

    def material(self) -> MaterialForm:
        """The form chosen."""
        return MaterialForm(self.form.data)


class CorrectPeriodForm(PeriodForm):
    """The days of a form put right."""

    reason = TextField("Reason", most=500, optional=True)


class DepositForm(PeriodForm):
    """A repository that keeps a line."""

    repository_id = ChoiceField("Repository")
    stock_number = TextField("Stock number", most=40, optional=True, hint="As EM:04512 or MMRRC:046021-UCD.")

    def deposit(self) -> Deposit:
        """What was typed."""
        return Deposit(int(self.repository_id.chosen_id or 0), self.period(), self.stock_number.value)


class CorrectDepositForm(DepositForm):
    """A deposit put right."""

    reason = TextField("Reason", most=500, optional=True)


class ReasonForm(MusterForm):
    """Why something is taken back."""

    reason = TextField("Reason", most=500)


class StrainForm(MusterForm):
    """The name of a strain."""

    name = TextField("Name", hint="In the nomenclature of its breeder, such as C57BL/6NTac.")


class AliasForm(MusterForm):
    """Another spelling of a strain."""

    alias = TextField("Also written as")


class ConsortiumForm(MusterForm):
    """A production consortium."""

    code = TextField("Code", most=40, hint="As it is written in lists, such as BaSH.")
    name = TextField("Name")


class RepositoryForm(ConsortiumForm):
    """A repository."""

    institution = InstitutionField("Run by", optional=True)


def filled_from_line(line: MouseLine) -> dict[str, Any]:
    """What the form of a line shows before anything is typed, but for what is named in words."""
    marker = line.allele.marker
    own = ("colony", "plan_id", "attempt_id", "gentar_id", "conditions")
    return {name: getattr(line, name) for name in own} | {
        "allele_symbol": line.allele.symbol,
        "allele_mgi_id": line.allele.mgi_id,
        "marker_mgi_id": marker.mgi_id if marker else None,
        "project_id": line.allele.project_id,
        "pipeline": line.allele.pipeline,
        "clone": line.clone.name if line.clone else None,
        "production_consortium_id": str(line.production_consortium_id or ""),
        "version": str(line.version),
    }


def filled_from_fact(fact: LineForm | LineDeposit | LineStage) -> dict[str, Any]:
    """What the form of a fact shows before anything is typed."""
    if isinstance(fact, LineStage):
        return {"stage": fact.stage.value, "day": fact.day}
    shown: dict[str, Any] = {"first_day": fact.first_day, "last_day": fact.last_day}
    if isinstance(fact, LineDeposit):
        shown |= {"repository_id": str(fact.repository_id), "stock_number": fact.stock_number}
    return shown
