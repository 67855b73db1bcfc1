"""Mails about exchanges: what was asked for, decided, sent, received or lost, and what each side does next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.members.rules import day_words


@dataclass(frozen=True)
class Told:
    """What an exchange is, as mails say it: its number where it has one, the two sides, and what goes."""

    name: str
    giver: str
    taker: str
    items: tuple[str, ...]
    link: str


@dataclass(frozen=True)
class ExchangeMessage:
    """A mail without its address."""

    subject: str
    body: str


def requested(told: Told, who: str, purpose: str, answers: Sequence[str]) -> ExchangeMessage:
    """Telling the giver's side that somebody asks for material, and what the permission check says of it today."""
    said = [
        f"{told.taker} asks {told.giver} for material, for {who}.",
        "What for:",
        purpose,
        "By the papers:",
        *answers,
    ]
    return _message(f"{told.taker} asks for material", said, told)


def approved(told: Told, missing: Sequence[str]) -> ExchangeMessage:
    """Telling the taker's side that its request was approved, and what is still missing before it leaves."""
    said = [f"{told.giver} has approved the exchange {told.name}."]
    said += ["Before it leaves, this is missing:", *missing] if missing else ["Nothing is missing: it can be shipped."]
    return _message(f"Exchange {told.name} is approved", said, told)


def not_approved(told: Told, why: str) -> ExchangeMessage:
    """Telling the taker's side that nothing will be sent, and why."""
    said = [f"{told.giver} has declined to send this to {told.taker}:", why]
    return _message(f"{told.name}: declined", said, told)


def withdrawn(told: Told, why: str) -> ExchangeMessage:
    """Telling the giver's side that the request was taken back, and why."""
    said = [f"{told.taker} has taken its request back:", why]
    return _message(f"{told.name}: taken back", said, told)


def shipped(told: Told, day: date, carried: str, answers: Sequence[str]) -> ExchangeMessage:
    """Telling the taker's side that the material is on its way."""
    said = [f"{told.giver} has sent this to {told.taker} on {day_words(day)}{carried}.", *answers]
    said += ["When it arrives, put on record what was received."]
    return _message(f"Exchange {told.name} is on its way", said, told)


def received(told: Told, day: date, outlived: str) -> ExchangeMessage:
    """Telling the giver's side that the material has arrived."""
    said = [
        f"{told.taker} has received the exchange {told.name} on {day_words(day)}.",
        *([outlived] if outlived else []),
    ]
    return _message(f"Exchange {told.name} has arrived", said, told)


def lost(told: Told, why: str) -> ExchangeMessage:
    """Telling both sides that the material was lost on its way."""
    return _message(f"Exchange {told.name} was lost", [f"The exchange {told.name} was lost on its way:", why], told)


def _message(subject: str, said: Sequence[str], told: Told) -> ExchangeMessage:
    items = "\n".join(f"- {each}" for each in told.items)
    return ExchangeMessage(subject, "\n\n".join([*said, items, "It stands here:", told.link]) + "\n")
