"""The kinds of files of lines, what becomes of a row of one, and what an import asks about."""

from __future__ import annotations

from enum import StrEnum


class LineFileKind(StrEnum):
    """What a file brings."""

    ALLELES = "alleles"
    PHENOTYPIC_ALLELES = "phenotypic_alleles"
    MARKERS = "markers"
    PRODUCTION = "production"
    STOCKS = "stocks"


FILE_WORDS: dict[LineFileKind, str] = {
    LineFileKind.ALLELES: "Alleles of a production project",
    LineFileKind.PHENOTYPIC_ALLELES: "Phenotypic alleles",
    LineFileKind.MARKERS: "Genetic markers",
    LineFileKind.PRODUCTION: "Production export",
    LineFileKind.STOCKS: "Stocks of the MMRRC",
}


class RowOutcome(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    ASKED = "asked"
    LEFT_OUT = "left_out"


class LineImportState(StrEnum):
    """Where an import of lines stands."""

    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"


WORKING = frozenset({LineImportState.CHECKING, LineImportState.APPLYING})


class Topic(StrEnum):
    """What a spelling in a file is of."""

    CENTRE = "centre"
    FUNDER = "funder"
    STRAIN = "strain"
    CONSORTIUM = "consortium"


TOPIC_WORDS: dict[Topic, str] = {
    Topic.CENTRE: "Centre",
    Topic.FUNDER: "Funder",
    Topic.STRAIN: "Background strain",
    Topic.CONSORTIUM: "Production consortium",
}


class Answer(StrEnum):
    """What was said of a spelling: it means one on record, its rows are left out, or it is a strain of its own."""

    MEANS = "means"
    LEAVE_OUT = "leave_out"
    NEW = "new"


# Of what a file may bring new ones: institutions are added to the register by those who keep it.
MAKES_NEW = frozenset({Topic.STRAIN, Topic.CONSORTIUM})
