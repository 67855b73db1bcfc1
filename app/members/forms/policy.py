"""The form of how the register is open to the public."""

from __future__ import annotations

from wtforms import BooleanField

from app.members.rules import LONGEST_BOOKS, LONGEST_KEEPING, Policy
from app.web.forms import DayField, MusterForm, NumberField


class PolicyForm(MusterForm):
    """What holds for the register from a day on."""

    first_day = DayField("In force from", hint="Today or later.")
    accepts_applications = BooleanField(
        "Anyone may apply", description="A form at /apply, open to all; each application is confirmed by e-mail first."
    )
    has_public_directory = BooleanField(
        "Anyone may see the directory", description="Members with class, country and website; no people, no addresses."
    )
    keeps_people_months = NumberField(
        "Months to keep people",
        least=1,
        most=LONGEST_KEEPING,
        hint="Counted from the end of their last place, seat or role.",
    )
    keeps_applications_months = NumberField(
        "Months to keep applications that led nowhere", least=1, most=LONGEST_KEEPING, hint="Counted from their end."
    )

    keeps_books_years = NumberField(
        "Years to keep the books",
        least=1,
        most=LONGEST_BOOKS,
        hint="Issued invoices, from the end of their year.",
    )

    def policy(self) -> Policy:
        """What was typed."""
        return Policy(
            accepts_applications=bool(self.accepts_applications.data),
            has_public_directory=bool(self.has_public_directory.data),
            keeps_people_months=self.keeps_people_months.data,
            keeps_applications_months=self.keeps_applications_months.data,
            keeps_books_years=self.keeps_books_years.data,
        )
