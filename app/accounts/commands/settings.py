"""The consortium's profile: adopted from a day on, never rewritten once it has been in force."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import ConsortiumProfile
from app.accounts.rules import read_profile
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, Refusals
from app.core.permissions import Permission

MOST_TERMS_DAYS = 365


@dataclass(frozen=True)
class ProfileValues:
    """What the consortium says of itself; IBAN, BIC and VAT number may be empty."""

    name: str
    short_name: str
    unit: str
    address: str
    country: str
    email: str
    website: str
    tax_note: str
    vat_number: str | None
    bank_name: str
    bank_holder: str
    iban: str
    bic: str
    terms_days: int
    invoice_note: str

    @classmethod
    def of(cls, profile: ConsortiumProfile) -> ProfileValues:
        """What a profile says."""
        return cls(**{name: getattr(profile, name) for name in cls.__dataclass_fields__})


def adopt_profile(first_day: date, values: ProfileValues, actor: Actor) -> ConsortiumProfile:
    """Let a profile hold from a day on: the first one from any day, later ones from today at the earliest."""
    actor.require(Permission.SETTING_EDIT)
    facts = _checked(first_day, values)
    profile = db.session.get(ConsortiumProfile, first_day, with_for_update=True)
    before = _facts(profile) if profile else None
    if profile is None:
        profile = ConsortiumProfile(first_day=first_day)
        db.session.add(profile)
    for name, value in facts.items():
        setattr(profile, name, value)
    profile.adopted_at = clock.now()
    db.session.flush()
    record(
        "accounts.adopt_profile",
        Subject("consortium_profile", first_day.toordinal()),
        summary=f"Profile of {values.short_name} adopted from {first_day.day} {first_day:%B %Y}",
        before=before,
        after=_facts(profile),
        actor=actor,
    )
    return profile


def _checked(first_day: date, values: ProfileValues) -> dict[str, Any]:
    """What the profile says, as it is kept; refused with everything that is wrong in it."""
    refusals, read = Refusals(), {}
    with refusals:
        _check_first_day(first_day)
    with refusals:
        if not 0 <= values.terms_days <= MOST_TERMS_DAYS:
            raise DomainError(f"Between 0 and {MOST_TERMS_DAYS} days.", "terms_days")
    with refusals:
        read = read_profile(values.country, asdict(values))
    refusals.say()
    return asdict(values) | read | {"vat_number": read["vat_number"] or None}


def _check_first_day(first_day: date) -> None:
    any_yet = db.session.scalar(select(func.count()).select_from(ConsortiumProfile))
    if any_yet and first_day < clock.today():
        raise DomainError("What was in force stays as it was: choose today or a later day.", "first_day")


def _facts(profile: ConsortiumProfile) -> dict[str, Any]:
    names = ProfileValues.__dataclass_fields__
    return {"first_day": profile.first_day.isoformat(), **{name: getattr(profile, name) for name in names}}
