"""Reports of agreements: the register, what expires, and what waits on whom, on any day and as known then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest

from app.agreements.commands import approve_agreement, send_for_review, terminate_agreement
from app.agreements.rules import AgreementState, Side
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.errors import NotFoundError
from app.core.permissions import Role
from app.core.transaction import transaction
from app.reports.queries.agreements import mta_expiring, mta_register, mta_waiting
from app.reports.rules import Asked
from tests.agreements.signing_world import OFFICE, World, drafted, fresh, made_world, pressed, signed

FIRST = date(2016, 3, 1)
Done = TypeVar("Done")


def day(number: int) -> date:
    """The day so many days after the draft."""
    return FIRST + timedelta(days=number)


def at(number: int, do: Callable[[], Done]) -> Done:
    """Do something at noon of a day."""
    with clock_at(datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=12)):
        return do()


def asked(number: int, known: int | None = None, institution_id: int | None = None) -> Asked:
    known_at = None if known is None else datetime.combine(day(known), datetime.min.time(), UTC) + timedelta(hours=23)
    return Asked(on=day(number), known=known_at, year=2016, institution_id=institution_id)


def steps(agreement_id: int, step: Callable[..., Any], actor: Actor) -> None:
    with transaction():
        step(agreement_id, comment=None, version=fresh(agreement_id).version, actor=actor)


@pytest.fixture
def world(context: Any) -> World:
    assert context
    return at(0, made_world)


@pytest.fixture
def agreement_id(world: World) -> int:
    """Drafted on day 0, in review from 2, approved on 4, signed on 6 and 10, to end on 40, terminated with 20."""
    made = at(0, lambda: drafted(world.values(last_day=day(40)), actor=world.acts(Side.PROVIDER)))
    at(2, lambda: steps(made, send_for_review, world.acts(Side.PROVIDER)))
    at(4, lambda: steps(made, approve_agreement, world.acts(Side.RECIPIENT)))
    at(4, lambda: pressed(made))
    at(6, lambda: signed(world, made, Side.PROVIDER))
    at(10, lambda: signed(world, made, Side.RECIPIENT))

    def end() -> None:
        with transaction():
            terminate_agreement(
                made, last_day=day(20), reason="No longer needed", version=fresh(made).version, actor=OFFICE
            )

    at(18, end)
    return made


@pytest.mark.parametrize(
    ("number", "state", "waits_on", "days"),
    [
        (1, AgreementState.DRAFT, ("Harwell",), 1),
        (3, AgreementState.IN_REVIEW, ("Davis",), 1),
        (5, AgreementState.APPROVED, ("Harwell", "Davis"), 1),
        (9, AgreementState.SIGNED, ("Davis",), 3),
    ],
)
@pytest.mark.usefixtures("agreement_id")
def test_a_paper_waits_on_whoever_is_to_act_on_each_day(
    number: int, state: AgreementState, waits_on: tuple[str, ...], days: int
):
    (row,) = mta_waiting(asked(number), OFFICE).rows
    assert (row.of.state, row.of.waits_on, row.days) == (state, waits_on, days)


@pytest.mark.parametrize(
    ("number", "known", "state", "ends"),
    [
        (10, None, AgreementState.EXECUTED, None),
        (20, None, AgreementState.EXECUTED, None),
        (21, None, AgreementState.TERMINATED, 20),
        (41, 12, AgreementState.EXPIRED, 40),
        (21, 12, AgreementState.EXECUTED, None),
    ],
)
@pytest.mark.usefixtures("agreement_id")
def test_an_agreement_stands_in_the_register_as_it_stood_on_a_day_and_as_known_then(
    number: int, known: int | None, state: AgreementState, ends: int | None
):
    (row,) = mta_register(asked(number, known), OFFICE).rows
    assert (row.state, row.since) == (state, day(10 if ends is None else ends + 1))
    assert not mta_waiting(asked(number, known), OFFICE).rows


@pytest.mark.usefixtures("agreement_id")
def test_what_has_no_number_is_in_no_register_and_what_ends_soon_is_told_with_its_days():
    assert [mta_register(asked(each), OFFICE).rows for each in (-1, 3)] == [[], []]
    assert not mta_waiting(asked(-1), OFFICE).rows
    (row,) = mta_expiring(asked(12, 12), OFFICE).rows
    assert (row.days, row.of.renewed_by) == (28, None)
    (early,) = mta_expiring(asked(12), OFFICE).rows
    assert early.days == 8
    assert not mta_expiring(asked(21), OFFICE).rows


@pytest.mark.usefixtures("agreement_id")
def test_a_report_of_agreements_holds_those_of_the_own_institution_alone(world: World):
    third = Actor("R", 1, (Granted(Role.REPRESENTATIVE, world.third.id),))
    own = Actor("R", 1, (Granted(Role.REPRESENTATIVE, world.taker.id),))
    assert [len(list(mta_register(asked(12), each).rows)) for each in (own, third)] == [1, 0]
    with pytest.raises(NotFoundError):
        mta_register(asked(12, institution_id=world.giver.id), own)
