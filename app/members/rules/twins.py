"""What makes two institutions or two people likely the same: grounds with their weights, and keys that find them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from urllib.parse import urlsplit


class TwinKind(StrEnum):
    """What is compared."""

    INSTITUTION = "institution"
    PERSON = "person"


class Ground(StrEnum):
    """Why two records are likely the same."""

    NAME = "name"
    FORMER_NAME = "former_name"
    WORDS = "words"
    SPELLING = "spelling"
    VAT_NUMBER = "vat_number"
    WEBSITE = "website"
    EMAIL = "email"
    NAME_THERE = "name_there"
    NAME_AND_DOMAIN = "name_and_domain"
    SWAPPED = "swapped"
    INITIAL = "initial"


GROUND_WORDS = {
    Ground.NAME: "Same name",
    Ground.FORMER_NAME: "One is called as the other was",
    Ground.WORDS: "Names equal but for articles, legal form and order",
    Ground.SPELLING: "Names differ in one or two letters, in one country",
    Ground.VAT_NUMBER: "Same VAT number",
    Ground.WEBSITE: "Websites of one domain",
    Ground.EMAIL: "Same e-mail address",
    Ground.NAME_THERE: "Same name at one institution",
    Ground.NAME_AND_DOMAIN: "Same name, e-mail addresses of one domain",
    Ground.SWAPPED: "Given and family name swapped, at one institution",
    Ground.INITIAL: "Same family name and initial, at one institution",
}
WEIGHTS = {
    Ground.NAME: 60,
    Ground.FORMER_NAME: 45,
    Ground.WORDS: 50,
    Ground.SPELLING: 35,
    Ground.VAT_NUMBER: 60,
    Ground.WEBSITE: 30,
    Ground.EMAIL: 70,
    Ground.NAME_THERE: 70,
    Ground.NAME_AND_DOMAIN: 50,
    Ground.SWAPPED: 60,
    Ground.INITIAL: 30,
}
FULL_WEIGHT = 100
MOST_ALIKE = 40
SHORTEST_SPELLING = 8
EMPTY_WORDS = re.compile(
    "the|of|for|and|a|an|der|die|das|des|fur|und|le|la|les|de|du|et|el|los|il|i|lo|della|di|gmbh|mbh|ag|ev|inc|ltd|llc"
    "|plc|sa|sas|sarl|spa|srl|bv|nv|ab|as|oy|kg|corp|corporation|company|co|limited|foundation"
)
WORD = re.compile(r"\w+")

Key = tuple[Ground, str]
Pair = tuple[int, int]


@dataclass(frozen=True)
class InstitutionTraits:
    """What institutions are compared by: folded names, today's and earlier ones."""

    id: int
    name: str
    former_names: tuple[str, ...] = ()
    country: str = ""
    vat_number: str | None = None
    website: str | None = None


@dataclass(frozen=True)
class PersonTraits:
    """What people are compared by: folded names, and the institutions they work at."""

    id: int
    given_name: str
    family_name: str
    email: str | None = None
    institutions: tuple[int, ...] = ()


def weight_of(grounds: Iterable[Ground]) -> int:
    """How much speaks for it, up to 100."""
    return min(FULL_WEIGHT, sum(WEIGHTS[ground] for ground in grounds))


def pair_of(one: int, other: int) -> Pair:
    """Two ids in their one order."""
    return (one, other) if one < other else (other, one)


def core_words(name: str) -> str:
    """The words of a folded name that tell it from others, in the order of the alphabet."""
    words = [word for word in WORD.findall(name) if not EMPTY_WORDS.fullmatch(word)]
    return " ".join(sorted(words))


def domain_of(website: str | None) -> str | None:
    """The domain of a website, without www."""
    if not website:
        return None
    try:
        host = urlsplit(website).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def spellings(name: str) -> set[str]:
    """A name as one word, and each way of leaving out one letter: names a letter or two apart share one of them.

    No digit is left out: names that differ in a number are names of different institutions.
    """
    word = "".join(WORD.findall(name))
    if len(word) < SHORTEST_SPELLING:
        return set()
    letters = [place for place, letter in enumerate(word) if not letter.isdigit()]
    return {word} | {word[:place] + word[place + 1 :] for place in letters}


