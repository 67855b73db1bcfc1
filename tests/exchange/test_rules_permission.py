"""What may go where: the answer equals one worked out independently over random histories, and says what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.agreements.rules import TemplateKind
from app.core.periods import Period
from app.exchange.rules.answers import Answer, Obstacle, Remedy
from app.exchange.rules.facts import AgreementFacts, Facts, HoldingFacts, LineFacts, PartyFacts, Transfer
from app.exchange.rules.permission import permission
from app.lines.rules import MaterialForm
from tests.exchange.histories import asked, desks, facts_of
from tests.exchange.plainly import Question


@settings(max_examples=100)
@given(st.data())
def test_the_permission_equals_one_worked_out_independently_over_random_histories(data: st.DataObject):
    desk = data.draw(desks())
    facts = facts_of(desk)
    for _ in range(2):
        day, form, moves = data.draw(asked(desk))
        for line, giver, taker in moves:
            answer = permission(Transfer(line, giver, taker, MaterialForm(form), day), facts)
            expected = Question(desk, line, giver, taker, day).forbidding(form)
            event("refused" if expected else "allowed")
            assert {(reason.obstacle.value, reason.line_id) for reason in answer.reasons} == expected
            assert answer.allowed is (not expected)


OWNER, HOLDER, TAKER = PARTIES = (1, 2, 3)
DAY = date(2027, 3, 1)


def known(*agreements: AgreementFacts, **changed: Any) -> Facts:
    """A line of one institution that another holds under MTA-2026-001, and would hand on."""
    held = HoldingFacts(7, HOLDER, Period(date(2026, 1, 9)), 1)
    first = AgreementFacts(1, "MTA-2026-001", TemplateKind.SIMPLE, OWNER, HOLDER, ((1, 7),), executed_on=DAY)
    usual: dict[str, Any] = {
        "lines": {7: LineFacts(7, "EPD0025", OWNER, OWNER, DAY)},
        "parties": {each: PartyFacts(each, f"Institute {each}", "GB") for each in PARTIES},
        "agreements": (first, *agreements),
        "holdings": (held,),
    }
    return Facts(**(usual | changed))


def signed(number: int, kind: TemplateKind, *parties: int, **changed: Any) -> AgreementFacts:
    """An agreement in force about another line, and this one."""
    third = parties[2] if len(parties) > 2 else None
    name, usual = f"MTA-2026-0{number}", {"executed_on": DAY, "third_id": third}
    return AgreementFacts(number, name, kind, parties[0], parties[1], ((1, 6), (2, 7)), **(usual | changed))


def answer_of(facts: Facts, form: MaterialForm = MaterialForm.SPERM, day: date = DAY) -> Answer:
    return permission(Transfer(7, HOLDER, TAKER, form, day), facts)


def test_the_answer_names_agreement_item_consent_and_last_day_or_every_reason_with_the_paper_it_wants():
    under = signed(14, TemplateKind.SIMPLE, HOLDER, TAKER, last_day=date(2027, 12, 31))
    refused = answer_of(known(), MaterialForm.LIVE)
    assert [(reason.obstacle.value, reason.remedy) for reason in refused.reasons] == [
        ("no_agreement", Remedy.AGREEMENT),
        ("consent_missing", Remedy.CONSENT),
        ("health_report_missing", Remedy.HEALTH_REPORT),
    ]
    assert refused.said == (
        "Refused: there is no agreement by which Institute 2 gives EPD0025 to Institute 3; the consent of Institute 1, "
        "its provider, to onward transfer of EPD0025 is missing; the health report is missing: Institute 3 accepts "
        "live animals with one younger than 90 days."
    )
    assert not answer_of(known(under)).but_for_papers
    consent = signed(15, TemplateKind.CONSENT, OWNER, HOLDER, TAKER, last_day=date(2027, 6, 30))
    allowed = answer_of(known(under, consent))
    assert allowed.said == "Allowed under MTA-2026-014, item 2, with the consent MTA-2026-015, until 30 June 2027."
    assert allowed.kept()["until"] == "2027-06-30"
    assert answer_of(known(under, consent), MaterialForm.LIVE).but_for_papers
    late = answer_of(known(under, consent), day=date(2027, 7, 1))
    assert [reason.obstacle for reason in late.reasons] == [Obstacle.CONSENT_MISSING]


def test_a_cross_inherits_the_stricter_terms_its_maker_has_of_a_parent_also_after_the_maker_lost_it():
    cross = LineFacts(7, "Cross", HOLDER, HOLDER, DAY, frozenset({6}))
    lines = {7: cross, 6: LineFacts(6, "Parent", OWNER, OWNER, DAY)}
    had = (HoldingFacts(6, HOLDER, Period(date(2026, 1, 9), date(2026, 2, 9)), 1),)
    under = signed(14, TemplateKind.SIMPLE, HOLDER, TAKER)
    (reason,) = answer_of(known(under, lines=lines, holdings=had)).reasons
    assert (reason.obstacle, reason.line_id, reason.provider_id) == (Obstacle.CONSENT_MISSING, 6, OWNER)
    # Without any record of how the maker came by the parent, its owner is asked all the same.
    assert answer_of(known(under, lines=lines, holdings=())).reasons[0].obstacle is Obstacle.CONSENT_MISSING
