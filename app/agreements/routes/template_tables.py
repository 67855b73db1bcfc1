"""Columns of templates, of their versions and parties, of the rule table, and why a row of it does not match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.agreements.queries.master_parties import PartyRow
from app.agreements.queries.template_rules import RuleRow, TriedRow
from app.agreements.queries.templates import TemplateRow, VersionRow
from app.agreements.rules.proposing import Mismatch
from app.agreements.rules.texts import Block, BlockKind
from app.agreements.rules.wording import SHORT_KIND_WORDS
from app.core.tables import Column, Kind, Narrow
from app.lines.rules.kinds import CLASS_WORDS
from app.members.rules import KIND_WORDS
from app.web import wording
from app.web.addresses import record_link
from app.web.on_date import current_on

ANYTHING = "anything"
MATCHED = "It matches: this row is taken."


@dataclass(frozen=True)
class Clause:
    """A clause as a page shows it: its heading, and all that stands under it."""

    title: str
    text: str


def asks_of(row: RuleRow) -> str:
    """What a row asks for, in words."""
    wishes = {
        "the provider is {}": row.provider,
        "{} keeps the material": row.repository,
        "the pipeline is {}": row.pipeline,
        "the allele is {}": _small(CLASS_WORDS[row.allele_class]) if row.allele_class else None,
        "the recipient is a {}": _kind(row),
    }
    return ", ".join(words.format(wish) for words, wish in wishes.items() if wish) or ANYTHING


def told_verdict(tried: TriedRow) -> str:
    """Why a row does not match, all reasons in one sentence; or that it does."""
    if not tried.against:
        return MATCHED
    said = "; ".join(_why(reason, tried.row) for reason in tried.against)
    return f"Not this one: {said}."


def _why(reason: Mismatch, row: RuleRow) -> str:
    return {
        Mismatch.EARLY: f"it begins on {wording.day(row.first_day)}",
        Mismatch.LATE: f"it ended on {wording.day(row.last_day)}",
        Mismatch.PROVIDER: f"the provider is not {row.provider}",
        Mismatch.REPOSITORY: f"{row.repository} does not keep all of it",
        Mismatch.PIPELINE: f"not all of it is from {row.pipeline}",
        Mismatch.ALLELE_CLASS: f"not all of it is {_small(CLASS_WORDS[row.allele_class]) if row.allele_class else ''}",
        Mismatch.RECIPIENT_KIND: f"the recipient is no {_kind(row)}",
        Mismatch.TEMPLATE: f"nothing can be drafted from {row.template} on this day",
    }[reason]


def clauses_of(blocks: Sequence[Block]) -> list[Clause]:
    """The blocks of a text as a page shows them: each heading with what stands under it."""
    clauses: list[tuple[str, list[str]]] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            clauses.append((f"{block.number} {block.text}", []))
            continue
        if not clauses:
            clauses.append(("Preamble", []))
        clauses[-1][1].append(f"\n\u2013 {block.text}" if block.kind is BlockKind.ITEM else f"\n\n{block.text}")
    return [Clause(title, "".join(texts).strip()) for title, texts in clauses]


def _small(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def _kind(row: RuleRow) -> str:
    return KIND_WORDS[row.recipient_kind].lower() if row.recipient_kind else ""


def _rule_state(row: RuleRow) -> str:
    on = current_on()
    if on < row.first_day:
        return "Not yet"
    return "In force" if row.last_day is None or on <= row.last_day else "Ended"


def _version_state(row: VersionRow) -> str:
    on = current_on()
    if row.is_in_force(on):
        return "In force"
    return "Not yet" if on < row.first_day else "Replaced"


TEMPLATE_COLUMNS: Sequence[Column[TemplateRow]] = (
    Column(
        "code",
        "Template",
        lambda row: row.code,
        Kind.NAME,
        sortable=True,
        link=record_link("agreements.template", "template_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("title", "Title", lambda row: row.title, sortable=True, narrow=Narrow.META),
    Column("kind", "Kind", lambda row: SHORT_KIND_WORDS[row.kind], sortable=True, narrow=Narrow.META),
    Column("master", "Under", lambda row: row.master),
    Column("number", "Version", lambda row: row.number, Kind.NUMBER),
    Column("first_day", "In force from", lambda row: row.first_day, Kind.DATE, sortable=True),
    Column("law", "Law", lambda row: row.law),
    Column("state", "State", lambda row: row.state_on(current_on()), Kind.STATE, narrow=Narrow.STATE),
)
VERSION_COLUMNS: Sequence[Column[VersionRow]] = (
    Column(
        "number",
        "Version",
        lambda row: f"Version {row.number}",
        Kind.NAME,
        link=record_link("agreements.template_version", "version_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("first_day", "In force from", lambda row: row.first_day, Kind.DATE, narrow=Narrow.META),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE, narrow=Narrow.META),
    Column("law", "Law", lambda row: row.law),
    Column("decision", "Decision", lambda row: row.decision, narrow=Narrow.META),
    Column("adopted_by", "Adopted by", lambda row: row.adopted_by),
    Column("adopted_at", "Recorded", lambda row: row.adopted_at, Kind.INSTANT),
    Column("sha256", "SHA-256", lambda row: row.sha256[:12], Kind.CODE),
    Column("state", "State", _version_state, Kind.STATE, narrow=Narrow.STATE),
)
PARTY_COLUMNS: Sequence[Column[PartyRow]] = (
    Column(
        "institution",
        "Institution",
        lambda row: row.institution,
        Kind.NAME,
        link=record_link("members.institution", "institution_id", lambda row: row.institution_id),
        aside=lambda row: row.short_name if row.short_name != row.institution else None,
        narrow=Narrow.NAME,
    ),
    Column("first_day", "Party from", lambda row: row.first_day, Kind.DATE, narrow=Narrow.META),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE, narrow=Narrow.META),
    Column(
        "evidence",
        "Evidence",
        lambda row: row.evidence,
        link=record_link("agreements.party_evidence", "party_id", lambda row: row.id if row.evidence else None),
        narrow=Narrow.META,
    ),
    Column("state", "State", lambda row: row.state_on(current_on()), Kind.STATE, narrow=Narrow.STATE),
)
PARTY_VERBS: Sequence[Column[PartyRow]] = (
    Column(
        "leave",
        "",
        lambda row: "Leave" if row.last_day is None else None,
        link=record_link("agreements.leave_master", "party_id", lambda row: row.id if row.last_day is None else None),
        narrow=Narrow.ACT,
    ),
    Column(
        "correct",
        "",
        lambda _row: "Correct",
        link=record_link("agreements.correct_party", "party_id", lambda row: row.id),
        narrow=Narrow.ACT,
    ),
)
RULE_COLUMNS: Sequence[Column[RuleRow]] = (
    Column("position", "Row", lambda row: f"Row {row.position}", Kind.NAME, narrow=Narrow.NAME),
    Column("asks", "Where", asks_of, narrow=Narrow.META),
    Column(
        "template",
        "It proposes",
        lambda row: row.template,
        link=record_link("agreements.template", "template_id", lambda row: row.template_id),
        narrow=Narrow.SAID,
    ),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE),
    Column("state", "State", _rule_state, Kind.STATE),
)
RULE_VERBS: Sequence[Column[RuleRow]] = (
    Column(
        "change",
        "",
        lambda _row: "Change",
        link=record_link("agreements.change_rule", "rule_id", lambda row: row.id),
        narrow=Narrow.ACT,
    ),
    Column(
        "end",
        "",
        lambda row: "End" if row.last_day is None else None,
        link=record_link("agreements.end_rule", "rule_id", lambda row: row.id if row.last_day is None else None),
        narrow=Narrow.ACT,
    ),
)
TRIED_COLUMNS: Sequence[Column[TriedRow]] = (
    Column("position", "Row", lambda each: f"Row {each.row.position}", Kind.NAME, narrow=Narrow.NAME),
    Column("asks", "Where", lambda each: asks_of(each.row), narrow=Narrow.META),
    Column("template", "It proposes", lambda each: each.row.template, narrow=Narrow.STATE),
    Column("why", "What came of it", told_verdict, narrow=Narrow.META),
)
