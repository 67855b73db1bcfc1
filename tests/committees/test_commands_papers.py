"""Papers of a committee: version after version, what was in force on a day, withdrawn with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.committees.commands import PaperValues, SentFile, add_paper, withdraw_paper
from app.committees.models import Committee, CommitteePaper
from app.committees.queries import list_papers, list_withdrawn_papers, open_paper
from app.committees.rules import PaperKind
from app.core.actor import Actor
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, NotFoundError
from app.core.mentions import list_mentions
from app.core.periods import ONE_DAY
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.queries import subject_of
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, person, refused
from tests.committees.test_commands import chair_of

pytestmark = pytest.mark.usefixtures("context")
TERMS = PaperKind.TERMS_OF_REFERENCE


def put(
    of: Committee, first_day: date, title: str = "Terms of reference", kind: PaperKind = TERMS, text: bytes = b"One"
) -> CommitteePaper:
    sent = SentFile(text, "text/plain; charset=utf-8", "terms.txt")
    with transaction():
        return add_paper(of.id, PaperValues(kind, title, first_day, "SC-2012-001"), sent, actor=OFFICE)


@pytest.fixture
def finance() -> Committee:
    """A committee without papers."""
    with transaction():
        return committee()


def in_force(of: Committee, on: date, known: datetime | None = None) -> list[tuple[str, int]]:
    rows = list_papers(of.id, OFFICE, on=on, known=known)
    return [(row.title, row.number) for row in rows if row.is_in_force(on)]


def test_each_version_is_in_force_until_the_day_before_the_next(finance: Committee):
    put(finance, FOUNDED)
    put(finance, date(2014, 1, 1), "terms of  Reference")
    put(finance, date(2017, 1, 1))
    assert [in_force(finance, day) for day in (FOUNDED - ONE_DAY, FOUNDED, date(2013, 12, 31))] == [
        [],
        [("Terms of reference", 1)],
        [("Terms of reference", 1)],
    ]
    assert in_force(finance, date(2014, 1, 1)) == [("Terms of reference", 2)]
    assert in_force(finance, date(2017, 1, 1)) == [("Terms of reference", 3)]
    assert [row.last_day for row in list_papers(finance.id, OFFICE, on=TODAY)] == [
        None,
        date(2016, 12, 31),
        date(2013, 12, 31),
    ]


def test_papers_of_other_kinds_and_titles_have_versions_of_their_own(finance: Committee):
    put(finance, FOUNDED)
    put(finance, FOUNDED, "Report of 2012", PaperKind.REPORT)
    put(finance, FOUNDED, "Report of 2013", PaperKind.REPORT)
    assert sorted(in_force(finance, TODAY)) == [("Report of 2012", 1), ("Report of 2013", 1), ("Terms of reference", 1)]


def test_a_new_version_begins_after_the_one_before_and_after_the_committee(finance: Committee):
    put(finance, date(2014, 1, 1))
    sent = SentFile(b"Two", "text/plain; charset=utf-8", "terms.txt")
    for day in (date(2014, 1, 1), date(2013, 1, 1), FOUNDED - ONE_DAY):
        values = PaperValues(TERMS, "Terms of reference", day)
        refused(lambda values=values: add_paper(finance.id, values, sent, actor=OFFICE), "first_day")  # type: ignore[misc]


def test_withdrawn_the_version_before_is_in_force_again_and_its_number_is_not_used_anew(finance: Committee):
    put(finance, FOUNDED)
    wrong = put(finance, date(2014, 1, 1), text=b"Two")
    with clock_at(datetime(2016, 5, 26, 9, tzinfo=UTC)):
        with transaction():
            withdraw_paper(wrong.id, reason="Not adopted", actor=OFFICE)
        assert in_force(finance, date(2016, 5, 26)) == [("Terms of reference", 1)]
        assert in_force(finance, date(2016, 5, 25)) == [("Terms of reference", 2)]
        assert put(finance, date(2014, 1, 1), text=b"Three").number == 3
        assert [row.withdrawn_because for row in list_withdrawn_papers(finance.id, OFFICE)] == ["Not adopted"]
        refused(lambda: withdraw_paper(wrong.id, reason="x", actor=OFFICE), None)
    assert open_paper(wrong.id, OFFICE).content == b"Two"


def test_what_was_added_later_was_not_known_before(finance: Committee):
    with clock_at(datetime(2016, 5, 26, 9, tzinfo=UTC)):
        put(finance, FOUNDED)
    assert in_force(finance, TODAY, datetime(2016, 5, 25, 9, tzinfo=UTC)) == []
    assert in_force(finance, TODAY) == [("Terms of reference", 1)]


def test_a_chair_keeps_papers_of_the_own_committee_alone(finance: Committee):
    with transaction():
        other = committee("Other")
    sent, values = SentFile(b"One", "text/plain; charset=utf-8", "t.txt"), PaperValues(TERMS, "Terms", FOUNDED)
    with transaction():
        added = add_paper(finance.id, values, sent, actor=chair_of(finance.id))
    with pytest.raises(AccessDeniedError), transaction():
        add_paper(other.id, values, sent, actor=chair_of(finance.id))
    with pytest.raises(AccessDeniedError), transaction():
        withdraw_paper(added.id, reason="x", actor=chair_of(other.id))


def test_who_may_not_read_committees_finds_no_paper(finance: Committee):
    paper = put(finance, FOUNDED)
    stranger = Actor("Stranger", 901, ())
    assert list_papers(finance.id, stranger, on=TODAY) == []
    with pytest.raises(NotFoundError):
        open_paper(paper.id, stranger)


def test_texts_about_papers_are_looked_through_for_names(finance: Committee):
    with transaction():
        who = person("Marrow")
    put(finance, FOUNDED, "Letter of Elspeth Marrow", PaperKind.OTHER)
    assert [(each.what, each.kind) for each in list_mentions(subject_of(who))] == [("Title of a paper", "committee")]
    assert [problem for finding in run_checks() for problem in finding.problems] == []
    db.session.rollback()
