"""The life of an agreement as a table of steps, whose turn it is, on which days it holds, and when an embargo ends."""

from datetime import date

import pytest

from app.agreements.rules import AgreementState as S
from app.agreements.rules import Side, TemplateKind, Verb, is_under_embargo
from app.agreements.rules.drafting import DraftValues, Item, Parties, Terms, check_draft, check_whole, number_of
from app.agreements.rules.lives import holds_on, last_day_before
from app.agreements.rules.signing import CONSENT, check_consent, check_signing_day
from app.agreements.rules.states import BY_ANYONE, TRANSITIONS, Standing, after, may_take, waits_on
from app.core.errors import DomainError

ALLOWED = {
    (Verb.SEND, S.DRAFT): S.IN_REVIEW,
    (Verb.ASK_CHANGES, S.IN_REVIEW): S.CHANGES_REQUESTED,
    (Verb.ANSWER, S.CHANGES_REQUESTED): S.IN_REVIEW,
    (Verb.APPROVE, S.IN_REVIEW): S.APPROVED,
    (Verb.REOPEN, S.APPROVED): S.CHANGES_REQUESTED,
    (Verb.REOPEN, S.SIGNED): S.CHANGES_REQUESTED,
    (Verb.SIGN, S.APPROVED): S.SIGNED,
    (Verb.EXECUTE, S.APPROVED): S.EXECUTED,
    (Verb.EXECUTE, S.SIGNED): S.EXECUTED,
    (Verb.REJECT, S.IN_REVIEW): S.REJECTED,
    (Verb.REJECT, S.APPROVED): S.REJECTED,
    (Verb.REJECT, S.SIGNED): S.REJECTED,
    (Verb.WITHDRAW, S.DRAFT): S.WITHDRAWN,
    (Verb.WITHDRAW, S.IN_REVIEW): S.WITHDRAWN,
    (Verb.WITHDRAW, S.CHANGES_REQUESTED): S.WITHDRAWN,
    (Verb.WITHDRAW, S.APPROVED): S.WITHDRAWN,
    (Verb.WITHDRAW, S.SIGNED): S.WITHDRAWN,
    (Verb.AMEND, S.EXECUTED): S.AMENDED,
    (Verb.EXPIRE, S.EXECUTED): S.EXPIRED,
    (Verb.TERMINATE, S.EXECUTED): S.TERMINATED,
    (Verb.SUPERSEDE, S.EXECUTED): S.SUPERSEDED,
}
MONDAY, TUESDAY, WEDNESDAY = (date(2016, 5, day) for day in (23, 24, 25))


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("verb", Verb)
def test_each_step_leads_from_just_these_states_to_just_that_one(verb, state):
    wanted = ALLOWED.get((verb, state))
    if wanted is None:
        with pytest.raises(DomainError):
            after(state, verb)
    else:
        assert after(state, verb) is wanted


@pytest.mark.parametrize("verb", Verb)
def test_what_one_side_proposed_only_the_other_reviews_and_the_consortium_may_do_all(verb):
    state = next(iter(TRANSITIONS[verb]))
    standing = Standing(state, TemplateKind.SIMPLE, proposed_by=Side.PROVIDER)
    assert may_take(standing, verb, [Side.CONSORTIUM])
    assert not may_take(standing, verb, [])
    assert may_take(standing, verb, [Side.PROVIDER]) is (verb in BY_ANYONE)
    reviews = {Verb.APPROVE, Verb.ASK_CHANGES, Verb.REJECT}
    assert may_take(standing, verb, [Side.RECIPIENT]) is (verb in BY_ANYONE | reviews)


@pytest.mark.parametrize(
    ("state", "kind", "signed", "waits"),
    [
        (S.DRAFT, TemplateKind.SIMPLE, [], {Side.PROVIDER}),
        (S.IN_REVIEW, TemplateKind.SIMPLE, [], {Side.RECIPIENT}),
        (S.APPROVED, TemplateKind.SIMPLE, [], {Side.PROVIDER, Side.RECIPIENT}),
        (S.SIGNED, TemplateKind.SIMPLE, [Side.RECIPIENT], {Side.PROVIDER}),
        (S.APPROVED, TemplateKind.CONSENT, [], {Side.PROVIDER}),
        (S.EXECUTED, TemplateKind.SIMPLE, [Side.PROVIDER, Side.RECIPIENT], set()),
        (S.WITHDRAWN, TemplateKind.SIMPLE, [], set()),
    ],
)
def test_an_agreement_waits_on_who_drafts_reviews_or_has_not_signed(state, kind, signed, waits):
    assert waits_on(Standing(state, kind, Side.PROVIDER, frozenset(signed))) == waits


