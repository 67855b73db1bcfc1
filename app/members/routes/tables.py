"""The columns of the tables on records: steps, representatives, people, names, places, history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.audit.queries import HistoryRow
from app.core.clock import local
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow
from app.members.models import InstitutionAlias, InstitutionNote, Merger
from app.members.queries import DocumentRow, InstitutionRecord, MembershipPeriod, PersonRow, RepresentationRow, UnitRow
from app.members.queries.institution_records import NameRow
from app.members.queries.people import AffiliationRow
from app.members.rules import DOCUMENT_WORDS, MEMBER_STATES, PURPOSE_WORDS, MembershipState, Purpose
from app.web.access import the_actor
from app.web.addresses import record_link, url
from app.web.on_date import current_on, is_past

OPEN = "open"
FOR_EVER = date(1800, 1, 1)


@dataclass(frozen=True)
class StepLine:
    """A step of a membership as a line; `may_be_corrected` where it is one that can be moved or taken back."""

    step_id: int
    class_name: str
    state: MembershipState
    first_day: date
    last_day: date | None
    reason: str | None
    recorded_by: str
    may_be_corrected: bool


def step_lines(memberships: Iterable[MembershipPeriod]) -> Iterator[StepLine]:
    """Every step of every membership, the newest of each first."""
    for membership in memberships:
        named = membership.membership_class.name
        held = [step.id for step in membership.steps if step.state in MEMBER_STATES]
        for step in reversed(membership.steps):
            first, last = step.period.first, step.period.last
            later = step.id in held[1:]
            yield StepLine(step.id, named, step.state, first, last, step.reason, step.recorded_by, later)


def step_corrections(rows: Sequence[StepLine]) -> tuple[Column[StepLine], ...]:
    """The ways to put a step right, for those who may, unless looking at the past."""
    if is_past() or not the_actor().may(Permission.MEMBERSHIP_EDIT) or not any(row.may_be_corrected for row in rows):
        return ()
    return _correction("correct", "Correct"), _correction("retract", "Take back")


def _correction(verb: str, words: str) -> Column[StepLine]:
    return Column(
        verb,
        "",
        lambda row: words if row.may_be_corrected else "",
        link=lambda row: url(f"members.{verb}_step", step_id=row.step_id) if row.may_be_corrected else None,
        narrow=Narrow.ACT,
    )


def until(last_day: date | None) -> str | date:
    """A last day, or the word for none."""
    return last_day or OPEN


def words_of(row: RepresentationRow) -> str:
    """What someone represents an institution as, alternates with their place."""
    place = f" {row.rank}" if row.purpose is Purpose.ALTERNATE else ""
    return f"{PURPOSE_WORDS[row.purpose]}{place}"


def representative_columns(rows: Sequence[RepresentationRow]) -> list[Column[RepresentationRow]]:
    """Representatives with their days; who may end one, or take back one that has ended, finds the way to it."""
    columns: list[Column[RepresentationRow]] = [
        Column(
            "person",
            "Person",
            lambda row: row.person,
            Kind.NAME,
            link=record_link("members.person", "person_id", lambda row: row.person_id),
            narrow=Narrow.NAME,
        ),
        Column("purpose", "As", words_of, narrow=Narrow.META),
        Column("email", "E-mail", lambda row: row.email),
        Column("first_day", "From", lambda row: row.period.first, Kind.DATE),
        Column("last_day", "Until", lambda row: until(row.period.last), Kind.DATE, narrow=Narrow.STATE),
    ]
    ending = Column[RepresentationRow]("end", "", _end_word, link=_end_link, narrow=Narrow.AMOUNT)
    return [*columns, ending] if any(_end_word(row) for row in rows) else columns


def place_columns(rows: Sequence[AffiliationRow]) -> list[Column[AffiliationRow]]:
    """Where a person works and worked; who may say that it ended finds the way to it."""
    columns: list[Column[AffiliationRow]] = [
        Column(
            "institution",
            "Institution",
            lambda row: row.institution,
            Kind.NAME,
            link=record_link("members.institution", "institution_id", lambda row: row.institution_id),
            narrow=Narrow.NAME,
        ),
        Column("position", "As", lambda row: row.position, narrow=Narrow.META),
        Column("first_day", "From", lambda row: row.period.first, Kind.DATE),
        Column("last_day", "Until", lambda row: until(row.period.last), Kind.DATE, narrow=Narrow.STATE),
    ]
    correcting = Column[AffiliationRow]("correct", "", _correct_word, link=_correct_link, narrow=Narrow.ACT)
    ending = Column[AffiliationRow]("end", "", _left_word, link=_left_link, narrow=Narrow.ACT)
    shown = [*columns, correcting] if any(_correct_word(row) for row in rows) else columns
    return [*shown, ending] if any(_left_word(row) for row in rows) else shown


def name_columns() -> list[Column[NameRow]]:
    """Names with their days; who may correct one finds the way to it."""
    columns: list[Column[NameRow]] = [
        Column("name", "Name", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
        Column("short_name", "Short name", lambda row: row.short_name, narrow=Narrow.META),
        Column("first_day", "From", lambda row: row.first_day if row.first_day > FOR_EVER else "ever", Kind.DATE),
        Column("last_day", "Until", lambda row: until(row.last_day), Kind.DATE, narrow=Narrow.STATE),
    ]
    correcting = Column[NameRow](
        "correct",
        "",
        lambda _row: "Correct",
        link=lambda row: url("members.correct_name", name_id=row.id),
        narrow=Narrow.ACT,
    )
    return [*columns, correcting] if the_actor().may(Permission.INSTITUTION_EDIT) and not is_past() else columns


def unit_columns(rows: Sequence[UnitRow]) -> list[Column[UnitRow]]:
    """Units with their days; who may say that one ended finds the way to it."""
    columns: list[Column[UnitRow]] = [
        Column("name", "Unit", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
        Column("first_day", "From", lambda row: row.period.first, Kind.DATE, narrow=Narrow.META),
        Column("last_day", "Until", lambda row: until(row.period.last), Kind.DATE, narrow=Narrow.STATE),
    ]
    ending = Column[UnitRow]("end", "", _unit_word, link=_unit_link, narrow=Narrow.AMOUNT)
    return [*columns, ending] if any(_unit_word(row) for row in rows) else columns


def _unit_word(row: UnitRow) -> str:
    may = the_actor().may(Permission.INSTITUTION_EDIT) and not is_past()
    return "End" if may and (row.period.last is None or row.period.last >= current_on()) else ""


def _unit_link(row: UnitRow) -> str | None:
    return url("members.end_unit", unit_id=row.id) if _unit_word(row) else None


def _withdraw_word(_row: DocumentRow) -> str:
    return "Withdraw" if the_actor().may(Permission.INSTITUTION_EDIT) and not is_past() else ""


def _withdraw_link(row: DocumentRow) -> str | None:
    return url("members.withdraw_document", document_id=row.id) if _withdraw_word(row) else None


def _end_word(row: RepresentationRow) -> str:
    if is_past() or not the_actor().may(Permission.INSTITUTION_EDIT):
        return ""
    return "Take back" if _has_ended(row) else "End"


def _end_link(row: RepresentationRow) -> str | None:
    verb = "retract_representative" if _has_ended(row) else "end_representative"
    return url(f"members.{verb}", representation_id=row.id) if _end_word(row) else None


def _has_ended(row: RepresentationRow) -> bool:
    return row.period.last is not None and row.period.last < current_on()


def _correct_word(row: AffiliationRow) -> str:
    may = the_actor().may(Permission.PERSON_EDIT, institution_id=row.institution_id) and not is_past()
    return "Correct" if may else ""


def _correct_link(row: AffiliationRow) -> str | None:
    return url("members.correct_place", affiliation_id=row.id) if _correct_word(row) else None


def _left_word(row: AffiliationRow) -> str:
    may = the_actor().may(Permission.PERSON_EDIT, institution_id=row.institution_id) and not is_past()
    return "End" if may and (row.period.last is None or row.period.last >= current_on()) else ""


def _left_link(row: AffiliationRow) -> str | None:
    return url("members.end_place", affiliation_id=row.id) if _left_word(row) else None


def _to_come(row: StepLine) -> str | None:
    """A mark on a step that has not come by the day looked at, such as a lapse of next year."""
    return "still to come" if row.first_day > current_on() else None


STEP_COLUMNS: tuple[Column[StepLine], ...] = (
    Column("class", "Class", lambda row: row.class_name, Kind.NAME, narrow=Narrow.NAME),
    Column("state", "State", lambda row: row.state.value, Kind.STATE, narrow=Narrow.STATE),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, aside=_to_come, narrow=Narrow.META),
    Column("last_day", "Until", lambda row: until(row.last_day), Kind.DATE),
)
STEP_GROUNDS: tuple[Column[StepLine], ...] = (
    Column("reason", "Why", lambda row: row.reason, narrow=Narrow.META),
    Column("recorded_by", "Recorded by", lambda row: row.recorded_by),
)
PEOPLE_COLUMNS: tuple[Column[PersonRow], ...] = (
    Column(
        "name",
        "Person",
        lambda row: row.name,
        Kind.NAME,
        link=record_link("members.person", "person_id", lambda row: row.id),
        aside=lambda row: row.title,
        narrow=Narrow.NAME,
    ),
    Column("position", "As", lambda row: row.position, narrow=Narrow.META),
    Column("represents", "Represents it as", lambda row: ", ".join(row.represents) or None, narrow=Narrow.META),
    Column("email", "E-mail", lambda row: row.email),
)
MERGED_COLUMNS: tuple[Column[tuple[Merger, str]], ...] = (
    Column("name", "Merged into it", lambda row: row[1], Kind.NAME, narrow=Narrow.NAME),
    Column("day", "On", lambda row: local(row[0].merged_at).date(), Kind.DATE, narrow=Narrow.AMOUNT),
)
ALIAS_COLUMNS: tuple[Column[InstitutionAlias], ...] = (
    Column("alias", "Alias", lambda row: row.alias, Kind.NAME, narrow=Narrow.NAME),
    Column("added_by", "Added by", lambda row: row.added_by, narrow=Narrow.META),
    Column("added_at", "On", lambda row: row.added_at, Kind.INSTANT),
)
DOCUMENT_COLUMNS: tuple[Column[DocumentRow], ...] = (
    Column(
        "title",
        "Document",
        lambda row: row.title,
        Kind.NAME,
        link=record_link("members.document", "document_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("kind", "Kind", lambda row: DOCUMENT_WORDS[row.kind], narrow=Narrow.META),
    Column("dated", "Dated", lambda row: row.dated, Kind.DATE, narrow=Narrow.STATE),
    Column("size", "Size, kB", lambda row: -(-row.size // 1000), Kind.NUMBER),
    Column("added_by", "Added by", lambda row: row.added_by),
    Column("added_at", "On", lambda row: row.added_at, Kind.INSTANT),
    Column("withdraw", "", _withdraw_word, link=_withdraw_link, narrow=Narrow.AMOUNT),
)
LOGO_COLUMNS: tuple[Column[InstitutionRecord], ...] = (
    Column(
        "logo",
        "Picture",
        lambda row: f"Logo of {row.name}",
        Kind.NAME,
        link=lambda row: url("members.logo", institution_id=row.id, file_id=row.logo_id),
        narrow=Narrow.NAME,
    ),
)
NOTE_COLUMNS: tuple[Column[InstitutionNote], ...] = (
    Column("text", "Note", lambda row: row.text, Kind.TEXT, narrow=Narrow.NAME),
    Column("noted_by", "Noted by", lambda row: row.noted_by, narrow=Narrow.META),
    Column("noted_at", "On", lambda row: row.noted_at, Kind.INSTANT, narrow=Narrow.STATE),
)
HISTORY_COLUMNS: tuple[Column[HistoryRow], ...] = (
    Column("at", "When", lambda row: row.at, Kind.INSTANT, narrow=Narrow.META),
    Column("who", "Who", lambda row: row.who, narrow=Narrow.META),
    Column("what", "What changed", lambda row: row.what.replace("\n", "; "), narrow=Narrow.NAME),
    Column("why", "Why", lambda row: row.why),
    Column("seal", "Seal", lambda row: row.seal[:6], Kind.CODE, narrow=Narrow.AMOUNT),
)
