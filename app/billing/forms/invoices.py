"""Forms of issuing, and the filters of invoices and the journal."""

from __future__ import annotations

from typing import ClassVar

from wtforms import BooleanField

from app.billing.commands import IssueValues
from app.billing.rules import AGES, Standing
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, TextField
from app.web.wording import pill_word

ANY = ("", "Any")
SEND_IT = "Send it to the billing contact by e-mail"


class IssueForm(MusterForm):
    """The days invoices get when they are issued, and whether they are sent."""

    called: ClassVar = {"day": "issue_day"}
    issue_day = DayField("Invoice date")
    due_day = DayField("Due")
    sends_mails = BooleanField("Send each invoice to its billing contact by e-mail")

    def values(self) -> IssueValues:
        """What was typed."""
        return IssueValues(self.issue_day.data, self.due_day.data, bool(self.sends_mails.data))


class IssueOneForm(IssueForm):
    """The days one invoice gets when it is issued by itself, and whether it is sent."""

    sends_mails = BooleanField(SEND_IT)


class InvoiceFilterForm(FilterForm):
    """What the list of invoices is narrowed to; the page offers years."""

    q = TextField("Words", optional=True, hint="Of the number, the payer, its purchase order or the reference.")
    state = ChoiceField(
        "State", optional=True, choices=[ANY, *((each.value, pill_word(each.value)) for each in Standing)]
    )
    age = ChoiceField("Open for", optional=True, choices=[ANY, *((str(at), words) for at, words in enumerate(AGES))])
    disputed = ChoiceField("In dispute", optional=True, choices=[ANY, ("1", "yes")])
    year = ChoiceField("Issued in", optional=True)
    payer = ChoiceField("Payer", optional=True)
    run = ChoiceField("Fee run", optional=True)


class JournalFilterForm(FilterForm):
    """What the journal is narrowed to; the page offers accounts."""

    q = TextField("Words", optional=True, hint="Of the payer.")
    since = DayField("From", optional=True)
    until = DayField("Up to", optional=True)
    account = ChoiceField("Account", optional=True)
