"""The state machine of memberships, how an institution stands, and the check digits of its identifiers."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.core.periods import Period
from app.members.rules import (
    CROCKFORD,
    STEPS,
    MembershipState,
    Standing,
    StepFact,
    check_country,
    check_step,
    check_website,
    country_choices,
    country_name,
    filed_name,
    read_orcid,
    read_ror,
    read_vat_number,
    standing_on,
)

APPLIED, ADMITTED, ACTIVE, SUSPENDED, WITHDRAWN, LAPSED = MembershipState
FOLLOWS = {
    (APPLIED, ADMITTED),
    (APPLIED, WITHDRAWN),
    (ADMITTED, ACTIVE),
    (ADMITTED, WITHDRAWN),
    (ACTIVE, SUSPENDED),
    (ACTIVE, WITHDRAWN),
    (ACTIVE, LAPSED),
    (SUSPENDED, ACTIVE),
    (SUSPENDED, WITHDRAWN),
    (SUSPENDED, LAPSED),
}
DAY = date(2016, 5, 24)
RORS = ["03x94j517", "01cwqze88", "029chgv08", "01gavpb45", "00k4n6c32", "02pttbw34", "05rrcem69", "00s05em53"]


@pytest.mark.parametrize(("now", "following"), list(product(MembershipState, MembershipState)))
def test_a_membership_takes_only_the_steps_of_its_table(now, following):
    if (now, following) in FOLLOWS:
        check_step(now, following)
        return
    with pytest.raises(DomainError, match=f"{now.value} cannot become {following.value}"):
        check_step(now, following)


def test_every_state_says_what_may_follow_it():
    assert set(STEPS) == set(MembershipState)


@pytest.mark.parametrize("ror", RORS)
def test_a_real_ror_is_taken_in_any_spelling(ror):
    assert read_ror(ror) == read_ror(f" https://ror.org/{ror.upper()} ") == ror


def ror_of(number: int) -> str:
    """A valid ROR of a number, made as the registry makes them."""
    letters, rest = "", number
    for _ in range(6):
        rest, digit = divmod(rest, 32)
        letters = CROCKFORD[digit] + letters
    return f"0{letters}{98 - number * 100 % 97:02}"


@given(st.integers(0, 32**6 - 1))
def test_every_ror_with_its_own_check_digits_is_taken(number):
    assert read_ror(ror_of(number)) == ror_of(number)


@given(st.integers(0, 32**6 - 1), st.integers(1, 8), st.sampled_from(CROCKFORD))
def test_one_wrong_character_of_a_ror_is_always_found(number, place, letter):
    ror = ror_of(number)
    wrong = ror[:place] + letter + ror[place + 1 :]
    if wrong == ror:
        return
    with pytest.raises(DomainError) as refused:
        read_ror(wrong)
    assert refused.value.field == "ror"


@pytest.mark.parametrize(
    "text", ["", "x", "1cwqze881", "01cwqze8", "01cwqze888", "01cwqil88", "٠1cwqze88", "01cwqze8\n8"]
)
def test_what_has_not_the_shape_of_a_ror_is_refused(text):
    with pytest.raises(DomainError):
        read_ror(text)


def test_an_orcid_is_written_in_one_way():
    for typed in ("0000-0002-1825-0097", "0000000218250097", "https://orcid.org/0000-0002-1825-0097"):
        assert read_orcid(typed) == "0000-0002-1825-0097"


@pytest.mark.parametrize("typed", ["", "0000-0002-1825-0098", "0000-0002-1825", "x" * 16, "\u0660" * 16])
def test_a_wrong_orcid_is_refused(typed):
    with pytest.raises(DomainError) as refused:
        read_orcid(typed)
    assert refused.value.field == "orcid"
    assert ("check digit" in refused.value.message) == (typed == "0000-0002-1825-0098")


def test_a_vat_number_is_checked_by_its_country():
    assert read_vat_number("gb 980 7806 84", "GB") == "GB980780684"
    assert read_vat_number("DE 136 695 976", "GB") == "DE136695976"
    for wrong in ("GB 980 7806 85", "DE 136 695 977", "GB1", "!", "\u0661" * 9):
        with pytest.raises(DomainError) as refused:
            read_vat_number(wrong, "GB")
        assert refused.value.field == "vat_number"


def test_a_vat_number_is_refused_of_no_country_where_none_is_named():
    with pytest.raises(DomainError, match="This is no VAT number: is there a typing mistake"):
        read_vat_number("DE136695970", "")


def test_a_vat_number_of_a_country_without_a_known_rule_is_taken_as_it_is():
    assert read_vat_number("98-7654321", "US") == "987654321"


@pytest.mark.parametrize("address", [None, "https://www.institute.example", "http://10.0.0.7:8080/a?b=c"])
def test_a_website_is_taken_as_it_is(address):
    assert check_website(address) == address


@pytest.mark.parametrize(
    "address", ["www.institute.example", "https://", "https:///about", "https://two words.example", "http://[::1"]
)
def test_what_leads_nowhere_is_no_website(address):
    with pytest.raises(DomainError) as refused:
        check_website(address)
    assert refused.value.field == "website"


def test_countries_are_called_as_people_call_them():
    assert [country_name(code) for code in ("KR", "TW", "CZ", "GB")] == [
        "South Korea", "Taiwan", "Czechia", "United Kingdom",
    ]  # fmt: skip
    assert country_name("ZZ") == "ZZ"
    assert ("GB", "United Kingdom") in country_choices()
    with pytest.raises(DomainError):
        check_country("ZZ")


def test_an_article_stands_behind_the_name_where_it_is_filed():
    assert filed_name("The Jackson Laboratory") == "Jackson Laboratory, The"
    assert filed_name("Theoretical Institute") == "Theoretical Institute"


def step(
    state: MembershipState, first: date, last: date | None = None, *, of: int = 1, recorded: date = DAY
) -> StepFact:
    """A step of the membership as partner (1) or as funder (2)."""
    named = {1: "Partner", 2: "Funder"}[of]
    return StepFact(of, named, -of, state, Period(first, last), recorded)


def test_of_several_memberships_the_best_state_counts_and_ended_ones_are_left_out():
    left = [step(ACTIVE, date(2011, 1, 1), date(2013, 12, 31)), step(WITHDRAWN, date(2014, 1, 1))]
    stays = [step(ACTIVE, date(2012, 1, 1), of=2)]
    assert standing_on([*left, *stays], DAY) == Standing("active", ("Funder",), date(2011, 1, 1), date(2011, 1, 1))
    assert standing_on([*left, *stays], date(2012, 6, 1)) == Standing(
        "active", ("Funder", "Partner"), date(2011, 1, 1), date(2011, 1, 1)
    )
    assert standing_on(left, DAY) == Standing("withdrawn", ("Partner",), date(2011, 1, 1))


def test_nothing_on_record_is_no_standing():
    assert standing_on([], DAY) == Standing()


def test_who_was_suspended_from_the_first_day_is_a_member_since_then():
    steps = [step(SUSPENDED, date(2011, 1, 1), date(2011, 6, 30)), step(ACTIVE, date(2011, 7, 1))]
    assert standing_on(steps, DAY) == Standing("active", ("Partner",), date(2011, 1, 1), date(2011, 1, 1))


def test_nobody_is_a_member_since_a_day_to_come():
    assert standing_on([step(ACTIVE, date(2017, 1, 1))], DAY) == Standing()


def test_a_member_is_leaving_from_the_day_its_withdrawal_was_recorded():
    end = date(2016, 12, 31)
    steps = [step(ACTIVE, date(2011, 1, 1), end), step(WITHDRAWN, end + timedelta(days=1))]
    assert standing_on(steps, DAY).state == "leaving"
    assert standing_on(steps, DAY - timedelta(days=1)).state == "active"
    assert standing_on(steps, end + timedelta(days=1)).state == "withdrawn"


def test_who_stays_in_another_class_is_not_leaving():
    end = date(2016, 12, 31)
    leaving = [step(ACTIVE, date(2011, 1, 1), end), step(WITHDRAWN, end + timedelta(days=1))]
    assert standing_on([*leaving, step(ACTIVE, date(2011, 1, 1), of=2)], DAY).state == "active"
