"""Forms of applications: the one anybody sends, what the list is narrowed to, and every step of the review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, Field, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.errors import DomainError
from app.files.forms import UploadField
from app.members.commands import ApplicantFacts, ApplicationFacts, CaseDecision, CaseFile, CriterionFacts, Judgement
from app.members.forms.institutions import ANY
from app.members.rules import (
    APPLICANT_PURPOSES,
    CHECK_WORDS,
    CRITERION_KIND_WORDS,
    KIND_WORDS,
    CaseState,
    Check,
    CriterionKind,
    Identifiers,
    InstitutionKind,
    Purpose,
    country_choices,
    read_identifiers,
)
from app.web.choices import ChoiceField
from app.web.forms import DayField, EmailField, FilterForm, MusterForm, ProseField, TextField
from app.web.wording import pill_word

CHOOSE = ("", "Choose one")
FIELD_OF_CHECK = {
    Check.ROR: "ror",
    Check.COUNTRY: "country",
    Check.WEBSITE: "website",
    Check.ADDRESS: "postal_address",
}
PARTS = ("given_name", "family_name", "email")
SHOWN_STATES = tuple(state for state in CaseState if state not in {CaseState.RECEIVED, CaseState.EXPIRED})


class CaseFilterForm(FilterForm):
    """What the list of applications is narrowed to; the page offers owners and classes."""

    q = TextField("Words", optional=True, hint="Of a name, a contact or a number.")
    state = ChoiceField(
        "State", optional=True, choices=[ANY, *((each.value, pill_word(each)) for each in SHOWN_STATES)]
    )
    owner = ChoiceField("Owner", optional=True)
    member_as = ChoiceField("Class", optional=True)


class ChecksField(SelectMultipleField):
    """Several of several, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, **options: Any) -> None:
        """Values are ids of records."""
        super().__init__(label, coerce=int, **options)

    def offer(self, choices: Iterable[tuple[int, str]]) -> None:
        """Set what can be ticked."""
        self.choices = list(choices)


class ApplicationForm(MusterForm):
    """An application for membership, as anybody sends it."""

    name = TextField("Name of the institution")
    short_name = TextField("Short name", most=40)
    kind = ChoiceField("Kind", choices=[CHOOSE, *KIND_WORDS.items()])
    class_id = ChoiceField("Class wished")
    country = ChoiceField("Country", optional=True, choices=[CHOOSE, *country_choices()])
    ror = TextField(
        "ROR", optional=True, most=60, hint="Nine characters, such as 01cwqze88, or the address at ror.org."
    )
    website = TextField("Website", optional=True, hint="With https:// before it.")
    postal_address = ProseField("Address", optional=True, most=500)
    vat_number = TextField("VAT number", optional=True, most=24)
    message = ProseField("Why it wishes to join", optional=True)
    contact_name = TextField("Your name")
    contact_email = EmailField("Your e-mail", hint="We write to this address only; it has to be confirmed.")
    voting_given_name = TextField("Given name", optional=True, most=100, part_of="of the voting representative")
    voting_family_name = TextField("Family name", optional=True, most=99, part_of="of the voting representative")
    voting_email = EmailField("E-mail", optional=True, part_of="of the voting representative")
    alternate_given_name = TextField("Given name", optional=True, most=100, part_of="of the alternate")
    alternate_family_name = TextField("Family name", optional=True, most=99, part_of="of the alternate")
    alternate_email = EmailField("E-mail", optional=True, part_of="of the alternate")
    billing_given_name = TextField("Given name", optional=True, most=100, part_of="of the billing contact")
    billing_family_name = TextField("Family name", optional=True, most=99, part_of="of the billing contact")
    billing_email = EmailField("E-mail", optional=True, part_of="of the billing contact")
    said = ChecksField("What you declare")
    consents = BooleanField(
        "You may keep and use what I have typed to decide about this application",
        validators=[InputRequired("Without this we may not keep what you typed.")],
    )

    asked: Mapping[str, str] = {}
    """What criteria that the program checks ask for, by the check: nothing is refused for want of it."""

    def ask_for(self, criteria: Iterable[tuple[Check, str]]) -> None:
        """Say at its field what is asked for, in the words of the criterion."""
        self.asked = {check.value: f"Applicants are asked for it: {text.rstrip('.')}." for check, text in criteria}
        for check, name in FIELD_OF_CHECK.items():
            if check.value in self.asked:
                self[name].flags.asked = True
                self[name].description = f"{self[name].description} {self.asked[check.value]}".lstrip()

    def validate(self, extra_validators: Any = None) -> bool:
        """A person is named in full or not at all."""
        whole, missing = super().validate(extra_validators), list(self._missing_parts())
        for field in missing:
            field.errors = [*field.errors, "Name this person in full, or leave all three empty."]
        if whole and missing:
            self.say_rules()
        return whole and not missing

    def _missing_parts(self) -> Iterable[Field]:
        """Empty fields of people who are named in part."""
        for purpose in APPLICANT_PURPOSES:
            fields = [self[f"{purpose.value}_{part}"] for part in PARTS]
            if any(each.data for each in fields):
                yield from (each for each in fields if not each.data)

    def check_rules(self) -> None:
        """What tells the institution from others."""
        read_identifiers(Identifiers(self.country.value, self.ror.value, self.website.value, self.vat_number.value))

    def application(self) -> ApplicationFacts:
        """What was typed."""
        return ApplicationFacts(
            name=str(self.name.value),
            short_name=str(self.short_name.value),
            kind=InstitutionKind(self.kind.data),
            class_id=self.class_id.chosen_id or 0,
            contact_name=str(self.contact_name.value),
            contact_email=str(self.contact_email.value),
            country=self.country.value,
            ror=self.ror.value,
            website=self.website.value,
            postal_address=self.postal_address.value,
            vat_number=self.vat_number.value,
            message=self.message.value,
            people=tuple(
                self._person(purpose) for purpose in APPLICANT_PURPOSES if self[f"{purpose.value}_email"].data
            ),
            said=tuple(self["said"].data or ()) if "said" in self else (),
        )

    def _person(self, purpose: Purpose) -> ApplicantFacts:
        given_name, family_name, email = (str(self[f"{purpose.value}_{part}"].data) for part in PARTS)
        return ApplicantFacts(purpose, given_name, family_name, email)


