"""Tables of the catalogue of lines."""

from app.lines.models.genes import Allele, Clone, Marker
from app.lines.models.lines import (
    LineDeposit,
    LineForm,
    LineParent,
    LineStage,
    LineWord,
    MouseLine,
    ProductionConsortium,
    Repository,
    Strain,
    StrainAlias,
)

__all__ = [
    "Allele",
    "Clone",
    "LineDeposit",
    "LineForm",
    "LineParent",
    "LineStage",
    "LineWord",
    "Marker",
    "MouseLine",
    "ProductionConsortium",
    "Repository",
    "Strain",
    "StrainAlias",
]
