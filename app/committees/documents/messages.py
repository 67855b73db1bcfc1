"""Mails about seats: who is asked, nominated, refused or appointed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from textwrap import dedent


@dataclass(frozen=True)
class Asked:
    """What somebody is asked by mail: their name, by whom and where, the link, and until when it works."""

    name: str
    consortium: str
    committee: str
    sender: str
    link: str
    until: datetime


@dataclass(frozen=True)
class SeatMessage:
    """Subject and plain text of a mail about a seat."""

    subject: str
    body: str


def plan_message(asked: Asked, seat: str, days: str) -> SeatMessage:
    """Asking somebody whether they would sit on a seat."""
    body = f"""\
        Dear {asked.name},

        {asked.sender} asks you on behalf of {asked.consortium} to sit on {asked.committee}:
        {seat}, {days}.

        On this page you say yes or no, and can add some words. You need no account for it:

        {asked.link}

        The address works once, until {clock_words(asked.until)}.
        Saying yes appoints nobody yet: you are told when you are appointed.
        """
    return SeatMessage(f"Would you sit on {asked.committee}?", dedent(body))


def nomination_message(asked: Asked, seats: str, statement: str) -> SeatMessage:
    """Telling somebody that they were nominated, and asking whether they stand."""
    lead = f"Dear {asked.name},\n\n{asked.sender} has nominated you for the election to {asked.committee}: {seats}.\n\n"
    said = f"What was written about it:\n\n{statement}\n\n" if statement else ""
    rest = f"""\
        On this page you say whether you stand. You need no account for it:

        {asked.link}

        The address works once, until nominations end: {clock_words(asked.until)}.
        Who has not answered by then does not stand.

        {asked.consortium}
        """
    return SeatMessage(f"You are nominated for {asked.committee}", lead + said + dedent(rest))


def refusal_message(asked: Asked, who: str, reason: str) -> SeatMessage:
    """Telling whoever asked for an appointment that the secretariat does not make it, and why."""
    body = (
        f"Dear {asked.name},\n\n{asked.sender} does not appoint {who} to {asked.committee}, because:\n\n{reason}\n\n"
        f"Another person can be planned here:\n\n{asked.link}\n"
    )
    return SeatMessage(f"Not appointed to {asked.committee}", body)


def appointed_message(asked: Asked, seat: str, days: str) -> SeatMessage:
    """Telling somebody that they are appointed, and where."""
    body = f"""\
        Dear {asked.name},

        you are appointed to {asked.committee}: {seat}, {days}.
        What you may do with it in Muster begins with the first of these days and ends with the last:

        {asked.link}

        {asked.consortium}
        """
    return SeatMessage(f"Your seat on {asked.committee}", dedent(body))


def clock_words(instant: datetime) -> str:
    """An instant by the clocks of its zone, in a sentence."""
    return f"{instant:%H:%M} on {instant.day} {instant:%B %Y} ({instant:%Z})"
