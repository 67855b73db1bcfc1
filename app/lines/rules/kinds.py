"""The enums of lines, with their words."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """How far a line has come, in the order in which it comes there; aborted ends it at any stage."""

    PLANNED = "planned"
    PRODUCTION = "production"
    FOUNDERS = "founders"
    CONFIRMED = "confirmed"
    PHENOTYPING = "phenotyping"
    PHENOTYPED = "phenotyped"
    ABORTED = "aborted"


class MaterialForm(StrEnum):
    """What of a line can be sent."""

    LIVE = "live"
    EMBRYOS = "embryos"
    SPERM = "sperm"
    TISSUE = "tissue"


class AlleleClass(StrEnum):
    """What kind of change an allele is, as its symbol tells."""

    CONDITIONAL_READY = "conditional_ready"
    REPORTER = "reporter"
    CONDITIONAL = "conditional"
    DELETION = "deletion"
    NON_CONDITIONAL = "non_conditional"
    TARGETED = "targeted"
    ENDONUCLEASE = "endonuclease"
    GENE_TRAP = "gene_trap"
    TRANSGENE = "transgene"
    OTHER = "other"


STAGE_WORDS = {
    Stage.PLANNED: "Planned",
    Stage.PRODUCTION: "In production",
    Stage.FOUNDERS: "Founders born",
    Stage.CONFIRMED: "Genotype confirmed",
    Stage.PHENOTYPING: "Phenotyping",
    Stage.PHENOTYPED: "Phenotyped",
    Stage.ABORTED: "Aborted",
}
FORM_WORDS = {
    MaterialForm.LIVE: "Live mice",
    MaterialForm.EMBRYOS: "Embryos",
    MaterialForm.SPERM: "Sperm",
    MaterialForm.TISSUE: "Tissue",
}
CLASS_WORDS = {
    AlleleClass.CONDITIONAL_READY: "Conditional ready (tm1a)",
    AlleleClass.REPORTER: "Reporter-tagged deletion (tm1b)",
    AlleleClass.CONDITIONAL: "Conditional (tm1c)",
    AlleleClass.DELETION: "Deletion (tm1d)",
    AlleleClass.NON_CONDITIONAL: "Targeted, non-conditional (tm1e)",
    AlleleClass.TARGETED: "Targeted (tm1)",
    AlleleClass.ENDONUCLEASE: "Endonuclease-mediated (em)",
    AlleleClass.GENE_TRAP: "Gene trap (Gt)",
    AlleleClass.TRANSGENE: "Transgene (Tg)",
    AlleleClass.OTHER: "Other",
}
