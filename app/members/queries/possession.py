"""Whose an e-mail address was, and when: by the trail, the contact routes, the register and the users."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.accounts.models import User
from app.audit.models import AuditEntry, AuditPersonalValue
from app.audit.rules import digests_in
from app.core import clock
from app.core.bulk import among
from app.core.database import db
from app.core.paging import place_of
from app.core.periods import ONE_DAY
from app.core.personal_data import OwnAddress
from app.members.models import ContactRoute, Person
from app.members.queries.mergers import merged_into
from app.members.rules import ALWAYS, RouteKind, Span, TwinKind, possession

# What an import has taken up of a person is one value of the trail, in words.
TOLD = re.compile(r"\be-mail ([^\s;]+@[^\s;]+)")


@dataclass(frozen=True)
class Claim:
    """That somebody had an address in a span; `is_corrected` where a correction took that back."""

    user_id: int
    address: str
    span: Span
    is_corrected: bool = False


def own_addresses(user: User, person: Person | None) -> tuple[OwnAddress, ...]:
    """Every address somebody has or had, for as long as it was theirs alone; a person's with those merged into them."""
    people = [person.id, *merged_into(TwinKind.PERSON, person.id)] if person else []
    own = _claims(people, [user.id], [])
    addresses = sorted({claim.address for claim in own})
    others = _claims_of_others(addresses, {claim.user_id for claim in own})
    return tuple(
        OwnAddress(address, _bound(span.since), _bound(span.until))
        for address in addresses
        for span in possession(_spans(own, address), _spans(others, address))
    )


def _claims_of_others(addresses: Sequence[str], mine: set[int]) -> list[Claim]:
    """What others had of these addresses; a claim that was put right since is none against somebody."""
    found = _claims(_holders(addresses), [], addresses)
    return [claim for claim in found if claim.user_id not in mine and not claim.is_corrected]


def _holders(addresses: Sequence[str]) -> list[int]:
    """The people on record who have or had one of the addresses, as far as it is known."""
    if not addresses:
        return []
    told = or_(*(place_of(address, AuditPersonalValue.value) > 0 for address in addresses))
    former = select(AuditPersonalValue.person_id).where(AuditPersonalValue.person_id.is_not(None), told)
    routes = select(ContactRoute.person_id).where(ContactRoute.text.in_(addresses))
    present = select(Person.id).where(Person.email.in_(addresses))
    signing = select(Person.id).join(User, User.id == Person.user_id).where(User.email.in_(addresses))
    return [*db.session.scalars(former.union(routes, present, signing))]


def _claims(people: Sequence[int], users: Sequence[int], addresses: Sequence[str]) -> list[Claim]:
    """What these people and users had when, and which users have one of the addresses now: four statements."""
    asked = select(Person.id, Person.user_id, Person.email, Person.created_at).where(among(Person.id, people))
    rows = db.session.execute(asked.order_by(Person.id)).all()
    events = _events(people)
    found = [claim for row in rows for claim in _of_record(row, events[row.id])]
    found += _of_routes({row.id: row.user_id for row in rows})
    signing = or_(among(User.id, [*users, *(row.user_id for row in rows)]), User.email.in_(addresses))
    known = {(claim.user_id, claim.address) for claim in found}
    for user in db.session.scalars(select(User).where(signing, User.email.is_not(None)).order_by(User.id)):
        if (user.id, user.email) not in known:
            found.append(Claim(user.id, str(user.email), Span(user.created_at, ALWAYS.until)))
    return found


def _events(people: Sequence[int]) -> dict[int, list[tuple[datetime, str | None]]]:
    """Each address that the trail says was put on record of these people, None where it was taken away, in order."""
    about = (AuditEntry.subject_kind == "person", among(AuditEntry.subject_id, people))
    values = select(AuditPersonalValue.digest, AuditPersonalValue.value).where(
        among(AuditPersonalValue.person_id, people), place_of("@", AuditPersonalValue.value) > 0
    )
    texts = {row.digest: row.value for row in db.session.execute(values)}
    asked = select(AuditEntry.subject_id, AuditEntry.at, AuditEntry.after).where(*about).order_by(AuditEntry.sequence)
    found: dict[int, list[tuple[datetime, str | None]]] = defaultdict(list)
    for person_id, at, after in db.session.execute(asked):
        if "email" in after or "facts" in after:
            found[person_id].append((at, _address_in(after, texts)))
    return found


def _address_in(after: dict[str, Any], texts: dict[str, str]) -> str | None:
    """The address an entry put on record; None for none, and for one that is erased."""
    said = [texts[digest] for name in ("email", "facts") for digest in digests_in(after.get(name)) if digest in texts]
    if not said:
        return None
    told = TOLD.search(said[0]) if "facts" in after else None
    return told[1] if told else None if "facts" in after else said[0]


def _of_record(row: Any, events: Sequence[tuple[datetime, str | None]]) -> Iterator[Claim]:
    """Each address of the record until the next one; the present one of which the trail says nothing, all along."""
    ends = [*(at for at, _ in events[1:]), ALWAYS.until]
    for (since, address), until in zip(events, ends, strict=False):
        if address is not None:
            yield Claim(row.user_id, address, Span(since, until))
    if row.email is not None and (not events or events[-1][1] != row.email):
        yield Claim(row.user_id, row.email, Span(row.created_at, ALWAYS.until))


def _of_routes(people: dict[int, int]) -> Iterator[Claim]:
    """Each address of a contact route for its days; what was corrected, for as long as it was on record so."""
    asked = select(ContactRoute).where(among(ContactRoute.person_id, people), ContactRoute.kind == RouteKind.EMAIL)
    for route in db.session.scalars(asked.order_by(ContactRoute.id)):
        since = clock.start_of(route.first_day)
        until = clock.start_of(route.last_day + ONE_DAY) if route.last_day else ALWAYS.until
        if route.superseded_at is not None:
            since, until = max(since, route.recorded_at), min(until, route.superseded_at)
        if since < until:
            user_id = people[route.person_id]
            yield Claim(user_id, route.text, Span(since, until), route.superseded_at is not None)


def _spans(claims: Sequence[Claim], address: str) -> list[Span]:
    return [claim.span for claim in claims if claim.address == address]


def _bound(instant: datetime) -> datetime | None:
    return None if instant in {ALWAYS.since, ALWAYS.until} else instant
