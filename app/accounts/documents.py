"""Contents of the mails that carry a link to set a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from textwrap import dedent


@dataclass(frozen=True)
class Letter:
    """What such a mail is about: for whom, from which consortium, the link, and until when it works."""

    name: str
    consortium: str
    link: str
    until: datetime


@dataclass(frozen=True)
class Message:
    """Subject and plain text of a mail."""

    subject: str
    body: str


def invitation(letter: Letter) -> Message:
    """To someone who has not signed in yet."""
    body = f"""\
        Dear {letter.name},

        {letter.consortium} keeps its office in Muster, and you are invited to use it.
        Open this address to choose your password:

        {letter.link}

        The address works once, until {_when(letter.until)}.
        If you did not expect this message, you need not do anything.
        """
    return Message("Your invitation to Muster", dedent(body))


def reset_message(letter: Letter) -> Message:
    """To someone who asked for another password."""
    body = f"""\
        Dear {letter.name},

        somebody asked for another password for your user of Muster at {letter.consortium}.
        If it was you, open this address to choose it:

        {letter.link}

        The address works once, until {_when(letter.until)}.
        If it was not you, you need not do anything: your password stays as it is.
        """
    return Message("Another password for Muster", dedent(body))


def _when(instant: datetime) -> str:
    return f"{instant:%H:%M} on {instant.day} {instant:%B %Y} ({instant:%Z})"
