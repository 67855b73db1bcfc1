"""Texts of letters with places to be filled in: {institution}, {first_day}."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.core.errors import DomainError

PLACE = re.compile(r"\{([^{}\n]*)\}")


def filled(text: str, values: Mapping[str, str], *, field: str = "body") -> str:
    """The text with every place filled in; a place that nobody knows is refused and those that are known are named."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            known = ", ".join(f"{{{name}}}" for name in values)
            raise DomainError(f"Nothing is known to put for {{{found[1]}}}. There are: {known}.", field)
        return values[found[1]]

    return PLACE.sub(value, text)
