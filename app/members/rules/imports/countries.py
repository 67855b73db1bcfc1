"""Countries as tables call them: by code, by the names of the standard, and by other English names in common use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import pycountry

from app.core.errors import DomainError
from app.core.folding import folded
from app.members.rules.institutions import country_name

IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
# What the standard calls otherwise; "UK" and "EL" are the codes of the European Union.
ALSO = {
    "Bosnia": "BA",
    "Britain": "GB",
    "Brunei": "BN",
    "Burma": "MM",
    "Cape Verde": "CV",
    "DR Congo": "CD",
    "East Timor": "TL",
    "EL": "GR",
    "England": "GB",
    "Great Britain": "GB",
    "Holland": "NL",
    "Ivory Coast": "CI",
    "Macau": "MO",
    "Macedonia": "MK",
    "Micronesia": "FM",
    "Northern Ireland": "GB",
    "Palestine": "PS",
    "PR China": "CN",
    "Republic of Ireland": "IE",
    "Russia": "RU",
    "Saint Helena": "SH",
    "Scotland": "GB",
    "Swaziland": "SZ",
    "Turkey": "TR",
    "UAE": "AE",
    "UK": "GB",
    "Vatican": "VA",
    "Vatican City": "VA",
    "Wales": "GB",
}


@lru_cache(maxsize=4096)
def country_of(text: str) -> str:
    """The code of a country by its code or its name in English."""
    found = _countries().get(_plain(text))
    if found is None:
        raise DomainError("There is no such country: write its name in English or its code, such as FR.")
    return found


@cache
def _countries() -> dict[str, str]:
    """Countries by what they are called; codes first, then the names of the standard."""
    known: dict[str, str] = {}
    for country in pycountry.countries:
        for name in _names(country):
            known.setdefault(_plain(name), str(country.alpha_2))
    return known | {_plain(name): code for name, code in ALSO.items()}


def _names(country: Any) -> Iterator[str]:
    """Its codes and its names, also in the order of speech: "Korea, Republic of" is the Republic of Korea."""
    yield from (country.alpha_2, country.alpha_3, country_name(country.alpha_2), country.name)
    yield getattr(country, "official_name", country.name)
    yield IN_BRACKETS.sub("", country.name)
    first, _, last = country.name.partition(", ")
    yield f"{last} {first}"


def _plain(text: str) -> str:
    """A name without case, accents, full stops and article: "The U.K." is "uk"."""
    return folded(text.replace(".", "").replace("&", " and ")).removeprefix("the ")