def institution_pairs(institutions: Iterable[InstitutionTraits]) -> dict[Pair, frozenset[Ground]]:
    """Pairs of institutions that are likely the same, and why."""
    known = list(institutions)
    pairs = _pairs((each.id, key) for each in known for key in _institution_keys(each))
    names = {each.id: each.name for each in known}
    return {pair: _worded(grounds, names[pair[0]] == names[pair[1]]) for pair, grounds in pairs.items()}


def person_pairs(people: Iterable[PersonTraits]) -> dict[Pair, frozenset[Ground]]:
    """Pairs of people who are likely the same, and why."""
    known = {each.id: each for each in people}
    pairs = _pairs((each.id, key) for each in known.values() for key in _person_keys(each))
    found = {pair: _of_people(known[pair[0]], known[pair[1]], grounds) for pair, grounds in pairs.items()}
    return {pair: grounds for pair, grounds in found.items() if grounds}


def _institution_keys(each: InstitutionTraits) -> Iterator[Key]:
    for name in {each.name, *each.former_names}:
        yield Ground.NAME, name
    if words := core_words(each.name):
        yield Ground.WORDS, words
    for spelling in spellings(each.name):
        yield Ground.SPELLING, f"{each.country} {spelling}"
    if each.vat_number:
        yield Ground.VAT_NUMBER, each.vat_number
    if domain := domain_of(each.website):
        yield Ground.WEBSITE, domain


def _person_keys(each: PersonTraits) -> Iterator[Key]:
    if each.email:
        yield Ground.EMAIL, each.email.lower()
        domain = each.email.lower().rpartition("@")[2]
        yield Ground.NAME_AND_DOMAIN, f"{each.given_name} {each.family_name} {domain}"
    for place in each.institutions:
        yield Ground.SWAPPED, f"{place} {' '.join(sorted([each.given_name, each.family_name]))}"
        yield Ground.INITIAL, f"{place} {each.given_name[:1]} {each.family_name}"


def _pairs(keyed: Iterable[tuple[int, Key]]) -> dict[Pair, set[Ground]]:
    """Who shares a key; what more than 40 share tells nobody apart and says nothing."""
    holders: dict[Key, list[int]] = defaultdict(list)
    for identity, key in keyed:
        holders[key].append(identity)
    pairs: dict[Pair, set[Ground]] = defaultdict(set)
    for (ground, _), alike in holders.items():
        if 1 < len(alike) <= MOST_ALIKE:
            for one, other in combinations(sorted(alike), 2):
                pairs[one, other].add(ground)
    return pairs


def _worded(grounds: set[Ground], are_namesakes: bool) -> frozenset[Ground]:  # noqa: FBT001 - a fact about the pair
    """The strongest thing to say of the names: equal, once equal, alike."""
    if are_namesakes:
        return frozenset(grounds - {Ground.WORDS, Ground.SPELLING} | {Ground.NAME})
    said = {Ground.FORMER_NAME if ground is Ground.NAME else ground for ground in grounds}
    return frozenset(said - {Ground.SPELLING} if Ground.WORDS in said else said)


def _of_people(one: PersonTraits, other: PersonTraits, grounds: set[Ground]) -> frozenset[Ground]:
    said = grounds - {Ground.SWAPPED, Ground.INITIAL}
    if (one.given_name, one.family_name) == (other.given_name, other.family_name):
        return frozenset(said | {Ground.NAME_THERE} if Ground.SWAPPED in grounds else said)
    if Ground.SWAPPED in grounds:
        return frozenset(said | {Ground.SWAPPED})
    if Ground.INITIAL in grounds and any(len(each.given_name.rstrip(".")) == 1 for each in (one, other)):
        return frozenset(said | {Ground.INITIAL})
    return frozenset(said)
