"""The enums of lines, with their words."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """How far a line has come."""

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
