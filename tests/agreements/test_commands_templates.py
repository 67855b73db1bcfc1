"""Templates and their versions, parties to masters, and the rule table, on both axes of time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.agreements.commands.masters import PartyCorrection, correct_party, join_master, leave_master, retract_party
from app.agreements.commands.template_rules import RuleValues, change_rule, end_rule, move_rule_down, move_rule_up
from app.agreements.commands.templates import (
    TemplateFacts,
    VersionValues,
    add_template,
    adopt_version,
    reinstate_template,
    retire_template,
)
from app.agreements.models import AgreementTemplate, MasterParty, TemplateRule
from app.agreements.queries.master_parties import is_party, list_parties, open_party_evidence
from app.agreements.queries.template_rules import Enquiry, list_rules, propose_template
from app.agreements.queries.templates import (
    find_version_in_force,
    list_template_versions,
    templates_on,
    templates_to_choose,
)
from app.agreements.rules import TemplateKind
from app.agreements.rules.proposing import Material, Mismatch
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, NotFoundError, StaleError
from app.core.periods import Period
from app.core.permissions import Role
from app.members.rules import InstitutionKind
from tests.agreements.templated import FIRST, LETTER, rule, template, text
from tests.committees.sitting import refused
from tests.members import world
from tests.members.world import OFFICE, do

pytestmark = pytest.mark.usefixtures("context")
TODAY, LATER = date(2016, 5, 24), date(2016, 9, 1)
BEFORE = datetime(2016, 5, 24, 11, 0, 30, tzinfo=UTC)
AFTER = datetime(2016, 5, 24, 12, tzinfo=UTC)


def at_noon(command: Callable[..., Any], *args: Any, **values: Any) -> Any:
    """Do something an hour after everything else."""
    with clock_at(AFTER):
        return do(command, *args, **values)


def test_a_version_holds_until_the_day_before_the_next_and_is_never_rewritten():
    found = template()
    first = find_version_in_force(found.id, on=TODAY)
    assert first is not None
    said = (first.body, first.sha256)
    adopted = at_noon(
        adopt_version, found.id, VersionValues(text("# Other"), LATER, "SC-2016-3"), version=found.version
    )
    assert adopted.number == 2
    in_force = [find_version_in_force(found.id, on=day) for day in (date(2011, 12, 31), FIRST, TODAY, LATER)]
    assert [each.number if each else None for each in in_force] == [None, 1, 1, 2]
    assert [templates_on(on=day)[found.id].number for day in (date(2011, 12, 31), TODAY, LATER)] == [None, 1, 2]
    assert (first.body, first.sha256) == said
    assert find_version_in_force(found.id, on=LATER, known=BEFORE) is first
    assert [(row.number, row.last_day) for row in list_template_versions(found.id)] == [
        (2, None),
        (1, date(2016, 8, 31)),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (VersionValues(text("# Other"), date(2016, 5, 23)), "first_day"),
        (VersionValues(text("{nobody}"), LATER), "body"),
        (VersionValues(text(), LATER), "body"),
    ],
)
def test_a_next_version_is_for_a_day_to_come_and_says_something_else(values: VersionValues, field: str):
    found = template()
    refused(lambda: adopt_version(found.id, values, version=found.version, actor=OFFICE), field)


def test_a_letter_names_its_master_and_nothing_else_does():
    master = template(TemplateKind.MASTER)
    plain = VersionValues(text(), FIRST)
    for kind, master_id in ((TemplateKind.LETTER, None), (TemplateKind.SIMPLE, master.id)):
        facts = TemplateFacts("X", "Letter", kind, master_id)
        refused(lambda facts=facts: add_template(facts, plain, actor=OFFICE), "master_id")  # type: ignore[misc]
    assert template(TemplateKind.LETTER, master=master).master_id == master.id
    refused(lambda: add_template(TemplateFacts(master.code, "Twin", TemplateKind.SIMPLE), plain, actor=OFFICE), "code")


def test_nothing_is_drafted_from_a_retired_template_and_its_rows_are_passed_over():
    old, new = template(), template()
    rule(old), rule(new)
    do(retire_template, old.id, LATER, reason="Outdated", version=old.version)
    assert {key for key, _ in templates_to_choose(on=TODAY)} == {old.id, new.id}
    assert {key for key, _ in templates_to_choose(on=LATER)} == {new.id}
    found = propose_template(Enquiry(LATER))
    assert found.template is not None
    assert (found.template.id, found.tried[0].against) == (new.id, (Mismatch.TEMPLATE,))
    refused(lambda: retire_template(old.id, LATER, reason="Again", version=old.version, actor=OFFICE))
    do(reinstate_template, old.id, reason="Needed", version=old.version)
    assert propose_template(Enquiry(LATER)).row == list_rules(OFFICE, on=LATER)[0]


def test_who_may_not_edit_templates_changes_nothing():
    found, chair = template(), Actor("Chair", 7, (Granted(Role.CHAIR),))
    with pytest.raises(AccessDeniedError):
        retire_template(found.id, LATER, reason="No", version=found.version, actor=chair)
    with pytest.raises(StaleError):
        retire_template(found.id, LATER, reason="No", version=found.version + 1, actor=OFFICE)


@pytest.fixture
def table() -> tuple[list[TemplateRule], list[AgreementTemplate]]:
    """Three rows: for corporations, for one provider, and for everyone else."""
    proposed = [template(code=code) for code in ("CORP", "OWN", "ALL")]
    provider = world.institution()
    rows = [
        rule(proposed[0], recipient_kind=InstitutionKind.CORPORATION),
        rule(proposed[1], provider_id=provider.id, pipeline="KOMP"),
        rule(proposed[2]),
    ]
    return rows, proposed


Table = tuple[list[TemplateRule], list[AgreementTemplate]]


def answer(enquiry: Enquiry, known: datetime | None = None) -> str | None:
    found = propose_template(enquiry, known=known)
    return found.template.code if found.template else None


def test_the_table_proposes_by_provider_recipient_and_what_is_typed_of_a_line(table: Table):
    provider_id = table[0][1].provider_id
    company = world.institution("Company", "Co", kind=InstitutionKind.CORPORATION)
    komp = Material("KOMP")
    assert answer(Enquiry(TODAY, provider_id, company.id, typed=komp)) == "CORP"
    assert answer(Enquiry(TODAY, provider_id, None, typed=komp)) == "OWN"
    assert answer(Enquiry(TODAY, provider_id, None, typed=Material("EUCOMM"))) == "ALL"
    assert answer(Enquiry(date(2011, 12, 31), provider_id)) is None


def test_moving_and_ending_rows_changes_what_is_answered_and_not_what_was_known(table: Table):
    rows = table[0]
    asked = Enquiry(TODAY, rows[1].provider_id, typed=Material("KOMP"))
    at_noon(move_rule_up, rows[2].id, version=rows[2].version)
    assert [row.template for row in list_rules(OFFICE, on=TODAY)] == ["CORP", "ALL", "OWN"]
    assert (answer(asked), answer(asked, BEFORE)) == ("ALL", "OWN")
    refused(lambda: move_rule_down(rows[1].id, version=rows[1].version, actor=OFFICE))
    with clock_at(datetime(2016, 5, 24, 13, tzinfo=UTC)):
        do(end_rule, rows[2].id, date(2015, 12, 31), reason="Adopted otherwise", version=rows[2].version)
    assert (answer(asked), answer(asked, AFTER), answer(Enquiry(date(2015, 12, 31)))) == ("OWN", "ALL", "ALL")


def test_a_row_is_corrected_with_what_was_known_kept(table: Table):
    row, values = table[0][0], RuleValues(table[1][0].id, Period(FIRST))
    at_noon(change_rule, row.id, values, reason="For everyone", version=row.version)
    assert (answer(Enquiry(TODAY)), answer(Enquiry(TODAY), BEFORE)) == ("CORP", "ALL")
    refused(lambda: change_rule(row.id, values, reason="Same", version=row.version, actor=OFFICE))


@pytest.fixture
def party() -> MasterParty:
    """An institution that has joined a master agreement."""
    master, of = template(TemplateKind.MASTER), world.institution()
    joined: MasterParty = do(join_master, master.id, of.id, Period(FIRST), LETTER)
    return joined


def test_an_institution_is_a_party_from_the_day_it_joins_to_the_day_it_leaves(party: MasterParty):
    of = (party.template_id, party.institution_id)
    at_noon(leave_master, party.id, TODAY, reason="Left", version=party.version)
    assert [is_party(*of, on=day) for day in (date(2011, 12, 31), FIRST, TODAY, date(2016, 5, 25))] == [
        False,
        True,
        True,
        False,
    ]
    assert is_party(*of, on=date(2016, 5, 25), known=BEFORE)
    assert open_party_evidence(party.id, OFFICE).content == LETTER.content
    refused(lambda: join_master(*of, Period(TODAY), None, actor=OFFICE), "first_day")
    again = do(join_master, *of, Period(date(2017, 1, 1)), None)
    wider = PartyCorrection(Period(FIRST, date(2017, 1, 1)))
    refused(lambda: correct_party(party.id, wider, reason="No", version=party.version, actor=OFFICE), "first_day")
    at_noon(retract_party, again.id, reason="Mistake", version=again.version)
    assert [row.last_day for row in list_parties(template_id=of[0])] == [TODAY]


def test_only_a_master_has_parties(party: MasterParty):
    other = template()
    refused(lambda: join_master(other.id, party.institution_id, Period(FIRST), None, actor=OFFICE))
    with pytest.raises(NotFoundError):
        open_party_evidence(party.id, Actor("Rep", 7, (Granted(Role.REPRESENTATIVE, party.institution_id),)))
    assert db.session.get_one(MasterParty, party.id).superseded_at is None
