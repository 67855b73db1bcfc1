"""Forms of elections: the call, a nomination, the result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wtforms import Form

from app.committees.commands.election_results import ResultValues
from app.committees.commands.elections import CallValues
from app.committees.models import ElectionSeat, Nomination
from app.committees.rules import OFFICE_WORDS, Office
from app.committees.rules.deadlines import TWICE_WORDS, Deadline, Twice, read_deadline
from app.committees.rules.elections import (
    ELECTION_WORDS,
    MOST_VOTES,
    NOMINATOR_WORDS,
    Nominators,
    Outcome,
)
from app.committees.rules.plans import seat_words
from app.core import clock
from app.core.errors import DomainError
from app.members.forms.applications import ChecksField
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, NumberField, ProseField, TextField

IF_TWICE, TWICE = "If the clocks show that time twice", list(TWICE_WORDS.items())
SUBSTITUTE, NOT_ELECTED = "substitute-", "none"


class ElectionFilterForm(FilterForm):
    """What the list of elections is narrowed to."""

    state = ChoiceField("State", optional=True, choices=[("", "Any"), *ELECTION_WORDS.items()])
    committee = ChoiceField("Committee", optional=True, choices=[("", "Any")])


class TimedForm(MusterForm):
    """A form with a deadline, in the words that were typed, by the clocks of the consortium's zone."""

    deadline: TextField
    twice: ChoiceField

    def name_zone(self) -> None:
        """Say in which zone the deadline is."""
        zone = clock.zone().key
        self.deadline.description = f"Such as 30 June 2016 17:00, by the clocks of {zone}. One second later is late."

    def check_rules(self) -> None:
        """Say what is wrong about the deadline, while something else is."""
        if self.deadline.data:
            self.typed_deadline()

    def typed_deadline(self) -> Deadline:
        """The deadline that was typed; refused where there is no such day or time."""
        return read_deadline(str(self.deadline.value), clock.zone(), Twice(self.twice.data or Twice.LATER))


class CallForm(TimedForm):
    """A call for nominations."""

    title = TextField("Title", hint="For example: Election of two members for 2017 to 2019.")
    seats = ChecksField("Seats to be filled")
    office = ChoiceField("Office", choices=list(OFFICE_WORDS.items()), default=Office.MEMBER.value)
    first_day = DayField("First day of the terms", hint="Each ends as the bylaws give the seat.")
    nominators = ChoiceField("Who may nominate", choices=list(NOMINATOR_WORDS.items()))
    opens_on = DayField("Nominations from")
    deadline = TextField("Nominations until", most=60)
    twice = ChoiceField(IF_TWICE, choices=TWICE)
    text = ProseField("What nominees should know", optional=True)

    def values(self) -> CallValues:
        """What was typed."""
        return CallValues(
            title=str(self.title.value),
            seat_ids=tuple(self.seats.data or ()),
            first_day=self.first_day.data,
            nominators=Nominators(self.nominators.data),
            opens_on=self.opens_on.data,
            deadline=self.typed_deadline(),
            office=Office(self.office.data),
            text=self.text.value,
        )


class DeadlineForm(TimedForm):
    """A later deadline, and why."""

    deadline = TextField("Nominations until", most=60)
    twice = ChoiceField(IF_TWICE, choices=TWICE)
    reason = TextField("Reason", most=500, hint="Mailed to nominees, to voters and to who may nominate.")


class NominationForm(MusterForm):
    """Who is nominated, and why."""

    person_id = ChoiceField("Person")
    statement = ProseField("Why", most=2000, optional=True, hint="Sent to who is nominated, and shown with who stands.")


class ResultForm(MusterForm):
    """The result of a ballot: votes and what became of each candidate."""

    decision = TextField("Decision", most=500, hint="Such as the number of the minutes with the ballot.")

    def result(self, candidates: Iterable[Nomination]) -> ResultValues:
        """What was typed of each candidate."""
        outcomes = {each.id: self._outcome(each.id) for each in candidates}
        return ResultValues(outcomes, str(self.decision.value))

    def _outcome(self, nomination_id: int) -> Outcome:
        place = str(self[f"place_{nomination_id}"].data or "")
        votes = self[f"votes_{nomination_id}"].data
        if place.startswith(SUBSTITUTE):
            return Outcome(votes, substitute=int(place.removeprefix(SUBSTITUTE)))
        return Outcome(votes, seat_id=int(place)) if place.isdecimal() else Outcome(votes)


def result_form(candidates: Sequence[Nomination], seats: Sequence[ElectionSeat], shown: dict[str, str]) -> ResultForm:
    """The form with a number of votes and a place for each candidate."""
    places = [(str(each.id), f"elected to {seat_words(each.seat.position, each.seat.label)}") for each in seats]
    places += [(f"{SUBSTITUTE}{rank}", f"substitute {rank}") for rank in range(1, len(candidates) + 1)]
    fields: dict[str, object] = {}
    for each in candidates:
        fields[f"votes_{each.id}"] = NumberField(f"Votes for {each.person.name}", most=MOST_VOTES, optional=True)
        fields[f"place_{each.id}"] = ChoiceField(
            f"What became of {each.person.name}", choices=[(NOT_ELECTED, "not elected"), *places]
        )
    made: type[Form] = type("ResultForm", (ResultForm,), fields)
    found = made(data=shown)
    if not isinstance(found, ResultForm):
        raise DomainError("There is no such form.")
    return found
