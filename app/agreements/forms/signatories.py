"""Forms of signatories and of parties to master agreements, with the papers that prove them."""

from __future__ import annotations

from typing import Any

from app.agreements.commands.evidence import Evidence
from app.agreements.commands.signatories import SignatoryValues
from app.core.periods import Period
from app.files.forms import UploadField
from app.members.forms import InstitutionField
from app.members.queries import InstitutionNames
from app.web.access import the_actor
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm, TextField
from app.web.on_date import current_on, known_at

LETTER = "The paper that says so, such as a signed letter: PDF, picture or text, at most 10 MB."
KEPT = "Left empty: the paper that is there stays."
OPEN = "Left empty: it has no end yet."


class SignatoryFilterForm(FilterForm):
    """What the list of signatories is narrowed to."""

    q = TextField("Words", optional=True, hint="Person, institution or office.")
    institution = InstitutionField("Institution", optional=True)
    everyone = ChoiceField(
        "Who", optional=True, choices=[("", "Who can sign on the day"), ("1", "Former and coming ones too")]
    )

    def __init__(self, **given: Any) -> None:
        """Let any institution of the register be named."""
        super().__init__(**given)
        self.institution.ask(InstitutionNames(the_actor(), current_on(), known_at()))


class WhoseForm(FilterForm):
    """For which institution somebody may sign."""

    institution = InstitutionField("Institution")


class Proved:
    """What forms of proved facts share: their days, and the paper."""

    first_day: DayField
    last_day: DayField
    evidence: UploadField

    def period(self) -> Period:
        """The days typed."""
        return Period(self.first_day.data, self.last_day.data)

    def sent(self) -> Evidence | None:
        """The file that was sent."""
        sent = self.evidence.upload
        return Evidence(sent.content, sent.media_type, sent.name) if sent else None


class SignatoryForm(Proved, MusterForm):
    """Who may sign, in which office, from which day on."""

    person_id = ChoiceField("Person", hint="Somebody of the institution, as the register of people has it.")
    office = TextField("Office", hint="As it stands under a signature, such as: Director of Contracts.")
    first_day = DayField("From")
    last_day = DayField("Last day", optional=True, hint=OPEN)
    evidence = UploadField("Evidence", optional=True, hint=LETTER)

    def values(self) -> SignatoryValues:
        """What was typed."""
        return SignatoryValues(str(self.office.value), self.period(), self.sent())


class SignatoryCorrectionForm(Proved, MusterForm):
    """What of a signatory is put right; another person is another signatory."""

    office = TextField("Office")
    first_day = DayField("From")
    last_day = DayField("Last day", optional=True, hint=OPEN)
    evidence = UploadField("Evidence", optional=True, hint=KEPT)
    reason = TextField("Reason", most=500)

    def values(self) -> SignatoryValues:
        """What was typed."""
        return SignatoryValues(str(self.office.value), self.period(), self.sent())


class PartyForm(Proved, MusterForm):
    """An institution that has joined a master agreement."""

    institution_id = InstitutionField("Institution")
    first_day = DayField("Party from")
    last_day = DayField("Last day", optional=True, hint=OPEN)
    evidence = UploadField("Evidence", optional=True, hint=LETTER)


class PartyCorrectionForm(Proved, MusterForm):
    """When an institution really was a party."""

    first_day = DayField("Party from")
    last_day = DayField("Last day", optional=True, hint=OPEN)
    evidence = UploadField("Evidence", optional=True, hint=KEPT)
    reason = TextField("Reason", most=500)
