"""The form of a merger: which facts of the merged record are taken, and why; its fields depend on what differs."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, HiddenField

from app.members.queries.mergers import Differing
from app.web.forms import MusterForm, TextField

TAKE = "take_"
FACT_WORDS = {"email": "e-mail", "ror": "ROR", "vat_number": "VAT number", "orcid": "ORCID", "phone": "telephone"}


def fact_words(name: str) -> str:
    """What a fact of a record is called within a sentence."""
    return FACT_WORDS.get(name, name.replace("_", " "))


class OtherForm(MusterForm):
    """Which record goes up in this one."""

    other = TextField("The other one", hint="Its number, its address, or words of its name that no other has.")


class MergerForm(MusterForm):
    """Why two records are one."""

    merged_version = HiddenField(default="0")
    reason = TextField("Why they are the same", most=500)

    @property
    def taken(self) -> frozenset[str]:
        """The facts to be taken from the merged record."""
        ticked = (field.short_name for field in self if field.short_name.startswith(TAKE) and field.data)
        return frozenset(name.removeprefix(TAKE) for name in ticked)

    @property
    def versions(self) -> tuple[int, int]:
        """The versions of survivor and merged record that the page showed."""
        text = str(self.merged_version.data or "0")
        return self.shown_version, int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


def merger_form(differing: Sequence[Differing]) -> type[MergerForm]:
    """The form with a tick box for each fact in which both have a value."""
    boxes = {
        f"{TAKE}{each.name}": BooleanField(
            f"Take the other's {fact_words(each.name)}",
            description=f"{each.merged} instead of {each.survivors}",
        )
        for each in differing
        if each.survivors
    }
    return type("MergerFormOfFacts", (MergerForm,), boxes)


class UndoForm(MusterForm):
    """Undo a merger, or an import: nothing is asked."""
