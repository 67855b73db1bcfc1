"""Contents of the mails to applicants and to those who leave, and of the closing letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from textwrap import dedent

from app.core.clock import local
from app.members.rules import PaperParty, Sheet
from app.web.pdf import paper_html
from app.web.wording import long_day


@dataclass(frozen=True)
class Letter:
    """Subject and plain text of a letter."""

    subject: str
    body: str


@dataclass(frozen=True)
class Invitation:
    """What a mail with a link is about: whom it greets, for which institution, the link, and until when it works."""

    name: str
    institution: str
    consortium: str
    link: str
    until: datetime


@dataclass(frozen=True)
class ClosingPaper:
    """A closing letter as printed: from whom to whom, about which case, and what it says."""

    sender: PaperParty
    addressee: PaperParty
    number: str
    account_number: str
    last_day: date
    letter: Letter
    made_at: datetime
    sheet: Sheet = Sheet.A4

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The band under the heading."""
        return [
            ("Date", long_day(local(self.made_at).date())),
            ("Last day of membership", long_day(self.last_day)),
            ("Your account", self.account_number),
            ("Our case", self.number),
        ]

    @property
    def paragraphs(self) -> list[str]:
        """What it says, a paragraph each."""
        return [part.strip() for part in self.letter.body.split("\n\n") if part.strip()]


WELCOME = Letter(
    "Welcome to {consortium}",
    dedent("""\
        Dear {person},

        {consortium} has admitted {institution} as {class} from {first_day}.
        Its account number is {account}; it stands on every invoice.

        Those who represent it sign in at {site}; who cannot yet gets an invitation.

        With kind regards
        {sender}
        """),
)
DECLINE = Letter(
    "Your application to {consortium}",
    dedent("""\
        Dear {person},

        thank you for the application of {institution}. {consortium} has decided not to admit it.

        What you have sent is kept for {months} and then removed.

        With kind regards
        {sender}
        """),
)
CLOSING = Letter(
    "The end of your membership of {consortium}",
    dedent("""\
        Dear Colleagues,

        the membership of {institution} ended on {last_day}. Seats and access ended on {freed_on}. {balance}

        We thank you for the time we have worked together.

        With kind regards
        {sender}
        """),
)


def confirmation(about: Invitation) -> Letter:
    """To whoever sent the public form, and to nobody else."""
    body = f"""\
        Dear {about.name},

        somebody has sent an application of {about.institution} to {about.consortium} and given this address.
        If it was you, open this page and confirm it:

        {about.link}

        The address works once, until {_when(about.until)}. What is not confirmed by then is removed.
        If it was not you, you need not do anything.
        """
    return Letter(f"Confirm your application to {about.consortium}", dedent(body))


def question(about: Invitation, text: str) -> Letter:
    """Asking an applicant for more."""
    lead = f"Dear {about.name},\n\nabout the application of {about.institution} we ask:\n\n{text}\n\n"
    rest = f"""\
        Please answer on this page, where you can also add documents:

        {about.link}

        The address works once, until {_when(about.until)}.

        {about.consortium}
        """
    return Letter(f"A question about your application to {about.consortium}", lead + dedent(rest))


def closing_html(paper: ClosingPaper) -> str:
    """The HTML of a closing letter, ready for print_pdf."""
    return paper_html(
        "closing_letter",
        paper=paper,
        title=paper.letter.subject,
        author=paper.sender.name,
        made_at=paper.made_at,
        sheet=paper.sheet,
        foot=f"Closing letter {paper.number}",
        proof="",
    )


def _when(instant: datetime) -> str:
    return f"{instant:%H:%M} on {instant.day} {instant:%B %Y} ({instant:%Z})"
