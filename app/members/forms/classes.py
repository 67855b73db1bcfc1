"""The form of a class of membership."""

from __future__ import annotations

from calendar import month_name

from wtforms import BooleanField

from app.members.queries import MembershipClassRow
from app.members.rules import LONGEST_TERM, MOST_GRACE, TERM_WORDS, ClassFacts, TermKind, TermRule
from app.web.choices import ChoiceField
from app.web.forms import MusterForm, NumberField, TextField

MONTHS = [("", "None"), *((str(number), month_name[number]) for number in range(1, 13))]


class ClassForm(MusterForm):
    """What a class is called and brings, and how its periods run."""

    name = TextField("Name", most=100)
    votes = BooleanField("Its members vote")
    is_billed = BooleanField("Its members pay a fee", description="How much is in the fee schedule.")
    seats = NumberField("Seats it gives", most=99, hint="Seats by institution that a member of this class fills.")
    term_kind = ChoiceField("Periods end", choices=TERM_WORDS.items())
    term_months = NumberField(
        "Months of a period", least=1, most=LONGEST_TERM, optional=True, hint="Of a class whose periods end."
    )
    rollover_month = ChoiceField("Rollover month", optional=True, choices=MONTHS)
    rollover_day = NumberField(
        "Rollover day", least=1, most=31, optional=True, hint="The first day of the next period, of all its members."
    )
    grace_days = NumberField(
        "Days of grace", most=MOST_GRACE, hint="After the last day, in which it can be renewed and keeps its seats."
    )
    is_offered = BooleanField("Offered to new members", description="Its present members stay, whether or not.")

    def facts(self) -> ClassFacts:
        """What was typed."""
        kind = TermKind(self.term_kind.data)
        ends, is_fixed = kind is not TermKind.OPEN, kind is TermKind.FIXED
        term = TermRule(
            kind,
            self.term_months.data if ends else None,
            self.rollover_month.chosen_id if is_fixed else None,
            self.rollover_day.data if is_fixed else None,
        )
        return ClassFacts(
            name=str(self.name.value),
            votes=bool(self.votes.data),
            is_billed=bool(self.is_billed.data),
            seats=self.seats.data,
            term=term,
            grace_days=self.grace_days.data,
            is_offered=bool(self.is_offered.data),
        )


def shown_class(row: MembershipClassRow) -> dict[str, object]:
    """What the form of a class is filled with."""
    month = row.term.rollover_month
    return {
        "name": row.name,
        "votes": row.votes,
        "is_billed": row.is_billed,
        "seats": row.seats,
        "term_kind": row.term.kind.value,
        "term_months": row.term.months,
        "rollover_month": str(month) if month else "",
        "rollover_day": row.term.rollover_day,
        "grace_days": row.grace_days,
        "is_offered": row.is_offered,
        "version": row.version,
    }
