"""Columns of agreements, of what hangs on them, and the path of one from draft to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.agreements.models import Agreement, AgreementSignature, AgreementStep
from app.agreements.queries.agreements import AgreementRow
from app.agreements.queries.versions import VersionRow
from app.agreements.rules.states import (
    ENDED,
    EVER_EXECUTED,
    SIDE_WORDS,
    SIGNABLE,
    STATE_WORDS,
    AgreementState,
    Side,
)
from app.agreements.rules.terms import AT_END_WORDS, FREEDOM_WORDS, SignedHow
from app.agreements.rules.wording import SHORT_KIND_WORDS
from app.core import clock
from app.core.periods import how_long
from app.core.tables import Column, Kind, Narrow
from app.web import wording
from app.web.addresses import record_link

HOW_WORDS = {SignedHow.PROGRAM: "In the program", SignedHow.SCAN: "Signed copy"}

AGREEMENT_COLUMNS: Sequence[Column[AgreementRow]] = (
    Column(
        "number",
        "Agreement",
        lambda row: row.called,
        Kind.NAME,
        sortable=True,
        link=record_link("agreements.agreement", "agreement_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("title", "Title", lambda row: row.title, sortable=True, narrow=Narrow.META),
    Column("provider", "Provider", lambda row: row.provider_short, sortable=True, narrow=Narrow.META),
    Column("recipient", "Recipient", lambda row: row.recipient_short, sortable=True, narrow=Narrow.META),
    Column("kind", "Kind", lambda row: SHORT_KIND_WORDS[row.kind]),
    Column("items", "Lines", lambda row: row.items, Kind.NUMBER),
    Column("state", "State", lambda row: STATE_WORDS[row.state], Kind.STATE, sortable=True, narrow=Narrow.STATE),
    Column("waits", "Waits on", lambda row: row.waits_words or None),
    Column("last_day", "Until", lambda row: row.ends_on, Kind.DATE, sortable=True),
    Column(
        "changed",
        "Unmoved",
        lambda row: how_long(clock.local(row.changed_at).date(), clock.today()) if row.waiting else None,
        sortable=True,
        narrow=Narrow.AMOUNT,
    ),
)
ENDING_COLUMNS: Sequence[Column[AgreementRow]] = (
    *AGREEMENT_COLUMNS[:4],
    AGREEMENT_COLUMNS[6],
    replace(AGREEMENT_COLUMNS[8], narrow=Narrow.AMOUNT),
)


@dataclass(frozen=True)
class PartyRow:
    """A party with who is responsible there, and who may sign for it today."""

    role: str
    institution_id: int
    name: str
    short_name: str
    scientist: str | None
    signers: str


PARTY_COLUMNS: Sequence[Column[PartyRow]] = (
    Column("role", "Role", lambda row: row.role, narrow=Narrow.META),
    Column(
        "name",
        "Institution",
        lambda row: row.name,
        Kind.NAME,
        link=record_link("members.institution", "institution_id", lambda row: row.institution_id),
        aside=lambda row: row.short_name if row.short_name != row.name else None,
        narrow=Narrow.NAME,
    ),
    Column("scientist", "Scientist", lambda row: row.scientist, narrow=Narrow.META),
    Column("signers", "May sign today", lambda row: row.signers, narrow=Narrow.META),
)


@dataclass(frozen=True)
class ItemRow:
    """One thing an agreement is about."""

    position: int
    line_id: int | None
    allele: str | None
    colony: str | None
    strain: str | None
    centre: str | None
    description: str | None


ITEM_COLUMNS: Sequence[Column[ItemRow]] = (
    Column("position", "Item", lambda row: row.position, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column(
        "allele",
        "Allele or material",
        lambda row: row.allele or row.description,
        Kind.SYMBOL,
        link=record_link("lines.line", "line_id", lambda row: row.line_id),
        narrow=Narrow.NAME,
    ),
    Column("colony", "Colony", lambda row: row.colony, narrow=Narrow.META),
    Column("strain", "Background", lambda row: row.strain, narrow=Narrow.META),
    Column("centre", "Made by", lambda row: row.centre, narrow=Narrow.META),
)
VERSION_COLUMNS: Sequence[Column[VersionRow]] = (
    Column("number", "Version", lambda row: f"Version {row.number}", Kind.NAME, narrow=Narrow.NAME),
    Column("approved", "Approved", lambda row: row.approved_at, Kind.INSTANT, narrow=Narrow.META),
    Column("by", "By", lambda row: row.approved_by, narrow=Narrow.META),
    Column("text", "Text, SHA-256", lambda row: row.sha256[:12], Kind.CODE),
    Column("pdf", "PDF, SHA-256", lambda row: row.file_sha256[:12] if row.file_sha256 else "being made", Kind.CODE),
    Column(
        "stands",
        "Stands",
        lambda row: f"opened again {wording.instant(row.reopened_at)}" if row.reopened_at else "the one that is signed",
        narrow=Narrow.META,
    ),
)


@dataclass(frozen=True)
class StepRow:
    """A step of the negotiation as it is shown."""

    step: AgreementStep

    @property
    def what(self) -> str:
        """What became of it, or that the text was changed."""
        if self.step.from_state is self.step.to_state:
            return f"Changed: {', '.join(self.step.changes or {})}"
        if self.step.from_state is None:
            return "Drafted"
        return "Signed by one side" if self.step.to_state is AgreementState.SIGNED else STATE_WORDS[self.step.to_state]

    @property
    def told(self) -> str | None:
        """What was said with it, and what was changed from what to what."""
        changes = [
            f"{name}: {_brief(was)} \u2192 {_brief(now)}" for name, (was, now) in (self.step.changes or {}).items()
        ]
        return "\n".join([*([self.step.comment] if self.step.comment else []), *changes]) or None


STEP_COLUMNS: Sequence[Column[StepRow]] = (
    Column("at", "When", lambda row: row.step.at, Kind.INSTANT, narrow=Narrow.META),
    Column("what", "Step", lambda row: row.what, Kind.NAME, narrow=Narrow.NAME),
    Column("by", "By", lambda row: row.step.by, aside=lambda row: SIDE_WORDS[row.step.side], narrow=Narrow.META),
    Column("told", "Said and changed", lambda row: row.told, narrow=Narrow.META),
)
LINKED_COLUMNS: Sequence[Column[AgreementRow]] = (
    *AGREEMENT_COLUMNS[:2],
    AGREEMENT_COLUMNS[4],
    AGREEMENT_COLUMNS[6],
    AGREEMENT_COLUMNS[8],
)
LONGEST_TOLD = 160


def _brief(text: str | None) -> str:
    if not text:
        return "nothing"
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TOLD else f"{line[:LONGEST_TOLD]}\u2026"


def terms_shown(found: Agreement) -> list[tuple[str, str]]:
    """The restrictions in words, as pairs."""
    return [
        ("Onward transfer", FREEDOM_WORDS[found.onward]),
        ("Commercial use", FREEDOM_WORDS[found.commercial]),
        ("Embargo", _embargo(found)),
        ("Citation", found.citation or "None asked for"),
        ("At the end", AT_END_WORDS[found.at_end]),
    ]


def _embargo(found: Agreement) -> str:
    ends = [f"until {wording.long_day(found.embargo_until)}"] if found.embargo_until else []
    if found.embargo_to_publication:
        published = f" ({wording.long_day(found.published_on)})" if found.published_on else ""
        ends.append(f"until publication{published}")
    return (", or ".join(ends) + (", whichever is first" if len(ends) > 1 else "")) or "None"


def path_of(found: Agreement, steps: Sequence[AgreementStep], signed: int, must: int) -> tuple[list[Any], int]:
    """The states an agreement goes through, each with who and when, and where it is now."""
    last = {each.to_state: each for each in reversed(steps)}
    drafted = steps[-1] if steps else None
    path = [
        ("Drafted", _said(drafted)),
        ("In review", _said(last.get(AgreementState.IN_REVIEW), "by the other side")),
        ("Approved", _said(last.get(AgreementState.APPROVED), "takes its number")),
        ("Signing", f"{signed} of {must} signed"),
        ("In force", _since(found.executed_on) or "from the last signature"),
        ("Ended", _ended(found)),
    ]
    return path, _place(found.state)


def _place(state: AgreementState) -> int:
    order = {AgreementState.DRAFT: 0, AgreementState.IN_REVIEW: 1, AgreementState.CHANGES_REQUESTED: 1}
    if state in SIGNABLE:
        return 3
    if state in ENDED:
        return 6
    return 4 if state in EVER_EXECUTED else order.get(state, 0)


def _said(step: AgreementStep | None, otherwise: str = "") -> str:
    return f"{wording.day(clock.local(step.at).date())}, {step.by}" if step else otherwise


def _since(day: date | None) -> str:
    return f"since {wording.day(day)}" if day else ""


def _ended(found: Agreement) -> str:
    if found.ended_on is not None:
        return f"{STATE_WORDS[found.state].lower()} {wording.day(found.ended_on)}"
    return f"on {wording.day(found.last_day)}" if found.last_day else "no last day"


def signature_facts(signature: AgreementSignature) -> list[tuple[str, str]]:
    """A signature in words: by whom, when, how, of which bytes."""
    return [
        ("By", f"{signature.name}, {signature.office}"),
        ("When", wording.long_day(signature.signed_on)),
        ("How", HOW_WORDS[signature.how]),
        ("PDF", f"sha256 {signature.document_sha256[:12]}"),
    ]


def side_of(name: str) -> Side:
    """A party by its name in an address; the provider where it is none."""
    return Side.RECIPIENT if name == Side.RECIPIENT.value else Side.PROVIDER
