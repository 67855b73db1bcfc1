"""Kinds of institutions, the shape of their identifiers and of those of people, and countries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

import pycountry
from stdnum import get_cc_module, isni
from stdnum.exceptions import InvalidChecksum, ValidationError

from app.core.errors import DomainError, Refusals
from app.core.folding import folded
from app.core.periods import Period


class InstitutionKind(StrEnum):
    """What an institution is."""

    RESEARCH_CENTRE = "research_centre"
    FUNDER = "funder"
    CORPORATION = "corporation"
    OBSERVER = "observer"


KIND_WORDS = {
    InstitutionKind.RESEARCH_CENTRE: "Research centre",
    InstitutionKind.FUNDER: "Funder",
    InstitutionKind.CORPORATION: "Corporation",
    InstitutionKind.OBSERVER: "Observer",
}


class DocumentKind(StrEnum):
    """What a paper kept with an institution is."""

    AGREEMENT = "agreement"
    LETTER = "letter"
    MANDATE = "mandate"
    EVIDENCE = "evidence"
    OTHER = "other"


DOCUMENT_WORDS = {
    DocumentKind.AGREEMENT: "Agreement",
    DocumentKind.LETTER: "Letter",
    DocumentKind.MANDATE: "Mandate of a representative",
    DocumentKind.EVIDENCE: "Evidence",
    DocumentKind.OTHER: "Other",
}

# What is dated of an institution beside its names, in the words of both tables that hold it.
PARTICULARS = (
    "kind",
    "is_composite",
    "parent_id",
    "country",
    "ror",
    "vat_number",
    "website",
    "unit",
    "postal_address",
    "billing_address",
    "purchase_order",
    "buyer_reference",
    "document_language",
    "logo_id",
)

ROR_SHAPE = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[0-9a-hjkmnp-tv-z]{6}\d{2})", re.ASCII)
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
WEBSITE = re.compile(r"https?://[^\s/?#@\[\]]+([/?#]\S*)?")
VAT_SHAPE = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{2,22}", re.ASCII)
GREECE = "EL"
WITH_ARTICLE = frozenset({"AE", "BS", "CF", "DO", "FO", "GB", "KM", "KY", "MV", "NL", "PH", "RU", "US"})
LONGEST_ALIAS = 200
ARTICLE = "The "


def alias_words(alias: str) -> str:
    """The words by which an alias is found; one without any is refused."""
    words = folded(alias)[:LONGEST_ALIAS]
    if not words:
        raise DomainError("An alias has letters or digits.", "alias")
    return words


def check_alias(institution_id: int, bearers: Iterable[tuple[int, str]]) -> None:
    """Refuse an alias that is or was a name: `bearers` are the institutions that bore it, and how they are told."""
    for bearer_id, words in bearers:
        if bearer_id == institution_id:
            raise DomainError("This is a name of the institution already.", "alias")
        raise DomainError(f"This is or was a name of {words}.", "alias")


def check_unit(period: Period, others: Iterable[Period]) -> None:
    """Refuse a unit that shares a day with others of its name and institution."""
    if any(other.overlaps(period) for other in others):
        raise DomainError("It has a unit of this name in these days.", "name")


def is_part_of_itself(institution_id: int, parents: Mapping[int, int | None]) -> bool:
    """Whether an institution is a part of itself, over however many others; `parents` say of which each is a part."""
    seen, above = {institution_id}, parents.get(institution_id)
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return above == institution_id


def read_ror(text: str) -> str:
    """The nine characters of a ROR id, checked.

    A zero and six characters of Crockford's base 32, then two check digits by ISO 7064 mod 97-10; so it is made by
    github.com/ror-community/ror-api and said in ror.readme.io, "ROR ID pattern".
    """
    found = ROR_SHAPE.fullmatch(text.strip().lower())
    if found is None:
        raise DomainError("A ROR is nine characters such as 01cwqze88, or its address at ror.org.", "ror")
    ror = found[1]
    number = 0
    for letter in ror[:7]:
        number = number * 32 + CROCKFORD.index(letter)
    if (number * 100 + int(ror[7:])) % 97 != 1:
        raise DomainError("The check digits of this ROR are wrong: is there a typing mistake?", "ror")
    return ror


def read_orcid(text: str) -> str:
    """An ORCID as 0000-0002-1825-0097, its check digit proved (it is an ISNI of a reserved block)."""
    bare = re.sub(r"^(https?://)?orcid\.org/", "", text.strip(), flags=re.IGNORECASE)
    try:
        digits = str(isni.validate(bare))
    except InvalidChecksum:
        raise DomainError("The check digit of this ORCID is wrong: is there a typing mistake?", "orcid") from None
    except ValidationError:
        raise DomainError("This is no ORCID: it has sixteen digits, such as 0000-0002-1825-0097.", "orcid") from None
    return "-".join(digits[place : place + 4] for place in range(0, 16, 4))


def read_vat_number(text: str, country: str) -> str:
    """A VAT number without spaces; its check digits are proved where the country's rule is known."""
    number = text.strip().upper()
    if VAT_SHAPE.fullmatch(number) is None:
        raise DomainError("A VAT number has letters and digits only.", "vat_number")
    prefix = "GR" if number.startswith(GREECE) else number[:2]
    checker = get_cc_module(prefix if prefix.isalpha() else country, "vat") or get_cc_module(country, "vat")
    if checker is not None and not checker.is_valid(number):
        of = f" of {country_in_text(country)}" if country else ""
        raise DomainError(f"This is no VAT number{of}: is there a typing mistake?", "vat_number")
    return re.sub(r"[ ./-]", "", number)


