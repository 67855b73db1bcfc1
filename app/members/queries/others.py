"""Finding the one other record that somebody means, to be merged."""

from __future__ import annotations

import re

from app.core import clock
from app.core.actor import Actor
from app.core.errors import DomainError, NotFoundError
from app.core.permissions import Permission
from app.core.tables import PageRequest
from app.members.queries.institution_records import get_institution
from app.members.queries.institutions import InstitutionFilters, search_institutions
from app.members.queries.people import PersonFilters, get_person, search_people
from app.members.rules import TwinKind

MOST_TOLD = 4
# A person is also meant by the number that exports give; that of an institution is found among its words.
ADDRESS = {
    TwinKind.INSTITUTION: re.compile(r"(?:https?://[^/]+)?/members/([0-9]{1,18})(?:[/?#].*)?"),
    TwinKind.PERSON: re.compile(r"(?:(?:https?://[^/]+)?/people/)?([0-9]{1,18})(?:[/?#].*)?"),
}


def name_of_record(kind: TwinKind, record_id: int, actor: Actor) -> str:
    """What an institution or a person on record is called today; NotFoundError where there is none."""
    if kind is TwinKind.INSTITUTION:
        return get_institution(record_id, actor, on=clock.today()).name
    return get_person(record_id, actor, on=clock.today()).name


def get_other(kind: TwinKind, record_id: int, words: str, actor: Actor) -> int:
    """The one record besides this one that the words find; where there is none or several, that is said."""
    actor.require(Permission.REGISTER_MERGE)
    meant = ADDRESS[kind].fullmatch(words.strip())
    found = _by_number(kind, int(meant[1]), actor) if meant else _by_words(kind, words, actor)
    others = [(identity, name) for identity, name in found if identity != record_id]
    if not others:
        raise DomainError("Nothing else on record is found by this.", "other")
    if len(others) > 1:
        names = ", ".join(name for _, name in others[:MOST_TOLD])
        raise DomainError(f"Several are found by this: {names}. Say more of its name, or its number.", "other")
    return others[0][0]


def _by_number(kind: TwinKind, number: int, actor: Actor) -> list[tuple[int, str]]:
    try:
        return [(number, name_of_record(kind, number, actor))]
    except NotFoundError:
        return []


def _by_words(kind: TwinKind, words: str, actor: Actor) -> list[tuple[int, str]]:
    wanted, on = PageRequest(size=MOST_TOLD + 1), clock.today()
    if kind is TwinKind.INSTITUTION:
        return [(row.id, row.name) for row in search_institutions(InstitutionFilters(words), wanted, actor, on=on).rows]
    return [(row.id, row.name) for row in search_people(PersonFilters(words), wanted, actor, on=on).rows]
