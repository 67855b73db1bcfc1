"""Symbols of alleles: however they are typed, one canonical form, its two parts, and the class it tells."""

from __future__ import annotations

import re
from html import unescape

from app.core.errors import DomainError
from app.lines.rules.kinds import AlleleClass

LONGEST = 200
# What stands above the line where nothing marks it: tm1a(KOMP)Wtsi, em2(IMPC)J, Gt(EUCE0001a01)Hmgu.
MADE = r"(?:(?:tm|em)\d+[a-e]?(?:\.\d+)?[a-e]?(?:\([^()<>]*\))?|Gt\([^()<>]*\)\d*)[A-Z][A-Za-z0-9]*"
ABOVE = r"(?:<sup>(?P<tag>[^<>^]+)</sup>|<(?P<angle>[^<>^]+)>|\^(?P<caret>[^<>^]+))"
MARKED = re.compile(rf"(?P<gene>[^<>^]+){ABOVE}", re.IGNORECASE)
GLUED = re.compile(rf"(?P<gene>[^<>^]+?)(?P<above>{MADE})")
SPACED = re.compile(rf"(?P<gene>[^<>^\s]+)\s+(?P<above>\+|{MADE})")
CLASSES = {
    "a": AlleleClass.CONDITIONAL_READY,
    "b": AlleleClass.REPORTER,
    "c": AlleleClass.CONDITIONAL,
    "d": AlleleClass.DELETION,
    "e": AlleleClass.NON_CONDITIONAL,
    "": AlleleClass.TARGETED,
}
TARGETED = re.compile(r"tm\d+([a-e]?)(?:\.\d+)?([a-e]?)(?![a-z])")


def canonical_symbol(text: str, field: str = "allele_symbol") -> str:
    """The symbol as it is kept, `Gene<tm1a(KOMP)Wtsi>`, of any form in which it is typed; DomainError for none.

    What is above the line may stand in <> or <sup></sup>, after ^, a space, or, where it is one of the forms that
    laboratories give, after nothing. A symbol with nothing above the line, such as that of a transgene, stays so.
    """
    plain = " ".join(unescape(text).split())
    gene, above = _parted(plain)
    if not gene or "<" in gene + above or ">" in gene + above or "^" in gene + above:
        raise DomainError("This is not the symbol of an allele. Write it as Rsph3b<tm1a(KOMP)Wtsi>.", field)
    kept = f"{gene}<{above}>" if above else gene
    if len(kept) > LONGEST:
        raise DomainError(f"A symbol has at most {LONGEST} signs.", field)
    return kept


def _parted(plain: str) -> tuple[str, str]:
    """The two parts of a symbol, without the spaces that belong to neither."""
    spaced = SPACED.fullmatch(plain)
    if spaced:
        return spaced["gene"], spaced["above"]
    close = plain.replace(" ", "")
    marked = MARKED.fullmatch(close)
    if marked:
        return marked["gene"], marked["tag"] or marked["angle"] or marked["caret"]
    glued = None if close.startswith("Tg(") else GLUED.fullmatch(close)
    return (glued["gene"], glued["above"]) if glued else (close, "")


def parts_of_symbol(symbol: str) -> tuple[str, str]:
    """What stands on the line and what stands above it, of a canonical symbol; nothing may stand above."""
    gene, _, above = symbol.partition("<")
    return gene, above.removesuffix(">")


def class_of_symbol(symbol: str) -> AlleleClass:
    """The class that a canonical symbol tells."""
    gene, above = parts_of_symbol(symbol)
    targeted = TARGETED.match(above)
    if targeted:
        return CLASSES[targeted[1] or targeted[2]]
    if re.match(r"em\d", above):
        return AlleleClass.ENDONUCLEASE
    if above.startswith("Gt(") or (not above and gene.startswith("Gt(")):
        return AlleleClass.GENE_TRAP
    return AlleleClass.TRANSGENE if gene.startswith("Tg(") or above.startswith("Tg(") else AlleleClass.OTHER
