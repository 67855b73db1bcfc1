"""How large the generated consortium is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How many there are of each thing; the sizes of the design unless scaled."""

    institutions: int = 300
    people: int = 3_000
    committees: int = 12
    invoices: int = 30_000
    audit_entries: int = 250_000
    years: int = 6

    def scaled(self, factor: float) -> Size:
        """The same consortium, smaller or larger; years and committees stay, and nothing becomes nobody."""
        return Size(
            institutions=max(12, round(self.institutions * factor)),
            people=max(80, round(self.people * factor)),
            committees=self.committees,
            invoices=max(150, round(self.invoices * factor)),
            audit_entries=max(2_000, round(self.audit_entries * factor)),
            years=self.years,
        )


# The register at its largest: what the marks of its lists, searches and records hold for; money stays as in the design.
LARGE = Size(institutions=10_000, people=100_000)
REGISTERS = {"design": Size(), "large": LARGE}
