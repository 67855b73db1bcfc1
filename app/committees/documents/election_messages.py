"""Mails about elections to many: that nominations are called for, and that they end later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from textwrap import dedent

from app.committees.documents.messages import SeatMessage, clock_words
from app.committees.rules import in_words


@dataclass(frozen=True)
class Called:
    """What a mail about an election says: where and for which seats, by whom, from when until when, and the link."""

    title: str
    consortium: str
    committee: str
    seats: str
    sender: str
    opens_on: date
    until: datetime
    link: str


def call_message(name: str, called: Called, text: str | None) -> SeatMessage:
    """Telling somebody who may nominate that nominations are called for."""
    lead = f"Dear {name},\n\n{called.sender} calls for nominations to {called.committee}: {called.seats}.\n\n"
    said = f"{text}\n\n" if text else ""
    rest = f"""\
        Nominations are taken from {in_words(called.opens_on)} until {clock_words(called.until)}.
        On this page you nominate somebody, or yourself. You sign in for it:

        {called.link}

        {called.consortium}
        """
    return SeatMessage(f"Nominations for {called.committee}", lead + said + dedent(rest))


def later_message(name: str, called: Called, before: datetime, reason: str) -> SeatMessage:
    """Telling somebody that nominations end later than was said, and why."""
    body = (
        f"Dear {name},\n\nnominations to {called.committee} end later: {clock_words(called.until)},"
        f" and no longer {clock_words(before)}.\n\n{called.sender} says why:\n\n{reason}\n\n"
        f"Links that were mailed to answer by work until then.\n\n{called.link}\n\n{called.consortium}\n"
    )
    return SeatMessage(f"Nominations for {called.committee} end later", body)
