"""Finding the one other record that somebody means, to be merged."""

from __future__ import annotations

from app.core import clock
from app.core.actor import Actor
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.core.tables import PageRequest
from app.members.queries.institution_records import get_institution
from app.members.queries.institutions import InstitutionFilters, search_institutions
from app.members.queries.people import PersonFilters, get_person, search_people
from app.members.rules import TwinKind

MOST_TOLD = 4


def name_of_record(kind: TwinKind, record_id: int, actor: Actor) -> str:
    """What an institution or a person on record is called today; NotFoundError where there is none."""
    if kind is TwinKind.INSTITUTION:
        return get_institution(record_id, actor, on=clock.today()).name
    return get_person(record_id, actor, on=clock.today()).name


def get_other(kind: TwinKind, record_id: int, words: str, actor: Actor) -> int:
    """The one record besides this one that the words find; where there is none or several, that is said."""
    actor.require(Permission.REGISTER_MERGE)
    wanted, on = PageRequest(size=MOST_TOLD + 1), clock.today()
    found = (
        [(row.id, row.name) for row in search_institutions(InstitutionFilters(words), wanted, actor, on=on).rows]
        if kind is TwinKind.INSTITUTION
        else [(row.id, row.name) for row in search_people(PersonFilters(words), wanted, actor, on=on).rows]
    )
    others = [(identity, name) for identity, name in found if identity != record_id]
    if not others:
        raise DomainError("Nothing else on record is found by this.", "other")
    if len(others) > 1:
        names = ", ".join(name for _, name in others[:MOST_TOLD])
        raise DomainError(f"Several are found by this: {names}. Say more of its name, or its number.", "other")
    return others[0][0]
