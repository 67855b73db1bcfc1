"""Agreements and exchanges written in bulk: chains of custody along which lines go from one institution to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.agreements.models import Agreement, AgreementItem
from app.agreements.rules import AgreementState, AtEnd, Freedom, Side, TemplateKind
from app.audit.commands import Subject, record
from app.core import clock
from app.core.bulk import insert_rows, insert_with_ids
from app.exchange.models import Exchange, ExchangeItem, Holding
from app.exchange.rules.exchanges import ExchangeState, Payer
from app.lines.models import Allele, LineParent, LineStage, MouseLine
from app.lines.rules import AlleleClass, MaterialForm, Stage
from benchmarks.consortium.members import make_members
from benchmarks.consortium.size import Size
from benchmarks.consortium.world import HOUR, World, written_on

LINES, AGREEMENTS, SHIPMENTS = 20_000, 5_000, 50_000
CONSENTS = 10  # One agreement in so many is a consent.
CROSSES = 10  # One line in so many comes from two others.
ITEMS = 20
BUSY = 200  # So many lines are sent again and again.
FORMS = tuple(MaterialForm)
ANSWER = {"said": "Allowed.", "allowed": True}


@dataclass
class Traffic:
    """What was written: the lines, those often sent, and the parties and lines of agreements."""

    world: World
    lines: list[int] = field(default_factory=list)
    owners: dict[int, int] = field(default_factory=dict)
    agreements: list[tuple[int, int, int, list[int]]] = field(default_factory=list)


def make_exchanges(scale: float, today: date, seed: int) -> Traffic:
    """A consortium whose lines, agreements and shipments are as many as are wanted of the permission check."""
    traffic = Traffic(World(Size(years=10), today, Random(seed)))
    make_members(traffic.world)
    with written_on(traffic.world.first_day):
        _lines(traffic, round(LINES * scale))
        _agreements(traffic, round(AGREEMENTS * scale))
        _shipments(traffic, round(SHIPMENTS * scale))
        record(
            "benchmarks.exchanges",
            Subject("consortium", 1),
            summary="Exchanges were written",
            actor=traffic.world.office,
        )
    return traffic


def _lines(traffic: Traffic, count: int) -> None:
    world, now = traffic.world, clock.now()
    kinds = {"allele_class": AlleleClass.CONDITIONAL_READY}
    alleles = insert_with_ids(Allele, [{"symbol": f"Gene{each}<tm1a(KOMP)Wtsi>", **kinds} for each in range(count)])
    owners = [world.random.choice(world.institutions) for _ in range(count)]
    stage = {"stage": Stage.PHENOTYPED, "stage_day": world.first_day, "created_at": now, "version": 1}
    traffic.lines = insert_with_ids(
        MouseLine,
        [
            {
                "colony": f"C{number}",
                "colony_key": f"c{number}",
                "allele_id": allele_id,
                "centre_id": owner,
                "owner_id": owner,
                "sort_key": f"gene{number}",
                "search_text": f"gene{number} c{number}",
                **stage,
            }
            for number, (allele_id, owner) in enumerate(zip(alleles, owners, strict=True))
        ],
    )
    traffic.owners = dict(zip(traffic.lines, owners, strict=True))
    reached = {"stage": Stage.FOUNDERS, "day": world.first_day, "noted_by": "Generator", "recorded_at": now}
    insert_rows(LineStage, [{"line_id": each, **reached} for each in traffic.lines])
    crosses = traffic.lines[2::CROSSES]
    places = {each: place for place, each in enumerate(traffic.lines)}
    insert_rows(
        LineParent,
        [{"line_id": each, "parent_id": traffic.lines[places[each] - before]} for each in crosses for before in (1, 2)],
    )


def _agreements(traffic: Traffic, count: int) -> None:
    rows, lines = [], []
    for number in range(count):
        parties = traffic.world.random.sample(traffic.world.institutions, 3)
        rows.append(_agreement(traffic, number, parties))
        busy = traffic.world.random.sample(traffic.lines[:BUSY], 5)
        lines.append([*busy, *traffic.world.random.sample(traffic.lines[BUSY:], ITEMS - 5)])
    ids = insert_with_ids(Agreement, rows)
    insert_rows(
        AgreementItem,
        [
            {"agreement_id": agreement_id, "position": place, "line_id": line_id}
            for agreement_id, chosen in zip(ids, lines, strict=True)
            for place, line_id in enumerate(chosen, 1)
        ],
    )
    traffic.agreements = [
        (agreement_id, row["provider_id"], row["recipient_id"], chosen)
        for agreement_id, row, chosen in zip(ids, rows, lines, strict=True)
        if row["kind"] is not TemplateKind.CONSENT
    ]


def _agreement(traffic: Traffic, number: int, parties: list[int]) -> dict[str, Any]:
    world, is_consent = traffic.world, number % CONSENTS == 0
    signed = world.first_day + timedelta(days=world.random.randrange(1_000))
    return {
        "number": f"MTA-{signed.year}-{number:05}",
        "kind": TemplateKind.CONSENT if is_consent else TemplateKind.SIMPLE,
        "title": "Material",
        "provider_id": parties[0],
        "recipient_id": parties[1],
        "third_id": parties[2] if is_consent else None,
        "state": AgreementState.EXECUTED,
        "proposed_by": Side.PROVIDER,
        "onward": world.random.choice(tuple(Freedom)),
        "commercial": Freedom.FORBIDDEN,
        "embargo_to_publication": False,
        "at_end": AtEnd.KEEP,
        "executed_on": signed,
        "first_day": signed,
        "last_day": None if number % 3 else world.today + timedelta(days=number % 300),
        "drafted_by": "Generator",
        "created_at": clock.now(),
        "changed_at": clock.now(),
        "search_text": "",
        "version": 1,
    }


def _shipments(traffic: Traffic, count: int) -> None:
    """Each goes under an agreement and is held by its taker; some was used up since."""
    chosen = [traffic.world.random.choice(traffic.agreements) for _ in range(count)]
    sent = [traffic.world.first_day + timedelta(days=1_000 + place * 2_000 // count) for place in range(count)]
    ids = insert_with_ids(Exchange, list(_exchanges(traffic, chosen, sent)))
    lines = [traffic.world.random.choice(each[3]) for each in chosen]
    form = {"quantity": 5, "received_quantity": 5, "answer": ANSWER, "position": 1}
    items = insert_with_ids(
        ExchangeItem,
        [
            {"exchange_id": each, "line_id": line_id, "form": FORMS[each % 4], "agreement_id": under[0], **form}
            for each, line_id, under in zip(ids, lines, chosen, strict=True)
        ],
    )
    rows = zip(items, lines, chosen, sent, strict=True)
    noted = {"noted_by": "Generator", "recorded_at": clock.now(), "version": 1}
    insert_rows(
        Holding,
        [
            {
                "line_id": line_id,
                "institution_id": under[2],
                "form": FORMS[item % 4],
                "exchange_item_id": item,
                "agreement_id": under[0],
                "first_day": day,
                **_ended(item, day),
                **noted,
            }
            for item, line_id, under, day in rows
        ],
    )


def _ended(item: int, day: date) -> dict[str, Any]:
    """One in five was used up after a while."""
    if item % 5:
        return {"last_day": None, "ended_how": None, "end_reason": None}
    return {"last_day": day + timedelta(days=90), "ended_how": "exhausted", "end_reason": "Used up"}


def _exchanges(
    traffic: Traffic, chosen: list[tuple[int, int, int, list[int]]], sent: list[date]
) -> Iterator[dict[str, Any]]:
    for place, (under, day) in enumerate(zip(chosen, sent, strict=True), 1):
        yield {
            "number": f"EX-{day.year}-{place:06}",
            "giver_id": under[1],
            "taker_id": under[2],
            "person_id": traffic.world.random.choice(traffic.world.people),
            "purpose": "Phenotyping",
            "state": ExchangeState.RECEIVED,
            "payer": Payer.TAKER,
            "agreement_id": under[0],
            "requested_by": "Generator",
            "requested_at": datetime.combine(day, HOUR) - timedelta(days=9, seconds=place % 9_000),
            "shipped_on": day,
            "shipped_by": "Generator",
            "received_on": day,
            "received_by": "Generator",
            "search_text": f"ex-{day.year}-{place:06}",
            "version": 1,
        }
