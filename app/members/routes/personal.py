"""All that is held about a person, to be read and to be taken away: by themselves and by the secretariat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.queries import find_profile
from app.core.clock import now, today
from app.core.mentions import list_mentions
from app.core.permissions import Permission
from app.core.personal_data import DataSubject, Held, list_holdings
from app.core.tables import Cell, Column, Kind, Narrow, Table
from app.core.transaction import reading, transaction
from app.members import commands
from app.members.documents.personal import PersonalReport, cell_words, chunks_of, fate_words, pack, said_in
from app.members.queries import find_photo, get_data_subject, get_own_data_subject
from app.members.routes.blueprint import pages
from app.members.routes.mentions import places_held, places_table
from app.web.access import requires, signed_in, the_actor
from app.web.addresses import url
from app.web.downloads import send_chunks
from app.web.wording import plural

MOST_ROWS = 25
ZIP = "application/zip"


@pages.get("/people/<int:person_id>/data")
@requires(Permission.PERSON_EXPORT)
def personal_data(person_id: int) -> ResponseReturnValue:
    """All that is held about a person."""
    subject = get_data_subject(person_id, the_actor())
    crumbs = [("People", url("members.people")), (subject.name, url("members.person", person_id=person_id))]
    return _page(
        f"All that is held about {subject.name}", subject, crumbs, "members.export_person", person_id=person_id
    )


@pages.post("/people/<int:person_id>/data/export")
@requires(Permission.PERSON_EXPORT)
def export_person(person_id: int) -> ResponseReturnValue:
    """All of it as one file, for the secretariat to hand on."""
    return _export(get_data_subject(person_id, the_actor()))


@pages.get("/account/data")
@signed_in
def own_data() -> ResponseReturnValue:
    """All that is held about me."""
    subject = get_own_data_subject(the_actor())
    crumbs = [("Your account", url("accounts.account"))]
    return _page("All that is held about you", subject, crumbs, "members.export_own")


@pages.post("/account/data/export")
@signed_in
def export_own() -> ResponseReturnValue:
    """All of it as one file, for me to take away."""
    return _export(get_own_data_subject(the_actor()))


def _export(subject: DataSubject) -> ResponseReturnValue:
    """Read without holding up anybody, put the export on record, and hand the file out."""
    with reading():
        profile = find_profile(today())
        report = PersonalReport(
            name=subject.name,
            consortium=profile.name if profile else "Muster",
            made_at=now(),
            holdings=[*list_holdings(subject), *places_held(list_mentions(subject))],
            photos=_photos_of(subject),
        )
        packed = pack(report)
    with transaction():
        commands.record_export(subject, actor=the_actor())
    return send_chunks(chunks_of(packed), ZIP, report.file_name)


def _photos_of(subject: DataSubject) -> list[bytes]:
    """Their photo, and those of who was merged into them."""
    found = (find_photo(each.person_id) for each in (subject, *subject.merged) if each.person_id)
    return [photo for photo in found if photo is not None]


def _page(
    title: str, subject: DataSubject, crumbs: list[tuple[str, str]], action: str, **key: int
) -> ResponseReturnValue:
    """Each kind of thing with its first rows, and the button that hands all of it out."""
    parts = [_part(held) for held in list_holdings(subject)]
    found = list_mentions(subject)
    parts += [{**_part(held), "table": places_table(found, MOST_ROWS)} for held in places_held(found)]
    shown = {"title": title, "crumbs": crumbs, "action": action, "key": key}
    return render_template("members/personal_data.html", parts=parts, **shown)


def _part(held: Held) -> dict[str, Any]:
    """One kind of thing as the page shows it."""
    rows = list(islice(held.rows, MOST_ROWS))
    notes = [f"The first {len(rows)} of {held.total}; the file has all."] if held.total > len(rows) else []
    if held.documents:
        notes.append(f"With {plural(len(held.documents), 'document', 'documents')} in the file.")
    return {
        "title": held.title,
        "total": held.total,
        "why": held.why,
        "fate": fate_words(held),
        "table": Table(held.title, _columns(rows), rows),
        "notes": notes,
    }


def _columns(rows: Sequence[Mapping[str, Cell]]) -> list[Column[Mapping[str, Cell]]]:
    """A column for each thing that any of the rows says."""
    names = said_in(rows)
    return [_column(name, first=name == names[0]) for name in names]


def _column(name: str, *, first: bool) -> Column[Mapping[str, Cell]]:
    kind, narrow = (Kind.NAME, Narrow.NAME) if first else (Kind.TEXT, Narrow.SAID)
    return Column(name.lower(), name, lambda row: cell_words(row[name]) or None, kind, narrow=narrow)
