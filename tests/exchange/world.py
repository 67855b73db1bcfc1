"""Institutions, lines and agreements for tests of exchanges, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any, TypeVar

from app.agreements.models import Agreement, AgreementItem
from app.agreements.rules import AgreementState, AtEnd, Freedom, Relation, Side, TemplateKind
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.exchange.commands.reaching import items_of
from app.exchange.commands.requesting import ItemValues, RequestValues, approve_exchange, request_material
from app.exchange.commands.shipping import Receipt, Shipment, receive, ship
from app.exchange.models import Exchange, Holding
from app.exchange.queries.answers import answers_of
from app.exchange.rules.answers import Answer
from app.exchange.rules.exchanges import Payer
from app.exchange.rules.facts import Transfer
from app.lines.models import Allele, LineParent, LineStage, MouseLine
from app.lines.rules import AlleleClass, MaterialForm, Stage
from app.members.commands import AffiliationFacts, InstitutionFacts, PersonFacts, add_institution, add_person
from app.members.models import Institution
from app.members.rules import InstitutionKind
from tests.committees.sitting import OFFICE
from tests.trailed import beside_the_trail

Result = TypeVar("Result")
TODAY = date(2016, 5, 24)
MADE_ON = date(2015, 1, 1)
numbers = count(1)


def done(act: Callable[[], Result]) -> Result:
    """Do something in a transaction of its own."""
    with transaction():
        return act()


def institution(short_name: str, country: str = "GB", kind: str = "research_centre") -> Institution:
    facts = InstitutionFacts(
        name=f"Institute of {short_name}", short_name=short_name, kind=InstitutionKind(kind), country=country
    )
    return add_institution(facts, actor=OFFICE)


def scientist(at: Institution, name: str = "Marrow") -> int:
    facts = PersonFacts("Elspeth", name, email=f"scientist{next(numbers)}@muster.example")
    return add_person(facts, affiliation=AffiliationFacts(at.id, MADE_ON), actor=OFFICE).id


def line(colony: str, owner: Institution, *parents: MouseLine, made_on: date | None = MADE_ON) -> MouseLine:
    """A line with animals since a day (None: planned), crossed from others where they are named."""
    stage = Stage.CONFIRMED if made_on else Stage.PLANNED
    allele = Allele(symbol=f"{colony}<tm1a(KOMP)Wtsi>", allele_class=AlleleClass.CONDITIONAL_READY)
    db.session.add(allele)
    db.session.flush()
    made = MouseLine(
        colony=colony,
        colony_key=colony.lower(),
        allele_id=allele.id,
        centre_id=owner.id,
        owner_id=owner.id,
        stage=stage,
        stage_day=made_on or MADE_ON,
        sort_key=colony.lower(),
        search_text=colony.lower(),
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    noted = {"noted_by": "test", "recorded_at": clock.now()}
    db.session.add(LineStage(line_id=made.id, stage=stage, day=made.stage_day, **noted))
    db.session.add_all(LineParent(line_id=made.id, parent_id=each.id) for each in parents)
    db.session.flush()
    return made


def agreement(
    provider: int, recipient: int, line_ids: Sequence[int], kind: TemplateKind = TemplateKind.SIMPLE, **terms: Any
) -> Agreement:
    """An agreement that was signed by both sides long ago, unless it is said otherwise."""
    usual: dict[str, Any] = {
        "number": f"MTA-2015-{next(numbers):03}",
        "title": "Material",
        "state": AgreementState.EXECUTED,
        "proposed_by": Side.PROVIDER,
        "onward": Freedom.WITH_CONSENT,
        "commercial": Freedom.FORBIDDEN,
        "embargo_to_publication": False,
        "at_end": AtEnd.KEEP,
        "executed_on": MADE_ON,
        "first_day": MADE_ON,
        "drafted_by": "test",
        "created_at": clock.now(),
        "changed_at": clock.now(),
        "search_text": "",
    }
    values = usual | terms | {"provider_id": provider, "recipient_id": recipient, "kind": kind}
    if values["executed_on"] is None:
        values["state"] = AgreementState.APPROVED
    elif values.get("ended_on"):
        values |= {"state": AgreementState.TERMINATED, "end_reason": "test"}
    if values.get("parent_id"):
        values["relation"] = Relation.AMENDMENT
    made = Agreement(**values)
    db.session.add(made)
    db.session.flush()
    for position, each in enumerate(line_ids, 1):
        db.session.add(AgreementItem(agreement_id=made.id, position=position, line_id=each))
    db.session.flush()
    return made


class World:
    """A line of Harwell that Jackson has under an agreement, and would send on to Toronto."""

    def __init__(self) -> None:
        with beside_the_trail():
            self.harwell, self.jackson = institution("Harwell"), institution("Jackson")
            self.toronto, self.company = institution("Toronto", "CA"), institution("Genoway", "FR", "corporation")
            self.line = line("EPD0025", self.harwell)
            self.given = agreement(self.harwell.id, self.jackson.id, [self.line.id])
            self.sent = agreement(self.jackson.id, self.toronto.id, [self.line.id])
            self.who = {each.id: scientist(each) for each in (self.jackson, self.toronto)}
            db.session.add(self._holding())
        self.giving = representative(self.jackson, 901)
        self.taking = representative(self.toronto, 902)

    def _holding(self) -> Holding:
        return Holding(
            line_id=self.line.id,
            institution_id=self.jackson.id,
            agreement_id=self.given.id,
            first_day=date(2015, 6, 1),
            noted_by="test",
            recorded_at=clock.now(),
        )

    def consent(self, **terms: Any) -> Agreement:
        """Harwell's consent that Jackson sends the line to Toronto."""
        with beside_the_trail():
            terms |= {"third_id": self.toronto.id}
            return agreement(self.harwell.id, self.jackson.id, [self.line.id], TemplateKind.CONSENT, **terms)

    def answer(self, form: MaterialForm = MaterialForm.SPERM, day: date = TODAY) -> Answer:
        (found,) = answers_of([Transfer(self.line.id, self.jackson.id, self.toronto.id, form, day)])
        return found

    def values(self, form: MaterialForm = MaterialForm.SPERM, **changed: Any) -> RequestValues:
        usual: dict[str, Any] = {
            "giver_id": self.jackson.id,
            "taker_id": self.toronto.id,
            "person_id": self.who[self.toronto.id],
            "purpose": "Phenotyping of the heart",
            "payer": Payer.TAKER,
            "items": [ItemValues(self.line.id, form, 10)],
        }
        return RequestValues(**(usual | changed))

    def requested(self, form: MaterialForm = MaterialForm.SPERM, **changed: Any) -> Exchange:
        return done(lambda: request_material(self.values(form, **changed), actor=self.taking))

    def approved(self, form: MaterialForm = MaterialForm.SPERM, **changed: Any) -> Exchange:
        exchange = self.requested(form, **changed)
        return done(lambda: approve_exchange(exchange.id, version=exchange.version, actor=self.giving))

    def shipped(self, day: date = TODAY) -> Exchange:
        exchange = self.approved()
        return self.ship(exchange, day)

    def ship(self, exchange: Exchange, day: date = TODAY) -> Exchange:
        values = Shipment(day, "World Courier", "WC 4711")
        return done(lambda: ship(exchange.id, values, version=exchange.version, actor=self.giving))

    def receive(self, exchange: Exchange, *quantities: int, day: date = TODAY) -> Exchange:
        item_ids = [each.id for each in items(exchange)]
        receipt = Receipt(day, dict(zip(item_ids, quantities, strict=True)))
        return done(lambda: receive(exchange.id, receipt, version=exchange.version, actor=self.taking))


def items(exchange: Exchange) -> Sequence[Any]:
    """The items of an exchange."""
    return items_of(exchange.id)


def representative(of: Institution, user_id: int) -> Actor:
    """Somebody who acts for an institution."""
    return Actor(f"Representative of {of.short_name}", user_id, (Granted(Role.REPRESENTATIVE, of.id),))


def later(days: int) -> date:
    """Some days after the day of the tests."""
    return TODAY + timedelta(days=days)