@cache
def country_name(code: str) -> str:
    """A country as it is commonly called; its code where the standard has no such country."""
    found = pycountry.countries.get(alpha_2=code)
    return code if found is None else str(getattr(found, "common_name", found.name))


def country_in_text(code: str) -> str:
    """A country as a sentence names it: the United Kingdom, Norway."""
    return f"the {country_name(code)}" if code in WITH_ARTICLE else country_name(code)


@cache
def country_choices() -> tuple[tuple[str, str], ...]:
    """Every country of ISO 3166-1: code and name, by name."""
    pairs = [(str(country.alpha_2), country_name(str(country.alpha_2))) for country in pycountry.countries]
    return tuple(sorted(pairs, key=lambda pair: pair[1]))


def check_country(code: str) -> str:
    """Refuse what is no code of a country."""
    if pycountry.countries.get(alpha_2=code) is None:
        raise DomainError("There is no such country.", "country")
    return code


def check_website(website: str | None) -> str | None:
    """Refuse an address that is not given in full."""
    if website is not None and not website.startswith(("https://", "http://")):
        raise DomainError("An address begins with https:// or http://.", "website")
    if website is not None and not WEBSITE.fullmatch(website):
        raise DomainError("Write the address in full, such as https://www.institute.example.", "website")
    return website


@dataclass(frozen=True)
class Identifiers:
    """What tells an institution from others beside its name, as it was typed or as it is kept."""

    country: str | None
    ror: str | None
    website: str | None
    vat_number: str | None


def read_identifiers(typed: Identifiers) -> Identifiers:
    """As they are kept; everything that is wrong among them is refused at once."""
    refusals, read = Refusals(), typed
    with refusals:
        read = replace(read, ror=read_ror(typed.ror) if typed.ror else None)
    with refusals:
        read = replace(read, website=check_website(typed.website))
    with refusals:
        country = typed.country if typed.country is None else check_country(typed.country)
        number = read_vat_number(typed.vat_number, country or "") if typed.vat_number else None
        read = replace(read, vat_number=number)
    refusals.say()
    return read


def filed_name(name: str) -> str:
    """A name as it is filed: Jackson Laboratory, The."""
    return f"{name.removeprefix(ARTICLE)}, The" if name.startswith(ARTICLE) else name
