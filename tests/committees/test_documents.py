from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.committees.documents import PaperSeat, RosterPaper, paper_seat, roster_html
from app.committees.queries import RosterRow
from app.committees.rules import Office, SeatKind

ROSTER = RosterPaper(
    consortium="International Mouse Phenotyping Consortium",
    committee="Finance Committee",
    remit="Advises on fees and budget.",
    on=date(2027, 7, 1),
    known_at=datetime(2027, 7, 2, 8, 0, tzinfo=UTC),
    seats=(
        PaperSeat("1", "Dr Elspeth Marrow", "MRC", "Elected", date(2026, 1, 1), date(2028, 12, 31), note="Chair"),
        PaperSeat("2", "", "", "Elected", None, None, note="since 1 May 2027"),
        PaperSeat("3", "Mr Rhys Pendarvis", "MRC", "Ex officio", date(2024, 4, 1), None, open_end="with the office"),
    ),
    facts=(("Seats", "3, of which 2 vote"),),
)


def test_roster_names_its_day_and_what_was_known_when():
    html = roster_html(ROSTER).replace("\u00a0", " ")
    assert "<title>Finance Committee, roster on 1 July 2027</title>" in html
    assert "as valid on 1 July 2027, as recorded on 2 Jul 2027 09:00 BST" in html


def test_vacant_seat_is_printed_as_vacant():
    assert roster_html(ROSTER).count("<strong>Vacant</strong>") == 1


def test_seat_shows_both_days_or_how_it_ends():
    html = roster_html(ROSTER).replace("\u00a0", " ")
    assert '<td class="w">1 Jan 2026</td><td class="w">31 Dec 2028</td>' in html
    assert '<td class="w">1 Apr 2024</td><td class="w">with the office</td>' in html


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        ({"term_ends": date(2028, 12, 31)}, "31 Dec 2028"),
        ({"term_ends": date(2025, 12, 31), "holds_over": True}, "holds over"),
        ({"holds_over": True, "last_day": date(2026, 3, 1)}, "1 Mar 2026"),
        ({}, "open"),
    ],
)
def test_seat_ends_on_paper_as_on_the_page(held: dict[str, Any], shown: str):
    row = RosterRow(
        committee_id=1,
        committee="Finance Committee",
        seat_id=1,
        number=1,
        label="Seat 1",
        kind=SeatKind.ELECTED,
        votes=True,
        seat_institution_id=None,
        seat_institution=None,
        appointment_id=1,
        person_id=1,
        holder="Elspeth Marrow",
        office=Office.MEMBER,
        first_day=date(2026, 1, 1),
        last_day=None,
        decision=None,
        institution_id=None,
        institution=None,
        seat_from=date(2011, 9, 24),
        last_held=None,
    )
    paper = replace(ROSTER, seats=(paper_seat(replace(row, **held)),))
    assert f'<td class="w">{shown}</td></tr>' in roster_html(paper).replace("\u00a0", " ")


def test_roster_without_seats_says_so():
    assert "No seats on this day." in roster_html(replace(ROSTER, seats=()))


def test_frozen_roster_carries_its_hash():
    assert "SHA-256" not in roster_html(ROSTER)
    assert 'data-hash="SHA-256 01234567' in roster_html(replace(ROSTER, content_hash="0123456789abcdef" * 4))