class ConfirmForm(MusterForm):
    """A button that says yes."""


NOT_SENT = "Nothing was sent yet."


class AnswerForm(MusterForm):
    """What an applicant answers, with up to three documents."""

    untouched = NOT_SENT
    text = ProseField("Your answer")
    first = UploadField("Document", optional=True)
    second = UploadField("Another document", optional=True)
    third = UploadField("A third document", optional=True)

    def files(self) -> list[CaseFile]:
        """The documents sent."""
        sent = (self.first.upload, self.second.upload, self.third.upload)
        return [CaseFile(each.name, each.content, each.media_type) for each in sent if each is not None]


class QuestionForm(MusterForm):
    """What is asked of the applicant."""

    text = ProseField("What we ask", hint="It is sent by e-mail with a link to a page where they answer, for 30 days.")


class NoteForm(MusterForm):
    """A note in a case."""

    text = ProseField("Note", hint="For those who work on applications; the applicant does not read it.")


class CaseDocumentForm(MusterForm):
    """A document for a case."""

    document = UploadField("Document")

    def file(self) -> CaseFile:
        """What was sent."""
        sent = self.document.upload
        if sent is None:
            raise DomainError("Please choose a file.", "document")
        return CaseFile(sent.name, sent.content, sent.media_type)


class OwnerForm(MusterForm):
    """Whose a case or a step is."""

    owner_id = ChoiceField("Owner")


class StepOwnerForm(MusterForm):
    """Whose a step is."""

    task_id = ChoiceField("Step")
    owner_id = ChoiceField("Owner")


class JudgeForm(MusterForm):
    """Whether a criterion is met."""

    is_met = ChoiceField("It is", choices=[CHOOSE, ("yes", "Met"), ("no", "Not met")])
    reason = TextField("Why", most=500)

    def judgement(self) -> Judgement:
        """What was judged."""
        return Judgement(self.is_met.data == "yes", str(self.reason.value))


class ReasonForm(MusterForm):
    """A reason alone."""

    reason = TextField("Why", most=500)


class DecisionForm(MusterForm):
    """A decision: what it is called, and why."""

    decision = TextField("Decision", most=60, hint="Its number or date, such as D-2016-014.")
    reason = TextField("Why", most=500)

    def ruling(self) -> CaseDecision:
        """What was decided."""
        return CaseDecision(str(self.decision.value), str(self.reason.value))


class AdmitForm(DecisionForm):
    """The decision to admit."""

    class_id = ChoiceField("Class")
    member_from = DayField("Member from")


class LetterForm(MusterForm):
    """A letter with places to be filled in; `seen` is what was shown of it before it is sent."""

    subject = TextField("Subject", most=200)
    body = ProseField("Text", render_kw={"rows": 14})


class DeclineForm(DecisionForm, LetterForm):
    """The decision not to admit, with the letter that says so."""


class CriterionForm(MusterForm):
    """What applicants have to fulfil."""

    text = TextField("Criterion", most=300, hint="As a sentence about the applicant: It runs a mouse clinic.")
    kind = ChoiceField("Who says whether it is met", choices=[CHOOSE, *CRITERION_KIND_WORDS.items()])
    check = ChoiceField(
        "The program checks",
        optional=True,
        choices=[("", "Nothing"), *((each.value, words[0]) for each, words in CHECK_WORDS.items())],
    )
    class_id = ChoiceField("Class", optional=True)
    first_day = DayField("From", hint="It is asked of who applies on this day or later.")

    def criterion(self) -> CriterionFacts:
        """What was typed."""
        check = Check(self.check.data) if self.check.data else None
        kind = CriterionKind(self.kind.data)
        return CriterionFacts(str(self.text.value), kind, self.first_day.data, check, self.class_id.chosen_id)


class CriterionEndForm(MusterForm):
    """The last day of a criterion."""

    last_day = DayField("Last day", hint="Who applied by then is still asked.")
