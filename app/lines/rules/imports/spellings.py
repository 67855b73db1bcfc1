"""The spellings of centres, funders, strains and production consortia: what each means, and what it may mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Protocol

from app.core.folding import folded
from app.lines.rules.identifiers import strain_key
from app.lines.rules.imports.kinds import Topic
from app.lines.rules.imports.plans import Asked

MOST_SUGGESTED, LEAST_ALIKE = 4, 0.55
LONGEST_SPELLING = 200
OF_INSTITUTIONS = frozenset({Topic.CENTRE, Topic.FUNDER})


class Finds(Protocol):
    """Who finds what a text means: none, one, or several."""

    def find(self, text: str) -> Sequence[int]:
        """Their ids."""


def key_of(topic: Topic, spelling: str) -> str:
    """What a spelling is compared by; a funder is an institution as a centre is."""
    return strain_key(spelling) if topic is Topic.STRAIN else folded(spelling)[:LONGEST_SPELLING]


class Spellings:
    """What texts of a file mean, looked up once each; those nobody knows are collected."""

    def __init__(
        self,
        institutions: Finds,
        known: Mapping[Topic, Mapping[str, int]],
        left_out: Collection[tuple[Topic, str]] = (),
    ) -> None:
        """`known` are those of each topic by their keys: names, codes, aliases, and what was said of spellings."""
        self.institutions, self.known, self.left_out = institutions, known, frozenset(left_out)
        self._meant: dict[tuple[Topic, str], int | None] = {}
        self._asked: dict[tuple[Topic, str], list[str]] = {}
        self._found: dict[tuple[Topic, str], tuple[int, ...]] = {}

    def find(self, topic: Topic, text: str) -> int | None:
        """The one that a text means; None where there is not exactly one."""
        place = (topic, text)
        if place not in self._meant:
            found = self._look_up(topic, text)
            self._meant[place] = found[0] if len(found) == 1 else None
            self._found[topic, key_of(topic, text)] = tuple(found)
        return self._meant[place]

    def ask(self, topic: Topic, text: str) -> None:
        """Note that a row holds a text of which nobody knows what it means."""
        self._asked.setdefault((topic, key_of(topic, text)), []).append(text)

    def is_left_out(self, topic: Topic, text: str) -> bool:
        """Whether rows with this spelling are left out, as was answered."""
        return (topic, key_of(topic, text)) in self.left_out

    def asked(self) -> list[Asked]:
        """The spellings nobody knows, those of the most rows first."""
        found = [
            Asked(topic, key, texts[0][:LONGEST_SPELLING], len(texts), self._found.get((topic, key), ()))
            for (topic, key), texts in self._asked.items()
            if (topic, key) not in self.left_out
        ]
        return sorted(found, key=lambda each: (-each.rows, each.topic, each.key))

    def _look_up(self, topic: Topic, text: str) -> Sequence[int]:
        said = self.known.get(topic, {}).get(key_of(topic, text))
        if said is not None:
            return (said,)
        return tuple(dict.fromkeys(self.institutions.find(text))) if topic in OF_INSTITUTIONS else ()


def nearest(spelling: str, names: Iterable[tuple[int, str]]) -> list[int]:
    """The ids of what is called most alike, the most alike first, a few of them."""
    wanted = _letters(spelling)
    words = set(folded(spelling).split())
    best: dict[int, float] = {}
    for each, name in names:
        likeness = _likeness(wanted, words, name)
        if likeness >= LEAST_ALIKE:
            best[each] = max(likeness, best.get(each, 0.0))
    return sorted(best, key=lambda each: (-best[each], each))[:MOST_SUGGESTED]


def _likeness(wanted: str, words: Collection[str], name: str) -> float:
    """How alike two names are, from 0 to 1: by their letters, or by how many words they share."""
    letters = _letters(name)
    matcher = SequenceMatcher(None, wanted, letters, autojunk=False)
    by_letters = matcher.ratio() if matcher.real_quick_ratio() >= LEAST_ALIKE else 0.0
    others = set(folded(name).split())
    shared = len(others & set(words)) / max(len(words), len(others), 1)
    return max(by_letters, shared)


def _letters(text: str) -> str:
    return "".join(letter for letter in folded(text) if letter.isalnum())
