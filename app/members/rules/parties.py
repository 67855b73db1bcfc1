"""Who writes to whom on a paper: the lines of the sender and of the window of the envelope, and the sheet for both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from babel import Locale

ENGLISH = Locale("en", "GB")
WIDEST_RETURN = 76  # Characters of the small line between the edges of the address.
LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "CL", "CO", "CR", "GT", "NI", "PA", "PH", "PR", "SV", "VE", "DO"})


class Sheet(StrEnum):
    """The size of the paper, by the habit of the addressee's country."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True)
class PaperParty:
    """Sender or addressee as named on paper. `vat_line` is a whole line: "Not registered for VAT", "VAT GB 123".

    `register_line` says where else the sender is registered; `attention_word` is in the language of the paper. `logo`
    is the address of the sender's picture.
    """

    name: str
    address: tuple[str, ...]
    short_name: str = ""
    unit: str = ""
    attention: str = ""
    vat_line: str = ""
    email: str = ""
    web: str = ""
    register_line: str = ""
    attention_word: str = "Attn."
    logo: str = ""

    @property
    def in_window(self) -> list[str]:
        """The lines in the window of the envelope."""
        attention = f"{self.attention_word} {self.attention}" if self.attention else ""
        return [line for line in (self.name, self.unit, attention, *self.address) if line]

    @property
    def as_sender(self) -> list[str]:
        """The lines under the name of whoever sends."""
        reach = " · ".join(part for part in (self.email, self.web) if part)
        return [line for line in (*self.address, self.vat_line, self.register_line, reach) if line]

    @property
    def return_line(self) -> str:
        """The small line above the address, for the post; in two where one would be wider than the window."""
        parts = (self.short_name or self.name, *self.address)
        whole = " · ".join(parts)
        if len(whole) <= WIDEST_RETURN or len(parts) == 1:
            return whole
        ways = [(" · ".join(parts[:at]), " · ".join(parts[at:])) for at in range(1, len(parts))]
        return "\n".join(min(ways, key=lambda way: max(map(len, way))))


def sheet_for(country: str) -> Sheet:
    """The sheet that fits the folders of a country."""
    return Sheet.LETTER if country in LETTER_COUNTRIES else Sheet.A4


def address_lines(address: str, country: str, home: str) -> tuple[str, ...]:
    """An address as it stands on an envelope: with its country where that is another one than the sender's."""
    lines, abroad = address.splitlines(), on_envelope(country)
    if country != home and abroad not in lines:
        lines.append(abroad)
    return tuple(lines)


@cache
def on_envelope(country: str) -> str:
    """A country as it stands on an envelope."""
    return str(ENGLISH.territories.get(country, country))


def country_named(name: str) -> str:
    """The two letters of a country by its name on an envelope; empty where no country is called so."""
    return _countries().get(name.casefold(), "")


@cache
def _countries() -> dict[str, str]:
    return {
        str(name).casefold(): code
        for code, name in ENGLISH.territories.items()
        if len(code) == len("GB") and code.isalpha()
    }
