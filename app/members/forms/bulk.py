"""Forms of what is done to many at once: change their class, write to them; and the templates of mails."""

from __future__ import annotations

from wtforms import HiddenField

from app.members.commands import TemplateText
from app.members.queries import ClassChange
from app.members.rules import PLACEHOLDERS, PURPOSE_WORDS, Purpose, check_places
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, ProseField, TextField

PLACES_HINT = "{person}, {institution}, {class} and {consortium} are filled in for each recipient."


class SeenForm(MusterForm):
    """A form sent twice: first to see what it would do, then to do that. `seen` is the digest of what was shown."""

    seen = HiddenField(default="")


class ClassChangeForm(SeenForm):
    """From which class to which, when and why."""

    from_id = ChoiceField("From class")
    class_id = ChoiceField("To class")
    first_day = DayField("From day", hint="The old class holds until the end of the day before.")
    reason = TextField("Why", most=400)

    @property
    def change(self) -> ClassChange:
        """What was typed."""
        return ClassChange(int(self.from_id.data), int(self.class_id.data), self.first_day.data)


class PeopleMailForm(SeenForm):
    """What is sent."""

    template_id = ChoiceField("Template")

    @property
    def purpose(self) -> Purpose | None:
        """People are written to for themselves."""
        return None


class InstitutionMailForm(PeopleMailForm):
    """What is sent, and to whom of an institution."""

    purpose_of = ChoiceField("To", choices=[("", "Choose one"), *PURPOSE_WORDS.items()])

    @property
    def purpose(self) -> Purpose | None:
        """Whom of an institution it goes to."""
        return Purpose(self.purpose_of.data)


class MailTemplateForm(MusterForm):
    """A text to be sent to many."""

    name = TextField("Name", hint="By which it is chosen; not sent.")
    subject = TextField("Subject", hint=PLACES_HINT)
    text = ProseField("Text", most=10_000, hint=PLACES_HINT)

    def check_rules(self) -> None:
        """Whether every place is one that is filled in."""
        check_places({"subject": self.subject.data or "", "text": self.text.data or ""}, PLACEHOLDERS)

    def template(self) -> TemplateText:
        """What was typed."""
        return TemplateText(str(self.name.value), str(self.subject.value), str(self.text.value))
