"""The states of applications and departures, the criteria, and the places of letters."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.members.rules import (
    CASE_STEPS,
    LEAVING_STEPS,
    CaseState,
    Check,
    CriterionFact,
    CriterionKind,
    Finding,
    LeavingState,
    Verdict,
    assess,
    check_call_off,
    check_case_step,
    check_criterion,
    check_leaving_step,
    freed_on,
)

C = CaseState
ALLOWED = {
    (C.RECEIVED, C.CONFIRMED),
    (C.RECEIVED, C.WITHDRAWN),
    (C.RECEIVED, C.EXPIRED),
    (C.CONFIRMED, C.UNDER_REVIEW),
    (C.CONFIRMED, C.WITHDRAWN),
    (C.UNDER_REVIEW, C.MORE_ASKED),
    (C.UNDER_REVIEW, C.ADMITTED),
    (C.UNDER_REVIEW, C.DECLINED),
    (C.UNDER_REVIEW, C.WITHDRAWN),
    (C.MORE_ASKED, C.UNDER_REVIEW),
    (C.MORE_ASKED, C.WITHDRAWN),
    (C.ADMITTED, C.JOINING),
    (C.ADMITTED, C.WITHDRAWN),
    (C.JOINING, C.DONE),
    (C.JOINING, C.WITHDRAWN),
}
ROR = CriterionFact(1, "It has a ROR", CriterionKind.COMPUTED, Check.ROR)
SAID = CriterionFact(2, "It shares its lines", CriterionKind.SAID)
JUDGED = CriterionFact(3, "It has a mouse clinic", CriterionKind.JUDGED)


@pytest.mark.parametrize(("now", "following"), list(product(CaseState, CaseState)))
def test_an_application_takes_the_steps_of_its_table_and_no_other(now: CaseState, following: CaseState):
    assert (following in CASE_STEPS[now]) == ((now, following) in ALLOWED)
    if (now, following) in ALLOWED:
        check_case_step(now, following)
        return
    with pytest.raises(DomainError, match="cannot become"):
        check_case_step(now, following)


@pytest.mark.parametrize(("now", "following"), list(product(LeavingState, LeavingState)))
def test_a_departure_is_called_off_or_done_and_both_are_the_end(now: LeavingState, following: LeavingState):
    allowed = now is LeavingState.NOTICE_GIVEN and following is not LeavingState.NOTICE_GIVEN
    assert (following in LEAVING_STEPS[now]) == allowed
    if not allowed:
        with pytest.raises(DomainError, match="it cannot be"):
            check_leaving_step(now, following)


def test_each_criterion_says_whether_it_is_met_and_why():
    found = assess([ROR, SAID, JUDGED], frozenset(), {})
    assert [each.verdict for each in found] == [Verdict.NOT_MET, Verdict.NOT_MET, Verdict.TO_JUDGE]
    assert [each.why for each in found] == [
        "No ROR was given.",
        "The applicant did not say so.",
        "Nobody has judged it yet.",
    ]
    said = {2: Finding(is_met=True, reason="", found_by="The applicant")}
    met = assess([ROR, SAID], frozenset({Check.ROR}), said)
    assert [each.verdict for each in met] == [Verdict.MET, Verdict.MET]
    assert met[1].why == "The applicant says so."


def test_what_a_reviewer_found_counts_more_than_what_the_program_sees():
    found = {1: Finding(is_met=False, reason="It is the ROR of its parent", found_by="Odile Fennimore")}
    (assessed,) = assess([ROR], frozenset({Check.ROR}), found)
    assert assessed.verdict is Verdict.NOT_MET
    assert assessed.why == "Odile Fennimore: It is the ROR of its parent"


def test_only_what_the_program_checks_names_a_check():
    check_criterion(CriterionKind.COMPUTED, Check.ROR)
    check_criterion(CriterionKind.JUDGED, None)
    with pytest.raises(DomainError, match="Choose what the program checks"):
        check_criterion(CriterionKind.COMPUTED, None)
    with pytest.raises(DomainError, match="leave this empty"):
        check_criterion(CriterionKind.SAID, Check.ROR)


@given(st.dates(date(1900, 1, 1), date(2150, 1, 1)), st.integers(0, 365), st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_what_has_taken_effect_by_a_day_is_not_called_off(last_day: date, grace: int, today: date):
    assert freed_on(last_day, grace) - last_day == timedelta(days=grace)
    check_call_off(last_day, today, is_begun=False)
    if today <= last_day:
        check_call_off(last_day, today, is_begun=True)
        return
    with pytest.raises(DomainError, match="admit the institution anew"):
        check_call_off(last_day, today, is_begun=True)
