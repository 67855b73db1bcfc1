"""The consortium's profile: adopted from a day on, never rewritten once it has been in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import ConsortiumProfile
from app.accounts.queries import find_profile, get_profile
from app.accounts.rules import read_profile
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, Refusals
from app.core.history import check_adoption
from app.core.languages import Language
from app.core.numbering import check_letters
from app.core.periods import DueBy
from app.core.permissions import Permission
from app.files.commands import store_file
from app.files.pictures import drawn_anew

MOST_TERMS_DAYS = 365
WIDEST_LOGO = 600
LARGEST_LOGO = 48_000  # Bytes: each paper carries it.
ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True)
class ProfileValues:
    """What the consortium says of itself; days to pay only where due days are counted by them.

    Texts end in the language they are in; those without one are English.
    """

    name: str
    short_name: str
    unit: str
    street: str
    postcode: str
    city: str
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
    legal_id: str = ""
    tax_number: str = ""
    tax_note_de: str = ""
    tax_note_fr: str = ""
    language: Language = Language.ENGLISH
    invoice_intro: str = ""
    invoice_intro_de: str = ""
    invoice_intro_fr: str = ""
    invoice_note_de: str = ""
    invoice_note_fr: str = ""
    invoice_numbers: str = "INV-{year}-{number}"
    credit_note_numbers: str = "CN-{year}-{number}"
    number_digits: int = 4
    due_by: DueBy = DueBy.DAYS

    @classmethod
    def of(cls, profile: ConsortiumProfile) -> ProfileValues:
        """What a profile says."""
        return cls(**{name: getattr(profile, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class SecondPerson:
    """How billing lets somebody else agree to bank details: whether that is wanted, how it is asked and forgotten."""

    is_wanted: Callable[[], bool]
    ask: Callable[[date, ProfileValues, Actor], None]
    forget: Callable[[], None]


_seconds: list[SecondPerson] = []
BANK_DETAILS = ("bank_name", "bank_holder", "iban", "bic")


def let_second_agree(second: SecondPerson) -> None:
    """Let a profile that names other bank details wait for a second person where the feature above wants one."""
    _seconds.append(second)


def profile_waits(first_day: date, values: ProfileValues) -> bool:
    """Whether a profile that could be adopted names other bank details, and that needs a second person."""
    return _waits(first_day, _checked(first_day, values))


def ask_profile(first_day: date, values: ProfileValues, *, actor: Actor) -> None:
    """Ask a second person about a profile that names other bank details; their yes adopts it."""
    actor.require(Permission.SETTING_EDIT)
    facts = _checked(first_day, values)
    if not _waits(first_day, facts):
        raise DomainError("This profile needs no second person.")
    for second in _seconds:
        second.ask(first_day, ProfileValues(**facts), actor)


def adopt_agreed_profile(first_day: date, values: ProfileValues, *, actor: Actor) -> ConsortiumProfile:
    """Let a profile hold that somebody who keeps the settings has asked for, by the yes of a second person."""
    actor.require(Permission.FEE_EDIT)  # Who may be the second person of billing.
    return _adopt(first_day, _checked(first_day, values), actor)


def adopt_profile(first_day: date, values: ProfileValues, actor: Actor) -> ConsortiumProfile:
    """Let a profile hold from a day on: the first one from any day, later ones from today at the earliest.

    The logo is that of the profile before, until `set_consortium_logo` shows another. One that names other bank details
    is refused where that needs a second person: `ask_profile` asks one.
    """
    actor.require(Permission.SETTING_EDIT)
    facts = _checked(first_day, values)
    if _waits(first_day, facts):
        raise DomainError("Other bank details need a second person.", "iban")
    return _adopt(first_day, facts, actor)


def _waits(first_day: date, facts: Mapping[str, Any]) -> bool:
    former = find_profile(first_day)
    named = any(facts[name] != (getattr(former, name) if former else "") for name in BANK_DETAILS)
    return named and any(second.is_wanted() for second in _seconds)


def _adopt(first_day: date, facts: Mapping[str, Any], actor: Actor) -> ConsortiumProfile:
    profile = db.session.get(ConsortiumProfile, first_day, with_for_update=True)
    before = _facts(profile) if profile else None
    if profile is None:
        former = find_profile(first_day)
        profile = ConsortiumProfile(first_day=first_day, logo_id=former.logo_id if former else None)
        db.session.add(profile)
    for name, value in facts.items():
        setattr(profile, name, value)
    profile.adopted_at = clock.now()
    db.session.flush()
    for second in _seconds:
        second.forget()
    record(
        "accounts.adopt_profile",
        Subject("consortium_profile", first_day.toordinal()),
        summary=f"Profile of {profile.short_name} adopted from {first_day.day} {first_day:%B %Y}",
        before=before,
        after=_facts(profile),
        actor=actor,
    )
    return profile


def set_consortium_logo(picture: bytes, *, actor: Actor) -> ConsortiumProfile:
    """Print a picture as the head of papers from today on; papers issued before keep what they had."""
    actor.require(Permission.SETTING_EDIT)
    content, media_type = drawn_anew(picture, side=WIDEST_LOGO, field="logo")
    if len(content) > LARGEST_LOGO:
        raise DomainError(
            "This picture is too rich in detail for a letterhead: take a simpler or a smaller one.", "logo"
        )
    return _show(store_file(content, media_type, f"logo.{ENDINGS[media_type]}").id, "set", actor)


def remove_consortium_logo(*, actor: Actor) -> ConsortiumProfile:
    """Print no picture on papers from today on."""
    actor.require(Permission.SETTING_EDIT)
    return _show(None, "removed", actor)


def _show(logo_id: int | None, done: str, actor: Actor) -> ConsortiumProfile:
    """Let the profile of today, and those adopted for later days, have a logo or none."""
    today = clock.today()
    profile = get_profile(today)
    if profile.first_day < today:
        names = (*ProfileValues.__dataclass_fields__, "logo_id")
        kept = {name: getattr(profile, name) for name in names}
        profile = ConsortiumProfile(first_day=today, adopted_at=clock.now(), **kept)
        db.session.add(profile)
        db.session.flush()
    later = select(ConsortiumProfile).where(ConsortiumProfile.first_day >= profile.first_day)
    for each in db.session.scalars(later.order_by(ConsortiumProfile.first_day).with_for_update()):
        each.logo_id = logo_id
    db.session.flush()
    record(
        "accounts.set_logo",
        Subject("consortium_profile", profile.first_day.toordinal()),
        summary=f"Logo of {profile.short_name} {done}",
        after={"first_day": profile.first_day.isoformat(), "logo_id": logo_id},
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
        if values.due_by is not DueBy.DAYS and values.terms_days:
            raise DomainError("No days are counted where invoices are due at the end of the next month.", "terms_days")
    with refusals:
        read = read_profile(values.country, asdict(values))
        _check_numbers(read)
    refusals.say()
    return asdict(values) | read | {"vat_number": read["vat_number"] or None}


def _check_first_day(first_day: date) -> None:
    any_yet = db.session.scalar(select(func.count()).select_from(ConsortiumProfile))
    if any_yet:
        check_adoption(first_day)


def _check_numbers(read: dict[str, str]) -> None:
    """Refuse patterns by which an invoice and a credit note could ever have one number."""
    rows = db.session.execute(select(ConsortiumProfile.invoice_numbers, ConsortiumProfile.credit_note_numbers)).all()
    invoices, credit_notes = read["invoice_numbers"], read["credit_note_numbers"]
    check_letters(invoices, [each.credit_note_numbers for each in rows], field="invoice_numbers")
    check_letters(credit_notes, [invoices, *(each.invoice_numbers for each in rows)], field="credit_note_numbers")


def _facts(profile: ConsortiumProfile) -> dict[str, Any]:
    names = ProfileValues.__dataclass_fields__
    return {"first_day": profile.first_day.isoformat(), **{name: getattr(profile, name) for name in names}}
