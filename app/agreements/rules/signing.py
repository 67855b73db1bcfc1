"""Signing: the words of consent, the days on which one can sign, and that each side signs once."""

from __future__ import annotations

from datetime import date

from app.agreements.rules.states import SIDE_WORDS, Side, Standing
from app.core.errors import DomainError

CONSENT = "I sign this agreement"


def check_consent(words: str) -> None:
    """Refuse to sign without the very words of consent, whatever their case and the stop behind them."""
    if " ".join(words.split()).rstrip(".").casefold() != CONSENT.casefold():
        raise DomainError(f"Type the words: {CONSENT}", "words")


def check_signing_day(signed_on: date, approved_on: date, today: date) -> None:
    """Refuse a day on which these bytes were not there yet, or that is to come."""
    if signed_on > today:
        raise DomainError("This day is to come.", "signed_on")
    if signed_on < approved_on:
        day = f"{approved_on.day} {approved_on:%B %Y}"
        raise DomainError(f"This version was approved on {day}: nobody can have signed it before.", "signed_on")


def check_unsigned(standing: Standing, side: Side) -> None:
    """Refuse a signature that is not needed, or was given already."""
    if side not in standing.must_sign:
        raise DomainError("A consent is signed by the provider alone.")
    if side in standing.signed:
        raise DomainError(f"The {SIDE_WORDS[side].lower()} has signed already: nothing was changed.")
