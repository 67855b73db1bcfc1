"""The forms of the steps of an exchange, of its papers, and of what is held."""

from __future__ import annotations

from collections.abc import Sequence

from app.exchange.commands.holdings import Ending, HoldingValues
from app.exchange.commands.papers import PaperValues, SentFile
from app.exchange.commands.shipping import Receipt, Shipment
from app.exchange.queries.exchanges import ItemView
from app.exchange.rules.exchanges import ENDED_WORDS, PAPER_WORDS, STATE_WORDS, EndedHow, PaperKind
from app.files.forms import UploadField
from app.lines.rules import FORM_WORDS, MaterialForm
from app.members.forms.naming import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, NumberField, TextField


class ExchangeFilterForm(FilterForm):
    """What the list of exchanges is narrowed to."""

    q = TextField("Words", optional=True, hint="Of a number, an institution or a line.")
    state = ChoiceField("State", optional=True, choices=[("", "Any"), *STATE_WORDS.items()])
    form = ChoiceField("Form", optional=True, choices=[("", "Any"), *FORM_WORDS.items()])
    since = DayField("Shipped from", optional=True)
    until = DayField("Shipped until", optional=True)
    flag = ChoiceField(
        "Only", optional=True, choices=[("", "All"), ("open", "Open"), ("outlived", "Agreement ended on the way")]
    )


class ReasonForm(MusterForm):
    """Why something is not to be, or was lost."""

    reason = TextField("Reason", most=500)


class ShipForm(MusterForm):
    """When it left, and how."""

    shipped_on = DayField("Sent on", hint="Every agreement and consent must be in force that day.")
    carrier = TextField("Carrier", optional=True)
    tracking = TextField("Tracking number", optional=True)

    def shipment(self) -> Shipment:
        """What was typed."""
        return Shipment(self.shipped_on.data, self.carrier.value, self.tracking.value)


class ReceiveForm(MusterForm):
    """When it arrived; how much of each item is asked by fields of their own."""

    received_on = DayField("Received on")
    called = {"quantities": "received_on"}  # noqa: RUF012 - as the base has it

    def receipt(self, items: Sequence[ItemView]) -> Receipt:
        """What was typed."""
        counted = {each.item.id: int(self[f"item_{each.item.id}"].data or 0) for each in items}
        return Receipt(self.received_on.data, counted)


def receive_form(items: Sequence[ItemView]) -> type[ReceiveForm]:
    """The form of a receipt with a number for each item."""
    fields = {
        f"item_{each.item.id}": NumberField(
            f"{each.symbol}, {each.colony}: {FORM_WORDS[each.item.form].lower()}",
            least=0,
            most=each.item.quantity,
            hint=f"Of {each.item.quantity} that were sent.",
        )
        for each in items
    }
    return type("ReceiptForm", (ReceiveForm,), fields)


class PaperForm(MusterForm):
    """A paper put to an exchange."""

    kind = ChoiceField("Kind", choices=list(PAPER_WORDS.items()))
    first_day = DayField("Day", hint="Of a report the day of the test; of a permit the first day it holds.")
    last_day = DayField("Last day", optional=True, hint="Of a permit; a report has none.")
    reference = TextField("Number", optional=True)
    paper = UploadField("File", optional=True)

    def values(self) -> PaperValues:
        """What was typed."""
        return PaperValues(
            PaperKind(self.kind.data),
            self.first_day.data,
            self.last_day.data,
            self.reference.value,
            sent_with(self.paper),
        )


class ContactsForm(MusterForm):
    """Whom each side names to be asked."""

    giver_contact_id = ChoiceField("Of the giver", optional=True)
    taker_contact_id = ChoiceField("Of the taker", optional=True)


class HoldingForm(MusterForm):
    """Since when an institution has a line that came by no exchange here."""

    line = TextField("Line", hint="A colony such as H-123, with its centre in brackets where several have it.")
    form = ChoiceField("Form", optional=True, choices=[("", "Any"), *FORM_WORDS.items()])
    first_day = DayField("Since")
    agreement_id = ChoiceField("Under", optional=True, hint="None: it owns or made the line.")

    def values(self, line_id: int, institution_id: int) -> HoldingValues:
        """What was typed."""
        form = MaterialForm(self.form.data) if self.form.data else None
        return HoldingValues(line_id, institution_id, self.first_day.data, form, self.agreement_id.chosen_id)


class EndingForm(MusterForm):
    """How it came that an institution has a line no more."""

    last_day = DayField("Last day")
    how = ChoiceField("What happened", choices=list(ENDED_WORDS.items()))
    reason = TextField("Reason", most=500)
    evidence = UploadField("Evidence", optional=True, hint="Such as a protocol of the destruction.")

    def ending(self) -> Ending:
        """What was typed."""
        return Ending(self.last_day.data, EndedHow(self.how.data), str(self.reason.value), sent_with(self.evidence))


class LimitForm(MusterForm):
    """How young health reports must be that an institution accepts."""

    days = NumberField("Days", least=1, most=730, hint="Live animals come with a report younger than this.")
    first_day = DayField("From")


class WhoseForm(FilterForm):
    """Whose holdings are looked at."""

    of = InstitutionField("Institution")


class HoldingsForm(FilterForm):
    """Which of an institution's holdings are looked at."""

    q = TextField("Line", optional=True)


def sent_with(field: UploadField) -> SentFile | None:
    """The file that was sent, where one was."""
    sent = field.data
    return SentFile(sent.content, sent.media_type, sent.name) if sent else None