@pytest.mark.parametrize(
    ("executed_on", "first_day", "last_day", "ended_on", "holds"),
    [
        (None, MONDAY, None, None, False),
        (TUESDAY, MONDAY, TUESDAY, TUESDAY, True),
        (WEDNESDAY, MONDAY, None, None, False),
        (MONDAY, WEDNESDAY, None, None, False),
        (MONDAY, MONDAY, MONDAY, None, False),
        (MONDAY, MONDAY, None, MONDAY, False),
        (MONDAY, MONDAY, WEDNESDAY, TUESDAY, True),
    ],
)
def test_an_agreement_holds_from_its_execution_to_its_last_day_both_included(
    executed_on, first_day, last_day, ended_on, holds
):
    assert holds_on(executed_on, first_day, last_day, ended_on, TUESDAY) is holds


@pytest.mark.parametrize(
    ("executed_on", "first_day", "last_day", "ends"),
    [
        (TUESDAY, None, None, MONDAY),
        (TUESDAY, MONDAY, None, MONDAY),
        (MONDAY, WEDNESDAY, None, TUESDAY),
        (MONDAY, WEDNESDAY, MONDAY, MONDAY),
    ],
)
def test_what_is_taken_over_ends_the_day_before_and_never_after_its_own_last_day(
    executed_on, first_day, last_day, ends
):
    assert last_day_before(executed_on, first_day, last_day) == ends


@pytest.mark.parametrize(
    ("until", "published_on", "to_publication", "holds"),
    [
        (WEDNESDAY, None, False, True),
        (TUESDAY, None, False, False),
        (WEDNESDAY, TUESDAY, True, False),
        (WEDNESDAY, WEDNESDAY, True, True),
        (None, None, True, True),
        (None, None, False, False),
    ],
)
def test_an_embargo_ends_on_its_day_or_at_publication_whichever_is_first(until, published_on, to_publication, holds):
    assert is_under_embargo(until, published_on, TUESDAY, to_publication=to_publication) is holds


@pytest.mark.parametrize("words", [CONSENT, "i sign  this agreement.", " I SIGN THIS AGREEMENT "])
def test_the_words_of_consent_are_taken_in_any_case(words):
    check_consent(words)


@pytest.mark.parametrize("words", ["", "yes", "I sign", "I sign this agreement not"])
def test_other_words_are_no_consent(words):
    with pytest.raises(DomainError) as error:
        check_consent(words)
    assert error.value.field == "words"


@pytest.mark.parametrize("day", [MONDAY, WEDNESDAY])
def test_nobody_signs_bytes_before_they_were_there_or_on_a_day_to_come(day):
    check_signing_day(TUESDAY, TUESDAY, TUESDAY)
    with pytest.raises(DomainError):
        check_signing_day(day, TUESDAY, TUESDAY)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (TemplateKind.SIMPLE, DraftValues(Parties(1, 1), Terms("T")), "recipient_id"),
        (TemplateKind.CONSENT, DraftValues(Parties(1, 2), Terms("T")), "third_id"),
        (TemplateKind.SIMPLE, DraftValues(Parties(1, 2, 3), Terms("T")), "third_id"),
        (TemplateKind.CONSENT, DraftValues(Parties(1, 2, 1), Terms("T")), "third_id"),
        (TemplateKind.SIMPLE, DraftValues(Parties(1, 2), Terms("T", None, TUESDAY, MONDAY)), "last_day"),
        (TemplateKind.SIMPLE, DraftValues(Parties(1, 2), Terms("T"), [Item(5), Item(5)]), "lines"),
    ],
)
def test_a_draft_that_no_agreement_could_be_is_refused_beside_its_field(kind, values, field):
    with pytest.raises(DomainError) as error:
        check_draft(kind, values)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("kind", "items", "last_day", "field"),
    [
        (TemplateKind.SIMPLE, [], None, "lines"),
        (TemplateKind.CONSENT, [Item(None, "cells")], None, "others"),
        (TemplateKind.SIMPLE, [Item(1)], MONDAY, "last_day"),
    ],
)
def test_what_could_never_be_in_force_is_not_sent(kind, items, last_day, field):
    with pytest.raises(DomainError) as error:
        check_whole(kind, DraftValues(Parties(1, 2, 3), Terms("T", last_day=last_day), items), TUESDAY)
    assert error.value.field == field


def test_a_number_says_year_and_place():
    assert [number_of(2026, 14), number_of(2016, 1204)] == ["MTA-2026-014", "MTA-2016-1204"]
